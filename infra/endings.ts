import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { acceptFromRules, callOnEvents } from "./event-rule";
import { type FunctionSettings, stackFunction } from "./function";
import type { Statement } from "./policy";

const LOOK = "rate(60 minutes)";
/** Seconds: twice as long as from one look to the next, so that there is always one. */
const PERIOD = 2 * 60 * 60;

export interface EndingsArgs extends FunctionSettings {
  /** Physical name of the function and of its role, the first part of its rule's and its alarm's names, and the metric's namespace, which no other function may write. */
  readonly name: string;
  readonly stack: string;
  readonly repository: { readonly bucket: pulumi.Output<string>; readonly bucketArn: pulumi.Output<string> };
  /** Those that hosts follow. */
  readonly suites: readonly string[];
  readonly validDays: number;
  /** Topic that is told. */
  readonly topicArn: pulumi.Output<string>;
  readonly region: string;
  readonly account: Account;
}

/**
 * Tells the topic that an index ends soon, or a key that signs one, although nobody has seen to it: also where what should have, as Jenkins, does not
 * run any more.
 */
export class Endings extends pulumi.ComponentResource {
  constructor(name: string, args: EndingsArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:Endings", name, {}, options);
    const { repository, suites, tags } = args;
    const called = stackFunction(
      name,
      {
        ...args,
        description: "Looks whether an index or a key of the stack ends soon",
        memorySize: 256,
        variables: {
          TOWLINE_BUCKET: repository.bucket,
          TOWLINE_SUITES: JSON.stringify(suites),
          TOWLINE_VALID_DAYS: String(args.validDays),
          TOWLINE_NAMESPACE: args.name,
        },
        statements: repository.bucketArn.apply((bucket) => endingsStatements(bucket, suites, args.name)),
      },
      this,
    );
    const rule = { name: `${args.name}-look`, description: "Whether an index or a key of the stack ends soon" };
    callOnEvents(`${name}-look`, { ...rule, on: { schedule: LOOK }, called, tags }, this);
    acceptFromRules(name, args, called, this);
    this.alarm(name, args);
    this.registerOutputs({});
  }

  private alarm(name: string, { stack, topicArn, tags, ...args }: EndingsArgs): void {
    new aws.cloudwatch.MetricAlarm(
      `${name}-soon`,
      {
        name: `${args.name}-soon`,
        alarmDescription: `A signed index or a signing key ends soon, and hosts take nothing new then: towline status --stack ${stack} says which`,
        namespace: args.name,
        metricName: "EndingSoon",
        statistic: "Maximum",
        period: PERIOD,
        evaluationPeriods: 1,
        threshold: 0,
        comparisonOperator: "GreaterThanThreshold",
        // The function that counts has an alarm of its own.
        treatMissingData: "ignore",
        alarmActions: [topicArn],
        okActions: [topicArn],
        tags,
      },
      { parent: this },
    );
  }
}

/** What the function may do: read these indexes, and write its one metric. */
function endingsStatements(bucket: string, suites: readonly string[], namespace: string): Statement[] {
  const keys = suites.map((suite) => `dists/${suite}/InRelease`);
  return [
    { Sid: "ReadIndexes", Effect: "Allow", Action: "s3:GetObject", Resource: keys.map((key) => `${bucket}/${key}`) },
    {
      // Without it, S3 answers 403 for an object that is not there.
      Sid: "SeeWhatIsMissing",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: bucket,
      Condition: { StringEquals: { "s3:prefix": keys } },
    },
    {
      // It takes no resource.
      Sid: "CountEndings",
      Effect: "Allow",
      Action: "cloudwatch:PutMetricData",
      Resource: "*",
      Condition: { StringEquals: { "cloudwatch:namespace": namespace } },
    },
  ];
}
