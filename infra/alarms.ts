import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "./tags";

/** A function to watch. */
export interface Watched {
  /** What it is, as the alarms' descriptions begin: `The notifier`. */
  readonly title: string;
  /** Physical names of its alarms. */
  readonly names: { readonly failures: string; readonly undelivered: string };
  /** Physical name of the function. */
  readonly functionName: string;
  /** Physical name of the queue for what it could not handle. */
  readonly deadLetterQueue: string;
}

export interface AlarmsArgs {
  /** The stack's functions, by the alarms' names in the program. */
  readonly functions: Readonly<Record<string, Watched>>;
  /** Topic that is told. Others than the notifier may have subscribed to it. */
  readonly topicArn: pulumi.Output<string>;
  readonly tags: Tags;
}

/** Watches the stack's functions: those that fail, and what they could not handle. */
export class Alarms extends pulumi.ComponentResource {
  constructor(name: string, args: AlarmsArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:Alarms", name, {}, options);
    for (const [key, watched] of Object.entries(args.functions)) {
      this.watch(`${key}-failures`, args, {
        name: watched.names.failures,
        alarmDescription: `${watched.title} failed`,
        namespace: "AWS/Lambda",
        metricName: "Errors",
        dimensions: { FunctionName: watched.functionName },
        statistic: "Sum",
      });
      this.watch(`${key}-undelivered`, args, {
        name: watched.names.undelivered,
        alarmDescription: `${watched.title} could not handle events, which wait in the queue`,
        namespace: "AWS/SQS",
        metricName: "ApproximateNumberOfMessagesVisible",
        dimensions: { QueueName: watched.deadLetterQueue },
        statistic: "Maximum",
      });
    }
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
