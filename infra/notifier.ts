import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { listBucket } from "./access/publisher-policy";
import type { Account } from "./account";
import type { SlackConfig } from "./config";
import { callOnEvents } from "./event-rule";
import { acceptUndelivered, type FunctionSettings, type StackFunction, stackFunction } from "./function";
import { rolloutObject } from "./names";
import type { Statement } from "./policy";
import { readSecrets } from "./secret-access";

export interface NotifierArgs extends FunctionSettings {
  /** Topic whose events go to Slack. */
  readonly topicArn: pulumi.Output<string>;
  /** Topic on which hosts speak, and nobody else: what comes from there is believed as a host's word. */
  readonly hostsTopicArn: pulumi.Output<string>;
  /** Addresses that messages may lead to. */
  readonly links: readonly string[];
  /** Where Slack is, and whom it calls when. */
  readonly slack: SlackConfig;
  /** First part of the names of the stack's Auto Scaling groups. */
  readonly groupPrefix: string;
  /** The bucket in which hosts say what they run. */
  readonly repository: { readonly bucket: pulumi.Output<string>; readonly bucketArn: pulumi.Output<string> };
  readonly region: string;
  readonly account: Account;
}

/** The function that tells Slack about the events of a topic, and how groups are replaced. What it fails to deliver three times waits in a queue. */
export class Notifier extends pulumi.ComponentResource {
  readonly undeliveredQueueUrl: pulumi.Output<string>;

  constructor(name: string, args: NotifierArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:Notifier", name, {}, options);
    const called = stackFunction(
      name,
      {
        ...args,
        description: "Tells Slack about launches, terminations, alarms and deployments",
        memorySize: 256,
        variables: environment(args),
        statements: notifierPolicy(args),
        // A thread's first message has to be there before the second is looked for: one at a time, the others wait in line.
        concurrency: args.slack.botTokenParameter === undefined ? undefined : 1,
      },
      this,
    );
    const refreshes = callOnEvents(
      `${name}-refreshes`,
      {
        name: `${args.name}-refreshes`,
        description: "Groups are replaced",
        on: { pattern: refreshEvents(args.groupPrefix) },
        called,
        tags: args.tags,
      },
      this,
    );
    const senders = [
      { service: "sns.amazonaws.com", from: args.topicArn },
      { service: "sns.amazonaws.com", from: args.hostsTopicArn },
      { service: "events.amazonaws.com", from: refreshes.arn },
    ];
    const accept = acceptUndelivered(name, called.queue, senders, this);
    this.subscribe(name, called, accept, args.topicArn);
    this.subscribe(`${name}-hosts`, called, accept, args.hostsTopicArn);

    this.undeliveredQueueUrl = called.queue.url;
    this.registerOutputs({ undeliveredQueueUrl: this.undeliveredQueueUrl });
  }

  /** What SNS cannot even hand over waits in the same queue. */
  private subscribe(
    name: string,
    { function: notifier, queue }: StackFunction,
    accept: aws.sqs.QueuePolicy,
    topicArn: pulumi.Output<string>,
  ): void {
    const permission = new aws.lambda.Permission(
      `${name}-permission`,
      { action: "lambda:InvokeFunction", function: notifier.name, principal: "sns.amazonaws.com", sourceArn: topicArn },
      { parent: this },
    );
    new aws.sns.TopicSubscription(
      `${name}-subscription`,
      {
        topic: topicArn,
        protocol: "lambda",
        endpoint: notifier.arn,
        redrivePolicy: queue.arn.apply((deadLetterTargetArn) => JSON.stringify({ deadLetterTargetArn })),
      },
      { parent: this, dependsOn: [permission, accept] },
    );
  }
}

/**
 * How the stack's groups are replaced: Auto Scaling tells EventBridge alone, which calls the function itself. By way of the topic it could
 * not: EventBridge honours no condition in a topic's policy, so that any account's rules might publish.
 */
function refreshEvents(groupPrefix: string) {
  return {
    source: ["aws.autoscaling"],
    "detail-type": [{ prefix: "EC2 Auto Scaling Instance Refresh " }],
    detail: { AutoScalingGroupName: [{ prefix: groupPrefix }] },
  };
}

/** The variables of docs/messages.md; those that are not set are left out. */
function environment({
  slack,
  groupPrefix,
  repository,
  hostsTopicArn,
  links,
}: NotifierArgs): Record<string, pulumi.Input<string>> {
  return {
    TOWLINE_BUCKET: repository.bucket,
    TOWLINE_GROUP_PREFIX: groupPrefix,
    TOWLINE_HOSTS_TOPIC_ARN: hostsTopicArn,
    ...(links.length > 0 && { SLACK_LINKS: links.join(",") }),
    SLACK_WEBHOOK_PARAMETER: slack.webhookParameter,
    ...(slack.botTokenParameter && { SLACK_BOT_TOKEN_PARAMETER: slack.botTokenParameter }),
    ...(slack.channel && { SLACK_CHANNEL: slack.channel }),
    ...(slack.mention && { SLACK_MENTION: slack.mention }),
    ...(slack.quietHours && { SLACK_QUIET_HOURS: slack.quietHours }),
    ...(slack.minimumSeverity && { SLACK_MINIMUM_SEVERITY: slack.minimumSeverity }),
  };
}

/** What the notifier may do: read its secrets, what the hosts say they run, and when a version reached a group; of that, names and times alone. */
function notifierPolicy({ account, region, slack, repository }: NotifierArgs): pulumi.Output<Statement[]> {
  const secrets = [slack.webhookParameter, slack.botTokenParameter].filter((secret) => secret !== undefined);
  return pulumi
    .all([account.partition, account.id, repository.bucketArn])
    .apply(([partition, accountId, bucket]): Statement[] => [
      ...readSecrets(secrets, { partition, region, accountId }),
      { Sid: "ReadHosts", Effect: "Allow", Action: "s3:GetObject", Resource: `${bucket}/hosts/*` },
      listBucket("SeeWhatReachedGroups", bucket, [rolloutObject("*", "verdicts/"), rolloutObject("*", "trials/")]),
    ]);
}
