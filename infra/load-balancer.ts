import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Network } from "./network";
import type { Tags } from "./tags";

export interface LoadBalancerArgs {
  /** Physical name, at most 32 characters. */
  readonly name: string;
  readonly network: Network;
  /** Port the instances listen on. */
  readonly targetPort: number;
  /** Target group that gets every request. */
  readonly targetGroupArn: pulumi.Input<string>;
  readonly tags: Tags;
}

/** The public address of a stack: an application load balancer in front of the group that serves HTTP. */
export class LoadBalancer extends pulumi.ComponentResource {
  /** Security group the instances accept requests from. */
  readonly securityGroupId: pulumi.Output<string>;
  /** What has to exist before targets are checked for health. */
  readonly listener: aws.lb.Listener;
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: LoadBalancerArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:LoadBalancer", name, {}, options);
    const securityGroup = new aws.ec2.SecurityGroup(
      `${name}-security-group`,
      {
        description: "HTTP from anywhere to the load balancer, and from it to the instances",
        vpcId: args.network.vpcId,
        ingress: [{ description: "HTTP", protocol: "tcp", fromPort: 80, toPort: 80, cidrBlocks: ["0.0.0.0/0"] }],
        egress: [
          {
            description: "Instances",
            protocol: "tcp",
            fromPort: args.targetPort,
            toPort: args.targetPort,
            cidrBlocks: [args.network.cidr],
          },
        ],
        tags: { ...args.tags, Name: `${args.name}-load-balancer` },
      },
      { parent: this },
    );
    const balancer = new aws.lb.LoadBalancer(
      `${name}-alb`,
      {
        name: args.name,
        loadBalancerType: "application",
        internal: false,
        securityGroups: [securityGroup.id],
        subnets: args.network.publicSubnetIds,
        dropInvalidHeaderFields: true,
        tags: args.tags,
      },
      { parent: this },
    );
    this.listener = new aws.lb.Listener(
      `${name}-http`,
      {
        loadBalancerArn: balancer.arn,
        port: 80,
        protocol: "HTTP",
        defaultActions: [{ type: "forward", targetGroupArn: args.targetGroupArn }],
        tags: args.tags,
      },
      { parent: this },
    );
    this.securityGroupId = securityGroup.id;
    this.url = pulumi.interpolate`http://${balancer.dnsName}`;
    this.registerOutputs({ securityGroupId: this.securityGroupId, url: this.url });
  }
}
