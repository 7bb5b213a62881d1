import type { Declared } from "../../infra/synth";
import { errorsOf, type GroupRaw, valid } from "./config-fixtures";
import { all, one, stackOf } from "./stack-of";

const [RULE, TARGET, FUNCTION] = [
  "aws:cloudwatch/eventRule:EventRule",
  "aws:cloudwatch/eventTarget:EventTarget",
  "aws:lambda/function:Function",
];
const worker = { packages: ["hello"], size: { min: 1, max: 1 } };
const watching = (...alarms: string[]): GroupRaw => ({ ...worker, rollout: { alarms } });
const called = (stack: readonly Declared[]) => stack.filter(({ name }) => name.startsWith("rollout-alarms"));

describe("the alarms of a stack's rollouts", () => {
  let stack: Declared[];
  beforeAll(async () => {
    stack = await stackOf({ web: watching("shop-errors", "shop latency"), jobs: watching("shop-errors"), db: worker });
  });

  it("are nobody's business where no group watches any", async () => {
    expect(called(await stackOf({ db: worker }))).toEqual([]);
  });

  it("are followed by a function that knows which groups watch which, by their changes and every five minutes", () => {
    const { inputs } = one(stack, FUNCTION, "rollout-alarms-function");
    expect(inputs).toMatchObject({ name: "towline-qa-rollout-alarms", handler: "index.handler", timeout: 30 });
    expect(inputs.environment).toEqual({
      variables: {
        TOWLINE_BUCKET: "acme-qa",
        TOWLINE_ALARMS: '{"web":["shop-errors","shop latency"],"jobs":["shop-errors"]}',
      },
    });
    const rules = all(stack, RULE).filter(({ name }) => name.startsWith("rollout-alarms"));
    expect(
      rules.map(({ inputs: { name, eventPattern, scheduleExpression } }) => [name, eventPattern, scheduleExpression]),
    ).toEqual([
      [
        "towline-qa-rollout-alarms-changes-1",
        '{"source":["aws.cloudwatch"],"detail-type":["CloudWatch Alarm State Change"],' +
          '"detail":{"alarmName":["shop latency","shop-errors"]}}',
        undefined,
      ],
      ["towline-qa-rollout-alarms-look", undefined, "rate(5 minutes)"],
    ]);
    for (const { inputs: target } of all(stack, TARGET).filter(({ name }) => name.startsWith("rollout-alarms"))) {
      expect(target.arn).toBe("arn:aws:lambda:eu-west-1:123456789012:function:towline-qa-rollout-alarms");
    }
  });

  it("may be seen, and written into the control objects of the groups that watch some, and no more", () => {
    const { Statement } = JSON.parse(
      String(one(stack, "aws:iam/rolePolicy:RolePolicy", "rollout-alarms-role-policy").inputs.policy),
    );
    const keys = ["web", "jobs"].flatMap((group) => [`rollout/${group}/orders.json`, `rollout/${group}/control.json`]);
    expect(Statement).toEqual([
      { Sid: "SeeAlarms", Effect: "Allow", Action: "cloudwatch:DescribeAlarms", Resource: "*" },
      {
        Sid: "ChangeControl",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject"],
        Resource: keys.map((key) => `arn:aws:s3:::acme-qa/${key}`),
      },
      {
        Sid: "SeeWhatIsMissing",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: "arn:aws:s3:::acme-qa",
        Condition: { StringEquals: { "s3:prefix": keys } },
      },
      expect.objectContaining({ Sid: "WriteLog" }),
      expect.objectContaining({ Sid: "KeepUndelivered" }),
    ]);
  });

  it("may be written of all groups, and nothing else of them, where IAM has no room for the groups' names", async () => {
    const names = Array.from({ length: 40 }, (_, i) => `n${String(i).padStart(2, "0")}${"x".repeat(26)}`);
    const many = await stackOf(Object.fromEntries(names.map((name) => [name, watching("shop-errors")])));
    const policy = String(one(many, "aws:iam/rolePolicy:RolePolicy", "rollout-alarms-role-policy").inputs.policy);
    const keys = ["rollout/*/orders.json", "rollout/*/control.json"];
    expect(JSON.parse(policy).Statement.slice(1, 3)).toMatchObject([
      { Resource: keys.map((key) => `arn:aws:s3:::acme-qa/${key}`) },
      { Condition: { StringLike: { "s3:prefix": keys } } },
    ]);
  });

  it("have a queue for events that EventBridge could not hand over, and alarms of their own", () => {
    const { policy } = one(stack, "aws:sqs/queuePolicy:QueuePolicy", "rollout-alarms-undelivered-policy").inputs;
    expect(JSON.parse(String(policy)).Statement[0].Condition).toEqual({
      ArnLike: { "aws:SourceArn": "arn:aws:events:eu-west-1:123456789012:rule/towline-qa-rollout-alarms-*" },
    });
    const names = all(stack, "aws:cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => inputs.name);
    expect(names).toContain("towline-qa-rollout-alarms-failures");
    expect(names).toContain("towline-qa-rollout-alarms-undelivered");
  });
});

describe("many alarms", () => {
  const named = (count: number, length: number) =>
    Array.from({ length: count }, (_, index) => `${"n".repeat(length - 3)}${index + 100}`);

  it("are spread over as many rules as their names need", async () => {
    const names = named(10, 255);
    const stack = await stackOf({ web: watching(...names) });
    const patterns = all(stack, RULE).flatMap(({ name, inputs }) =>
      name.startsWith("rollout-alarms-changes") ? [String(inputs.eventPattern)] : [],
    );
    expect(patterns).toHaveLength(2);
    expect(patterns.filter((pattern) => pattern.length > 2048)).toEqual([]);
    expect(patterns.flatMap((pattern) => JSON.parse(pattern).detail.alarmName)).toEqual(names);
  });

  it("are refused where Lambda has no room for their names", () => {
    const groups = { a: watching(...named(10, 255)), b: watching(...named(4, 255)) };
    expect(errorsOf(valid({ "towline:groups": groups }))).toEqual([
      "Pulumi.staging.yaml: towline:groups: should name alarms for rollouts with at most 3500 characters in all, the groups' names included, " +
        "since Lambda has no room for more, but names some with 3625. Name one composite alarm in place of several, or make it several stacks.",
    ]);
  });
});
