import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../tags";

export interface SecurityGroupArgs {
  /** First part of the physical name: EC2 refuses one that begins with `sg-`, as the one of a group called `sg` would. */
  readonly namePrefix: string;
  readonly vpcId: pulumi.Input<string>;
  /** The port that is open to the load balancer; absent where the group is not behind it. */
  readonly http?: { readonly port: number; readonly from: pulumi.Input<string> };
  /** Ports that are open to the world; none where the group has no address of its own. */
  readonly publicPorts: readonly number[];
  /** IPv4 ranges that may connect by SSH. */
  readonly sshFrom: readonly string[];
  readonly tags: Tags;
}

const SSH = 22;

/** Declares who may connect to a group's instances: those who are named, nobody else. */
export function securityGroup(name: string, args: SecurityGroupArgs, parent: pulumi.Resource): aws.ec2.SecurityGroup {
  const { http } = args;
  return new aws.ec2.SecurityGroup(
    `${name}-security-group`,
    {
      namePrefix: args.namePrefix,
      description: "HTTP from the load balancer to the instances",
      vpcId: args.vpcId,
      ingress: [
        ...(http === undefined ? [] : [opened("Load balancer", http.port, { securityGroups: [http.from] })]),
        ...args.publicPorts.map((port) => opened("Anybody", port, { cidrBlocks: ["0.0.0.0/0"] })),
        ...(args.sshFrom.length === 0 ? [] : [opened("SSH", SSH, { cidrBlocks: [...args.sshFrom] })]),
      ],
      egress: [{ description: "Packages and AWS", protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
      tags: args.tags,
    },
    { parent },
  );
}

type Whom = Pick<aws.types.input.ec2.SecurityGroupIngress, "securityGroups" | "cidrBlocks">;

function opened(description: string, port: number, whom: Whom): aws.types.input.ec2.SecurityGroupIngress {
  return { description, protocol: "tcp", fromPort: port, toPort: port, ...whom };
}
