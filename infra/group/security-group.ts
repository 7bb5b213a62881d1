import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../tags";

export interface SecurityGroupArgs {
  readonly vpcId: pulumi.Input<string>;
  /** The port that is open, and to whom; nothing is where the group serves no HTTP. */
  readonly http?: { readonly port: number; readonly from: pulumi.Input<string> };
  readonly tags: Tags;
}

/** Declares who may connect to a group's instances: the load balancer, nobody else. */
export function securityGroup(name: string, args: SecurityGroupArgs, parent: pulumi.Resource): aws.ec2.SecurityGroup {
  const { http } = args;
  return new aws.ec2.SecurityGroup(
    `${name}-security-group`,
    {
      description: "HTTP from the load balancer to the instances",
      vpcId: args.vpcId,
      ingress:
        http === undefined
          ? []
          : [
              {
                description: "Load balancer",
                protocol: "tcp",
                fromPort: http.port,
                toPort: http.port,
                securityGroups: [http.from],
              },
            ],
      egress: [{ description: "Packages and AWS", protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }],
      tags: args.tags,
    },
    { parent },
  );
}
