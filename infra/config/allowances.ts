import { isWide } from "./address-ranges";
import { type Fault, GROUPS } from "./fault";
import type { AllowanceConfig, GroupConfig, StackConfig } from "./types";

/** Rules that EC2 takes in a security group, of each direction (Amazon VPC quotas). */
const MOST_RULES = 60;

/** Ports that hosts with `allowTo` always reach, wherever: packages and AWS, by HTTP and HTTPS. */
export const ALWAYS: readonly number[] = [80, 443];

/** What apps may listen on without being root. */
export const UNPRIVILEGED = { from: 1024, to: 65535 } as const;

/** Ports as a security group has them. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The first and the last of some ports. */
export function spanOf(port: number | Span): Span {
  return typeof port === "number" ? { from: port, to: port } : port;
}

/** How many rules of a security group it takes: one for each port and whom. */
export function rulesOf(allowances: readonly AllowanceConfig[] = []): number {
  return allowances.reduce(
    (sum, { ports, ranges, securityGroups }) => sum + ports.length * (ranges.length + securityGroups.length),
    0,
  );
}

/** Ports of groups that another one uses, each once: those they name, or, where they name none, all that apps may have. */
export function portsOfUsed(used: readonly Pick<GroupConfig, "http" | "ports">[]): Span[] {
  const spans = used.flatMap(({ http, ports }) => {
    const named = [...(http === undefined ? [] : [http.port]), ...ports];
    return named.length === 0 ? [UNPRIVILEGED] : named.map(spanOf);
  });
  return [...new Map(spans.map((span) => [keyOf(span), span])).values()];
}

/** Finds what a group lets in that a host with a public address must not, what is said twice, and more ways out than a security group can say. */
export function allowanceFaults(config: StackConfig, name: string, group: GroupConfig): Fault[] {
  const used = portsOfUsed(group.uses.flatMap((other) => config.groups[other] ?? []));
  const range = config.network.vpcId === undefined ? config.network.cidr : undefined;
  const http = group.http === undefined ? [] : [spanOf(group.http.port)];
  return [
    ...openToTheWorld(config, name, group),
    ...repeated(name, "allowFrom", group.allowFrom, http, range),
    ...repeated(name, "allowTo", group.allowTo, used, range),
    ...tooManyWays(name, group, used.length),
  ];
}

function openToTheWorld({ network }: StackConfig, name: string, { allowFrom = [], elasticIp }: GroupConfig): Fault[] {
  const why = elasticIp === undefined ? network.nat && `nat: ${network.nat}` : "elasticIp";
  if (why === undefined) return [];
  const fix = elasticIp === undefined ? "Name narrower ones." : "Name narrower ones, or the ports in elasticIp.";
  return allowFrom.flatMap(({ ranges }, index) =>
    ranges.flatMap((range, place) => {
      const sentence = `should be a range of /8 or smaller in ${name}, whose hosts have public addresses (${why}), but is ${range}, which is as good as the world. ${fix}`;
      return isWide(range) ? [{ path: [GROUPS, name, "allowFrom", index, "ranges", place], sentence }] : [];
    }),
  );
}

/** EC2 refuses a rule that a security group has already: the same ports and the same whom. */
function repeated(
  name: string,
  key: "allowFrom" | "allowTo",
  allowances: readonly AllowanceConfig[] = [],
  own: readonly Span[],
  range: string | undefined,
): Fault[] {
  const known = new Map(own.map((span) => [`tcp ${keyOf(span)} ${range}`, "towline itself"]));
  return allowances.flatMap(({ ports, ranges, securityGroups, protocol }, index) =>
    ports.flatMap((port, place) => {
      const span = keyOf(spanOf(port));
      return [...ranges, ...securityGroups].flatMap((whom): Fault[] => {
        const rule = `${protocol} ${span} ${whom}`;
        const before = known.get(rule);
        known.set(rule, before ?? `${key}/${index}`);
        if (before === undefined) return [];
        const sentence = `should be ports that nobody has opened to ${whom} yet, but ${protocol} ${span} is by ${before} already. Remove one of the two.`;
        return [{ path: [GROUPS, name, key, index, "ports", place], sentence }];
      });
    }),
  );
}

function tooManyWays(name: string, { allowTo }: GroupConfig, used: number): Fault[] {
  const count = allowTo === undefined ? 0 : rulesOf(allowTo) + ALWAYS.length + used;
  if (count <= MOST_RULES) return [];
  const others = `${ALWAYS.length} of them for packages and AWS${used > 0 ? `, and ${used} for the groups it uses` : ""}`;
  return [
    {
      path: [GROUPS, name, "allowTo"],
      sentence: `should leave ${name} at most ${MOST_RULES} rules of where its hosts may connect, as EC2 takes them, but they are ${count}, ${others}. Name fewer ports, or wider ranges.`,
    },
  ];
}

function keyOf({ from, to }: Span): string {
  return from === to ? String(from) : `${from}-${to}`;
}
