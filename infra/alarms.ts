import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "./tags";

export interface AlarmsArgs {
  /** Physical names of the alarms. */
  readonly names: { readonly failures: string; readonly undelivered: string };
  /** Physical name of the notifier. */
  readonly notifier: string;
  /** Physical name of the queue for what it could not deliver. */
  readonly deadLetterQueue: string;
  /** Topic that is told. Others than the notifier may have subscribed to it. */
  readonly topicArn: pulumi.Output<string>;
  readonly tags: Tags;
}

/** Watches whoever tells the team: a notifier that fails, and events that reached nobody. */
export class Alarms extends pulumi.ComponentResource {
  constructor(name: string, args: AlarmsArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:Alarms", name, {}, options);
    this.watch(`${name}-failures`, args, {
      name: args.names.failures,
      alarmDescription: "The notifier failed",
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensions: { FunctionName: args.notifier },
      statistic: "Sum",
    });
    this.watch(`${name}-undelivered`, args, {
      name: args.names.undelivered,
      alarmDescription: "Events could not be delivered to Slack and wait in the queue",
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: args.deadLetterQueue },
      statistic: "Maximum",
    });
    this.registerOutputs({});
  }

  /** Tells the topic when a metric is above zero, and when it is no more. */
  private watch(
    name: string,
    { topicArn, tags }: AlarmsArgs,
    metric: Pick<
      aws.cloudwatch.MetricAlarmArgs,
      "name" | "alarmDescription" | "namespace" | "metricName" | "dimensions" | "statistic"
    >,
  ): void {
    new aws.cloudwatch.MetricAlarm(
      name,
      {
        ...metric,
        period: 300,
        evaluationPeriods: 1,
        threshold: 0,
        comparisonOperator: "GreaterThanThreshold",
        // Neither metric has values while nothing happens.
        treatMissingData: "notBreaching",
        alarmActions: [topicArn],
        okActions: [topicArn],
        tags,
      },
      { parent: this },
    );
  }
}
