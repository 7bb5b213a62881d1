import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { deflateRawSync } from "node:zlib";
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { bundleRolloutAlarms } from "../../lambda/bundle";
import { awsEnvironment, Moto } from "../cli/moto";

const ROOT = path.resolve(__dirname, "../..");
const run = promisify(execFile);
const SCHEDULED = { "detail-type": "Scheduled Event", source: "aws.events", detail: {} };

jest.setTimeout(300_000);
let moto: Moto;
let folder: string;
let cloudWatch: CloudWatchClient;
let s3: S3Client;

beforeAll(async () => {
  folder = bundleRolloutAlarms(ROOT);
  moto = await Moto.start();
  const credentials = { accessKeyId: "AKIATEST", secretAccessKey: "test" };
  const settings = { endpoint: moto.url, region: "eu-west-1", credentials };
  cloudWatch = new CloudWatchClient(settings);
  s3 = new S3Client({ ...settings, forcePathStyle: true });
  const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" as const };
  await s3.send(new CreateBucketCommand({ Bucket: "acme-qa", CreateBucketConfiguration }));
  const alarm = {
    Namespace: "shop",
    MetricName: "errors",
    Statistic: "Sum" as const,
    Period: 60,
    EvaluationPeriods: 1,
  };
  const AlarmName = "shop errors";
  const ComparisonOperator = "GreaterThanThreshold" as const;
  await cloudWatch.send(new PutMetricAlarmCommand({ ...alarm, AlarmName, ComparisonOperator, Threshold: 0 }));
});

afterAll(() => moto?.stop());

/** Calls the bundle as Lambda does: alone in its folder, the SDK found through NODE_PATH. */
function call(event: unknown): Promise<unknown> {
  const script =
    "require(process.argv[1]).handler(JSON.parse(process.argv[2])).catch((e) => { console.error(e.message); process.exit(1); })";
  return run(process.execPath, ["-e", script, path.join(folder, "index.js"), JSON.stringify(event)], {
    env: {
      ...awsEnvironment(moto.url),
      NODE_PATH: path.join(ROOT, "node_modules"),
      TOWLINE_BUCKET: "acme-qa",
      TOWLINE_ALARMS: '{"web":["shop errors"],"jobs":["shop errors"]}',
    },
  });
}

async function control(group: string): Promise<unknown> {
  const object = await s3.send(new GetObjectCommand({ Bucket: "acme-qa", Key: `rollout/${group}/control.json` }));
  return JSON.parse((await object.Body?.transformToString()) ?? "");
}

async function is(AlarmName: string, StateValue: "ALARM" | "OK", StateReason: string): Promise<void> {
  await cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason }));
}

describe("the function of the rollouts' alarms", () => {
  test("is small, and needs nothing but Lambda's SDK", () => {
    expect(deflateRawSync(readFileSync(path.join(folder, "index.js"))).length).toBeLessThanOrEqual(3 * 1024);
  });

  test("writes what CloudWatch says into the groups' control objects, and takes it away, beside what others say", async () => {
    const hold = { hold: { reason: "the sale" }, generation: 3 };
    const held = { Bucket: "acme-qa", Key: "rollout/web/control.json", Body: JSON.stringify(hold) };
    await s3.send(new PutObjectCommand(held));
    await is("shop errors", "ALARM", "too many errors");
    await call(SCHEDULED);
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const on = { "shop errors": { reason: "too many errors", at } };
    expect(await control("web")).toEqual({ ...hold, alarms: on });
    expect(await control("jobs")).toEqual({ alarms: on });

    await is("shop errors", "OK", "no errors");
    await call(SCHEDULED);
    expect(await control("web")).toEqual(hold);
    expect(await control("jobs")).toEqual({});
  });

  test("fails with S3's word where it may not, or cannot, write", async () => {
    await is("shop errors", "ALARM", "too many errors");
    await s3.send(new PutObjectCommand({ Bucket: "acme-qa", Key: "rollout/jobs/control.json", Body: "[]" }));
    await expect(call(SCHEDULED)).rejects.toThrow(
      "rollout/jobs/control.json: it is not what hosts or the towline command write: correct or delete it",
    );
    expect(await control("web")).toMatchObject({ alarms: { "shop errors": { reason: "too many errors" } } });
  });
});
