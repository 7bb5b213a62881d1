import { groupStatus } from "../../cli/fleet/group-status";
import { type StackStatus, stackStatus } from "../../cli/fleet/look";
import { changedLines } from "../../cli/fleet/status-lines";
import { pastFleet } from "../../cli/past/past-fleet";
import { replay } from "../../cli/past/replay";
import type { KeyedVersion, Versions } from "../../cli/repository/versions";
import { timestamp } from "../../cli/time";
import { Core } from "../../simulator/core";
import { NEW, OLD, publish, world } from "../../simulator/scenarios/scenario";
import { START, type Version, type World } from "../../simulator/world";
import { reportOf } from "./staged";

const core = new Core();
const GROUPS = { web: {} };
const stack = { name: "prod", config: { groups: GROUPS, repository: { bucket: "bucket" } } } as never;

/** Keeps every version of what is written, as the stack's bucket does. */
function keeping(made: World): Versions {
  const kept: (KeyedVersion & { readonly body: string })[] = [];
  const set = made.s3.set.bind(made.s3);
  const keep = (key: string, body: string, now: number) =>
    kept.push({ key, body, id: String(kept.length), at: new Date(Math.floor(now) * 1000), deleted: false });
  for (const key of made.s3.keys()) keep(key, made.s3.get(key)?.body ?? "", START);
  made.s3.set = (key, body, now) => {
    keep(key, body, now);
    set(key, body, now);
  };
  const below = (prefix: string) => kept.filter(({ key }) => key.startsWith(prefix)).toReversed();
  return {
    name: "bucket",
    below: async (prefix) => below(prefix),
    list: async (key) => below(key).filter((one) => one.key === key),
    get: async (_, id) => ({ content: Buffer.from(kept[Number(id)]?.body ?? ""), metadata: {} }),
  };
}

/** Hosts report what has changed, and a watcher writes what is another than at its look before: the live log. */
function live(made: World, until: number): string[] {
  const log: string[] = [];
  const said = new Map<string, string>();
  let before: StackStatus | undefined;
  for (let second = 0; second <= until; second++) {
    made.run(core, second + 0.999);
    for (const host of made.hosts) {
      const { since: _, reported: __, ...report } = reportOf(made, host);
      const key = `hosts/web/arn:aws:ec2:eu-west-1:123456789012:instance/${host.id}.json`;
      if (said.get(key) === JSON.stringify(report)) continue;
      said.set(key, JSON.stringify(report));
      made.s3.set(key, JSON.stringify(reportOf(made, host)), made.time);
    }
    const at = new Date((START + second) * 1000);
    const objects = new Map(
      made.s3.keys().map((key) => {
        const stored = made.s3.get(key);
        return [
          key,
          { text: stored?.body ?? "", modified: new Date(Math.floor(stored?.modified ?? 0) * 1000) },
        ] as const;
      }),
    );
    const now = stackStatus(stack, pastFleet(["web"], objects, at), objects, at, () => undefined);
    if (before) log.push(...changedLines(before, now).map((line) => `${timestamp((START + second) * 1000)} ${line}`));
    before = now;
  }
  return log;
}

describe("a replay equals the log that was written live", () => {
  test.each([
    ["a good version", NEW, () => undefined],
    ["a bad one", { name: "1.1.0", kind: "bad" }, () => undefined],
    [
      "a hold in the middle",
      NEW,
      (made: World) => {
        made.after(120, () => made.hold("the sale"));
        made.after(200, () => made.hold(undefined));
      },
    ],
    [
      "a host that vanishes",
      NEW,
      (made: World) =>
        made.after(115, () => {
          const out = made.hosts.find((host) => host.out);
          if (out) made.kill(out);
        }),
    ],
  ] as [string, Version, (made: World) => void][])("with %s", async (_, version, happen) => {
    const until = 600;
    const made = world(1, { hosts: 4, skew: 0 }, (one) => {
      one.after(100, () => publish(one, version, OLD));
      happen(one);
    });
    const versions = keeping(made);
    const log = live(made, until);
    const { moments, cut } = await replay(
      stack,
      versions,
      ["web"],
      new Date(START * 1000),
      new Date((START + until) * 1000),
    );
    const replayed = moments.flatMap(({ at, lines }) => lines.map((line) => `${at} ${line}`));
    // A slot that is not renewed in time says so by no write: a look in between finds it.
    const written = (lines: readonly string[]) => lines.filter((line) => !line.includes("not renewed in time"));
    expect(written(replayed)).toEqual(written(log));
    expect(log.length).toBeGreaterThan(5);
    expect(cut).toBe(false);
  });
});

test("what had ended before it begins is no part of it", async () => {
  const made = world(1, { hosts: 2, skew: 0 }, (one) => {
    one.after(50, () => one.hold("the sale"));
    one.after(80, () => one.hold(undefined));
  });
  const versions = keeping(made);
  live(made, 200);
  const { begin, moments } = await replay(
    stack,
    versions,
    ["web"],
    new Date((START + 100) * 1000),
    new Date((START + 200) * 1000),
  );
  expect([...begin, ...moments.flatMap(({ lines }) => lines)].join("\n")).not.toContain("the sale");
  expect(begin.join("\n")).toContain("i-00002");
  const during = await replay(stack, versions, ["web"], new Date((START + 60) * 1000), new Date((START + 200) * 1000));
  expect(during.begin.join("\n")).toContain("held: the sale");
  expect(during.moments[0]).toEqual({ at: timestamp((START + 80) * 1000), lines: ["no longer: web: held: the sale"] });
  expect(groupStatus("web", new Map(), [], [], new Date()).held).toBeNull();
});
