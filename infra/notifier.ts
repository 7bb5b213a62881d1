import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { policyDocument, type Statement, trustPolicy } from "./policy";
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
  /** Folder that holds the bundle, `index.js`, and nothing else. */
  readonly bundle: string;
  /** Topic whose events go to Slack. */
  readonly topicArn: pulumi.Output<string>;
  /** Name of the SSM SecureString that holds the webhook's URL. */
  readonly webhookParameter: string;
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
        description: "Tells Slack about launches, terminations and deployments",
        runtime: aws.lambda.Runtime.NodeJS22dX,
        architectures: ["arm64"],
        handler: "index.handler",
        code: new pulumi.asset.FileArchive(args.bundle),
        role: role.arn,
        memorySize: 256,
        timeout: 30,
        environment: { variables: { SLACK_WEBHOOK_PARAMETER: args.webhookParameter } },
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

function notifierPolicy(
  { account, region, webhookParameter }: NotifierArgs,
  logGroupArn: pulumi.Output<string>,
  queueArn: pulumi.Output<string>,
): pulumi.Output<string> {
  return pulumi
    .all([account.partition, account.id, logGroupArn, queueArn])
    .apply(([partition, id, log, queue]) =>
      policyDocument(
        notifierStatements(`arn:${partition}:ssm:${region}:${id}:parameter${webhookParameter}`, region, log, queue),
      ),
    );
}

/**
 * What the notifier may do: read its one parameter, decrypt that parameter and nothing else (the context is what SSM
 * encrypts a SecureString with), write its log, and put aside what it could not deliver.
 */
export function notifierStatements(
  parameterArn: string,
  region: string,
  logGroupArn: string,
  queueArn: string,
): Statement[] {
  return [
    { Sid: "ReadWebhook", Effect: "Allow", Action: "ssm:GetParameter", Resource: parameterArn },
    {
      Sid: "DecryptWebhook",
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: "*",
      Condition: {
        StringEquals: {
          "kms:ViaService": `ssm.${region}.amazonaws.com`,
          "kms:EncryptionContext:PARAMETER_ARN": parameterArn,
        },
      },
    },
    {
      Sid: "WriteLog",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${logGroupArn}:*`,
    },
    { Sid: "KeepUndelivered", Effect: "Allow", Action: "sqs:SendMessage", Resource: queueArn },
  ];
}
