import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { LoadBalancerConfig } from "../config";
import type { Network } from "../network";
import type { Tags } from "../tags";

export interface FirewallArgs extends Pick<LoadBalancerConfig, "internal" | "from"> {
  /** Physical name of the load balancer. */
  readonly name: string;
  readonly network: Pick<Network, "vpcId" | "hostRanges">;
  /** What it listens on. */
  readonly ports: readonly number[];
  /** What instances listen on. */
  readonly targetPorts: readonly number[];
  readonly tags: Tags;
}

const HTTPS = 443;

/** Declares who may connect to the load balancer, and where it connects to: nowhere but to instances. */
export function firewall(name: string, args: FirewallArgs, parent: pulumi.Resource): aws.ec2.SecurityGroup {
  const { network, internal } = args;
  return new aws.ec2.SecurityGroup(
    `${name}-security-group`,
    {
      // EC2 changes no description in place: what rules say who is let in.
      description: internal
        ? "HTTP from the network to the load balancer, and from it to the instances"
        : "HTTP from anywhere to the load balancer, and from it to the instances",
      vpcId: network.vpcId,
      ingress: args.ports.map((port) => ({
        ...rule(port === HTTPS ? "HTTPS" : "HTTP", port),
        cidrBlocks: args.from ? [...args.from] : internal ? network.hostRanges : ["0.0.0.0/0"],
      })),
      egress: args.targetPorts.map((port) => ({ ...rule("Instances", port), cidrBlocks: network.hostRanges })),
      tags: { ...args.tags, Name: `${args.name}-load-balancer` },
    },
    { parent },
  );
}

function rule(description: string, port: number) {
  return { description, protocol: "tcp", fromPort: port, toPort: port };
}
