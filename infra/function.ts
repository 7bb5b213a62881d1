import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bundleArchive } from "./bundle-archive";
import { policyDocument, type Statement, trustPolicy } from "./policy";
import { type RoleSettings, stackRole } from "./role";
import type { Tags } from "./tags";

/** Seconds an event that could not be handled waits for someone to look: SQS's longest, 14 days. */
const KEEP_UNDELIVERED = 14 * 24 * 60 * 60;

export interface FunctionArgs {
  /** Physical name of the function and of its role. */
  readonly name: string;
  readonly description: string;
  /** Folder that holds the bundle, `index.js`. */
  readonly bundle: string;
  /** Physical name of the queue for events that could not be handled. */
  readonly deadLetterQueueName: string;
  /** MiB; more memory is more CPU. */
  readonly memorySize: number;
  readonly variables: Record<string, pulumi.Input<string>>;
  /** What the function may do beside writing its log and putting aside what it could not handle. */
  readonly statements: pulumi.Input<readonly Statement[]>;
  /** What its role has in common with the stack's others. */
  readonly roles: RoleSettings;
  /** Days its log is kept. */
  readonly logDays: number;
  /** Most invocations at a time. @default no limit of its own */
  readonly concurrency?: number;
  readonly tags: Tags;
}

/** What a stack says of each of its functions, whatever it does. */
export type FunctionSettings = Pick<
  FunctionArgs,
  "name" | "deadLetterQueueName" | "bundle" | "logDays" | "roles" | "tags"
>;

/** A function of a stack and the queue of what it could not handle. */
export interface StackFunction {
  readonly function: aws.lambda.Function;
  readonly queue: aws.sqs.Queue;
}

/** Declares a function with its log, its role and its dead-letter queue, as children of a component. */
export function stackFunction(name: string, args: FunctionArgs, parent: pulumi.Resource): StackFunction {
  const { tags } = args;
  const queue = new aws.sqs.Queue(
    `${name}-undelivered`,
    {
      name: args.deadLetterQueueName,
      messageRetentionSeconds: KEEP_UNDELIVERED,
      sqsManagedSseEnabled: true,
      tags,
    },
    { parent },
  );
  const logGroup = new aws.cloudwatch.LogGroup(
    `${name}-log`,
    { name: `/aws/lambda/${args.name}`, retentionInDays: args.logDays, tags },
    { parent },
  );
  const { role, policy } = stackRole(
    name,
    {
      name: args.name,
      assumeRolePolicy: trustPolicy("lambda.amazonaws.com"),
      policy: pulumi
        .all([args.statements, logGroup.arn, queue.arn])
        .apply(([own, log, undelivered]) => policyDocument([...own, ...housekeeping(log, undelivered)])),
      settings: args.roles,
      tags,
    },
    parent,
  );
  const made = new aws.lambda.Function(
    `${name}-function`,
    {
      name: args.name,
      description: args.description,
      runtime: aws.lambda.Runtime.NodeJS22dX,
      architectures: ["arm64"],
      handler: "index.handler",
      code: bundleArchive(args.bundle),
      role: role.arn,
      memorySize: args.memorySize,
      timeout: 30,
      reservedConcurrentExecutions: args.concurrency,
      environment: { variables: args.variables },
      deadLetterConfig: { targetArn: queue.arn },
      loggingConfig: { logFormat: "Text", logGroup: logGroup.name },
      tags,
    },
    // Lambda refuses a dead-letter queue its role may not write to.
    { parent, dependsOn: policy },
  );
  return { function: made, queue };
}

function housekeeping(logGroupArn: string, queueArn: string): Statement[] {
  return [
    {
      Sid: "WriteLog",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${logGroupArn}:*`,
    },
    { Sid: "KeepUndelivered", Effect: "Allow", Action: "sqs:SendMessage", Resource: queueArn },
  ];
}

/** A service that hands events to a function, and where from: an ARN, with `*` for any part of it. */
export interface Sender {
  readonly service: string;
  readonly from: pulumi.Input<string>;
}

/** Lets services keep in a function's queue what they could not hand over to the function. */
export function acceptUndelivered(
  name: string,
  queue: aws.sqs.Queue,
  senders: readonly Sender[],
  parent: pulumi.Resource,
): aws.sqs.QueuePolicy {
  const policy = pulumi.all([queue.arn, pulumi.all(senders.map(({ from }) => from))]).apply(([Resource, sources]) =>
    policyDocument(
      senders.map(({ service }, index) => ({
        Sid: `KeepUndelivered${index + 1}`,
        Effect: "Allow",
        Principal: { Service: service },
        Action: "sqs:SendMessage",
        Resource,
        Condition: { ArnLike: { "aws:SourceArn": sources[index] ?? "" } },
      })),
    ),
  );
  return new aws.sqs.QueuePolicy(`${name}-undelivered-policy`, { queueUrl: queue.url, policy }, { parent });
}
