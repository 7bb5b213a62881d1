import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { StepConfig, StepScalingConfig } from "../config";
import type { Tags } from "../tags";

export interface StepScalingArgs {
  readonly fleet: aws.autoscaling.Group;
  readonly config: StepScalingConfig;
  /** First part of the alarms' physical names. */
  readonly name: string;
  readonly tags: Tags;
}

type Direction = "up" | "down";

/** Declares that instances come and go with a metric: an alarm and a policy for each direction. */
export function stepScaling(name: string, args: StepScalingArgs, parent: pulumi.Resource): void {
  for (const direction of ["up", "down"] as const) {
    const steps = args.config[direction];
    if (steps.length > 0) follow(`${name}-${direction}`, direction, steps, args, parent);
  }
}

function follow(
  name: string,
  direction: Direction,
  steps: readonly StepConfig[],
  { fleet, config, name: physicalName, tags }: StepScalingArgs,
  parent: pulumi.Resource,
): void {
  const { threshold, adjustments } = stepAdjustments(direction, steps);
  const policy = new aws.autoscaling.Policy(
    `${name}-policy`,
    {
      autoscalingGroupName: fleet.name,
      policyType: "StepScaling",
      adjustmentType: "ChangeInCapacity",
      metricAggregationType: "Average",
      stepAdjustments: adjustments,
    },
    { parent },
  );
  new aws.cloudwatch.MetricAlarm(
    `${name}-alarm`,
    {
      name: `${physicalName}-${direction}`,
      alarmDescription: `Instances ${direction === "up" ? "to add" : "to remove"}: ${config.metric}`,
      namespace: config.namespace,
      metricName: config.metric,
      dimensions: config.dimensions,
      statistic: config.statistic,
      period: config.period,
      evaluationPeriods: config.periods,
      threshold,
      comparisonOperator: direction === "up" ? "GreaterThanOrEqualToThreshold" : "LessThanOrEqualToThreshold",
      alarmActions: [policy.arn],
      tags,
    },
    { parent },
  );
}

interface Adjustment {
  readonly metricIntervalLowerBound?: string;
  readonly metricIntervalUpperBound?: string;
  readonly scalingAdjustment: number;
}

/**
 * Turns steps at values into Auto Scaling's intervals, whose bounds count from the alarm's threshold: the mildest step's
 * value. The interval of the harshest step has no outer bound.
 */
export function stepAdjustments(
  direction: Direction,
  steps: readonly StepConfig[],
): { readonly threshold: number; readonly adjustments: Adjustment[] } {
  const sign = direction === "up" ? 1 : -1;
  const [near, far] =
    direction === "up"
      ? (["metricIntervalLowerBound", "metricIntervalUpperBound"] as const)
      : (["metricIntervalUpperBound", "metricIntervalLowerBound"] as const);
  const sorted = [...steps].sort((one, other) => sign * (one.at - other.at));
  const threshold = sorted[0]?.at ?? 0;
  const adjustments = sorted.map(({ at, by }, index) => {
    const next = sorted[index + 1];
    return {
      [near]: String(at - threshold),
      ...(next && { [far]: String(next.at - threshold) }),
      scalingAdjustment: sign * by,
    };
  });
  return { threshold, adjustments };
}
