import { explainGroup } from "../../cli/explain/explain-group";
import { explainHost } from "../../cli/explain/explain-host";
import { outcomeOf } from "../../cli/explain/outcome";
import { Core } from "../../simulator/core";
import type { Host } from "../../simulator/host";
import { Random } from "../../simulator/random";
import { FREEZE, NEW, NEWER, OLD, publish, second, together, world } from "../../simulator/scenarios/scenario";
import { type Beginning, START, type Version, type World } from "../../simulator/world";
import { factsOf, next } from "./staged";

const core = new Core();

/** What a host is said to do next, and what it does. */
function both(made: World, host: Host) {
  const facts = factsOf(made);
  const own = facts.hosts.find(({ instance }) => instance === host.id);
  if (own === undefined) throw new Error(`${host.id} is not there`);
  const said = outcomeOf(core, facts, own);
  const takes = said.takes.map(({ package: name, version }) => `${name} ${version}`);
  const explained = explainHost(core, "prod", facts, own);
  return { said: { does: said.does, says: said.says, takes }, explained, did: next(made, core, host) };
}

const staged = (beginning: Partial<Beginning>, until: number, happen: (made: World) => void = () => undefined) => {
  const made = world(1, { hosts: 3, skew: 0, ...beginning }, happen);
  made.run(core, until);
  return made;
};
const first = (made: World) => made.hosts.find((host) => !host.out && host.changing === undefined) as Host;
const published = (
  until: number,
  beginning: Partial<Beginning> = {},
  happen: (made: World) => void = () => undefined,
) =>
  staged(beginning, until, (made) => {
    happen(made);
    made.after(until - 1, () => publish(made, NEW, OLD));
  });

describe("what a host is said to do next is what it does", () => {
  const states: Readonly<
    Record<string, [make: () => World, does: string, remedy?: RegExp, pick?: (made: World) => Host]>
  > = {
    "nothing new": [() => staged({}, 200), "nothing"],
    "a release that nobody has tried": [() => published(200), "takes"],
    "a release that is good": [
      () => published(200, {}, (made) => made.after(198, () => made.verdict("1.1.0", "ok"))),
      "takes",
    ],
    "a hold": [
      () => published(200, {}, (made) => made.after(150, () => made.hold("Christmas"))),
      "nothing",
      /towline resume web --stack prod/,
    ],
    "an alarm": [
      () => published(200, { policy: { alarms: ["errors"] } }, (made) => made.after(150, () => made.alarm("errors"))),
      "nothing",
      /alarm errors is over/,
    ],
    "a freeze": [
      () => published(200, { policy: { freeze: [FREEZE] } }),
      "nothing",
      /the freeze ends, at 2027-01-15T09:00:00Z/,
    ],
    "a slot that another has": [
      () => staged({ hosts: 4 }, 115, (made) => made.after(100, () => publish(made, NEW, OLD))),
      "waits",
      /gives slot 0 back/,
      (made) => made.hosts.find((host) => !host.out && host.changing === undefined) as Host,
    ],
    "a version that is bad": [
      () => published(200, {}, (made) => made.after(198, () => made.verdict("1.1.0", "bad"))),
      "nothing",
      /towline retry hello=1\.1\.0 --stack prod$/m,
    ],
    "a version that was recalled": [
      () =>
        staged({ versions: [NEW, OLD], runs: "1.1.0" }, 200, (made) => {
          made.verdict("1.0.0", "ok");
          made.after(199, () => made.recall("1.1.0"));
        }),
      "takes",
      /towline retry hello=1\.1\.0/,
    ],
    "a version that was withdrawn": [
      () =>
        staged({ versions: [NEW, OLD], runs: "1.1.0" }, 200, (made) => {
          made.verdict("1.0.0", "ok");
          made.after(199, () => made.publish("1.0.0"));
        }),
      "takes",
    ],
    "a package that is held on the host": [
      () =>
        published(200, {}, (made) => {
          for (const host of made.hosts) host.unable = "hello";
        }),
      "cannot",
      /is mended: hello is held/,
    ],
    "another host that is ill": [
      () =>
        published(200, {}, (made) =>
          made.after(150, () => {
            (made.hosts[2] as Host).sickWith = "1.0.0";
          }),
        ),
      "waits",
      /every target of the load balancer serves/,
    ],
    "an index that was put back": [
      () =>
        staged({ versions: [NEW, OLD], runs: "1.1.0" }, 300, (made) => {
          made.after(100, () => publish(made, NEWER, NEW, OLD));
          made.after(299, () => {
            made.signed = START;
            made.replay("1.1.0", "1.0.0");
          });
        }),
      "cannot",
      /an index is published that is as new/,
    ],
    "two packages that come together": [
      () => staged({ second: second() }, 101, (made) => together(made, NEW)),
      "takes",
    ],
    "a package that was never proven": [
      () =>
        staged({ versions: [NEW, OLD], runs: "1.1.0" }, 30, (made) => {
          made.s3.set("rollout/web/verdicts/hello/1.1.0.json", "{}", START);
          made.s3.set("rollout/web/verdicts/hello/1.1.0.json", JSON.stringify({ verdict: "" }), START);
        }),
      "nothing",
    ],
  };

  test.each(Object.entries(states))("with %s", (_, [make, does, remedy, pick = first]) => {
    const made = make();
    const { said, did, explained } = both(made, pick(made));
    expect(said.does).toBe(does);
    expect({ does: did.does, takes: did.takes }).toEqual({ does: said.does, takes: said.takes });
    if (does === "waits") expect(did.says).toBe(said.says);
    if (remedy) expect(explained.remedies.map(({ when }) => when).join("\n")).toMatch(remedy);
    expect(explained.facts.map(({ object }) => object)).toContain("rollout/web/control.json");
  });

  test("at any moment of many drawn worlds", () => {
    const seen = new Map<string, number>();
    for (let seed = 1; seed <= 50; seed++) {
      const random = new Random(seed);
      const kind = random.pick(["good", "good", "bad", "unserved", "late"] as const);
      const version: Version = { name: "1.1.0", kind };
      const policy = {
        maxUnavailable: random.pick([1, 2, "50%"]),
        ...(random.chance(0.3) ? { bake: 60 } : {}),
        ...(random.chance(0.3) ? { alarms: ["errors"] } : {}),
      };
      const until = random.between(95, 500);
      // Nothing happens after the look.
      const maybe = (one: World, from: number, happen: () => void) => {
        const at = random.between(from, 400);
        if (random.chance(0.3) && at < until) one.after(at, happen);
      };
      const beginning = { hosts: random.between(2, 8), skew: 0, policy, balanced: random.chance(0.8) };
      const made = world(seed, beginning, (one) => {
        if (until > 100) one.after(100, () => publish(one, version, OLD));
        maybe(one, 90, () => one.hold("wait"));
        maybe(one, 90, () => one.alarm("errors"));
        maybe(one, 150, () => one.recall("1.1.0"));
        maybe(one, 150, () => publish(one, NEWER, version, OLD));
      });
      made.run(core, until);
      const host = made.hosts.find((one) => one.launched && !one.out && one.changing === undefined && one.serves);
      // What is replaced in a moment changes the world after the look.
      if (host === undefined || made.hosts.some((one) => made.state(one) === "initial" || one.leaving)) continue;
      const { said, did } = both(made, host);
      seen.set(said.does, (seen.get(said.does) ?? 0) + 1);
      expect({ seed, does: did.does, takes: did.takes }).toEqual({ seed, does: said.does, takes: said.takes });
    }
    expect([...seen.keys()]).toEqual(expect.arrayContaining(["takes", "nothing", "waits"]));
    expect([...seen.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(30);
  });
});

test("a group's hosts that do the same are told together, with what would change it", () => {
  const made = published(200, { hosts: 5 }, (one) => one.after(150, () => one.hold("Christmas")));
  const { hosts } = explainGroup(core, "prod", factsOf(made));
  expect(hosts).toHaveLength(1);
  expect(hosts[0]?.instances).toHaveLength(5);
  expect(hosts[0]?.sentence).toBe("stays as it is: hello: held: Christmas");
  expect(hosts[0]?.remedies[0]?.next.does).toBe("takes");
});
