import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import type { NetworkConfig } from "./config";
import type { Tags } from "./tags";

export interface NetworkArgs {
  /** AWS region, for the name of the S3 endpoint's service. */
  readonly region: string;
  /** Range, zones and NAT gateways. */
  readonly network: NetworkConfig;
  /** Whether the VPC's own security group, which nothing here is in, is taken every rule. @default false */
  readonly closeDefaultGroup?: boolean;
  readonly tags: Tags;
}

/**
 * A VPC with a public and a private subnet in each zone. Instances live in the private ones, unless nothing leads out of these: without a NAT gateway they live in
 * the public ones, with addresses of their own. The private ones stay, so that no other subnet moves with the choice.
 */
export class Network extends pulumi.ComponentResource {
  /** Range of the VPC. */
  readonly cidr: string;
  readonly vpcId: pulumi.Output<string>;
  readonly publicSubnetIds: pulumi.Output<string[]>;
  readonly privateSubnetIds: pulumi.Output<string[]>;
  /** Where instances live that need no fixed address. */
  readonly hostSubnetIds: pulumi.Output<string[]>;

  constructor(name: string, args: NetworkArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:Network", name, {}, options);
    const vpc = new awsx.ec2.Vpc(
      `${name}-vpc`,
      {
        cidrBlock: args.network.cidr,
        numberOfAvailabilityZones: args.network.zones,
        // An eighth of the range for each, whatever their number: one zone more leaves the others' subnets where they are.
        availabilityZoneCidrMask: Number(args.network.cidr.split("/")[1]) + 3,
        subnetStrategy: awsx.types.enums.ec2.SubnetAllocationStrategy.Auto,
        natGateways: { strategy: natStrategy(args.network) },
        enableDnsHostnames: true,
        // Hosts ask S3 every minute: through a gateway endpoint that costs no NAT traffic. `Auto` gives it the VPC's
        // route tables.
        vpcEndpointStrategy: awsx.types.enums.ec2.VpcEndpointStrategy.Auto,
        // awsx gives its tags to everything but these.
        vpcEndpointSpecs: [
          { serviceName: `com.amazonaws.${args.region}.s3`, vpcEndpointType: "Gateway", tags: args.tags },
        ],
        tags: args.tags,
      },
      { parent: this },
    );

    if (args.closeDefaultGroup) {
      new aws.ec2.DefaultSecurityGroup(
        `${name}-default-security-group`,
        { vpcId: vpc.vpcId, ingress: [], egress: [], tags: args.tags },
        { parent: this },
      );
    }
    this.cidr = args.network.cidr;
    this.vpcId = vpc.vpcId;
    this.publicSubnetIds = vpc.publicSubnetIds;
    this.privateSubnetIds = vpc.privateSubnetIds;
    this.hostSubnetIds = args.network.nat === "none" ? vpc.publicSubnetIds : vpc.privateSubnetIds;
    this.registerOutputs({
      vpcId: this.vpcId,
      publicSubnetIds: this.publicSubnetIds,
      privateSubnetIds: this.privateSubnetIds,
    });
  }
}

function natStrategy({ nat, natGateways }: NetworkConfig): awsx.types.enums.ec2.NatGatewayStrategy {
  const { Single, OnePerAz, None } = awsx.types.enums.ec2.NatGatewayStrategy;
  if (nat === "none") return None;
  return natGateways === "single" ? Single : OnePerAz;
}
