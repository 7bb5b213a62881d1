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
  for (const [time, config] of Object.entries(schedule)) resizeAt(`${name}-${time}`, time, fleet, config, parent);
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
  parent: pulumi.Resource,
): void {
  new aws.autoscaling.Schedule(
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
    { parent },
  );
}
