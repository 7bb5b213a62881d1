import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { bundleArchive } from "./bundle-archive";
import type { SlackConfig } from "./config";
import { policyDocument, type Statement, trustPolicy } from "./policy";
import { readSecrets, type SecretsPlace } from "./secret-access";
import type { Tags } from "./tags";

/** Days the notifier's log is kept. */
const KEEP_LOG = 30;

/** Days an event that could not be delivered waits for someone to look, in seconds: SQS's longest. */
const KEEP_UNDELIVERED = 14 * 24 * 60 * 60;

export interface NotifierArgs {
  /** Physical name of the function and of its role. */
  readonly name: string;
  /** Physical name of the queue for events that could not be delivered. */
  readonly deadLetterQueueName: string;
  /** Folder that holds the bundle, `index.js`. */
  readonly bundle: string;
  /** Topic whose events go to Slack. */
  readonly topicArn: pulumi.Output<string>;
  /** Where Slack is, and whom it calls when. */
  readonly slack: SlackConfig;
  /** First part of the names of the stack's Auto Scaling groups. */
  readonly groupPrefix: string;
  /** The bucket in which hosts say what they run. */
  readonly repository: { readonly bucket: pulumi.Output<string>; readonly bucketArn: pulumi.Output<string> };
  readonly region: string;
  readonly account: Account;
  readonly tags: Tags;
}

/** The function that tells Slack about the events of a topic. What it fails to deliver three times waits in a queue. */
export class Notifier extends pulumi.ComponentResource {
  readonly undeliveredQueueUrl: pulumi.Output<string>;

  constructor(name: string, args: NotifierArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:Notifier", name, {}, options);
    const queue = new aws.sqs.Queue(
      `${name}-undelivered`,
      {
        name: args.deadLetterQueueName,
        messageRetentionSeconds: KEEP_UNDELIVERED,
        sqsManagedSseEnabled: true,
        tags: args.tags,
      },
      { parent: this },
    );
    const logGroup = new aws.cloudwatch.LogGroup(
      `${name}-log`,
      { name: `/aws/lambda/${args.name}`, retentionInDays: KEEP_LOG, tags: args.tags },
      { parent: this },
    );
    const role = new aws.iam.Role(
      `${name}-role`,
      { name: args.name, assumeRolePolicy: trustPolicy("lambda.amazonaws.com"), tags: args.tags },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      `${name}-role-policy`,
      { role: role.name, policy: notifierPolicy(args, logGroup.arn, queue.arn) },
      { parent: this },
    );
    const notifier = new aws.lambda.Function(
      `${name}-function`,
      {
        name: args.name,
        description: "Tells Slack about launches, terminations, alarms and deployments",
        runtime: aws.lambda.Runtime.NodeJS22dX,
        architectures: ["arm64"],
        handler: "index.handler",
        code: bundleArchive(args.bundle),
        role: role.arn,
        memorySize: 256,
        timeout: 30,
        // A thread's first message has to be there before the second is looked for: one at a time, the others wait in line.
        reservedConcurrentExecutions: args.slack.botTokenParameter === undefined ? undefined : 1,
        environment: { variables: environment(args) },
        deadLetterConfig: { targetArn: queue.arn },
        loggingConfig: { logFormat: "Text", logGroup: logGroup.name },
        tags: args.tags,
      },
      // Lambda refuses a dead-letter queue its role may not write to.
      { parent: this, dependsOn: policy },
    );
    this.subscribe(name, notifier, args.topicArn);

    this.undeliveredQueueUrl = queue.url;
    this.registerOutputs({ undeliveredQueueUrl: this.undeliveredQueueUrl });
  }

  private subscribe(name: string, notifier: aws.lambda.Function, topicArn: pulumi.Output<string>): void {
    const permission = new aws.lambda.Permission(
      `${name}-permission`,
      { action: "lambda:InvokeFunction", function: notifier.name, principal: "sns.amazonaws.com", sourceArn: topicArn },
      { parent: this },
    );
    new aws.sns.TopicSubscription(
      `${name}-subscription`,
      { topic: topicArn, protocol: "lambda", endpoint: notifier.arn },
      { parent: this, dependsOn: permission },
    );
  }
}

/** The variables of docs/messages.md; those that are not set are left out. */
function environment({ slack, groupPrefix, repository }: NotifierArgs): Record<string, pulumi.Input<string>> {
  return {
    TOWLINE_BUCKET: repository.bucket,
    TOWLINE_GROUP_PREFIX: groupPrefix,
    SLACK_WEBHOOK_PARAMETER: slack.webhookParameter,
    ...(slack.botTokenParameter && { SLACK_BOT_TOKEN_PARAMETER: slack.botTokenParameter }),
    ...(slack.channel && { SLACK_CHANNEL: slack.channel }),
    ...(slack.mention && { SLACK_MENTION: slack.mention }),
    ...(slack.quietHours && { SLACK_QUIET_HOURS: slack.quietHours }),
    ...(slack.minimumSeverity && { SLACK_MINIMUM_SEVERITY: slack.minimumSeverity }),
  };
}

function notifierPolicy(
  { account, region, slack, repository }: NotifierArgs,
  logGroupArn: pulumi.Output<string>,
  queueArn: pulumi.Output<string>,
): pulumi.Output<string> {
  const secrets = [slack.webhookParameter, slack.botTokenParameter].filter((secret) => secret !== undefined);
  return pulumi
    .all([account.partition, account.id, logGroupArn, queueArn, repository.bucketArn])
    .apply(([partition, accountId, log, queue, bucket]) =>
      policyDocument(notifierStatements(secrets, { partition, region, accountId }, log, queue, bucket)),
    );
}

/**
 * What the notifier may do: read its secrets and what the hosts say they run, write its log, and put aside what it could not
 * deliver.
 */
function notifierStatements(
  secrets: readonly string[],
  place: SecretsPlace,
  logGroupArn: string,
  queueArn: string,
  bucketArn: string,
): Statement[] {
  return [
    ...readSecrets(secrets, place),
    { Sid: "ReadHosts", Effect: "Allow", Action: "s3:GetObject", Resource: `${bucketArn}/hosts/*` },
    {
      Sid: "WriteLog",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${logGroupArn}:*`,
    },
    { Sid: "KeepUndelivered", Effect: "Allow", Action: "sqs:SendMessage", Resource: queueArn },
  ];
}
