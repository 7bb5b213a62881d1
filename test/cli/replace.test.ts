import { InputError, UserError } from "../../cli/errors";
import type { AutoScaling, RefreshState } from "../../cli/replacement/auto-scaling";
import { failedHosts } from "../../cli/replacement/failed-hosts";
import { desiredConfiguration, type GroupSight, previousVersion } from "../../cli/replacement/plan";
import type { Preferences } from "../../cli/replacement/preferences";
import { replaceGroup } from "../../cli/replacement/replace";
import type { Bucket } from "../../cli/repository/bucket";

const host = (id: string, version: string, template = "lt-1") => ({
  ...{ id, lifecycle: "InService", template: { id: template, version } },
});
const sightOf = (...versions: string[]): GroupSight => ({
  template: { id: "lt-1", version: "7" },
  instances: versions.map((version, index) => host(`i-${index}`, version)),
});
const preferences: Preferences = {
  ...{ minHealthyPercentage: 100, maxHealthyPercentage: 150, warmup: 60, bake: 30, alarms: ["errors"] },
  skipMatching: false,
};

describe("the version to go back to", () => {
  it.each([
    ["is what most of the others have", sightOf("7", "6", "6", "5"), "6"],
    ["is none where all have what new ones get", sightOf("7", "7"), undefined],
    ["is none in an empty group", sightOf(), undefined],
    ["is none of another template", { ...sightOf(), instances: [host("i-1", "3", "lt-other")] }, undefined],
  ])("%s", (_, sight, expected) => {
    expect(previousVersion(sight)).toBe(expected);
  });
});

it("hosts that failed since it began say why, the latest first", async () => {
  const report = (instance: string, state: string, reported: string) =>
    JSON.stringify({
      ...{ instance, group: "web", state, reported },
      ...{ health: "unhealthy", since: reported, packages: {}, error: `${instance} is broken` },
    });
  const key = (instance: string) => `hosts/web/arn:aws:ec2:eu-west-1:123456789012:instance/${instance}.json`;
  const objects = new Map([
    [key("i-1"), report("i-1", "failed", "2026-01-31T12:00:00Z")],
    [key("i-2"), report("i-2", "failed", "2026-01-31T12:01:00Z")],
    [key("i-3"), report("i-3", "failed", "2026-01-31T11:59:59Z")],
    [key("i-4"), report("i-4", "serving", "2026-01-31T12:02:00Z")],
  ]);
  const bucket = {
    name: "acme",
    list: async (prefix: string) => [...objects.keys()].filter((each) => each.startsWith(prefix)),
    get: async (each: string) => ({ content: Buffer.from(objects.get(each) ?? ""), etag: "" }),
  } as unknown as Bucket;
  expect(await failedHosts(bucket, "web", new Date("2026-01-31T12:00:00.900Z"))).toEqual([
    { instance: "i-2", error: "i-2 is broken" },
    { instance: "i-1", error: "i-1 is broken" },
  ]);
  expect(await failedHosts(bucket, "we", new Date(0))).toEqual([]);
});

it("a group of several types keeps how its template is varied", () => {
  const mixed = { LaunchTemplate: { Overrides: [{ InstanceType: "t4g.small" }] }, InstancesDistribution: {} };
  expect(desiredConfiguration({ ...sightOf(), mixed }, "6")).toEqual({
    MixedInstancesPolicy: {
      InstancesDistribution: {},
      LaunchTemplate: {
        Overrides: [{ InstanceType: "t4g.small" }],
        LaunchTemplateSpecification: { LaunchTemplateId: "lt-1", Version: "6" },
      },
    },
  });
});

/** Auto Scaling whose refreshes go through the given statuses, one a look. */
function scaling(sight: GroupSight, refreshes: Partial<RefreshState>[][], failed: string[] = []) {
  const calls: string[] = [];
  const active = ["Pending", "InProgress", "Baking", "Cancelling"];
  let current: { id: string; states: Partial<RefreshState>[] } | undefined;
  let stopping = false;
  const begin = (what: string): string => {
    stopping = false;
    const id = `refresh-${calls.length}`;
    current = { id, states: [...(refreshes.shift() ?? [])] };
    calls.push(what);
    return id;
  };
  const state = (advance: boolean): RefreshState => {
    const next = advance && current && current.states.length > 1 ? current.states.shift() : current?.states[0];
    return { ...{ id: current?.id ?? "", status: "InProgress", percent: 0, left: 1, reason: "" }, ...next };
  };
  const group: AutoScaling = {
    look: async () => sight,
    underWay: async () => {
      const seen = current && state(stopping);
      return seen && active.includes(seen.status) ? seen : undefined;
    },
    start: async (_, version, { skipMatching, bake, alarms }) =>
      begin(`start ${version} skip=${skipMatching} bake=${bake} alarms=${alarms.join()}`),
    state: async () => state(true),
    cancel: async () => {
      calls.push("cancel");
      stopping = true;
      // As in AWS, it may say for a moment that it goes on.
      const states = ["InProgress", "Cancelling", "Cancelling", "Cancelled"].map((status) => ({ status }));
      if (current) current.states = states;
    },
    failedLaunches: async () => failed,
  };
  return { group, calls, begin };
}

const options = { preferences, timeout: 60, cancel: false, to: undefined, show: () => undefined, pause: 0.001 };
const done = [
  { status: "Pending" },
  { status: "InProgress", percent: 50 },
  { status: "Baking" },
  { status: "Successful" },
];

describe("replacing a group", () => {
  it("starts a refresh to what new hosts get, and follows it to its end", async () => {
    const { group, calls } = scaling(sightOf("7", "7"), [done]);
    const seen: string[] = [];
    const show = (text: string) => void seen.push(text);
    expect(await replaceGroup(group, { ...options, show })).toMatchObject({ outcome: "replaced", version: "7" });
    expect(calls).toEqual(["start 7 skip=false bake=30 alarms=errors"]);
    expect(seen).toEqual([
      "beginning, 1 host left",
      "50 %, 1 host left",
      "all hosts are new; watching them for a while",
    ]);
  });

  it("follows the one that is under way instead, as of 'pulumi up' or an interrupted command", async () => {
    const { group, calls, begin } = scaling(sightOf("6"), [done]);
    begin("pulumi");
    expect(await replaceGroup(group, options)).toMatchObject({ outcome: "replaced" });
    expect(calls).toEqual(["pulumi"]);
  });

  it("follows one that brings what new hosts get, or a newer version, towards that", async () => {
    const { group, begin } = scaling(sightOf("6"), [[{ version: "7" }, { version: "7", status: "Successful" }]]);
    begin("pulumi");
    expect(await replaceGroup(group, options)).toMatchObject({ outcome: "replaced", version: "7", previous: "6" });
    const newer = scaling(sightOf("7"), [[{ version: "8" }, { version: "8", status: "Failed", reason: "bad" }], done]);
    newer.begin("by hand");
    expect(await replaceGroup(newer.group, options)).toMatchObject({
      ...{ outcome: "went-back", version: "8", previous: "7", reason: "bad" },
    });
    expect(newer.calls).toEqual(["by hand", "start 7 skip=true bake=0 alarms="]);
  });

  it.each([
    ["", [{ version: "6" }, { version: "6", status: "Successful" }], "went-back", "it was going back already"],
    [
      "to its failure",
      [{ version: "6" }, { version: "6", status: "Failed", reason: "no capacity" }],
      "failed",
      "it was going back already; going back failed too: no capacity",
    ],
  ])(
    "follows a way back that an interrupted command began %s, and never calls it replaced",
    async (_, states, outcome, reason) => {
      for (const cancel of [false, true]) {
        const { group, calls, begin } = scaling(sightOf("7", "6"), [[...states]]);
        begin("interrupted");
        expect(await replaceGroup(group, { ...options, cancel })).toMatchObject({
          ...{ outcome, version: "7", previous: "6", reason },
        });
        expect(calls).toEqual(["interrupted"]);
      }
    },
  );

  it("goes back to what was before when an alarm ends it", async () => {
    const failed = [{ status: "InProgress" }, { status: "Failed", reason: "the alarm errors went off" }];
    const { group, calls } = scaling(sightOf("7", "6"), [failed, done]);
    expect(await replaceGroup(group, options)).toMatchObject({
      ...{ outcome: "went-back", version: "7", previous: "6", reason: "the alarm errors went off" },
    });
    expect(calls.slice(1)).toEqual(["start 6 skip=true bake=0 alarms="]);
  });

  it("stops once two new hosts failed, and goes back", async () => {
    const { group, calls } = scaling(
      sightOf("6", "6"),
      [[{ status: "InProgress" }], done],
      ["not healthy", "not healthy"],
    );
    // The way back is judged by its own launches.
    group.failedLaunches = async () => (calls.length > 2 ? [] : ["not healthy", "earlier"]);
    expect(await replaceGroup(group, options)).toMatchObject({
      ...{ outcome: "went-back", reason: "2 new hosts failed: not healthy" },
    });
    expect(calls.slice(1)).toEqual(["cancel", "start 6 skip=true bake=0 alarms="]);
  });

  it("goes on over one failed launch", async () => {
    const { group } = scaling(sightOf("6"), [done], ["no capacity"]);
    expect(await replaceGroup(group, options)).toMatchObject({ outcome: "replaced" });
  });

  it("gives up in time, and leaves no refresh behind where there is nothing to go back to", async () => {
    const { group, calls } = scaling(sightOf("7"), [[{ status: "InProgress" }]]);
    expect(await replaceGroup(group, { ...options, timeout: 0.01 })).toMatchObject({
      ...{ outcome: "failed", previous: null, reason: "it took longer than 0.01 s" },
    });
    expect(calls.slice(1)).toEqual(["cancel"]);
  });

  it("says so when going back fails too", async () => {
    const failed = [{ status: "Failed", reason: "one" }];
    const { group } = scaling(sightOf("6"), [failed, [{ status: "Failed", reason: "other" }]]);
    expect(await replaceGroup(group, options)).toMatchObject({
      ...{ outcome: "failed", reason: "one; going back failed too: other" },
    });
  });

  it("goes back although the refresh has ended by itself before it could be stopped", async () => {
    const { group, calls } = scaling(sightOf("6"), [[{ status: "InProgress" }], done]);
    group.failedLaunches = async () => (calls.length > 1 ? [] : ["not healthy", "not healthy"]);
    let asked = false;
    const { underWay } = group;
    group.underWay = async () => (asked ? undefined : underWay());
    group.cancel = async () => {
      asked = true;
      throw new UserError("cannot stop replacing web: ActiveInstanceRefreshNotFound");
    };
    expect(await replaceGroup(group, options)).toMatchObject({
      ...{ outcome: "went-back", reason: "2 new hosts failed: not healthy" },
    });
    expect(calls.slice(1)).toEqual(["start 6 skip=true bake=0 alarms="]);
  });

  it("asks again where AWS refuses to look, to stop or to go back for a moment", async () => {
    const { group, calls } = scaling(sightOf("6"), [[{ status: "InProgress" }], done]);
    group.failedLaunches = async () => (calls.length > 1 ? [] : ["not healthy", "not healthy"]);
    const seen: string[] = [];
    const refuse = <T extends unknown[], R>(action: string, work: (...args: T) => Promise<R>, nth = 1) => {
      let count = 0;
      return async (...args: T): Promise<R> => {
        count += 1;
        if (count === nth) throw new UserError(`cannot ${action}: rate exceeded`);
        return work(...args);
      };
    };
    group.state = refuse("see", group.state);
    group.failedLaunches = refuse("read", group.failedLaunches);
    group.underWay = refuse("look", group.underWay, 2);
    group.cancel = refuse("stop", group.cancel);
    group.start = refuse("start", group.start, 2);
    const show = (text: string) => void seen.push(text);
    expect(await replaceGroup(group, { ...options, show })).toMatchObject({ outcome: "went-back", previous: "6" });
    expect(calls.slice(1)).toEqual(["cancel", "start 6 skip=true bake=0 alarms="]);
    expect(seen.filter((text) => text.includes("rate exceeded"))).toEqual(
      ["see", "read", "look", "stop", "start"].map((action) => `cannot ${action}: rate exceeded; trying again`),
    );
  });

  it("tells why it had to go back where AWS refuses that for all the time there is", async () => {
    const { group } = scaling(sightOf("6"), [[{ status: "Failed", reason: "the alarm errors went off" }]]);
    const { start } = group;
    group.start = async (sight, version, wanted) => {
      if (version === "6") throw new UserError("cannot start to replace web: rate exceeded");
      return start(sight, version, wanted);
    };
    expect(await replaceGroup(group, { ...options, timeout: 0.05 })).toMatchObject({
      outcome: "failed",
      reason: "the alarm errors went off; going back failed too: cannot start to replace web: rate exceeded",
    });
  });

  it("goes back where it cannot see for all the time there is how it goes", async () => {
    const { group, calls } = scaling(sightOf("6"), [[{ status: "InProgress" }], done]);
    const { state } = group;
    // Time passes by looks alone, however fast the machine is.
    let time = Date.now();
    const now = jest.spyOn(Date, "now").mockImplementation(() => time);
    group.state = async (id) => {
      time += 10_000;
      if (calls.length === 1) throw new UserError("cannot see how web is replaced: no connection");
      return state(id);
    };
    try {
      expect(await replaceGroup(group, options)).toMatchObject({
        ...{ outcome: "went-back", reason: "cannot see how web is replaced: no connection" },
      });
    } finally {
      now.mockRestore();
    }
  });

  it("says at once that it may not start at all", async () => {
    const { group } = scaling(sightOf("6"), []);
    group.start = async () => {
      throw new UserError("cannot start to replace web: access denied");
    };
    await expect(replaceGroup(group, options)).rejects.toThrow("cannot start to replace web: access denied");
  });

  const baked = [{ status: "Baking" }, { status: "Baking" }, { status: "Failed", reason: "the alarm errors went off" }];

  it("goes back to the version it is given where all hosts are new already", async () => {
    const { group, calls, begin } = scaling(sightOf("7", "7"), [baked, done]);
    begin("interrupted");
    expect(await replaceGroup(group, { ...options, to: "5" })).toMatchObject({
      ...{ outcome: "went-back", version: "7", previous: "5", reason: "the alarm errors went off" },
    });
    expect(calls).toEqual(["interrupted", "start 5 skip=true bake=0 alarms="]);
  });

  it("guesses no version to go back to where all hosts are new already", async () => {
    const { group, calls, begin } = scaling(sightOf("7", "7"), [baked]);
    begin("interrupted");
    expect(await replaceGroup(group, options)).toMatchObject({
      ...{ outcome: "failed", previous: null, reason: "the alarm errors went off" },
    });
    expect(calls).toEqual(["interrupted"]);
  });

  it("brings the version it is given back where nothing is under way, and over another way back", async () => {
    const idle = scaling(sightOf("7", "7"), [done]);
    expect(await replaceGroup(idle.group, { ...options, cancel: true, to: "5" })).toMatchObject({
      ...{ outcome: "went-back", previous: "5", reason: "cancelled by hand" },
    });
    expect(idle.calls).toEqual(["start 5 skip=true bake=0 alarms="]);
    const back = scaling(sightOf("7", "6"), [[{ version: "6" }], done]);
    back.begin("going back");
    await replaceGroup(back.group, { ...options, cancel: true, to: "5" });
    expect(back.calls).toEqual(["going back", "cancel", "start 5 skip=true bake=0 alarms="]);
  });

  it.each(["7", "8"])("refuses to go back to version %s, which is not before the one of new hosts", async (to) => {
    const { group, calls } = scaling(sightOf("7", "7"), []);
    await expect(replaceGroup(group, { ...options, to })).rejects.toThrow(
      new InputError(`--to ${to}: new hosts get version 7 of the launch template; give an earlier one, from 1 to 6`),
    );
    expect(calls).toEqual([]);
  });

  it("cancels what is under way and goes back; with nothing to cancel it says so", async () => {
    const { group, calls, begin } = scaling(sightOf("7", "6"), [[{ status: "InProgress" }], done]);
    begin("pulumi");
    expect(await replaceGroup(group, { ...options, cancel: true })).toMatchObject({
      ...{ outcome: "went-back", reason: "cancelled by hand" },
    });
    expect(calls).toEqual(["pulumi", "cancel", "start 6 skip=true bake=0 alarms="]);
    const idle = scaling(sightOf("7"), []).group;
    await expect(replaceGroup(idle, { ...options, cancel: true })).rejects.toThrow(UserError);
  });
});
