import type { AlarmState } from "../../lambda/rollout-alarms/change";
import { type Cloud, follow, type Name, type Stored } from "../../lambda/rollout-alarms/follow";

const SCHEDULED = { "detail-type": "Scheduled Event", source: "aws.events", detail: {}, time: "2026-01-31T12:05:00Z" };
const REASON =
  "Threshold Crossed: 1 out of the last 1 datapoints [99.50160229693434 (02/10/19 16:59:00)] was greater than the threshold (50.0) " +
  "(minimum 1 datapoint for OK -> ALARM transition).";

/** An event in EventBridge's form, of the moment `12:<minute>:00`. */
function changed(alarmName: string, value: string, minute: number, reason = REASON) {
  return {
    version: "0",
    id: "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
    "detail-type": "CloudWatch Alarm State Change",
    source: "aws.cloudwatch",
    account: "123456789012",
    time: moment(minute),
    region: "eu-west-1",
    resources: [`arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${alarmName}`],
    detail: {
      alarmName,
      configuration: { metrics: [] },
      previousState: { value: "OK", reason: "", timestamp: "2026-01-31T11:00:00.987+0000" },
      state: { reason, reasonData: "{}", timestamp: `2026-01-31T12:${two(minute)}:00.989+0000`, value },
    },
  };
}

const two = (number: number) => String(number).padStart(2, "0");
const moment = (minute: number) => `2026-01-31T12:${two(minute)}:00Z`;

/** A bucket and CloudWatch in memory. `before` is called before each write, as by another writer. */
class Region implements Cloud {
  readonly alarms = new Map<string, AlarmState>();
  readonly said: string[] = [];
  readonly controls = new Map<string, string>();
  writes = 0;
  before: (region: Region) => void = () => undefined;
  private versions = new Map<string, number>();

  constructor(readonly groups: Record<string, string[]>) {
    for (const name of Object.values(groups).flat()) this.is(name, "OK", 0);
  }

  is(name: string, state: string, minute: number, reason = REASON): void {
    this.alarms.set(name, { name, state, at: Date.parse(moment(minute)) + 989, reason });
  }

  put(group: string, control: unknown): void {
    this.controls.set(group, typeof control === "string" ? control : JSON.stringify(control));
    this.versions.set(group, (this.versions.get(group) ?? 0) + 1);
  }

  control(group: string): unknown {
    return JSON.parse(this.controls.get(group) ?? "null");
  }

  hears(event: unknown): Promise<void> {
    return follow(event, this.groups, this, (line) => this.said.push(line));
  }

  async statesOf(names: readonly string[]) {
    return names.flatMap((name) => this.alarms.get(name) ?? []);
  }

  async read(group: string, name: Name): Promise<Stored | undefined> {
    const key = this.key(group, name);
    const text = this.controls.get(key);
    return text === undefined ? undefined : { text, etag: String(this.versions.get(key)) };
  }

  async write(group: string, name: Name, text: string, over: Stored | undefined) {
    const key = this.key(group, name);
    if (name === "control") this.before(this);
    if (name === "control") this.writes++;
    const present = this.controls.has(key) ? String(this.versions.get(key)) : undefined;
    if (over?.etag !== present) return false;
    this.put(key, text);
    return true;
  }

  /** What stands in orders.json, which hosts may not write. */
  orders(group: string): unknown {
    return JSON.parse(this.controls.get(`${group} orders`) ?? "null");
  }

  private key(group: string, name: Name): string {
    return name === "control" ? group : `${group} orders`;
  }
}

/** CloudWatch that has not heard yet of what events tell. */
class LateRegion extends Region {
  override async statesOf(names: readonly string[]) {
    return names.map((name) => ({ name, state: "OK", at: Date.parse(moment(0)), reason: "" }));
  }
}

const ON = { reason: REASON, at: moment(10) };
const said = {
  hold: { reason: "the sale" },
  recalled: { hello: { "1.2.0": { reason: "no database" } } },
  generation: 7,
  newer: [1],
};

describe("an alarm that goes off", () => {
  test("is written for the groups that watch it, where there was no object, and for no other", async () => {
    const region = new Region({ web: ["errors", "latency"], jobs: ["errors"], db: ["disk"] });
    region.is("errors", "ALARM", 10);
    await region.hears(changed("errors", "ALARM", 10));
    expect(region.control("web")).toEqual({ alarms: { errors: ON } });
    expect(region.control("jobs")).toEqual({ alarms: { errors: ON } });
    expect(region.controls.has("db")).toBe(false);
    expect(region.said).toEqual(
      ["orders", "control"].flatMap((name) =>
        ["web", "jobs"].map((group) => `${group}: ${name}: ${JSON.stringify({ alarms: { errors: ON } })}`),
      ),
    );
  });

  test("stands where no host may write, whatever a host has made of the other object", async () => {
    const region = new Region({ web: ["errors"] });
    region.put("web", { alarms: { errors: { reason: "made up", at: moment(9) } } });
    region.is("errors", "ALARM", 10);
    await region.hears(SCHEDULED);
    expect(region.orders("web")).toEqual({ alarms: { errors: ON } });
    region.put("web", "[]");
    region.is("errors", "OK", 11);
    await expect(region.hears(SCHEDULED)).rejects.toThrow("rollout/web/control.json: it is not what hosts");
    expect(region.orders("web")).toEqual({});
  });

  test("leaves all else in the object as it is, and goes away again", async () => {
    const region = new Region({ web: ["errors", "latency"] });
    region.put("web", { ...said, alarms: { latency: { reason: "slow", at: moment(5) } } });
    region.is("latency", "ALARM", 5);
    region.is("errors", "ALARM", 10);
    await region.hears(changed("errors", "ALARM", 10));
    expect(region.control("web")).toEqual({
      ...said,
      alarms: { latency: { reason: "slow", at: moment(5) }, errors: ON },
    });
    region.is("errors", "OK", 11);
    region.is("latency", "OK", 12);
    await region.hears(changed("errors", "OK", 11));
    await region.hears(changed("latency", "OK", 12));
    expect(region.control("web")).toEqual(said);
  });

  test("counts before CloudWatch tells of it", async () => {
    const region = new LateRegion({ web: ["errors"] });
    await region.hears(changed("errors", "ALARM", 10));
    expect(region.control("web")).toEqual({ alarms: { errors: ON } });
  });

  test("is written once, however often it is told", async () => {
    const region = new Region({ web: ["errors"] });
    region.is("errors", "ALARM", 10);
    for (const minute of [10, 10, 12]) await region.hears(changed("errors", "ALARM", minute));
    await region.hears(SCHEDULED);
    expect(region.writes).toBe(1);
  });

  test("keeps a reason of many lines short, and one line", async () => {
    const region = new Region({ web: ["errors"] });
    region.is("errors", "ALARM", 10, `one\n\ttwo\u0007 ${"x".repeat(1000)}`);
    await region.hears(changed("errors", "ALARM", 10, "told differently"));
    expect(region.control("web")).toEqual({
      alarms: { errors: { reason: `one two ${"x".repeat(291)}…`, at: moment(10) } },
    });
  });

  test.each(["constructor", "__proto__", "hasOwnProperty"])("may be called %s", async (name) => {
    const region = new Region({ web: [name] });
    region.is(name, "ALARM", 10);
    await region.hears(changed(name, "ALARM", 10));
    expect(region.controls.get("web")).toBe(`{"alarms":{"${name}":${JSON.stringify(ON)}}}`);
    region.is(name, "OK", 11);
    await region.hears(SCHEDULED);
    expect(region.control("web")).toEqual({});
  });
});

describe("an alarm that has no data", () => {
  test("holds nobody, whether it was on before or not", async () => {
    const region = new Region({ web: ["errors"], jobs: ["errors"] });
    region.put("web", { alarms: { errors: ON } });
    region.is("errors", "INSUFFICIENT_DATA", 11);
    await region.hears(changed("errors", "INSUFFICIENT_DATA", 11));
    expect(region.control("web")).toEqual({});
    expect(region.controls.has("jobs")).toBe(false);
  });
});

describe("events out of order", () => {
  test("leave the later state: an old ALARM after its OK", async () => {
    const region = new Region({ web: ["errors"] });
    region.is("errors", "OK", 11);
    await region.hears(changed("errors", "OK", 11));
    await region.hears(changed("errors", "ALARM", 10));
    expect(region.controls.has("web")).toBe(false);
  });

  test("leave the later state: an old OK after a new ALARM, also one that CloudWatch does not tell yet", async () => {
    const region = new LateRegion({ web: ["errors"] });
    await region.hears(changed("errors", "ALARM", 10));
    await region.hears(changed("errors", "OK", 9));
    await region.hears(SCHEDULED);
    expect(region.control("web")).toEqual({ alarms: { errors: ON } });
  });

  test("of which one is handled while another is do not leave what was read first", async () => {
    const region = new Region({ web: ["errors"] });
    region.is("errors", "ALARM", 10);
    region.before = () => region.is("errors", "OK", 11);
    await region.hears(changed("errors", "ALARM", 10));
    expect(region.control("web")).toEqual({});
  });
});

describe("the schedule", () => {
  test("sets what was missed, in every group, and takes away what is over", async () => {
    const region = new Region({ web: ["errors", "latency"], jobs: ["latency"] });
    region.put("web", { ...said, alarms: { errors: ON } });
    region.is("errors", "OK", 12);
    region.is("latency", "ALARM", 10);
    await region.hears(SCHEDULED);
    expect(region.control("web")).toEqual({ ...said, alarms: { latency: ON } });
    expect(region.control("jobs")).toEqual({ alarms: { latency: ON } });
  });

  test("takes away alarms that the group watches no more, and those that say they are from a later day", async () => {
    const region = new Region({ web: ["errors"] });
    region.put("web", { alarms: { former: ON, errors: { reason: "by hand", at: "2999-01-01T00:00:00Z" } } });
    await region.hears(SCHEDULED);
    expect(region.control("web")).toEqual({});
  });

  test("writes nothing where all is as it should be", async () => {
    const region = new Region({ web: ["errors"], jobs: ["latency"] });
    region.put("web", { alarms: { errors: ON } });
    region.is("errors", "ALARM", 10);
    await region.hears(SCHEDULED);
    expect(region.writes).toBe(0);
  });

  test("fails with the names of alarms that are not there, once all others are seen to, and frees who waited for them", async () => {
    const region = new Region({ web: ["misspelt", "errors"] });
    region.put("web", { alarms: { misspelt: ON } });
    region.alarms.delete("misspelt");
    region.is("errors", "ALARM", 10);
    await expect(region.hears(SCHEDULED)).rejects.toThrow(
      "web: its rollout watches the alarm misspelt, which does not exist here: create it, or take it out of rollout.alarms",
    );
    expect(region.control("web")).toEqual({ alarms: { errors: ON } });
  });
});

describe("what others write meanwhile", () => {
  test("stays, and the alarm comes beside it", async () => {
    const region = new Region({ web: ["errors"] });
    region.is("errors", "ALARM", 10);
    let wrote = false;
    region.before = () => {
      if (!wrote) region.put("web", said);
      wrote = true;
    };
    await region.hears(changed("errors", "ALARM", 10));
    expect(region.control("web")).toEqual({ ...said, alarms: { errors: ON } });
  });

  test("for as long as it is tried, makes the event fail, so that it is told again", async () => {
    const region = new Region({ web: ["errors"], jobs: ["errors"] });
    region.is("errors", "ALARM", 10);
    region.before = () => region.put("web", said);
    await expect(region.hears(changed("errors", "ALARM", 10))).rejects.toThrow(
      "rollout/web/control.json: it was written by others 8 times in a row",
    );
    expect(region.control("jobs")).toEqual({ alarms: { errors: ON } });
  });
});

test.each(["[]", "{", '"hold"', ""])(
  "an object that is no control object, but %j, is named and left alone",
  async (text) => {
    const region = new Region({ web: ["errors"] });
    region.put("web", text);
    region.is("errors", "ALARM", 10);
    await expect(region.hears(changed("errors", "ALARM", 10))).rejects.toThrow(
      "rollout/web/control.json: it is not what hosts or the towline command write: correct or delete it",
    );
    expect(region.controls.get("web")).toBe(text);
  },
);

test.each([
  ["another alarm's change", changed("other", "ALARM", 10)],
  [
    "a change of an alarm's configuration",
    { ...changed("errors", "ALARM", 10), "detail-type": "CloudWatch Alarm Configuration Change" },
  ],
])("%s writes nothing", async (_, event) => {
  const region = new Region({ web: ["errors"] });
  await region.hears(event);
  expect(region.writes).toBe(0);
});
