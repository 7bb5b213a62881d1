import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { GroupConfig } from "../config";
import { LAUNCH_HOOK } from "../names";
import type { Tags } from "../tags";

/** Seconds a new instance may go without a sign of life before it is given up. */
const LAUNCH_HEARTBEAT = 600;

export interface AutoScalingGroupArgs {
  /** Physical name. */
  readonly name: string;
  readonly group: GroupConfig;
  readonly launchTemplate: aws.ec2.LaunchTemplate;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** Absent where the group serves no HTTP. */
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
  return new aws.autoscaling.Group(
    `${name}-fleet`,
    {
      name: args.name,
      minSize: group.size.min,
      maxSize: group.size.max,
      vpcZoneIdentifiers: args.subnetIds,
      ...launchSource(group, launchTemplate),
      initialLifecycleHooks: [
        {
          name: LAUNCH_HOOK,
          lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
          heartbeatTimeout: LAUNCH_HEARTBEAT,
          defaultResult: "ABANDON",
        },
      ],
      targetGroupArns: targetGroupArn === undefined ? [] : [targetGroupArn],
      healthCheckType: targetGroupArn === undefined ? "EC2" : "ELB",
      healthCheckGracePeriod: group.health.timeout,
      defaultInstanceWarmup: group.health.timeout,
      // New instances come first, so that a refresh never goes below the group's size.
      instanceRefresh: {
        strategy: "Rolling",
        preferences: { minHealthyPercentage: 100, maxHealthyPercentage: 150, skipMatching: true },
      },
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
    { parent, dependsOn: args.dependsOn },
  );
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
