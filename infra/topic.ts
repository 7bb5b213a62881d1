import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { policyDocument, refusePlainText, type Statement } from "./policy";
import type { Tags } from "./tags";

export interface TopicArgs {
  /** Physical name. */
  readonly name: string;
  /** Account whose Auto Scaling groups and alarms may publish. */
  readonly account: Account;
  readonly region: string;
  /** First part of the names of the alarms that may; undefined where no service of AWS may publish. */
  readonly alarmPrefix: string | undefined;
  readonly tags: Tags;
}

/** A topic that carries events of a stack. */
export class Topic extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: TopicArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:Topic", name, {}, options);
    const topic = new aws.sns.Topic(`${name}-topic`, { name: args.name, tags: args.tags }, { parent: this });
    const policy = new aws.sns.TopicPolicy(
      `${name}-policy`,
      {
        arn: topic.arn,
        policy: pulumi
          .all([topic.arn, args.account.partition, args.account.id])
          .apply(([arn, partition, account]) =>
            policyDocument(
              topicStatements(
                arn,
                account,
                args.alarmPrefix && `arn:${partition}:cloudwatch:${args.region}:${account}:alarm:${args.alarmPrefix}*`,
              ),
            ),
          ),
      },
      { parent: this },
    );
    // Whoever is told the ARN may publish at once: not before the policy is there.
    this.arn = pulumi.all([topic.arn, policy.id]).apply(([arn]) => arn);
    this.registerOutputs({ arn: this.arn });
  }
}

function topicStatements(arn: string, account: string, alarms: string | undefined): Statement[] {
  if (alarms === undefined) return [refusePlainText("sns:Publish", [arn])];
  return [
    {
      Sid: "AutoScalingPublishes",
      Effect: "Allow",
      Principal: { Service: "autoscaling.amazonaws.com" },
      Action: "sns:Publish",
      Resource: arn,
      Condition: { StringEquals: { "aws:SourceAccount": account } },
    },
    {
      Sid: "AlarmsPublish",
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: "sns:Publish",
      Resource: arn,
      Condition: { StringEquals: { "aws:SourceAccount": account }, ArnLike: { "aws:SourceArn": alarms } },
    },
    refusePlainText("sns:Publish", [arn]),
  ];
}
