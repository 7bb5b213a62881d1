import { invoke } from "../../local/answers/invokes";
import { createResource } from "../../local/provision";
import { subnetRange } from "../../local/provision/network";
import type { Context } from "../../local/provision/resource";
import type { Clients } from "../../local/region/clients";
import { EventBus } from "../../local/region/events";

const sent: [string, unknown][] = [];
const answers: Readonly<Record<string, unknown>> = {
  DescribePoliciesCommand: { ScalingPolicies: [{ PolicyARN: "arn:policy" }] },
  CreateListenerCommand: { Listeners: [{ ListenerArn: "arn:listener" }] },
  CreateRuleCommand: { Rules: [{ RuleArn: "arn:rule" }] },
};
const send = async (command: { input: unknown }) => {
  sent.push([command.constructor.name, command.input]);
  return answers[command.constructor.name];
};
const services = ["autoScaling", "cloudWatch", "elb", "events", "s3", "sns", "ssm"].map((service) => [
  service,
  { send },
]);
const invoked: unknown[] = [];
const actedIn: string[] = [];
const callFunction = async (arn: string, { detail }: { detail: unknown }, sender: unknown) =>
  void invoked.push([arn, detail, sender]);
const contextIn = (region: string) =>
  ({
    clients: { region, ...Object.fromEntries(services) },
    bus: new EventBus(),
    ssmAs: async (roleArn: string) => {
      actedIn.push(roleArn);
      return { send };
    },
    deliveries: { call: callFunction },
    functions: { has: (arn: string) => arn.includes(":lambda:") },
    listeners: [],
    rules: [],
  }) as unknown as Context;
beforeEach(() => {
  sent.length = 0;
});

test.each([
  ["10.0.0.0/16", 4, ["10.0.0.0/18", "10.0.64.0/18", "10.0.128.0/18", "10.0.192.0/18"]],
  ["10.1.16.0/20", 4, ["10.1.16.0/22", "10.1.20.0/22", "10.1.24.0/22", "10.1.28.0/22"]],
  ["192.168.7.0/24", 6, ["192.168.7.0/27", "192.168.7.32/27", "192.168.7.64/27"]],
])("%s has room for %i equal subnets", (cidr, count, ranges) => {
  expect(ranges.map((_, index) => subnetRange(cidr, count, index))).toEqual(ranges);
});

describe("a resource", () => {
  test("of a type that has no counterpart is refused by name", async () => {
    await expect(createResource(contextIn("eu-west-1"), "aws:rds/instance:Instance", "db", {})).rejects.toThrow(
      "db: the local region has no counterpart of aws:rds/instance:Instance; add one in local/provision",
    );
  });

  test.each([
    ["aws:sns/topic:Topic", {}, "the input name should be a text, but is undefined"],
    ["aws:s3/bucket:Bucket", { bucket: 7 }, "the input bucket should be a text, but is 7"],
    ["aws:sqs/queue:Queue", { name: "q" }, "the input messageRetentionSeconds should be a number, but is undefined"],
  ])("%s says which input is wrong", async (type, inputs, expected) => {
    await expect(createResource(contextIn("eu-west-1"), type, "it", inputs)).rejects.toThrow(
      `it (${type}): ${expected}`,
    );
  });

  test("a bucket names its region, but for the one that S3 does not let be named", async () => {
    for (const region of ["eu-west-1", "us-east-1"]) {
      const created = await createResource(contextIn(region), "aws:s3/bucket:Bucket", "it", { bucket: "b" });
      expect(created).toEqual({ id: "b", state: { bucket: "b", arn: "arn:aws:s3:::b" } });
    }
    const settings = { Bucket: "b", ObjectLockEnabledForBucket: true };
    expect(sent).toEqual([
      ["CreateBucketCommand", { ...settings, CreateBucketConfiguration: { LocationConstraint: "eu-west-1" } }],
      ["CreateBucketCommand", { ...settings, CreateBucketConfiguration: undefined }],
    ]);
  });
});

describe("a group of several types", () => {
  test("is launched from its template in all of them", async () => {
    await createResource(contextIn("eu-west-1"), "aws:autoscaling/group:Group", "it", {
      ...{ name: "g", minSize: 1, maxSize: 2, healthCheckType: "EC2" },
      mixedInstancesPolicy: {
        launchTemplate: {
          launchTemplateSpecification: { launchTemplateId: "lt-1", version: "3" },
          overrides: [{ instanceType: "t3.small" }, { instanceType: "t3a.small" }],
        },
        instancesDistribution: { onDemandBaseCapacity: 1 },
      },
    });
    expect(sent[0]?.[1]).toMatchObject({
      MixedInstancesPolicy: {
        LaunchTemplate: {
          LaunchTemplateSpecification: { LaunchTemplateId: "lt-1", Version: "3" },
          Overrides: [{ InstanceType: "t3.small" }, { InstanceType: "t3a.small" }],
        },
        InstancesDistribution: { OnDemandBaseCapacity: 1 },
      },
    });
  });
});

describe("a scaling policy", () => {
  test("keeps its steps, and its ARN for the alarm that calls it", async () => {
    const created = await createResource(contextIn("eu-west-1"), "aws:autoscaling/policy:Policy", "up", {
      ...{ autoscalingGroupName: "g", policyType: "StepScaling", adjustmentType: "ChangeInCapacity" },
      stepAdjustments: [{ metricIntervalLowerBound: "0", scalingAdjustment: 1 }],
    });
    expect(created).toEqual({ id: "up", state: { arn: "arn:policy", name: "up" } });
    expect(sent[0]).toEqual([
      "PutScalingPolicyCommand",
      {
        ...{
          AutoScalingGroupName: "g",
          PolicyName: "up",
          PolicyType: "StepScaling",
          AdjustmentType: "ChangeInCapacity",
        },
        StepAdjustments: [{ MetricIntervalLowerBound: "0", ScalingAdjustment: 1 }],
      },
    ]);
  });
});

describe("a listener", () => {
  const listenerOf = (action: object, context: Context) =>
    createResource(context, "aws:lb/listener:Listener", "it", {
      ...{ loadBalancerArn: "arn:lb", port: 443, defaultActions: [action] },
    });

  test("leads to the group it forwards to, in the clear", async () => {
    const context = contextIn("eu-west-1");
    await listenerOf({ type: "forward", targetGroupArn: "arn:tg" }, context);
    expect(context.listeners).toEqual([{ loadBalancerArn: "arn:lb", targetGroupArn: "arn:tg" }]);
    expect(sent[0]?.[1]).toMatchObject({ Protocol: "HTTP", Port: 443 });
  });

  test("that only redirects leads nowhere", async () => {
    const context = contextIn("eu-west-1");
    const redirect = { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" };
    await listenerOf({ type: "redirect", redirect }, context);
    expect(context.listeners).toEqual([]);
    expect(sent[0]?.[1]).toMatchObject({
      DefaultActions: [
        { Type: "redirect", RedirectConfig: { Port: "443", Protocol: "HTTPS", StatusCode: "HTTP_301" } },
      ],
    });
  });

  test("has rules that lead some hosts and paths elsewhere", async () => {
    const context = contextIn("eu-west-1");
    context.listeners.push({ loadBalancerArn: "arn:lb", targetGroupArn: "arn:other" });
    await createResource(context, "aws:lb/listenerRule:ListenerRule", "it", {
      ...{ listenerArn: "arn:listener", priority: 10, actions: [{ type: "forward", targetGroupArn: "arn:tg" }] },
      conditions: [{ hostHeader: { values: ["a.example.com"] } }, { pathPattern: { values: ["/x/*"] } }],
    });
    expect(context.rules).toEqual([
      { priority: 10, hosts: ["a.example.com"], paths: ["/x/*"], targetGroupArn: "arn:tg" },
    ]);
    expect(sent[0]?.[1]).toMatchObject({
      Conditions: [
        { Field: "host-header", Values: ["a.example.com"] },
        { Field: "path-pattern", Values: ["/x/*"] },
      ],
    });
  });
});

describe("a listener that the stack did not make", () => {
  test("is HAProxy's alone: its rules lead there, and moto hears of none", async () => {
    const context = contextIn("eu-west-1");
    const listenerArn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shared/0/1";
    const made = await createResource(context, "aws:lb/listenerRule:ListenerRule", "it", {
      ...{ listenerArn, priority: 7, actions: [{ type: "forward", targetGroupArn: "arn:tg" }] },
      conditions: [{ pathPattern: { values: ["/x/*"] } }],
    });
    expect(made.id).toBe("arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/shared/0/1/7");
    expect(context.rules).toEqual([{ priority: 7, hosts: [], paths: ["/x/*"], targetGroupArn: "arn:tg" }]);
    expect(sent).toEqual([]);
  });
});

describe("an alarm", () => {
  test("watches its metric and calls whom it should", async () => {
    await createResource(contextIn("eu-west-1"), "aws:cloudwatch/metricAlarm:MetricAlarm", "it", {
      ...{ name: "a", alarmDescription: "d", namespace: "AWS/SQS", metricName: "m", dimensions: { QueueName: "q" } },
      ...{ statistic: "Maximum", period: 300, evaluationPeriods: 1, threshold: 0, treatMissingData: "notBreaching" },
      ...{ comparisonOperator: "GreaterThanThreshold", alarmActions: ["arn:topic"], okActions: ["arn:topic"] },
      tags: { "towline:stack": "qa" },
    });
    expect(sent).toEqual([
      [
        "PutMetricAlarmCommand",
        {
          ...{ AlarmName: "a", AlarmDescription: "d", Namespace: "AWS/SQS", MetricName: "m" },
          Dimensions: [{ Name: "QueueName", Value: "q" }],
          ...{ Statistic: "Maximum", Period: 300, EvaluationPeriods: 1, Threshold: 0 },
          ...{ ComparisonOperator: "GreaterThanThreshold", TreatMissingData: "notBreaching" },
          ...{ AlarmActions: ["arn:topic"], OKActions: ["arn:topic"] },
          Tags: [{ Key: "towline:stack", Value: "qa" }],
        },
      ],
    ]);
  });
});

describe("an object", () => {
  test("is put into its bucket, with its type and its tags", async () => {
    const created = await createResource(contextIn("eu-west-1"), "aws:s3/bucketObjectv2:BucketObjectv2", "it", {
      ...{ bucket: "b", key: "rollout/web/policy.json", content: '{"bake":0}', contentType: "application/json" },
      tags: { "towline:stack": "qa", "towline:group": "web" },
    });
    expect(created).toEqual({ id: "rollout/web/policy.json" });
    expect(sent).toEqual([
      [
        "PutObjectCommand",
        {
          ...{ Bucket: "b", Key: "rollout/web/policy.json", Body: '{"bake":0}', ContentType: "application/json" },
          Tagging: "towline%3Astack=qa&towline%3Agroup=web",
        },
      ],
    ]);
  });
});

describe("a rule's target", () => {
  const target = "aws:cloudwatch/eventTarget:EventTarget";
  const event = { region: "eu-west-1", source: "aws.s3", detailType: "x", resources: [], detail: { a: 1 } };
  const settle = () => new Promise(setImmediate);

  test("is the instances that Run Command is to reach, and does, in the role it names", async () => {
    const context = contextIn("eu-west-1");
    context.bus.addRule("eu-west-1", "r", '{"source":["aws.s3"]}');
    await createResource(context, target, "it", {
      ...{ rule: "r", arn: "arn:aws:ssm:eu-west-1:123456789012:document/towline-qa-poll", roleArn: "arn:role" },
      input: "{}",
      runCommandTargets: [{ key: "tag:towline:stack", values: ["qa"] }],
    });
    const chosen = [{ Key: "tag:towline:stack", Values: ["qa"] }];
    expect(sent[0]?.[1]).toMatchObject({
      Rule: "r",
      Targets: [{ Id: "it", RoleArn: "arn:role", RunCommandParameters: { RunCommandTargets: chosen } }],
    });
    context.bus.emit(event);
    await settle();
    expect(sent[1]).toEqual([
      "SendCommandCommand",
      { DocumentName: "towline-qa-poll", Targets: chosen, Parameters: {} },
    ]);
    expect(actedIn).toEqual(["arn:role"]);
  });

  test("is a function, which gets the event, and the queue for what it does not", async () => {
    const context = contextIn("eu-west-1");
    const arn = "arn:aws:lambda:eu-west-1:123456789012:function:f";
    context.bus.addRule("eu-west-1", "r", '{"source":["aws.s3"]}');
    await createResource(context, target, "it", {
      ...{ rule: "r", arn, deadLetterConfig: { arn: "arn:queue" } },
      retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 2 },
    });
    expect(sent[0]?.[1]).toMatchObject({
      Targets: [{ Arn: arn, DeadLetterConfig: { Arn: "arn:queue" }, RetryPolicy: { MaximumRetryAttempts: 2 } }],
    });
    context.bus.emit(event);
    await settle();
    const source = "arn:aws:events:eu-west-1:123456789012:rule/r";
    const sender = { service: "events", source, deadLetterArn: "arn:queue" };
    expect(invoked).toEqual([[arn, { a: 1 }, sender]]);
  });
});

describe("a look-up", () => {
  test("that has no counterpart is refused by name", async () => {
    await expect(invoke({} as Clients, "aws:rds/getCluster:getCluster", {})).rejects.toThrow(
      "the local region has no counterpart of the look-up aws:rds/getCluster:getCluster; add one in local/answers/invokes.ts",
    );
  });

  test("of the account is moto's", async () => {
    const identity = { Account: "123456789012", Arn: "arn:aws:sts::123456789012:user/moto", UserId: "AIDA" };
    const clients = { sts: { send: async () => identity } } as unknown as Clients;
    expect(await invoke(clients, "aws:index/getCallerIdentity:getCallerIdentity", {})).toMatchObject({
      accountId: "123456789012",
    });
  });
});
