import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { GetObjectCommand, NoSuchKey, S3Client } from "@aws-sdk/client-s3";
import { bundleRolloutAlarms } from "../../lambda/bundle";
import { followAlarms } from "../../local/answers/alarms";
import { Keys } from "../../local/iam/keys";
import { createResource } from "../../local/provision";
import type { Context } from "../../local/provision/resource";
import type { Clients } from "../../local/region/clients";
import { EventBus } from "../../local/region/events";
import { Functions } from "../../local/region/functions";
import { awsEnvironment, Moto } from "../cli/moto";
import { all, one, stackOf } from "../infra/stack-of";

const REGION = "eu-west-1";
/** What the region makes of a stack's resources here: those that an alarm passes on its way to the group's hosts, in order. */
const MADE = [
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "aws:cloudwatch/eventRule:EventRule",
  "aws:cloudwatch/eventTarget:EventTarget",
];

jest.setTimeout(300_000);
let folder: string;
let moto: Moto;
let clients: Clients;
let bus: EventBus;
const invocations: Promise<void>[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "towline-alarms-"));
  process.env.TOWLINE_RUN = folder;
  moto = await Moto.start();
  const settings = {
    endpoint: moto.url,
    region: REGION,
    credentials: { accessKeyId: "AKIATEST", secretAccessKey: "test" },
  };
  clients = {
    region: REGION,
    cloudWatch: new CloudWatchClient(settings),
    events: new EventBridgeClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
  } as unknown as Clients;
  bus = new EventBus();

  const rollout = { maxUnavailable: "25%", timeout: 600, alarms: ["shop-errors"] };
  const stack = await stackOf({ web: { packages: ["hello"], size: { min: 2, max: 4 }, rollout } });
  const declared = one(stack, "aws:lambda/function:Function", "rollout-alarms-function");
  const target = one(stack, "aws:cloudwatch/eventTarget:EventTarget", "rollout-alarms-look-target");
  const { variables } = declared.inputs.environment as { variables: Record<string, string> };
  const functions = new Functions(new Keys(), { actsIn: async () => true, assumes: async () => true }, 10);
  functions.add({
    ...{ name: "rollout-alarms", arn: String(target.inputs.arn), handler: "index.handler", timeout: 120 },
    folder: bundleRolloutAlarms(path.resolve(__dirname, "../..")),
    environment: { ...awsEnvironment(moto.url), ...variables },
    roleArn: "arn:aws:iam::123456789012:role/towline-qa-rollout-alarms",
    deadLetterArn: undefined,
    logGroup: "/aws/lambda/rollout-alarms",
  });
  const invoke = (arn: string, event: unknown) => {
    const invocation = functions.invoke(arn, event);
    invocations.push(invocation);
    return invocation;
  };
  const has = (arn: string) => functions.has(arn);
  const context = { clients, bus, deliveries: { call: invoke }, functions: { has } } as unknown as Context;
  for (const type of MADE) {
    for (const { name, inputs } of all(stack, type)) {
      // The other rules' targets are functions that this test has not.
      if (!type.includes("/event") || name.startsWith("rollout-alarms"))
        await createResource(context, type, name, inputs);
    }
  }
});

afterAll(async () => {
  bus?.close();
  await Promise.all(invocations);
  await moto?.stop();
  rmSync(folder, { recursive: true });
});

async function object(key: string): Promise<unknown> {
  try {
    const found = await clients.s3.send(new GetObjectCommand({ Bucket: "acme-qa", Key: key }));
    return JSON.parse((await found.Body?.transformToString()) ?? "");
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}

/** Sets an alarm's state as somebody would through the region's front. */
async function setState(StateValue: "ALARM" | "OK", StateReason: string): Promise<void> {
  const json = { AlarmName: "shop-errors", StateValue, StateReason };
  await clients.cloudWatch.send(new SetAlarmStateCommand(json));
  const call = { service: "monitoring", region: REGION, action: "SetAlarmState", form: new URLSearchParams(), json };
  expect(await followAlarms(bus, clients, call, "moto's reply")).toBe("moto's reply");
}

async function becomes(key: string, wanted: (content: unknown) => boolean): Promise<unknown> {
  for (;;) {
    const content = await object(key);
    if (wanted(content)) return content;
    await sleep(100);
  }
}

test("a group's policy lies in the bucket as the stack has it", async () => {
  expect(await object("rollout/web/policy.json")).toEqual({
    ...{ maxUnavailable: "25%", bake: 0, timeout: 600, freeze: [], alarms: ["shop-errors"] },
  });
});

test("an alarm that is set reaches its group's orders, and what has hosts look, by the bus and the stack's function, and leaves both", async () => {
  const alarm = {
    Namespace: "shop",
    MetricName: "errors",
    Statistic: "Sum" as const,
    Period: 60,
    EvaluationPeriods: 1,
  };
  const over = { ComparisonOperator: "GreaterThanThreshold" as const, Threshold: 0 };
  await clients.cloudWatch.send(new PutMetricAlarmCommand({ ...alarm, ...over, AlarmName: "shop-errors" }));
  await setState("ALARM", "too many errors");
  const on = { alarms: { "shop-errors": { reason: "too many errors", at: expect.any(String) } } };
  // Hosts look once control.json is another: what they believe is there by then.
  expect(await becomes("rollout/web/control.json", (content) => content !== undefined)).toEqual(on);
  expect(await object("rollout/web/orders.json")).toEqual(on);
  await setState("OK", "no errors");
  await becomes("rollout/web/control.json", (content) => JSON.stringify(content) === "{}");
  expect(await object("rollout/web/orders.json")).toEqual({});
});
