import { createHash } from "node:crypto";
import { hold, reject, resume, retry } from "../../cli/fleet/control";
import type { Bucket } from "../../cli/repository/bucket";

const CONTROL = "rollout/web/control.json";
const ORDERS = "rollout/web/orders.json";
const VOICE = "rollout/web/voices/hello/1.2.0/bad/3/arn:aws:ec2:eu-west-1:123456789012:instance/i-0a.json";
const VERDICT = "rollout/web/verdicts/hello/1.2.0.json";
const TRIAL = "rollout/web/trials/hello/1.2.0.json";
const SAID = { reason: "the sale", by: "ada", at: "2026-01-31T12:00:00Z" };

/** A bucket in memory; `before` is called before each write, as by another writer. */
function bucketOf(objects: Map<string, string>, before: () => void = () => undefined): Bucket {
  const tag = (text: string) => createHash("md5").update(text).digest("hex");
  return {
    name: "bucket",
    get: async (key) => {
      const text = objects.get(key);
      return text === undefined ? undefined : { content: Buffer.from(text), etag: tag(text) };
    },
    list: async (prefix) => [...objects.keys()].filter((key) => key.startsWith(prefix)),
    objectsBelow: async (prefix) =>
      [...objects.keys()]
        .filter((key) => key.startsWith(prefix))
        .map((key) => ({ key, etag: "", modified: new Date("2026-01-31T12:00:00Z") })),
    put: async (key, content, condition) => {
      before();
      const present = objects.get(key);
      const wanted = condition && "etag" in condition ? condition.etag : undefined;
      if (wanted !== (present === undefined ? undefined : tag(present))) return undefined;
      objects.set(key, String(content));
      return tag(String(content));
    },
    remove: async (keys) => {
      for (const key of keys) objects.delete(key);
    },
    clockAhead: () => undefined,
  };
}

const control = (objects: Map<string, string>) => JSON.parse(objects.get(CONTROL) ?? "null") as unknown;
const orders = (objects: Map<string, string>) => JSON.parse(objects.get(ORDERS) ?? "null") as unknown;

test("what people say stands where no host may write, before hosts hear of it, whatever a host has made of the other object", async () => {
  const objects = new Map<string, string>();
  const written: string[][] = [];
  const bucket = bucketOf(objects, () => written.push([...objects.keys()]));
  await hold(bucket, "web", SAID);
  expect(written).toEqual([[], [ORDERS]]);
  objects.set(CONTROL, JSON.stringify({ generation: 9 }));
  await reject(bucket, "web", "hello", "1.2.0", SAID);
  expect(orders(objects)).toEqual({ generation: 2, hold: SAID, recalled: { hello: { "1.2.0": SAID } } });
  expect(control(objects)).toEqual({ generation: 10, recalled: { hello: { "1.2.0": SAID } } });
  objects.set(CONTROL, JSON.stringify({ generation: 9 }));
  expect(await resume(bucket, "web")).toBe(true);
  expect(orders(objects)).not.toHaveProperty("hold");
  expect(control(objects)).toEqual({ generation: 10, recalled: {} });
});

test("a hold says why, by whom and since when, and leaves what else is said", async () => {
  const objects = new Map([[CONTROL, JSON.stringify({ generation: 4, recalled: {}, newer: 1 })]]);
  await hold(bucketOf(objects), "web", SAID);
  expect(control(objects)).toEqual({ generation: 5, recalled: {}, newer: 1, hold: SAID });
});

test("a resumed group is not held, and one that was not held stays as it is", async () => {
  const objects = new Map<string, string>();
  const bucket = bucketOf(objects);
  expect(await resume(bucket, "web")).toBe(false);
  expect(objects.size).toBe(0);
  await hold(bucket, "web", SAID);
  expect(await resume(bucket, "web")).toBe(true);
  expect(control(objects)).toEqual({ generation: 2, recalled: {} });
});

test("a rejection goes beside those of other versions, also of hosts that write meanwhile", async () => {
  const objects = new Map<string, string>();
  const other = { reason: "no database", by: "i-0a" };
  let wrote = false;
  const bucket = bucketOf(objects, () => {
    if (wrote) return;
    wrote = true;
    objects.set(CONTROL, JSON.stringify({ generation: 1, recalled: { hello: { "1.1.0": other } } }));
  });
  await reject(bucket, "web", "hello", "1.2.0", SAID);
  expect(control(objects)).toEqual({ generation: 2, recalled: { hello: { "1.1.0": other, "1.2.0": SAID } } });
});

test("a version that was rejected, or found bad, is tried again without its verdict, its mark and what hosts say; another is not", async () => {
  const objects = new Map<string, string>([
    [VERDICT, JSON.stringify({ verdict: "bad" })],
    [TRIAL, JSON.stringify({ canary: "", failed: { "i-0a": "no database" } })],
    [VOICE, "{}"],
    [VOICE.replace("1.2.0", "1.2.0.1"), "{}"],
  ]);
  const bucket = bucketOf(objects);
  await reject(bucket, "web", "hello", "1.2.0", SAID);
  expect(await retry(bucket, "web", "hello", "1.2.0")).toBe(true);
  expect([...objects.keys()]).toEqual([VOICE.replace("1.2.0", "1.2.0.1"), ORDERS, CONTROL]);
  expect(control(objects)).toEqual({ generation: 2, recalled: { hello: {} } });
  expect(await retry(bucket, "web", "hello", "1.2.0")).toBe(false);
});

test.each([
  ['{ "verdict" : "bad" }', true],
  ['{"reason":"verdict bad","verdict":"ok"}', false],
  ['"verdict":"bad"', false],
])("of a verdict that holds %s a retry is %s", async (text, retried) => {
  const objects = new Map([[VERDICT, text]]);
  expect(await retry(bucketOf(objects), "web", "hello", "1.2.0")).toBe(retried);
  expect(objects.has(VERDICT)).toBe(!retried);
});

test("what the alarms' function says stays through a hold, its end, a rejection and a retry, also what it says meanwhile", async () => {
  const alarms = { "shop errors": { reason: "too many errors", at: "2026-01-31T12:00:00Z" } };
  const later = { ...alarms, latency: { reason: "slow", at: "2026-01-31T12:01:00Z" } };
  const objects = new Map([[CONTROL, JSON.stringify({ alarms })]]);
  const bucket = bucketOf(objects);
  await hold(bucket, "web", SAID);
  expect(control(objects)).toEqual({ alarms, generation: 1, recalled: {}, hold: SAID });
  let wrote = false;
  const shared = bucketOf(objects, () => {
    if (!wrote) objects.set(CONTROL, JSON.stringify({ ...(control(objects) as object), alarms: later }));
    wrote = true;
  });
  await reject(shared, "web", "hello", "1.2.0", SAID);
  expect(control(objects)).toMatchObject({ alarms: later, hold: SAID, recalled: { hello: { "1.2.0": SAID } } });
  await retry(bucket, "web", "hello", "1.2.0");
  await resume(bucket, "web");
  expect(control(objects)).toEqual({ alarms: later, generation: 4, recalled: { hello: {} } });
});

test("a control object that is nonsense is named, and left alone", async () => {
  const objects = new Map([[CONTROL, "[]"]]);
  await expect(hold(bucketOf(objects), "web", SAID)).rejects.toThrow(
    `s3://bucket/${CONTROL}: is not what hosts or this command write; correct or delete it`,
  );
  expect(objects.get(CONTROL)).toBe("[]");
});

test("a dry run tells who is held and what is bad or recalled, and writes nothing", async () => {
  const objects = new Map([[CONTROL, JSON.stringify({ hold: SAID, recalled: { hello: { "1.1.0": SAID } } })]]);
  objects.set(VERDICT, '{"verdict":"bad"}');
  const before = new Map(objects);
  const bucket = bucketOf(objects);
  expect([await resume(bucket, "web", true), await resume(bucket, "worker", true)]).toEqual([true, false]);
  const refused = ["1.0.0", "1.1.0", "1.2.0"].map((version) => retry(bucket, "web", "hello", version, true));
  expect(await Promise.all(refused)).toEqual([false, true, true]);
  expect(objects).toEqual(before);
});
