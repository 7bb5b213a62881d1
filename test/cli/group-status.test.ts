import type { GroupFacts, HostFacts } from "../../cli/explain/facts";
import { outcomeOf } from "../../cli/explain/outcome";
import { frozenUntil } from "../../cli/fleet/freeze";
import { groupLines } from "../../cli/fleet/group-lines";
import { groupStatus } from "../../cli/fleet/group-status";
import { hear, withoutVoices } from "../../cli/fleet/hear";
import type { HostReport } from "../../cli/fleet/host";
import type { Snapshot } from "../../cli/fleet/snapshot";
import { Watcher } from "../../cli/fleet/snapshot";
import { joinStatus } from "../../cli/fleet/status";
import { changedLines } from "../../cli/fleet/status-lines";
import { cronMatches, parseCron } from "../../infra/config/cron";
import { Core } from "../../simulator/core";
import { Random } from "../../simulator/random";

const NOW = new Date("2026-01-31T12:00:00Z");
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);

/** A bucket's objects, each written so many seconds ago. */
function objectsOf(objects: Record<string, [seconds: number, body: unknown]>): Snapshot {
  return new Map(
    Object.entries(objects).map(([key, [seconds, body]]) => [
      `rollout/web/${key}`,
      { text: typeof body === "string" ? body : JSON.stringify(body), modified: ago(seconds) },
    ]),
  );
}

const report = (instance: string, more: Partial<HostReport> = {}): HostReport => ({
  instance,
  group: "web",
  state: "serving",
  health: "healthy",
  since: "2026-01-31T10:00:00Z",
  packages: { hello: "1.1.0", "towline-agent": "0.7.0" },
  error: "",
  reported: "2026-01-31T11:59:00Z",
  ...more,
});
const inService = (instance: string) => ({ group: "web", instance, lifecycle: "InService" });
const lines = (objects: Snapshot, reports: HostReport[] = []) =>
  groupLines(
    groupStatus(
      "web",
      objects,
      reports.map(({ instance }) => inService(instance)),
      reports,
      NOW,
    ),
  );

const SLOT = { package: "hello", version: "1.2.0", since: "2026-01-31T11:58:00Z", expires: "2026-01-31T12:30:00Z" };

describe("what holds for a group", () => {
  it("is nothing where nobody says anything", () => {
    expect(lines(objectsOf({ "lease.json": [5, { ...SLOT, holder: "" }] }), [report("i-1")])).toEqual([]);
  });

  it("is who holds which slot, and whether they renew it", () => {
    const objects = objectsOf({
      "slots/2.json": [91, { ...SLOT, holder: "i-3", nonce: "3" }],
      "slots/1.json": [89, { ...SLOT, holder: "i-2", nonce: "2" }],
      "lease.json": [900, { ...SLOT, holder: "i-1" }],
    });
    expect(lines(objects)).toEqual([
      "web: i-1 holds slot 0 for hello 1.2.0 since 2026-01-31T11:58:00Z",
      "web: i-2 holds slot 1 for hello 1.2.0 since 2026-01-31T11:58:00Z",
      "web: i-3 holds slot 2 for hello 1.2.0 since 2026-01-31T11:58:00Z, not renewed in time",
    ]);
  });

  it("names all packages of a turn", () => {
    const set = ["other 2.1.0", "third 1:3.0"];
    const waiting = { package: "hello", version: "1.2.0", set, reason: "the lease is held by i-1", since: SLOT.since };
    expect(
      lines(objectsOf({ "lease.json": [5, { ...SLOT, holder: "i-1", nonce: "1", set }] }), [
        report("i-2", { waiting }),
      ]),
    ).toEqual([
      "web: i-1 holds slot 0 for hello 1.2.0 and other 2.1.0 and third 1:3.0 since 2026-01-31T11:58:00Z",
      "web: i-2 waits with hello 1.2.0 and other 2.1.0 and third 1:3.0 since 2026-01-31T11:58:00Z: the lease is held by i-1",
    ]);
  });

  it("is what holds new versions away, and which are bad", () => {
    const objects = objectsOf({
      "control.json": [
        5,
        {
          hold: { reason: "the sale", by: "ada", at: "2026-01-31T09:00:00Z" },
          alarms: { "hello 5xx": { reason: "12 > 5", at: "2026-01-31T11:00:00Z" } },
          recalled: { hello: { "1.1.9": { reason: "loses sessions" } } },
        },
      ],
      "policy.json": [5, { freeze: [{ cron: "0 11 * * SAT", timeZone: "Etc/UTC", hours: 2 }] }],
      "verdicts/hello/1.2.0.json": [5, { verdict: "bad", reason: "no database\nmore", instance: "i-1", at: "then" }],
      "verdicts/hello/1.1.0.json": [5, { verdict: "ok", reason: "", instance: "i-1", at: "then" }],
    });
    expect(lines(objects)).toEqual([
      "web: held: the sale (ada, 2026-01-31T09:00:00Z)",
      "web: frozen until 2026-01-31T13:00:00Z",
      "web: alarm hello 5xx is on: 12 > 5 (2026-01-31T11:00:00Z)",
      "web: hello 1.1.9 is recalled: loses sessions",
      "web: hello 1.2.0 is bad: no database (i-1, then)",
    ]);
  });

  it("is who waits and for what, and which hosts are silent", () => {
    const waiting = { package: "hello", version: "1.2.0", reason: "i-1 is out", since: "2026-01-31T11:50:00Z" };
    const old = { reported: "2026-01-31T11:24:59Z" };
    const reports = [
      report("i-1", { waiting }),
      report("i-2", old),
      report("i-3", { ...old, packages: { "towline-agent": "0.6.9" } }),
      report("i-4", { reported: "2026-01-31T11:25:01Z" }),
    ];
    expect(lines(objectsOf({}), reports)).toEqual([
      "web: i-1 waits with hello 1.2.0 since 2026-01-31T11:50:00Z: i-1 is out",
      "web: i-2 is silent: it last reported at 2026-01-31T11:24:59Z",
    ]);
    expect(
      groupStatus("web", objectsOf({}), [{ ...inService("i-2"), lifecycle: "Terminating" }], reports, NOW).silent,
    ).toEqual([]);
  });

  it.each(["", "[]", '{"hold":null,"alarms":[],"recalled":{"hello":1}}', '{"hold":"x"}'])(
    "is not what %j says",
    (text) => {
      const objects = objectsOf({ "control.json": [5, text], "policy.json": [5, text], "lease.json": [5, text] });
      expect(lines(objects)).toEqual([]);
    },
  );
});

describe("a freeze", () => {
  const weekend = { cron: "0 22 * * FRI", timeZone: "Europe/Berlin", hours: 60 };
  it.each([
    ["2026-01-30T20:59:59Z", undefined],
    ["2026-01-30T21:00:00Z", "2026-02-02T09:00:00.000Z"],
    ["2026-02-02T08:59:59Z", "2026-02-02T09:00:00.000Z"],
    ["2026-02-02T09:00:00Z", undefined],
  ])("at %s lasts until %s", (now, until) => {
    expect(frozenUntil([weekend], new Date(now))?.toISOString()).toBe(until);
  });

  it.each([
    { timeZone: "Europe/Atlantis", hours: 1 },
    { timeZone: "Etc/UTC", hours: 1e9 },
  ])("that is not of its form says nothing: %j", (window) => {
    const freeze = [{ cron: "0 0 1 1 *", ...window }];
    expect(lines(objectsOf({ "policy.json": [5, JSON.stringify({ freeze })] }))).toEqual([]);
  });

  it("lasts as long as the longest of those that have begun", () => {
    const now = new Date("2026-01-31T12:30:00Z");
    const windows = [1, 3, 2].map((hours) => ({ cron: "0 12 * * *", timeZone: "Etc/UTC", hours }));
    expect(frozenUntil(windows, now)?.toISOString()).toBe("2026-01-31T15:00:00.000Z");
  });
});

// Saturday, the 31st of January, 12:30.
it.each([
  ["30 12 * * *", true],
  ["*/15 8-18/2 * * *", true],
  ["*/20 * * * *", false],
  ["30 12 31 * MON", true],
  ["30 12 1 * SAT", true],
  ["30 12 1 * MON", false],
  ["30 12 * 1,3 MON-FRI", false],
  ["30 12 31 JAN *", true],
  ["30 12 * *", false],
])("the cron expression %s names a minute: %s", (text, named) => {
  const cron = parseCron(text);
  expect(cron !== undefined && cronMatches(cron, { minute: 30, hour: 12, day: 31, month: 1, weekday: 6 })).toBe(named);
});

it("names Sundays by 0 and by 7", () => {
  for (const text of ["0 0 * * 0", "0 0 * * 7", "0 0 * * 5-7", "0 0 * * SUN"]) {
    const cron = parseCron(text);
    expect(cron && cronMatches(cron, { minute: 0, hour: 0, day: 1, month: 2, weekday: 0 })).toBe(true);
  }
});

it("reads again only what has changed since the look before", async () => {
  const object = (name: string) => ({ key: `hosts/${name}`, etag: "1", modified: ago(9) });
  const [a, b, c] = [object("a"), object("b"), object("c")];
  let listed = [a, b, c];
  const read: string[] = [];
  const get = async (key: string) => {
    read.push(key);
    return { content: Buffer.from(key), etag: "1" };
  };
  const watcher = new Watcher({ name: "b", get }, async () => listed, ["hosts/"]);
  const look = () => watcher.look((key) => key !== "hosts/c");
  await look();
  listed = [{ ...a, etag: "2" }, b, c];
  expect([...(await look()).keys()].sort()).toEqual(["hosts/a", "hosts/b"]);
  listed = [
    { ...a, etag: "2" },
    { ...b, modified: ago(1) },
  ];
  await look();
  expect(read).toEqual(["hosts/a", "hosts/b", "hosts/a", "hosts/b"]);
  listed = [];
  expect((await look()).size).toBe(0);
});

it("tells of a watch what has changed, and what no longer holds", () => {
  const at = (objects: Snapshot, reports: HostReport[]) => {
    const instances = reports.map(({ instance }) => inService(instance));
    return {
      rows: joinStatus(instances, reports, NOW),
      groups: [groupStatus("web", objects, instances, reports, NOW)],
      absentGroups: [],
    };
  };
  const held = objectsOf({ "control.json": [5, { hold: { reason: "the sale" } }] });
  const before = at(held, [report("i-1"), report("i-2"), report("i-3")]);
  const now = at(objectsOf({}), [
    report("i-1", { state: "upgrading" }),
    report("i-2", { reported: "2026-01-31T11:59:30Z" }),
  ]);
  expect(changedLines(before, now)).toEqual([
    "web/i-1: InService, upgrading, hello 1.1.0, towline-agent 0.7.0, healthy",
    "web/i-3 is gone",
    "no longer: web: held: the sale",
  ]);
});

describe("a version that is called bad", () => {
  const voice = (word: string, id: string) =>
    `voices/hello/1.2.0/${word}/arn:aws:ec2:eu-west-1:123456789012:instance/${id}.json`;
  const bad = { verdict: "bad", reason: "no database", instance: "i-1", at: "then" };
  const three = [report("i-1"), report("i-2"), report("i-3")];
  const CLAIM = { "verdicts/hello/1.2.0.json": [5, bad] } as const;
  const said = (objects: Record<string, [number, unknown]>) => lines(objectsOf({ ...objects }), three);

  it("by one host, while two that serve with it say ok, is not believed", () => {
    const voices = { [voice("ok", "i-2")]: [50, ""], [voice("ok", "i-3")]: [50, ""], [voice("bad/3", "i-1")]: [6, ""] };
    expect(said({ ...CLAIM, ...voices } as never)).toEqual([
      "web: hello 1.2.0 is called bad, and not believed: 1 of 3 hosts says bad, 2 say ok: no database (i-1, then)",
    ]);
    const recalled = { "control.json": [5, { recalled: { hello: { "1.2.0": { reason: "made up" } } } }] };
    expect(said({ ...recalled, ...voices } as never)).toEqual([
      "web: hello 1.2.0 is called recalled, and not believed: 1 of 3 hosts says bad, 2 say ok: made up",
    ]);
  });

  it.each([
    ["enough hosts within a week", { [voice("bad/3", "i-1")]: [6, ""], [voice("bad/3", "i-2")]: [600_000, ""] }, true],
    ["two of forty hosts", { [voice("bad/40", "i-1")]: [6, ""], [voice("bad/40", "i-2")]: [6, ""] }, true],
    ["two of forty-one hosts", { [voice("bad/41", "i-1")]: [6, ""], [voice("bad/41", "i-2")]: [6, ""] }, false],
    ["one that says 999999", { [voice("bad/999999", "i-1")]: [6, ""], [voice("bad/3", "i-2")]: [6, ""] }, false],
    [
      "two, more than a week apart",
      { [voice("bad/3", "i-1")]: [6, ""], [voice("bad/3", "i-2")]: [604_807, ""] },
      false,
    ],
    ["one under two sizes", { [voice("bad/3", "i-1")]: [6, ""], [voice("bad/4", "i-1")]: [7, ""] }, false],
    [
      "one with a name that is none",
      { [voice("bad/3", "i-1")]: [6, ""], [`${voice("bad/3", "i-1")}/x.json`]: [6, ""] },
      false,
    ],
  ])("by %s is believed: %#", (_, voices, believed) => {
    const vouched = { [voice("ok", "i-8")]: [700_000, ""], [voice("ok", "i-9")]: [700_000, ""] };
    const objects = objectsOf({ ...CLAIM, ...vouched, ...voices } as never);
    expect(groupStatus("web", objects, [], [], NOW).bad).toMatchObject([{ believed }]);
  });

  it("by people, or during an alarm that the policy names, is believed", () => {
    const vouched = {
      [voice("ok", "i-2")]: [50, ""],
      [voice("ok", "i-3")]: [50, ""],
      [voice("bad/3", "i-1")]: [6, ""],
    };
    const recalled = { "orders.json": [5, { recalled: { hello: { "1.2.0": { reason: "customers" } } } }] };
    expect(said({ ...recalled, ...vouched } as never)).toEqual([
      "web: hello 1.2.0 is recalled, 1 of 3 hosts says bad: customers",
    ]);
    const alarms = { "orders.json": [5, { alarms: { errors: { reason: "12 > 5" } } }] };
    const policy = (names: string[]) => ({ "policy.json": [5, { alarms: names }] });
    for (const [names, believed] of [
      [["errors"], true],
      [["others"], false],
    ] as const) {
      const objects = objectsOf({ ...CLAIM, ...alarms, ...policy([...names]), ...vouched } as never);
      expect(groupStatus("web", objects, [], [], NOW).bad).toMatchObject([{ believed }]);
    }
  });

  it("is judged as hosts judge it", () => {
    const core = new Core();
    const random = new Random(7);
    const seen = new Set<boolean>();
    for (let i = 0; i < 60; i++) {
      const objects: Record<string, [number, unknown]> = {
        "verdicts/hello/1.2.0.json": [5, bad],
        "verdicts/hello/1.1.0.json": [5, { verdict: "ok" }],
      };
      for (let voices = random.between(1, 6); voices > 0; voices--)
        objects[voice(random.pick(["ok", "ok", "bad/3", "bad/40", "bad/61", "bad/0"]), `i-${random.between(1, 5)}`)] = [
          random.pick([10, 100, 300_000, 650_000]),
          "",
        ];
      if (random.chance(0.2)) objects["orders.json"] = [5, { alarms: { errors: {} } }];
      objects["policy.json"] = [5, { alarms: ["errors"] }];
      const facts = factsWith(objectsOf(objects));
      const [own] = facts.hosts;
      const decision = outcomeOf(core, facts, own as HostFacts).decisions[0];
      const believed = groupStatus("web", facts.objects, [], [], NOW).bad[0]?.believed;
      expect({ objects, left: decision?.version === "1.1.0" }).toEqual({ objects, left: believed });
      seen.add(believed === true);
    }
    expect(seen.size).toBe(2);
  });

  /** A group of which one host, that says nothing itself, runs what is called bad. */
  const factsWith = (objects: Snapshot): GroupFacts => ({
    ...{ group: "web", packages: ["hello"], balanced: false, objects, now: NOW, unknown: [] },
    suites: [
      {
        ...{ key: "dists/stable/InRelease", channel: false, tag: '"1"', date: NOW.getTime() - 1e6, until: 8e15 },
        listed: new Map([["hello", ["1.2.0", "1.1.0"]]]),
      },
    ],
    hosts: [
      {
        ...{ instance: "i-0", lifecycle: "InService", key: "", standing: "", pauses: [] },
        report: report("i-0", { packages: { hello: "1.2.0" } }),
      },
    ],
  });
});

it("lists few prefixes more for what is called bad, and reads no host's word", async () => {
  const asked: string[] = [];
  const objects = objectsOf(
    Object.fromEntries(
      [...Array(30).keys()].map((i) => [`verdicts/hello/1.${i}.0.json`, [i, { verdict: i % 2 ? "bad" : "ok" }]]),
    ),
  );
  const voices = "rollout/web/voices/hello/1.1.0/ok/arn:aws:ec2:eu-west-1:1:instance/i-1.json";
  const listing = async (prefix: string) => {
    asked.push(prefix);
    return voices.startsWith(prefix) ? [{ key: voices, etag: "1", modified: NOW }] : [];
  };
  const heard = await hear(listing, ["web"], objects);
  expect(asked).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19].map((i) => `rollout/web/voices/hello/1.${i}.0/`));
  expect(heard.get(voices)).toEqual({ text: "", modified: NOW });
  expect(withoutVoices("web")).toEqual({ prefix: "rollout/web/", end: "rollout/web/voices/" });
});
