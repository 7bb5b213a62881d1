import { DescribeSecurityGroupsCommand, type IpPermission } from "@aws-sdk/client-ec2";
import type { Clients } from "./clients";
import type { HostSpec } from "./host";
import { run } from "./shell";

const TABLE = "towline_fences";

/** Security groups by their ids, and what each lets in. */
export type Openings = ReadonlyMap<string, readonly IpPermission[]>;

/** An instance as far as its neighbours are concerned. */
export type Neighbour = Pick<HostSpec, "address" | "securityGroups">;

/**
 * Security groups: which instances may connect to which. What does not come from an instance comes from the load balancer's
 * stand-in, or through an elastic IP, and is not held back.
 */
export class Fences {
  private readonly openings = new Map<string, readonly IpPermission[]>();
  private readonly neighbours = new Map<string, Neighbour>();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly clients: (region: string) => Clients) {}

  /** Before an instance boots. @throws Error when EC2 does not know its security groups */
  async enclose({ address, region, securityGroups }: HostSpec): Promise<void> {
    const command = new DescribeSecurityGroupsCommand({ GroupIds: [...securityGroups] });
    for (const group of (await this.clients(region).ec2.send(command)).SecurityGroups ?? []) {
      this.openings.set(group.GroupId ?? "", group.IpPermissions ?? []);
    }
    this.neighbours.set(address, { address, securityGroups });
    await this.write();
  }

  /** Once an instance is gone. */
  async forget(address: string): Promise<void> {
    this.neighbours.delete(address);
    await this.write();
  }

  /** In one transaction, and one after the other, so that the last one holds what is. */
  private write(): Promise<unknown> {
    const written = this.turn.then(() =>
      run("nft", ["-f", "-"], { input: fences([...this.neighbours.values()], this.openings) }),
    );
    this.turn = written.catch(() => undefined);
    return written;
  }
}

/** The table of nftables that lets each instance be reached by what its security groups let in, and by nothing else. */
export function fences(neighbours: readonly Neighbour[], openings: Openings): string {
  const ids = [...openings.keys()];
  const members = (id: string) =>
    neighbours.filter((one) => one.securityGroups.includes(id)).map(({ address }) => address);
  const chains = ids.map((id) =>
    chain(
      chainName(id),
      (openings.get(id) ?? []).flatMap((rule) => accepting(rule, members)),
    ),
  );
  const guarded = neighbours.flatMap(({ address, securityGroups }) => [
    ...securityGroups.filter((id) => openings.has(id)).map((id) => `ip daddr ${address} jump ${chainName(id)}`),
    `ip daddr ${address} drop`,
  ]);
  const hook = "type filter hook forward priority filter;";
  const forward = chain("forward", [hook, "ct state established,related accept", ...guarded]);
  return `table ip ${TABLE}\ndelete table ip ${TABLE}\ntable ip ${TABLE} {\n${chains.join("")}${forward}}\n`;
}

/** Rules for one opening: whom it names by range, and the members of the security groups it names. */
function accepting(
  { IpProtocol, FromPort, ToPort, IpRanges = [], UserIdGroupPairs = [] }: IpPermission,
  members: (id: string) => string[],
): string[] {
  const named = UserIdGroupPairs.flatMap(({ GroupId }) => members(GroupId ?? ""));
  const sources = [...IpRanges.map(({ CidrIp }) => CidrIp ?? ""), ...named];
  return sources.map((source) => `ip saddr ${source} ${IpProtocol} dport ${FromPort}-${ToPort} accept`);
}

function chain(name: string, rules: readonly string[]): string {
  return `  chain ${name} {\n${rules.map((rule) => `    ${rule}\n`).join("")}  }\n`;
}

function chainName(id: string): string {
  return id.replace("-", "_");
}
