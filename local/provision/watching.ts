import { PutMetricAlarmCommand, type PutMetricAlarmCommandInput } from "@aws-sdk/client-cloudwatch";
import { PutRuleCommand, PutTargetsCommand, type Target } from "@aws-sdk/client-eventbridge";
import { CreateDocumentCommand, SendCommandCommand } from "@aws-sdk/client-ssm";
import { ACCOUNT } from "../region/place";
import { type Context, type Create, type Inputs, list, number, tagList, text } from "./resource";

const alarm: Create = async ({ clients }, inputs) => {
  const AlarmName = text(inputs, "name");
  const dimensions = (inputs.dimensions as Record<string, string> | undefined) ?? {};
  await clients.cloudWatch.send(
    new PutMetricAlarmCommand({
      AlarmName,
      AlarmDescription: text(inputs, "alarmDescription"),
      Namespace: text(inputs, "namespace"),
      MetricName: text(inputs, "metricName"),
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      Statistic: text(inputs, "statistic") as PutMetricAlarmCommandInput["Statistic"],
      Period: number(inputs, "period"),
      EvaluationPeriods: number(inputs, "evaluationPeriods"),
      Threshold: number(inputs, "threshold"),
      ComparisonOperator: text(inputs, "comparisonOperator") as PutMetricAlarmCommandInput["ComparisonOperator"],
      TreatMissingData: inputs.treatMissingData as string | undefined,
      AlarmActions: [...list<string>(inputs, "alarmActions")],
      OKActions: [...list<string>(inputs, "okActions")],
      Tags: tagList(inputs),
    }),
  );
  return { id: AlarmName, state: { arn: `arn:aws:cloudwatch:${clients.region}:${ACCOUNT}:alarm:${AlarmName}` } };
};

const rule: Create = async ({ clients, bus }, inputs) => {
  const Name = text(inputs, "name");
  const when =
    inputs.scheduleExpression === undefined
      ? { EventPattern: text(inputs, "eventPattern") }
      : { ScheduleExpression: text(inputs, "scheduleExpression") };
  const settings = { Description: text(inputs, "description"), ...when };
  const made = await clients.events.send(new PutRuleCommand({ Name, ...settings, Tags: tagList(inputs) }));
  if (when.EventPattern !== undefined) bus.addRule(clients.region, Name, when.EventPattern);
  else bus.addSchedule(clients.region, Name, when.ScheduleExpression);
  return { id: Name, state: { arn: made.RuleArn, name: Name } };
};

const target: Create = async ({ clients, bus, deliveries, functions, ssmAs }, inputs, name) => {
  const [Rule, Arn] = [text(inputs, "rule"), text(inputs, "arn")];
  const toFunction = functions.has(Arn);
  const settings = toFunction ? functionTarget(inputs) : runCommandTarget(inputs);
  await clients.events.send(new PutTargetsCommand({ Rule, Targets: [{ Id: name, Arn, ...settings }] }));
  const source = `arn:aws:events:${clients.region}:${ACCOUNT}:rule/${Rule}`;
  const sender = { service: "events", source, deadLetterArn: settings.DeadLetterConfig?.Arn } as const;
  const call = (event: unknown) => deliveries.call(Arn, event, sender);
  bus.addTarget(Rule, toFunction ? call : () => runCommand(ssmAs, Arn, settings));
  return { id: `${Rule}-${name}` };
};

function functionTarget(inputs: Inputs): Partial<Target> {
  const [retry, deadLetter] = [inputs.retryPolicy as Inputs, inputs.deadLetterConfig as Inputs];
  return {
    DeadLetterConfig: { Arn: text(deadLetter, "arn") },
    RetryPolicy: {
      MaximumEventAgeInSeconds: number(retry, "maximumEventAgeInSeconds"),
      MaximumRetryAttempts: number(retry, "maximumRetryAttempts"),
    },
  };
}

function runCommandTarget(inputs: Inputs): Partial<Target> {
  const RunCommandTargets = list(inputs, "runCommandTargets").map((chosen) => ({
    Key: text(chosen, "key"),
    Values: [...list<string>(chosen, "values")],
  }));
  return {
    RoleArn: text(inputs, "roleArn"),
    Input: text(inputs, "input"),
    RunCommandParameters: { RunCommandTargets },
  };
}

/** As EventBridge does where a rule's target is a document of Systems Manager, in the role that the target names. */
async function runCommand(
  ssmAs: Context["ssmAs"],
  arn: string,
  { Input = "", RoleArn = "", RunCommandParameters }: Partial<Target>,
): Promise<void> {
  const DocumentName = arn.slice(arn.lastIndexOf("/") + 1);
  const Parameters = JSON.parse(Input) as Record<string, string[]>;
  const Targets = RunCommandParameters?.RunCommandTargets;
  const ssm = await ssmAs(RoleArn);
  await ssm.send(new SendCommandCommand({ DocumentName, Targets, Parameters }));
}

/** Answered with Run Command, which carries its commands out. */
const document: Create = async ({ clients }, inputs) => {
  const [Name, Content] = [text(inputs, "name"), text(inputs, "content")];
  await clients.ssm.send(new CreateDocumentCommand({ Name, Content, DocumentType: "Command", DocumentFormat: "JSON" }));
  return { id: Name, state: { arn: `arn:aws:ssm:${clients.region}:${ACCOUNT}:document/${Name}` } };
};

/** moto would run the rules itself, and knows no Run Command. */
const bucketNotification: Create = async ({ bucketEvents }, inputs) => {
  const bucket = text(inputs, "bucket");
  if (inputs.eventbridge === true) bucketEvents.enable(bucket);
  return { id: bucket };
};

/** Alarms, rules on events, and the documents that rules run on instances. */
export const watchingResources: Readonly<Record<string, Create>> = {
  "aws:cloudwatch/metricAlarm:MetricAlarm": alarm,
  "aws:cloudwatch/eventRule:EventRule": rule,
  "aws:cloudwatch/eventTarget:EventTarget": target,
  "aws:s3/bucketNotification:BucketNotification": bucketNotification,
  "aws:ssm/document:Document": document,
};
