import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { GroupConfig } from "../config";
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
  if (spot === undefined && alternativeTypes.length === 0) return { launchTemplate: { id: template.id, version } };
  return {
    mixedInstancesPolicy: {
      launchTemplate: {
        launchTemplateSpecification: { launchTemplateId: template.id, version },
        overrides: [instanceType, ...alternativeTypes].map((type) => ({ instanceType: type })),
      },
      instancesDistribution: {
        onDemandAllocationStrategy: "prioritized",
        onDemandBaseCapacity: spot?.onDemand ?? 0,
        onDemandPercentageAboveBaseCapacity: 100 - (spot?.percent ?? 0),
        spotAllocationStrategy: "price-capacity-optimized",
      },
    },
    // A spot instance that is about to be taken away is replaced before it is.
    capacityRebalance: spot !== undefined,
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
