import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { reasonOf } from "../../cli/aws";
import { mapConcurrently } from "../../cli/concurrency";
import { UserError } from "../../cli/errors";
import { groupsRunning } from "../../cli/fleet/groups";
import { type HostReport, parseHostReport, reportIn, reportKeys } from "../../cli/fleet/host";
import { targetsOf } from "../../cli/fleet/nudge";
import { joinStatus } from "../../cli/fleet/status";
import { judgeRollout, type Rollout, type RolloutState } from "../../cli/fleet/wait";
import { progressLine } from "../../cli/progress";
import type { Stack } from "../../cli/project";
import { renderTable } from "../../cli/table";

const REPORT = {
  instance: "i-1",
  group: "web",
  state: "serving",
  health: "healthy",
  since: "2026-01-31T12:00:00Z",
  packages: { hello: "1.1.0" },
  error: "",
  reported: "2026-01-31T12:01:00Z",
} as const;

it("finds a host's report under its ARN, and under its bare id where an older agent wrote it", () => {
  const arn = "arn:aws:ec2:eu-west-1:123456789012:instance";
  const keys = [`hosts/web/${arn}/i-1.json`, "hosts/web/i-1.json", "hosts/worker/i-2.json", "hosts/web/readme.txt"];
  expect(reportKeys(keys)).toEqual([
    { group: "web", instance: "i-1", key: `hosts/web/${arn}/i-1.json` },
    { group: "worker", instance: "i-2", key: "hosts/worker/i-2.json" },
  ]);
});

describe("status", () => {
  it("joins each instance with its host's report, by group and instance", () => {
    const instances = [
      { group: "worker", instance: "i-0", lifecycle: "InService" },
      { group: "web", instance: "i-2", lifecycle: "Pending:Wait" },
      { group: "web", instance: "i-1", lifecycle: "InService" },
    ];
    const gone = { ...REPORT, instance: "i-gone" };
    const failed = {
      ...REPORT,
      group: "worker",
      instance: "i-0",
      state: "failed",
      health: "unhealthy",
      error: "no disk",
    } as const;
    const REPORTED = { drift: [], waiting: null, reported: REPORT.reported, silent: false };
    expect(joinStatus(instances, [gone, failed, REPORT], new Date("2026-01-31T12:01:00Z"))).toEqual([
      {
        group: "web",
        instance: "i-1",
        lifecycle: "InService",
        state: "serving",
        packages: { hello: "1.1.0" },
        since: "2026-01-31T12:00:00Z",
        health: "healthy",
        error: null,
        ...REPORTED,
      },
      {
        group: "web",
        instance: "i-2",
        lifecycle: "Pending:Wait",
        state: null,
        packages: {},
        since: null,
        health: "unknown",
        error: null,
        ...REPORTED,
        reported: null,
      },
      {
        group: "worker",
        instance: "i-0",
        lifecycle: "InService",
        state: "failed",
        packages: { hello: "1.1.0" },
        since: "2026-01-31T12:00:00Z",
        health: "unhealthy",
        error: "no disk",
        ...REPORTED,
      },
    ]);
  });

  it("reads what the contract says a host writes", () => {
    expect(parseHostReport("key", JSON.stringify(REPORT))).toEqual(REPORT);
  });

  it("reads an object once, however often it is looked at, and refuses one that is no report each time", () => {
    const seen = { text: JSON.stringify(REPORT), modified: new Date(0) };
    expect(reportIn(seen, "key")).toEqual(REPORT);
    expect(reportIn(seen, "another")).toBe(reportIn(seen, "key"));
    const nonsense = { text: "{", modified: new Date(0) };
    for (const place of ["one", "other"]) expect(() => reportIn(nonsense, place)).toThrow(`${place}: is not JSON`);
  });

  it.each([
    ["{", "hosts/web/i-1.json: is not JSON"],
    [JSON.stringify({ ...REPORT, packages: undefined }), "hosts/web/i-1.json: is no report of a host: packages: "],
  ])("refuses %s as a report", (text, message) => {
    expect(() => parseHostReport("hosts/web/i-1.json", text)).toThrow(message);
  });

  it("prints aligned columns where there is no terminal", () => {
    const rows = [
      ["web", "i-1"],
      ["worker", "i-22"],
    ];
    expect(renderTable(["group", "instance"], rows, false)).toBe("group   instance\nweb     i-1\nworker  i-22");
  });
});

describe("a rollout", () => {
  const instance = (id: string, lifecycle = "InService", group = "web") => ({ group, instance: id, lifecycle });
  const runs = (id: string, version: string, change: Partial<HostReport> = {}): HostReport => ({
    ...REPORT,
    ...{ instance: id, packages: { hello: version } },
    ...change,
  });
  const rollout = (change: Partial<Rollout> = {}): Rollout => ({
    ...{ package: "hello", version: "1.1", listed: ["1.0", "1.1"], groups: [{ name: "web", min: 2 }] },
    ...{ instances: [instance("i-1"), instance("i-2")], reports: [runs("i-1", "1.1"), runs("i-2", "1.1")] },
    verdicts: new Map(),
    ...change,
  });
  const bad = { verdict: "bad", instance: "i-1", reason: "GET /health answered 500", at: "" } as const;

  it.each<[string, Partial<Rollout>, RolloutState]>([
    ["when all hosts run it", {}, { outcome: "converged", summary: "hello 1.1: web 2/2" }],
    [
      "not while one runs another version",
      { reports: [runs("i-1", "1.1"), runs("i-2", "1.0")] },
      { outcome: "waiting", summary: "hello 1.1: web 1/2 (i-2 serving 1.0)" },
    ],
    [
      "not while one is not healthy, or still upgrading",
      {
        reports: [
          runs("i-1", "1.1", { health: "unhealthy", error: "no disk" }),
          runs("i-2", "1.1", { state: "upgrading", health: "unknown" }),
        ],
      },
      { outcome: "waiting", summary: "hello 1.1: web 0/2 (i-1 serving 1.1, no disk, i-2 upgrading 1.1)" },
    ],
    [
      "not while one is not in service, or has said nothing",
      { instances: [instance("i-1", "Pending:Wait"), instance("i-3")] },
      { outcome: "waiting", summary: "hello 1.1: web 0/2 (i-1 serving 1.1, i-3 has not reported yet)" },
    ],
    [
      "not while the group has fewer hosts than it should",
      { instances: [instance("i-1")] },
      { outcome: "waiting", summary: "hello 1.1: web 1/2" },
    ],
    [
      "whatever hosts that leave run",
      { instances: [...rollout().instances, instance("i-3", "Terminating:Wait"), instance("i-4", "Standby")] },
      { outcome: "converged", summary: "hello 1.1: web 2/2" },
    ],
    [
      "when a host is past it",
      { listed: ["1.1", "1.2"], reports: [runs("i-1", "1.2"), runs("i-2", "1.1")] },
      { outcome: "converged", summary: "hello 1.1: web 2/2" },
    ],
    [
      "not while a host runs a newer version that was withdrawn",
      { reports: [runs("i-1", "1.2"), runs("i-2", "1.1")] },
      { outcome: "waiting", summary: "hello 1.1: web 1/2 (i-1 serving 1.2)" },
    ],
    [
      "in a group with no hosts when it needs none",
      { groups: [{ name: "web", min: 0 }], instances: [] },
      { outcome: "converged", summary: "hello 1.1: web 0/0" },
    ],
    [
      "never once a group found it bad",
      { verdicts: new Map([["web", bad]]) },
      { outcome: "failed", summary: "group web found hello 1.1 bad on i-1: GET /health answered 500" },
    ],
    [
      "never once it was withdrawn",
      { listed: ["1.0"] },
      { outcome: "failed", summary: "hello 1.1 is not published any more" },
    ],
  ])("has converged %s", (_, change, state) => {
    expect(judgeRollout(rollout(change))).toEqual(state);
  });

  it("finds no package 'constructor' on a host that has none", () => {
    const reports = [parseHostReport("key", JSON.stringify(runs("i-1", "1.1")))];
    const change = { package: "constructor", instances: [instance("i-1")], reports };
    expect(judgeRollout(rollout(change))).toEqual({
      ...{ outcome: "waiting", summary: "constructor 1.1: web 0/2 (i-1 serving without it)" },
    });
  });

  it("counts each group by itself", () => {
    const groups = [
      { name: "web", min: 1 },
      { name: "worker", min: 1 },
    ];
    const instances = [instance("i-1"), instance("i-2", "InService", "worker")];
    const reports = [runs("i-1", "1.1"), runs("i-2", "1.0", { group: "worker" })];
    expect(judgeRollout(rollout({ groups, instances, reports }))).toEqual({
      ...{ outcome: "waiting", summary: "hello 1.1: web 1/1; worker 0/1 (i-2 serving 1.0)" },
    });
  });
});

describe("the groups that run a package", () => {
  const group = (packages: string[], channel?: string) => ({ packages, ...(channel && { channel }) });
  const groups = { web: group(["hello"]), beta: group(["hello"], "feature-x"), worker: group(["other"]) };
  const stack = { config: { groups } } as unknown as Stack;
  it.each<[string, string | undefined, string[]]>([
    ["hello", undefined, ["web"]],
    ["hello", "feature-x", ["beta"]],
    ["other", "feature-x", []],
    ["towline-agent", undefined, ["web", "worker"]],
    ["towline-archive-keyring", "feature-x", ["beta"]],
  ])("of %s in channel %s are those that list it there", (name, channel, found) => {
    expect(groupsRunning(stack, name, channel)).toEqual(found);
  });
});

describe("a progress line", () => {
  function written(terminal: boolean): string {
    const screen = Object.assign(new PassThrough(), { isTTY: terminal, columns: 12 });
    const line = progressLine(screen);
    line.show("1 of 4, 1 s", 1);
    line.show("1 of 4, 2 s", 1);
    line.show("2 of 4, 345 s", 2);
    line.end();
    return stripVTControlCharacters(screen.read().toString());
  }

  it("is written over on a terminal, and never wraps there", () => {
    expect(written(true)).toBe("\r1 of 4, 1 s\r1 of 4, 2 s\r2 of 4, 345\n");
  });

  it("is a plain line for each step elsewhere", () => {
    expect(written(false)).toBe("1 of 4, 1 s\n2 of 4, 345 s\n");
  });
});

it("a few things are done at a time, and the results keep their order", async () => {
  let [now, most] = [0, 0];
  const doubled = await mapConcurrently([...Array(30).keys()], async (number) => {
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, (30 - number) % 7));
    now -= 1;
    return number * 2;
  });
  expect(doubled).toEqual([...Array(30).keys()].map((number) => number * 2));
  expect(most).toBe(8);
  const failing = mapConcurrently([1, 2, 3], async (number) => {
    if (number === 2) throw new Error("failed");
  });
  await expect(failing).rejects.toThrow("failed");
});

it("nudges hosts by their stack's tag, and their group's where one is given", () => {
  expect(targetsOf("prod", undefined)).toEqual([{ Key: "tag:towline:stack", Values: ["prod"] }]);
  expect(targetsOf("prod", "web")).toEqual([
    { Key: "tag:towline:stack", Values: ["prod"] },
    { Key: "tag:towline:group", Values: ["web"] },
  ]);
});

it.each([
  [
    Object.assign(new Error("x"), { name: "CredentialsProviderError" }),
    /^there are no AWS credentials; set AWS_PROFILE/,
  ],
  [Object.assign(new Error("x"), { name: "AccessDenied" }), /^access denied/],
  [Object.assign(new Error("slow"), { name: "SlowDown", $metadata: {}, $fault: "server" }), /^SlowDown: slow$/],
  [Object.assign(new Error("connect"), { code: "ECONNREFUSED" }), /^ECONNREFUSED: connect$/],
])("words AWS's %s", (error, words) => {
  expect(reasonOf(error)).toMatch(words);
});

it("leaves faults of ours and sentences already worded alone", () => {
  expect(reasonOf(new TypeError("x is not a function"))).toBeUndefined();
  expect(reasonOf(new UserError("worded"))).toBeUndefined();
});
