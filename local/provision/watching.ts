import { PutMetricAlarmCommand, type PutMetricAlarmCommandInput } from "@aws-sdk/client-cloudwatch";
import { PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { ACCOUNT } from "../region/place";
import { type Create, list, number, tagList, text } from "./resource";

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

const rule: Create = async ({ clients }, inputs) => {
  const Name = text(inputs, "name");
  const settings = { Description: text(inputs, "description"), EventPattern: text(inputs, "eventPattern") };
  const made = await clients.events.send(new PutRuleCommand({ Name, ...settings, Tags: tagList(inputs) }));
  return { id: Name, state: { arn: made.RuleArn, name: Name } };
};

const target: Create = async ({ clients }, inputs, name) => {
  const RunCommandTargets = list(inputs, "runCommandTargets").map((chosen) => ({
    Key: text(chosen, "key"),
    Values: [...list<string>(chosen, "values")],
  }));
  const settings = {
    Arn: text(inputs, "arn"),
    RoleArn: text(inputs, "roleArn"),
    Input: text(inputs, "input"),
    RunCommandParameters: { RunCommandTargets },
  };
  const Rule = text(inputs, "rule");
  await clients.events.send(new PutTargetsCommand({ Rule, Targets: [{ Id: name, ...settings }] }));
  return { id: `${Rule}-${name}` };
};

/** moto would run the rules itself, and knows no Run Command: hosts find new packages with their poll. */
const bucketNotification: Create = async (_, inputs) => ({ id: text(inputs, "bucket") });

/** Alarms, and rules on events. */
export const watchingResources: Readonly<Record<string, Create>> = {
  "aws:cloudwatch/metricAlarm:MetricAlarm": alarm,
  "aws:cloudwatch/eventRule:EventRule": rule,
  "aws:cloudwatch/eventTarget:EventTarget": target,
  "aws:s3/bucketNotification:BucketNotification": bucketNotification,
};
