import { all, one, stackOf } from "./stack-of";

const group = { packages: ["hello"], size: { min: 1, max: 1 } };

test("a function looks every hour at the indexes that hosts follow, and may read them, count, and nothing else", async () => {
  const stack = await stackOf({ a: { ...group, channel: "feature-x" }, b: group });
  expect(one(stack, "aws:lambda/function:Function", "endings-function").inputs.environment).toEqual({
    variables: {
      TOWLINE_BUCKET: "acme-qa",
      TOWLINE_SUITES: '["stable","stable-feature-x"]',
      TOWLINE_VALID_DAYS: "14",
      TOWLINE_NAMESPACE: "towline-qa-endings",
    },
  });
  const rules = all(stack, "aws:cloudwatch/eventRule:EventRule").filter(({ name }) => name.startsWith("endings"));
  expect(rules.map(({ inputs }) => [inputs.name, inputs.scheduleExpression])).toEqual([
    ["towline-qa-endings-look", "rate(60 minutes)"],
  ]);
  const { Statement } = JSON.parse(
    String(one(stack, "aws:iam/rolePolicy:RolePolicy", "endings-role-policy").inputs.policy),
  );
  const keys = ["dists/stable/InRelease", "dists/stable-feature-x/InRelease"];
  expect(
    Statement.map(({ Action, Resource, Condition }: Record<string, unknown>) => [Action, Resource, Condition]),
  ).toEqual([
    ["s3:GetObject", keys.map((key) => `arn:aws:s3:::acme-qa/${key}`), undefined],
    ["s3:ListBucket", "arn:aws:s3:::acme-qa", { StringEquals: { "s3:prefix": keys } }],
    ["cloudwatch:PutMetricData", "*", { StringEquals: { "cloudwatch:namespace": "towline-qa-endings" } }],
    [
      ["logs:CreateLogStream", "logs:PutLogEvents"],
      expect.stringContaining("/aws/lambda/towline-qa-endings:*"),
      undefined,
    ],
    ["sqs:SendMessage", expect.stringContaining(":towline-qa-endings-undelivered"), undefined],
  ]);
});

test("an alarm says when something ends soon, and when it is seen to", async () => {
  const stack = await stackOf({ a: group });
  const topic = "arn:aws:sns:eu-west-1:123456789012:towline-qa";
  expect(one(stack, "aws:cloudwatch/metricAlarm:MetricAlarm", "endings-soon").inputs).toMatchObject({
    name: "towline-qa-endings-soon",
    namespace: "towline-qa-endings",
    metricName: "EndingSoon",
    statistic: "Maximum",
    threshold: 0,
    comparisonOperator: "GreaterThanThreshold",
    treatMissingData: "ignore",
    alarmActions: [topic],
    okActions: [topic],
  });
});
