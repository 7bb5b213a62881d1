import type { Created, Kinds } from "./kind";

const size = { min: 1, max: 5 };

/** Groups whose number of instances follows something. */
export function scaled(created: Created): Kinds {
  const policyOf = (name: string) => created(`arn:aws:towline:eu-west-1:123456789012:${name}`);
  return {
    "that holds its CPU use": {
      node: { size, scaling: { cpu: 60 } },
      adds: ["autoscaling.Policy node-cpu"],
      makes: {
        "autoscaling.Policy node-cpu": {
          autoscalingGroupName: "towline-qa-node",
          policyType: "TargetTrackingScaling",
          targetTrackingConfiguration: {
            predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
            targetValue: 60,
          },
        },
        // Whose number of instances is left to the policy.
        "autoscaling.Group node-fleet": { minSize: 1, maxSize: 5, desiredCapacity: undefined },
      },
    },

    "that holds the requests of each of its instances": {
      node: { size, http: { port: 6000 }, scaling: { requestsPerTarget: 1200 } },
      adds: [
        "LoadBalancer load-balancer",
        "TargetGroup node",
        "autoscaling.Policy node-requests",
        "ec2.SecurityGroup load-balancer-security-group",
        "lb.Listener load-balancer-http",
        "lb.LoadBalancer load-balancer-alb",
        "lb.TargetGroup node-targets",
      ],
      makes: {
        "autoscaling.Policy node-requests": {
          targetTrackingConfiguration: {
            predefinedMetricSpecification: {
              predefinedMetricType: "ALBRequestCountPerTarget",
              resourceLabel: created(
                expect.stringMatching(/^app\/towline-qa\/[0-9a-f]{16}\/targetgroup\/qa-node-6000\/[0-9a-f]{16}$/),
              ),
            },
            targetValue: 1200,
          },
        },
      },
    },

    "that follows a metric of CloudWatch in steps": {
      node: {
        size,
        scaling: {
          steps: {
            backlog: {
              namespace: "AWS/SQS",
              metric: "ApproximateNumberOfMessagesVisible",
              dimensions: { QueueName: "jobs" },
              statistic: "Maximum",
              period: 120,
              periods: 2,
              up: [
                { at: 100, by: 1 },
                { at: 500, by: 3 },
              ],
              down: [{ at: 10, by: 1 }],
            },
          },
        },
      },
      adds: [
        "autoscaling.Policy node-backlog-down-policy",
        "autoscaling.Policy node-backlog-up-policy",
        "cloudwatch.MetricAlarm node-backlog-down-alarm",
        "cloudwatch.MetricAlarm node-backlog-up-alarm",
      ],
      makes: {
        "autoscaling.Policy node-backlog-up-policy": {
          policyType: "StepScaling",
          adjustmentType: "ChangeInCapacity",
          metricAggregationType: "Average",
          stepAdjustments: [
            { metricIntervalLowerBound: "0", metricIntervalUpperBound: "400", scalingAdjustment: 1 },
            { metricIntervalLowerBound: "400", scalingAdjustment: 3 },
          ],
        },
        "autoscaling.Policy node-backlog-down-policy": {
          stepAdjustments: [{ metricIntervalUpperBound: "0", scalingAdjustment: -1 }],
        },
        "cloudwatch.MetricAlarm node-backlog-up-alarm": {
          name: "towline-qa-node-backlog-up",
          namespace: "AWS/SQS",
          metricName: "ApproximateNumberOfMessagesVisible",
          dimensions: { QueueName: "jobs" },
          statistic: "Maximum",
          period: 120,
          evaluationPeriods: 2,
          threshold: 100,
          comparisonOperator: "GreaterThanOrEqualToThreshold",
          alarmActions: [policyOf("node-backlog-up-policy")],
        },
        "cloudwatch.MetricAlarm node-backlog-down-alarm": {
          name: "towline-qa-node-backlog-down",
          threshold: 10,
          comparisonOperator: "LessThanOrEqualToThreshold",
          alarmActions: [policyOf("node-backlog-down-policy")],
        },
      },
    },

    "whose size changes at times": {
      node: {
        size,
        scaling: {
          schedule: {
            morning: { cron: "0 7 * * MON-FRI", timeZone: "Europe/Berlin", min: 3, max: 5 },
            night: { cron: "0 20 * * *", min: 0, max: 1 },
          },
        },
      },
      adds: ["autoscaling.Schedule node-morning", "autoscaling.Schedule node-night"],
      makes: {
        "autoscaling.Schedule node-morning": {
          scheduledActionName: "morning",
          autoscalingGroupName: "towline-qa-node",
          recurrence: "0 7 * * MON-FRI",
          timeZone: "Europe/Berlin",
          minSize: 3,
          maxSize: 5,
          desiredCapacity: -1,
        },
        "autoscaling.Schedule node-night": { recurrence: "0 20 * * *", timeZone: "Etc/UTC", minSize: 0, maxSize: 1 },
      },
    },
  };
}
