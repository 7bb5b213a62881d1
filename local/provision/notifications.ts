import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CreateLogGroupCommand, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import { AddPermissionCommand, CreateFunctionCommand } from "@aws-sdk/client-lambda";
import { CreateTopicCommand, SetTopicAttributesCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { zipSync } from "fflate";
import { ACCOUNT } from "../region/place";
import { type Create, number, text } from "./resource";

const topic: Create = async ({ clients }, inputs) => {
  const made = await clients.sns.send(new CreateTopicCommand({ Name: text(inputs, "name") }));
  return { id: made.TopicArn as string, state: { arn: made.TopicArn, name: text(inputs, "name") } };
};

const topicPolicy: Create = async ({ clients }, inputs) => {
  const settings = { TopicArn: text(inputs, "arn"), AttributeName: "Policy", AttributeValue: text(inputs, "policy") };
  await clients.sns.send(new SetTopicAttributesCommand(settings));
  return { id: text(inputs, "arn") };
};

const subscription: Create = async ({ clients }, inputs) => {
  const settings = {
    TopicArn: text(inputs, "topic"),
    Protocol: text(inputs, "protocol"),
    Endpoint: text(inputs, "endpoint"),
    Attributes: { RedrivePolicy: text(inputs, "redrivePolicy") },
  };
  const made = await clients.sns.send(new SubscribeCommand(settings));
  return { id: made.SubscriptionArn as string, state: { arn: made.SubscriptionArn } };
};

const queue: Create = async ({ clients }, inputs) => {
  const QueueName = text(inputs, "name");
  const Attributes = { MessageRetentionPeriod: String(number(inputs, "messageRetentionSeconds")) };
  const made = await clients.sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  const arn = `arn:aws:sqs:${clients.region}:${ACCOUNT}:${QueueName}`;
  // moto names itself by the request it got, which the region's front had taken out of TLS.
  const url = (made.QueueUrl as string).replace(/^http:/, "https:");
  return { id: url, state: { arn, url, name: QueueName } };
};

const queuePolicy: Create = async ({ clients }, inputs) => {
  const QueueUrl = text(inputs, "queueUrl");
  await clients.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: text(inputs, "policy") } }));
  return { id: QueueUrl };
};

const logGroup: Create = async ({ clients }, inputs) => {
  const logGroupName = text(inputs, "name");
  await clients.logs.send(new CreateLogGroupCommand({ logGroupName }));
  const retentionInDays = number(inputs, "retentionInDays");
  await clients.logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays }));
  return { id: logGroupName, state: { arn: `arn:aws:logs:${clients.region}:${ACCOUNT}:log-group:${logGroupName}` } };
};

const lambdaFunction: Create = async ({ clients, functions }, inputs) => {
  const name = text(inputs, "name");
  const folder = dirname((inputs.code as { assets: { "index.js": { path: string } } }).assets["index.js"].path);
  const handler = text(inputs, "handler");
  const timeout = number(inputs, "timeout");
  const roleArn = text(inputs, "role");
  const variables = (inputs.environment as { variables: Record<string, string> } | undefined)?.variables ?? {};
  const logGroup = (inputs.loggingConfig as { logGroup?: string } | undefined)?.logGroup ?? `/aws/lambda/${name}`;
  const deadLetterArn = (inputs.deadLetterConfig as { targetArn: string } | undefined)?.targetArn;
  const made = await clients.lambda.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: text(inputs, "runtime") as "nodejs22.x",
      Handler: handler,
      Role: roleArn,
      Timeout: timeout,
      Environment: { Variables: variables },
      Code: { ZipFile: await archive(folder) },
    }),
  );
  const arn = made.FunctionArn as string;
  functions.add({ name, arn, roleArn, folder, handler, timeout, environment: variables, deadLetterArn, logGroup });
  return { id: name, state: { arn, name } };
};

/** The zip that Pulumi would upload of a bundle's folder. */
async function archive(folder: string): Promise<Uint8Array> {
  return zipSync({ "index.js": await readFile(join(folder, "index.js")) });
}

const permission: Create = async ({ clients }, inputs, name) => {
  await clients.lambda.send(
    new AddPermissionCommand({
      FunctionName: text(inputs, "function"),
      StatementId: name,
      Action: text(inputs, "action"),
      Principal: text(inputs, "principal"),
      SourceArn: text(inputs, "sourceArn"),
    }),
  );
  return { id: name };
};

/** Events on their way to Slack. */
export const notificationResources: Readonly<Record<string, Create>> = {
  "aws:sns/topic:Topic": topic,
  "aws:sns/topicPolicy:TopicPolicy": topicPolicy,
  "aws:sns/topicSubscription:TopicSubscription": subscription,
  "aws:sqs/queue:Queue": queue,
  "aws:sqs/queuePolicy:QueuePolicy": queuePolicy,
  "aws:cloudwatch/logGroup:LogGroup": logGroup,
  "aws:lambda/function:Function": lambdaFunction,
  "aws:lambda/permission:Permission": permission,
};
