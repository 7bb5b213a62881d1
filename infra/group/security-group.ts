import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { GroupConfig } from "../config";
import type { Network } from "../network";
import type { Tags } from "../tags";

export interface SecurityGroupArgs {
  /** First part of the physical name: EC2 refuses one that begins with `sg-`, as the one of a group called `sg` would. */
  readonly namePrefix: string;
  readonly group: GroupConfig;
  readonly network: Pick<Network, "vpcId" | "hostRanges">;
  /** Security groups of the load balancer; absent where the group is not behind one. */
  readonly loadBalancer?: pulumi.Input<pulumi.Input<string>[]> | undefined;
  /** Security groups of the groups that use this one. */
  readonly users: readonly pulumi.Input<string>[];
  readonly tags: Tags;
}

const SSH = 22;

/** What apps may listen on without being root. */
const UNPRIVILEGED = { from: 1024, to: 65535 };

/** Declares who may connect to a group's instances: those who are named, nobody else. */
export function securityGroup(name: string, args: SecurityGroupArgs, parent: pulumi.Resource): aws.ec2.SecurityGroup {
  return new aws.ec2.SecurityGroup(
    `${name}-security-group`,
    {
      namePrefix: args.namePrefix,
      description: "HTTP from the load balancer to the instances",
      vpcId: args.network.vpcId,
      ingress: [...fromOutside(args), ...fromHosts(args)],
      egress: [{ description: "Packages and AWS", protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
      tags: args.tags,
    },
    { parent },
  );
}

type Rule = aws.types.input.ec2.SecurityGroupIngress;

function fromOutside({ group, loadBalancer }: SecurityGroupArgs): Rule[] {
  const { http, elasticIp, access } = group;
  const anybody = (elasticIp?.ports ?? []).map((port) => opened("Anybody", port, { cidrBlocks: ["0.0.0.0/0"] }));
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
  const { from, to } = UNPRIVILEGED;
  return [{ ...opened("Groups that use it", from, { securityGroups }), toPort: to }];
}

function opened(description: string, port: number, whom: Pick<Rule, "securityGroups" | "cidrBlocks">): Rule {
  return { description, protocol: "tcp", fromPort: port, toPort: port, ...whom };
}
