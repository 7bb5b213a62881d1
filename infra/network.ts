import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { type ExistingNetworkConfig, hostSubnets, type NetworkConfig, type OwnNetworkConfig } from "./config";
import { homeOfNames, rangeOf, s3Endpoint } from "./existing-network";
import type { Tags } from "./tags";

export interface NetworkArgs {
  /** AWS region, for the name of the S3 endpoint's service. */
  readonly region: string;
  /** Range, zones and NAT gateways, or what is there already. */
  readonly network: NetworkConfig;
  /** Whether some hosts live in the public subnets whatever the others do, as those with a fixed address. @default false */
  readonly hostsInPublic?: boolean;
  /** Whether the VPC's own security group, which nothing here is in, is taken every rule. @default false */
  readonly closeDefaultGroup?: boolean;
  readonly tags: Tags;
}

/**
 * A VPC with a public and a private subnet in each zone, towline's own or one that is there. Instances live in the private ones, unless nothing leads out of these:
 * without a NAT gateway they live in the public ones, with addresses of their own. The private ones stay, so that no other subnet moves with the choice.
 */
export class Network extends pulumi.ComponentResource {
  /** Whether it was there, and what is in it may be others'. */
  readonly existing: boolean;
  /** Ranges that the stack's hosts live in: of a network of its own, all of it. */
  readonly hostRanges: pulumi.Output<string[]>;
  readonly vpcId: pulumi.Output<string>;
  readonly publicSubnetIds: pulumi.Output<string[]>;
  readonly privateSubnetIds: pulumi.Output<string[]>;
  /** Where instances live that need no fixed address. */
  readonly hostSubnetIds: pulumi.Output<string[]>;
  /** VPC that the zone of the stack's names is made in: that of the hosts, unless it is another account's. */
  readonly namesVpcId: pulumi.Output<string>;
  /** Whether another account has the VPC, and lets it ask for the stack's names. */
  readonly shared: boolean;
  /** What has to exist before hosts boot, beside the subnets. */
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: NetworkArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:Network", name, {}, options);
    const { network } = args;
    this.existing = network.vpcId !== undefined;
    this.shared = network.vpcId !== undefined && network.ownerId !== undefined;
    const made = network.vpcId === undefined ? this.make(name, network, args) : this.enter(name, network, args);
    this.vpcId = made.vpcId;
    this.publicSubnetIds = made.publicSubnetIds;
    this.privateSubnetIds = made.privateSubnetIds;
    this.hostRanges = made.hostRanges;
    this.namesVpcId = made.namesVpcId;
    this.ready = made.ready;
    this.hostSubnetIds = network.nat === "none" ? made.publicSubnetIds : made.privateSubnetIds;
    this.registerOutputs({
      vpcId: this.vpcId,
      publicSubnetIds: this.publicSubnetIds,
      privateSubnetIds: this.privateSubnetIds,
    });
  }

  private make(name: string, network: OwnNetworkConfig, args: NetworkArgs): Parts {
    const vpc = new awsx.ec2.Vpc(
      `${name}-vpc`,
      {
        cidrBlock: network.cidr,
        numberOfAvailabilityZones: network.zones,
        // An eighth of the range for each, whatever their number: one zone more leaves the others' subnets where they are.
        availabilityZoneCidrMask: Number(network.cidr.split("/")[1]) + 3,
        subnetStrategy: awsx.types.enums.ec2.SubnetAllocationStrategy.Auto,
        natGateways: { strategy: natStrategy(network) },
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
    return {
      vpcId: vpc.vpcId,
      publicSubnetIds: vpc.publicSubnetIds,
      privateSubnetIds: vpc.privateSubnetIds,
      hostRanges: pulumi.output([network.cidr]),
      namesVpcId: vpc.vpcId,
      ready: [],
    };
  }

  /** Whatever others have in it stays as it is: subnets, routes, default security group. */
  private enter(name: string, network: ExistingNetworkConfig, args: NetworkArgs): Parts {
    const { vpcId, publicSubnetIds, privateSubnetIds, ownerId, s3EndpointId } = network;
    const { region, hostsInPublic = false, tags } = args;
    const living = hostSubnets(network, hostsInPublic);
    const missing = ownerId === undefined && s3EndpointId === undefined;
    const endpoint = missing ? [s3Endpoint(name, { vpcId, subnetIds: living, region, tags }, this)] : [];
    return {
      vpcId: pulumi.output(vpcId),
      publicSubnetIds: pulumi.output([...publicSubnetIds]),
      privateSubnetIds: pulumi.output([...privateSubnetIds]),
      hostRanges: pulumi.all(living.map((id) => rangeOf(id, this))),
      namesVpcId: ownerId === undefined ? pulumi.output(vpcId) : homeOfNames(name, tags, this).id,
      ready: endpoint,
    };
  }
}

type Parts = Pick<Network, "vpcId" | "publicSubnetIds" | "privateSubnetIds" | "hostRanges" | "namesVpcId" | "ready">;

function natStrategy({ nat, natGateways }: OwnNetworkConfig): awsx.types.enums.ec2.NatGatewayStrategy {
  const { Single, OnePerAz, None } = awsx.types.enums.ec2.NatGatewayStrategy;
  if (nat === "none") return None;
  return natGateways === "single" ? Single : OnePerAz;
}
