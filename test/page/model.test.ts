import { UserError } from "../../cli/errors";
import { groupStatus } from "../../cli/fleet/group-status";
import type { Snapshot } from "../../cli/fleet/snapshot";
import type { StatusRow } from "../../cli/fleet/status";
import { applyChange, changeBetween } from "../../cli/page/change";
import { missed } from "../../cli/page/gone";
import { hostDetail } from "../../cli/page/host-detail";
import { hostState } from "../../cli/page/host-state";
import { listedOnce } from "../../cli/page/listed-once";
import type { StackView } from "../../cli/page/model";
import { Permitted } from "../../cli/page/permitted";
import { pipelineOf } from "../../cli/page/pipeline";
import { rolloutsOf } from "../../cli/page/rollouts";
import { timelineOf } from "../../cli/page/timeline";

const NOW = new Date("2026-01-31T12:00:00Z");
const AT = "2026-01-31T11:59:00Z";

const row = (instance: string, version: string, more: Partial<StatusRow> = {}): StatusRow => ({
  ...{ group: "web", instance, lifecycle: "InService", state: "serving", packages: { hello: version } },
  ...{ since: AT, health: "healthy", error: null, waiting: null, reported: AT, silent: false },
  ...more,
});

const view = (stack: string, rows: readonly StatusRow[], more: Partial<StackView> = {}): StackView => ({
  ...{ stack, region: "eu-west-1", at: AT, rows, groups: [], indexes: [], absentGroups: [], sizes: [], targets: null },
  ...{ rollouts: [], releases: [], timeline: [], gone: [], troubles: [] },
  ...more,
});

const snapshot = (objects: Record<string, unknown>): Snapshot =>
  new Map(Object.entries(objects).map(([key, body]) => [key, { text: JSON.stringify(body), modified: NOW }]));

describe("what a host is at", () => {
  it.each([
    ["in service", {}],
    ["leaving", { lifecycle: "Terminating:Wait", state: "serving" }],
    ["leaving", { lifecycle: "Standby" }],
    ["leaving", { state: "leaving" }],
    ["terminated", { lifecycle: "Terminated" }],
    ["booting", { lifecycle: "Pending:Wait", state: null }],
    ["booting", { lifecycle: "Warmed:Stopped" }],
    ["upgrading", { state: "upgrading", health: "unhealthy" }],
    ["back", { error: "hello 1.2.0 was rolled back: no" }],
    ["back", { error: "the upgrade of hello to 1.2.0 was put off: no" }],
    ["in service", { error: "an alarm could not be read" }],
    ["stuck", { state: "failed" }],
    ["silent", { silent: true, state: "upgrading" }],
    ["unhealthy", { health: "unhealthy" }],
    ["unknown", { state: null }],
  ] as const)("%s", (state, more) => {
    expect(hostState(row("i-1", "1", more as Partial<StatusRow>))).toBe(state);
  });
});

describe("a change", () => {
  it("brings any view to any other, and keeps rows that are the same as they are", () => {
    let seed = 7;
    const draw = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((seed / 2 ** 31) * below);
    };
    const drawn = () => {
      const rows = Array.from({ length: draw(6) }, (_, place) => place + draw(3)).filter(
        (one, place, all) => all.indexOf(one) === place,
      );
      return view(
        "staging",
        rows.map((one) => row(`i-${one}`, `1.${draw(2)}`)),
        { troubles: draw(2) ? ["x"] : [], targets: draw(2) ? { "web/i-1": "healthy" } : null },
      );
    };
    for (let round = 0; round < 500; round++) {
      const [before, now] = [drawn(), drawn()];
      const after = applyChange(before, JSON.parse(JSON.stringify(changeBetween(before, now))));
      expect(after).toEqual(now);
      for (const kept of after.rows.filter((one) => before.rows.includes(one))) expect(now.rows).toContainEqual(kept);
    }
    const same = view("staging", [row("i-1", "1.0")]);
    expect(changeBetween(same, structuredClone(same))).toEqual({ stack: "staging", parts: {}, rows: [], order: null });
  });
});

describe("a version on its way", () => {
  const offer = { group: "web", package: "hello", listed: ["1.1.0", "1.2.0"] };
  const lease = { holder: "i-1", package: "hello", version: "1.2.0", since: AT, nonce: "n" };
  const at = (objects: Record<string, unknown>, rows: readonly StatusRow[]) => {
    const all = snapshot(objects);
    return rolloutsOf([offer], rows, [groupStatus("web", all, rows, [], NOW)], all, NOW);
  };
  const hosts = (...versions: string[]) => versions.map((version, place) => row(`i-${place + 1}`, version));

  it("waits until somebody takes it, and is stopped by a hold, with its reason", () => {
    const held = { "rollout/web/control.json": { hold: { reason: "the sale" } } };
    expect(at(held, hosts("1.1.0", "1.1.0"))).toMatchObject([
      { phase: "waits", done: 0, total: 2, stopped: "held: the sale" },
    ]);
  });

  it("is tried by its canary, which bakes until the policy's end, at the soonest", () => {
    const trial = { "rollout/web/trials/hello/1.2.0.json": { canary: "i-1", at: AT }, "rollout/web/lease.json": lease };
    expect(at(trial, hosts("1.1.0", "1.1.0"))).toMatchObject([
      { phase: "canary", canary: "i-1", out: ["i-1"], expected: null },
    ]);
    const baking = { ...trial, "rollout/web/policy.json": { bake: 120 } };
    expect(at(baking, hosts("1.2.0", "1.1.0"))).toMatchObject([
      { phase: "bake", done: 1, expected: "2026-01-31T12:01:00Z" },
    ]);
  });

  it("ends as soon as those that are left take as long as the last one did", () => {
    const proven = {
      "rollout/web/verdicts/hello/1.2.0.json": { verdict: "ok" },
      "rollout/web/lease.json": { ...lease, took: 30 },
      "rollout/web/policy.json": { maxUnavailable: "50%" },
    };
    expect(at(proven, hosts("1.2.0", "1.1.0", "1.1.0", "1.1.0"))).toMatchObject([
      { phase: "rolling", canary: "", done: 1, total: 4, expected: "2026-01-31T12:01:00Z" },
    ]);
    expect(at(proven, hosts("1.2.0", "1.2.0"))).toEqual([]);
  });

  it("is the one before where the newest is bad, also for hosts that run that", () => {
    const bad = { "rollout/web/verdicts/hello/1.2.0.json": { verdict: "bad", reason: "no" } };
    expect(at(bad, hosts("1.1.0", "1.1.0"))).toEqual([]);
    expect(at(bad, hosts("1.2.0", "1.1.0"))).toMatchObject([{ version: "1.1.0", done: 1, total: 2 }]);
  });
});

describe("what happened", () => {
  const past = { objects: snapshot({}), records: [], activities: [], settings: [], control: new Map() };
  const activity = { group: "web", at: NOW, description: "Terminating EC2 instance: i-1", failure: "" };

  it.each([
    ["scale", "an alarm triggered policy in", ""],
    ["replacement", "an instance was taken out of service in response to an EC2 health check", ""],
    ["replacement", "at … an instance refresh was started", ""],
  ])("is a %s by Auto Scaling's own word", (kind, cause) => {
    expect(timelineOf({ ...past, activities: [{ ...activity, cause }] })).toMatchObject([
      { kind, group: "web", reason: cause },
    ]);
  });

  it("has holds and alarms from their beginning to their end, settings, and what failed, the newest first", () => {
    const said = (second: number, body: object) => ({
      at: new Date(NOW.getTime() + second * 1000),
      text: JSON.stringify(body),
    });
    const versions = [
      said(1, { hold: { reason: "the sale", by: "ada" } }),
      said(2, { alarms: { errors: { reason: "12 of 10" } } }),
      said(3, {}),
    ];
    const control = new Map([["web", { key: "rollout/web/control.json", versions }]]);
    const failed = { ...activity, cause: "x", failure: "no capacity" };
    const settings = [{ package: "hello", at: new Date(NOW.getTime() + 9000) }];
    expect(
      timelineOf({ ...past, control, settings, activities: [failed] }).map(({ text, reason }) => `${text}|${reason}`),
    ).toEqual([
      "settings of hello changed|",
      "alarm errors is over|",
      "alarm errors is on|12 of 10",
      "resumed|",
      "held|the sale (ada)",
      "failed: Terminating EC2 instance: i-1|no capacity",
    ]);
  });
});

test("the way of a version goes from stack to stack, with what is where", () => {
  const release = {
    ...{
      package: "hello",
      channel: "",
      state: "listed" as const,
      commit: "c",
      buildUrl: null,
      publishedAt: AT,
      publishedBy: "ann",
    },
    ...{ promotedFrom: null, hosts: 1 },
  };
  const staging = view("staging", [row("i-1", "1.2.0"), row("i-2", "1.1.0")], {
    releases: [
      { ...release, version: "1.2.0", verdicts: { web: "bad" } },
      { ...release, version: "1.1.0", verdicts: { web: "ok" } },
    ],
  });
  const prod = view("prod", [row("i-3", "1.1.0")], { releases: [{ ...release, version: "1.1.0", verdicts: {} }] });
  expect(pipelineOf([staging, prod])).toEqual([
    expect.objectContaining({
      version: "1.2.0",
      stops: [
        { stack: "staging", state: "listed", hosts: 1, of: 2, verdict: "bad", at: AT, newest: true },
        { stack: "prod", state: "absent", hosts: 0, of: 1, verdict: "", at: null, newest: false },
      ],
    }),
    expect.objectContaining({
      version: "1.1.0",
      stops: [expect.objectContaining({ verdict: "ok" }), expect.objectContaining({ hosts: 1 })],
    }),
  ]);
});

test("a host that is gone is shown for a quarter of an hour, unless it is there again", () => {
  const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
  const gone = missed([], [row("i-1", "1"), row("i-2", "1")], [row("i-2", "1")], NOW);
  expect(gone).toEqual([{ group: "web", instance: "i-1", at: "2026-01-31T12:00:00Z", packages: { hello: "1" } }]);
  expect(missed(gone, [], [], later(14))).toEqual(gone);
  expect(missed(gone, [], [], later(15))).toEqual([]);
  expect(missed(gone, [], [row("i-1", "1")], later(1))).toEqual([]);
});

test("a host's steps are its reports that say something new, with their seconds", () => {
  const said = (second: number, state: string) => ({
    at: new Date(NOW.getTime() + second * 1000),
    text: JSON.stringify({ state, health: "healthy", packages: { hello: "1" } }),
  });
  const detail = hostDetail({
    key: "",
    versions: [said(0, "serving"), said(900, "serving"), said(950, "upgrading"), said(994, "serving")],
  });
  expect(detail.steps.map(({ what, seconds }) => [what, seconds])).toEqual([
    ["serving, healthy", null],
    ["upgrading, healthy", 44],
    ["serving, healthy", 950],
  ]);
  expect(detail.reports).toHaveLength(4);
});

const denied = () => new UserError("no", { cause: Object.assign(new Error("no"), { name: "AccessDenied" }) });

test("an operator of an older towline lists the folders, and after the first look nothing else", async () => {
  const asked: string[] = [];
  const look = listedOnce(async (prefix) => {
    asked.push(prefix);
    if (prefix === "" || prefix === "env/") throw denied();
    return [{ key: `${prefix}x`, etag: "", modified: NOW }];
  });
  const keys = ["channels/x", "dists/x", "hosts/x", "releases/x", "rollout/x"];
  expect((await look("")).map(({ key }) => key)).toEqual(keys);
  expect((await look("")).map(({ key }) => key)).toEqual(keys);
  expect(asked.filter((prefix) => prefix === "")).toHaveLength(1);
});

test("what may not be read is told at each look, and asked for once", async () => {
  const [permitted, told, work] = [new Permitted(), jest.fn(), jest.fn(() => Promise.reject(denied()))];
  await permitted.ask("targets", work, told);
  await permitted.ask("targets", work, told);
  expect([work.mock.calls.length, told.mock.calls]).toEqual([1, [["no"], ["no"]]]);
});
