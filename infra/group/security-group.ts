import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { ALWAYS, type AllowanceConfig, type GroupConfig, portsOfUsed, spanOf, UNPRIVILEGED } from "../config";
import type { Network } from "../network";
import type { Tags } from "../tags";

export interface SecurityGroupArgs {
  /** First part of the physical name: EC2 refuses one that begins with `sg-`, as the one of a group called `sg` would. */
  readonly namePrefix: string;
  readonly group: GroupConfig;
  /** The groups that it uses. */
  readonly used: readonly GroupConfig[];
  readonly network: Pick<Network, "vpcId" | "hostRanges">;
  /** Security groups of the load balancer; absent where the group is not behind one. */
  readonly loadBalancer?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Security groups of the groups that use this one. */
  readonly users: readonly pulumi.Input<string>[];
  readonly tags: Tags;
}

const SSH = 22;

const WORLD = "0.0.0.0/0";
const ANYWHERE = { cidrBlocks: [WORLD] };

/** Declares who may connect to a group's instances, those who are named and nobody else, and whereto these may connect. */
export function securityGroup(name: string, args: SecurityGroupArgs, parent: pulumi.Resource): aws.ec2.SecurityGroup {
  const { allowFrom = [] } = args.group;
  return new aws.ec2.SecurityGroup(
    `${name}-security-group`,
    {
      namePrefix: args.namePrefix,
      description: "HTTP from the load balancer to the instances",
      vpcId: args.network.vpcId,
      ingress: [...fromOutside(args), ...fromHosts(args), ...allowFrom.flatMap(allowed("Named in allowFrom"))],
      egress: waysOut(args),
      tags: args.tags,
    },
    { parent },
  );
}

type Rule = aws.types.input.ec2.SecurityGroupIngress;

function fromOutside({ group, loadBalancer }: SecurityGroupArgs): Rule[] {
  const { http, elasticIp, access } = group;
  const anybody = (elasticIp?.ports ?? []).map((port) => opened("Anybody", port, ANYWHERE));
  const operators = access === undefined ? [] : [opened("SSH", SSH, { cidrBlocks: [...access.sshFrom] })];
  if (http === undefined || loadBalancer === undefined) return [...anybody, ...operators];
  return [opened("Load balancer", http.port, { securityGroups: loadBalancer }), ...anybody, ...operators];
}

/** Whoever finds a group that serves HTTP by its name may ask it; its other ports are for the groups that declare their use. */
function fromHosts({ group, network, users }: SecurityGroupArgs): Rule[] {
  const { http, ports, elasticIp } = group;
  const rules: Rule[] = [];
  if (http !== undefined && !elasticIp?.ports.includes(http.port))
    rules.push(opened("Hosts of the stack", http.port, { cidrBlocks: network.hostRanges }));
  if (users.length === 0) return rules;
  const securityGroups = [...users];
  const used = ports.map((port) => opened("Groups that use it", port, { securityGroups }));
  if (http !== undefined || ports.length > 0) return [...rules, ...used];
  return [
    ...rules,
    { ...opened("Groups that use it", UNPRIVILEGED.from, { securityGroups }), toPort: UNPRIVILEGED.to },
  ];
}

/** Anywhere, unless the group says whereto: packages, AWS and the groups that it uses are always among it. */
function waysOut({ group, used, network }: SecurityGroupArgs): Rule[] {
  if (group.allowTo === undefined)
    return [{ description: "Packages and AWS", protocol: "-1", fromPort: 0, toPort: 0, ...ANYWHERE }];
  return [
    ...ALWAYS.map((port) => opened("Packages and AWS", port, ANYWHERE)),
    ...portsOfUsed(used).map(({ from, to }) => ({
      ...opened("Groups that it uses", from, { cidrBlocks: network.hostRanges }),
      toPort: to,
    })),
    ...group.allowTo.flatMap(beyondAlways).flatMap(allowed("Named in allowTo")),
  ];
}

/** EC2 refuses a rule that is there twice: who names what hosts reach anyway means no other. */
function beyondAlways({ ports, ...allowance }: AllowanceConfig): AllowanceConfig[] {
  return ports.flatMap((port) => {
    const { from, to } = spanOf(port);
    const always = allowance.protocol === "tcp" && from === to && ALWAYS.includes(from);
    const ranges = allowance.ranges.filter((range) => !always || range !== WORLD);
    return ranges.length + allowance.securityGroups.length === 0 ? [] : [{ ...allowance, ports: [port], ranges }];
  });
}

/** A rule for each of the ports and each kind of whom. */
function allowed(description: string): (allowance: AllowanceConfig) => Rule[] {
  return ({ protocol, ports, ranges, securityGroups }) => {
    const [ipv6, ipv4] = [
      ranges.filter((range) => range.includes(":")),
      ranges.filter((range) => !range.includes(":")),
    ];
    return ports.map((port) => {
      const { from, to } = spanOf(port);
      return {
        ...{ description, protocol, fromPort: from, toPort: to },
        ...(ipv4.length > 0 && { cidrBlocks: ipv4 }),
        ...(ipv6.length > 0 && { ipv6CidrBlocks: ipv6 }),
        ...(securityGroups.length > 0 && { securityGroups: [...securityGroups] }),
      };
    });
  };
}

function opened(description: string, port: number, whom: Pick<Rule, "securityGroups" | "cidrBlocks">): Rule {
  return { description, protocol: "tcp", fromPort: port, toPort: port, ...whom };
}
