import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { ScalingConfig, ScheduleConfig } from "../config";
import type { Tags } from "../tags";
import { stepScaling } from "./step-scaling";

export interface ScalingArgs {
  readonly fleet: aws.autoscaling.Group;
  readonly scaling: ScalingConfig;
  /** First part of the alarms' physical names. */
  readonly name: string;
  /** What CloudWatch counts a target's requests under; absent where the group serves no HTTP. */
  readonly requestLabel?: pulumi.Output<string>;
  readonly tags: Tags;
}

/** Declares what a fleet's number of instances follows, as children of the group. */
export function scaleFleet(name: string, args: ScalingArgs, parent: pulumi.Resource): void {
  const { fleet, requestLabel } = args;
  const { cpu, requestsPerTarget, steps, schedule } = args.scaling;
  if (cpu !== undefined) {
    holdMetric(`${name}-cpu`, fleet, { predefinedMetricType: "ASGAverageCPUUtilization" }, cpu, parent);
  }
  if (requestsPerTarget !== undefined && requestLabel !== undefined) {
    const metric = { predefinedMetricType: "ALBRequestCountPerTarget", resourceLabel: requestLabel };
    holdMetric(`${name}-requests`, fleet, metric, requestsPerTarget, parent);
  }
  for (const [step, config] of Object.entries(steps)) {
    stepScaling(`${name}-${step}`, { fleet, config, name: `${args.name}-${step}`, tags: args.tags }, parent);
  }
  // One after the other: Auto Scaling takes no two actions of a group at once that would first run at the same time.
  let before: aws.autoscaling.Schedule | undefined;
  for (const [time, config] of Object.entries(schedule)) {
    before = resizeAt(`${name}-${time}`, time, fleet, config, { parent, dependsOn: before });
  }
}

/** A fleet that grows and shrinks to hold a metric at a value. */
function holdMetric(
  name: string,
  fleet: aws.autoscaling.Group,
  predefinedMetricSpecification: aws.types.input.autoscaling.PolicyTargetTrackingConfigurationPredefinedMetricSpecification,
  targetValue: number,
  parent: pulumi.Resource,
): void {
  new aws.autoscaling.Policy(
    name,
    {
      autoscalingGroupName: fleet.name,
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: { predefinedMetricSpecification, targetValue },
    },
    { parent },
  );
}

function resizeAt(
  name: string,
  scheduledActionName: string,
  fleet: aws.autoscaling.Group,
  { cron, timeZone, min, max }: ScheduleConfig,
  options: pulumi.CustomResourceOptions,
): aws.autoscaling.Schedule {
  return new aws.autoscaling.Schedule(
    name,
    {
      scheduledActionName,
      autoscalingGroupName: fleet.name,
      recurrence: cron,
      timeZone,
      minSize: min,
      maxSize: max,
      // The provider's way to leave it to the bounds and the other scalings; its own default is no instance at all.
      desiredCapacity: -1,
    },
    // Made anew for any change: an update would send the first start that AWS worked out long ago, which it then refuses as past.
    { ...options, replaceOnChanges: ["recurrence", "timeZone", "minSize", "maxSize"], deleteBeforeReplace: true },
  );
}
