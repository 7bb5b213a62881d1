import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { GroupConfig } from "../config";
import type { Network } from "../network";
import type { Tags } from "../tags";

export interface AttachmentsArgs {
  readonly group: GroupConfig;
  readonly network: Network;
  readonly tags: Tags;
}

/** What outlives the one host of a group and is claimed by the next, and where such a group's hosts may be. */
export interface Attachments {
  readonly subnetIds: pulumi.Output<string[]>;
  /** Absent where the group has no volume. */
  readonly volume?: aws.ebs.Volume;
  /** Absent where the group has no address of its own. */
  readonly elasticIp?: aws.ec2.Eip;
}

/** Declares a group's disk and address, as children of the group. */
export function attachments(name: string, args: AttachmentsArgs, parent: pulumi.Resource): Attachments {
  const { group, network, tags } = args;
  // Only a public subnet leads from an elastic IP to its host.
  const zones = group.elasticIp === undefined ? network.hostSubnetIds : network.publicSubnetIds;
  return {
    // A volume cannot leave its zone, so its group stays in one.
    subnetIds: group.volume === undefined ? zones : zones.apply((ids) => ids.slice(0, 1)),
    volume: group.volume && dataVolume(name, group.volume.size, firstZone(zones, parent), tags, parent),
    elasticIp: group.elasticIp && new aws.ec2.Eip(`${name}-address`, { domain: "vpc", tags }, { parent }),
  };
}

function firstZone(subnetIds: pulumi.Output<string[]>, parent: pulumi.Resource): pulumi.Output<string> {
  return aws.ec2.getSubnetOutput({ id: subnetIds.apply((ids) => ids[0] ?? "") }, { parent }).availabilityZone;
}

function dataVolume(
  name: string,
  size: number,
  availabilityZone: pulumi.Output<string>,
  tags: Tags,
  parent: pulumi.Resource,
): aws.ebs.Volume {
  return new aws.ebs.Volume(
    `${name}-volume`,
    {
      availabilityZone,
      size,
      type: "gp3",
      encrypted: true,
      // A group that is renamed or removed takes its volume along, but not what was on it.
      finalSnapshot: true,
      tags,
    },
    // The snapshot has to be complete first, and a first one of a large disk takes hours.
    { parent, customTimeouts: { delete: "12h" } },
  );
}
