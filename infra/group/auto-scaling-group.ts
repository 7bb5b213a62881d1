import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { GroupConfig, InstanceRequirements } from "../config";
import type { Tags } from "../tags";
import { instanceRefresh } from "./instance-refresh";
import { initialHooks, keepHooks } from "./lifecycle-hooks";

export interface AutoScalingGroupArgs {
  /** Physical name. */
  readonly name: string;
  readonly group: GroupConfig;
  readonly launchTemplate: aws.ec2.LaunchTemplate;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Absent where the group is not behind the load balancer. */
  readonly targetGroupArn?: pulumi.Input<string>;
  /** Tags of the group and, again, of its instances. */
  readonly tags: Tags;
  /** What the first instance needs while it boots. */
  readonly dependsOn: pulumi.Resource[];
}

/** Declares a group's fleet, as a child of the group. */
export function autoScalingGroup(
  name: string,
  args: AutoScalingGroupArgs,
  parent: pulumi.Resource,
): aws.autoscaling.Group {
  const { group, launchTemplate, targetGroupArn } = args;
  const fleet = new aws.autoscaling.Group(
    `${name}-fleet`,
    {
      name: args.name,
      minSize: group.size.min,
      maxSize: group.size.max,
      vpcZoneIdentifiers: args.subnetIds,
      ...launchSource(group, launchTemplate),
      initialLifecycleHooks: initialHooks(group),
      targetGroupArns: targetGroupArn === undefined ? [] : [targetGroupArn],
      healthCheckType: targetGroupArn === undefined ? "EC2" : "ELB",
      healthCheckGracePeriod: group.health.timeout,
      defaultInstanceWarmup: group.health.timeout,
      instanceRefresh: instanceRefresh(group),
      ...warmPool(group),
      ...upkeep(group),
      // The first instances can only be healthy once packages are published, which needs the bucket of this same run.
      waitForCapacityTimeout: "0",
      enabledMetrics: [
        "GroupMinSize",
        "GroupMaxSize",
        "GroupDesiredCapacity",
        "GroupInServiceInstances",
        "GroupPendingInstances",
        "GroupTerminatingInstances",
        "GroupTotalInstances",
      ],
      metricsGranularity: "1Minute",
      tags: Object.entries(args.tags).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
    },
    {
      parent,
      dependsOn: args.dependsOn,
      // Otherwise a change of the hooks would replace the group and all its instances at once.
      ignoreChanges: ["initialLifecycleHooks"],
      customTimeouts: departureTimeouts(group),
    },
  );
  keepHooks(name, group, fleet.name, parent);
  return fleet;
}

/** Seconds in which instances boot, let everything go and are off, beside what they drain. */
const DEPARTURE = 900;

/** How long the provider waits where instances leave the load balancer, which without these is ten minutes. */
function departureTimeouts({ http }: GroupConfig): pulumi.CustomTimeouts {
  const patience = `${(http?.deregistrationDelay ?? 0) + DEPARTURE}s`;
  return { update: patience, delete: patience };
}

type LaunchSource = Pick<aws.autoscaling.GroupArgs, "launchTemplate" | "mixedInstancesPolicy" | "capacityRebalance">;

/** What instances are launched from: the template, or, with other types or spot instances, the template and how to vary it. */
function launchSource(group: GroupConfig, template: aws.ec2.LaunchTemplate): LaunchSource {
  // A numbered version, unlike $Latest, makes a changed template start an instance refresh.
  const version = template.latestVersion.apply(String);
  const { instanceType, alternativeTypes, spot } = group;
  const { instanceTypes } = group;
  if (spot === undefined && alternativeTypes.length === 0 && instanceTypes === undefined)
    return { launchTemplate: { id: template.id, version } };
  return {
    mixedInstancesPolicy: {
      launchTemplate: {
        launchTemplateSpecification: { launchTemplateId: template.id, version },
        overrides:
          instanceTypes === undefined
            ? [instanceType, ...alternativeTypes].map((type) => ({ instanceType: type }))
            : [{ instanceRequirements: requirements(instanceTypes) }],
      },
      instancesDistribution: {
        // Of types that nobody has named, none is preferred.
        onDemandAllocationStrategy: instanceTypes === undefined ? "prioritized" : "lowest-price",
        onDemandBaseCapacity: spot?.onDemand ?? 0,
        onDemandPercentageAboveBaseCapacity: 100 - (spot?.percent ?? 0),
        spotAllocationStrategy: "price-capacity-optimized",
      },
    },
    // A spot instance that is about to be taken away is replaced before it is.
    capacityRebalance: spot !== undefined,
  };
}

const MIB = 1024;

/** The image says for which architecture. */
function requirements({ vcpu, memory }: InstanceRequirements) {
  return {
    vcpuCount: { min: vcpu.min, max: vcpu.max },
    memoryMib: { min: memory.min * MIB, max: memory.max === undefined ? undefined : memory.max * MIB },
  };
}

const DAY = 24 * 60 * 60;

type Upkeep = Pick<
  aws.autoscaling.GroupArgs,
  "maxInstanceLifetime" | "instanceMaintenancePolicy" | "terminationPolicies"
>;

/** Which instances Auto Scaling replaces or ends of its own accord, and how many at a time. */
function upkeep({ maxInstanceLifetime, maintenance, terminationPolicies }: GroupConfig): Upkeep {
  return {
    maxInstanceLifetime: maxInstanceLifetime === undefined ? undefined : maxInstanceLifetime * DAY,
    instanceMaintenancePolicy: maintenance && {
      minHealthyPercentage: maintenance.minHealthy,
      maxHealthyPercentage: maintenance.maxHealthy,
    },
    terminationPolicies: terminationPolicies && [...terminationPolicies],
  };
}

/** Instances that have booted once and wait, stopped, for less than new ones cost. */
function warmPool({ warmPool: pool }: GroupConfig): Pick<aws.autoscaling.GroupArgs, "warmPool"> {
  if (pool === undefined) return {};
  return {
    warmPool: {
      poolState: "Stopped",
      minSize: pool.min,
      maxGroupPreparedCapacity: pool.max,
      instanceReusePolicy: { reuseOnScaleIn: pool.reuseOnScaleIn },
    },
  };
}

/** Declares that a fleet's launches and terminations, failed ones too, are told to a topic. */
export function scalingEvents(
  name: string,
  fleet: aws.autoscaling.Group,
  topicArn: pulumi.Input<string>,
  parent: pulumi.Resource,
): void {
  new aws.autoscaling.Notification(
    `${name}-events`,
    {
      groupNames: [fleet.name],
      topicArn,
      notifications: [
        "autoscaling:EC2_INSTANCE_LAUNCH",
        "autoscaling:EC2_INSTANCE_LAUNCH_ERROR",
        "autoscaling:EC2_INSTANCE_TERMINATE",
        "autoscaling:EC2_INSTANCE_TERMINATE_ERROR",
      ],
    },
    { parent },
  );
}
