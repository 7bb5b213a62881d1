import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { shownWidth } from "../../cli/column-widths";
import { explainGroup } from "../../cli/explain/explain-group";
import { explainHost } from "../../cli/explain/explain-host";
import { explainVersion } from "../../cli/explain/explain-version";
import type { GroupFacts, HostFacts } from "../../cli/explain/facts";
import { failures } from "../../cli/explain/read-facts";
import { explanationLines } from "../../cli/explain/render";
import { parseHostReport } from "../../cli/fleet/host";
import { Core } from "../../simulator/core";
import { parse, wordsOf } from "./parse-command";

const core = new Core();
const NOW = new Date("2026-01-31T12:00:00Z");
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);
const LOG = "not healthy within 12 s: GET /health answered 500; log: Traceback | ValueError: no colour";

function host(instance: string, hello: string, more: object = {}, rest: Partial<HostFacts> = {}): HostFacts {
  const body = {
    ...{ instance, group: "web", state: "serving", health: "healthy", since: "2026-01-31T11:00:00Z", error: "" },
    ...{ packages: { hello, "towline-agent": "0.9.0" }, reported: "2026-01-31T11:55:00Z" },
    ...more,
  };
  const report = parseHostReport("k", JSON.stringify(body));
  return { instance, lifecycle: "InService", key: `hosts/web/${instance}.json`, report, ...failures(report), ...rest };
}

function group(
  objects: Record<string, [secondsAgo: number, body: object]>,
  hosts: HostFacts[],
  more: Partial<GroupFacts> = {},
) {
  const facts: GroupFacts = {
    ...{ group: "web", packages: ["towline-agent", "hello"], balanced: true, hosts, now: NOW, unknown: [] },
    suites: [
      {
        ...{ key: "dists/stable/InRelease", channel: false, tag: '"t"', date: ago(3600).getTime() },
        until: NOW.getTime() + 86_400_000,
        listed: new Map([
          ["hello", ["1.1.0", "1.0.0"]],
          ["towline-agent", ["0.9.0"]],
        ]),
      },
    ],
    objects: new Map(
      Object.entries({
        "verdicts/towline-agent/0.9.0.json": [9000, { verdict: "ok" }] as const,
        "verdicts/hello/1.0.0.json": [9000, { verdict: "ok" }] as const,
        ...objects,
      }).map(([key, [seconds, body]]) => [
        `rollout/web/${key}`,
        { text: JSON.stringify(body), modified: ago(seconds) },
      ]),
    ),
    ...more,
  };
  return facts;
}

const explain = (facts: GroupFacts, which = 0) => explainHost(core, "prod", facts, facts.hosts[which] as HostFacts);

describe("a host is explained", () => {
  it("that goes by an index that has ended: until it is signed anew", () => {
    const facts = group({}, [host("i-1", "1.0.0")]);
    const ended = { ...facts, suites: facts.suites.map((one) => ({ ...one, until: ago(60).getTime() })) };
    const { does, says, remedies } = explain(ended);
    expect({ does, says }).toEqual({
      does: "cannot",
      says: "the index dists/stable/InRelease ended on 2026-01-31T11:59:00Z, and nobody has signed it anew",
    });
    expect(remedies.find(({ when }) => when.includes("towline renew --stack prod"))?.next.does).toBe("takes");
  });

  it("that has no index at all", () => {
    expect(explain({ ...group({}, [host("i-1", "1.0.0")]), suites: [] }).does).toBe("cannot");
  });

  it("that is silent: it is said that nobody knows whether it does what it would", () => {
    const facts = group({}, [host("i-1", "1.0.0", { reported: "2026-01-31T11:00:00Z" })]);
    expect(explain(facts)).toMatchObject({ silent: true, does: "takes" });
    expect(explanationLines(explain(facts), false).join("\n")).toContain("silent since 2026-01-31T11:00:00Z");
  });

  it.each([
    ["never reported", { report: undefined }, {}, "has not reported"],
    ["is stuck", {}, { state: "failed", error: "no database" }, "is stuck"],
    ["boots", {}, { state: "booting", packages: {} }, "boots"],
    ["leaves", {}, { state: "leaving" }, "leaves"],
    ["is taken away", { lifecycle: "Terminating:Wait" }, {}, "cannot"],
  ])("that %s", (_, rest, more, does) => {
    expect(explain(group({}, [host("i-1", "1.0.0", more, rest)])).does).toBe(does);
  });

  it("that boots: with what is proven, though something newer is there", () => {
    const booting = host("i-1", "1.0.0", { state: "booting", packages: {} });
    expect(explain(group({}, [booting])).says).toContain("hello 1.0.0: the highest that is proven");
  });

  const lease = {
    holder: "i-2",
    package: "hello",
    version: "1.1.0",
    since: "2026-01-31T11:59:30Z",
    nonce: "n",
    size: 2,
  };

  it("that waits for another, with who that is, and what it does after", () => {
    const hosts = [host("i-1", "1.0.0"), host("i-2", "1.0.0", { state: "upgrading" })];
    const { does, says, facts, remedies } = explain(group({ "lease.json": [20, lease] }, hosts));
    expect({ does, says }).toEqual({ does: "waits", says: "waiting with hello 1.1.0: the lease is held by i-2" });
    expect(facts.find(({ object }) => object.endsWith("lease.json"))).toEqual({
      object: "rollout/web/lease.json",
      at: "2026-01-31T11:59:40Z",
      says: "i-2 holds it for hello 1.1.0 since 2026-01-31T11:59:30Z, written 20 s before",
    });
    expect(remedies.map(({ when }) => when)).toContain("i-2 gives slot 0 back, or does not renew it for 90 s");
    expect(explain(group({ "lease.json": [20, lease] }, hosts), 1)).toMatchObject({
      does: "is out",
      says: "hello 1.1.0, with slot 0 since 2026-01-31T11:59:30Z",
    });
  });

  it("that bakes what it serves", () => {
    const hosts = [host("i-2", "1.1.0"), host("i-1", "1.0.0")];
    const objects = {
      "lease.json": [20, lease],
      "policy.json": [9000, { bake: 300 }],
      "trials/hello/1.1.0.json": [60, { canary: "i-2", nonce: "n", failed: {}, vanished: [] }],
    } satisfies Record<string, [number, object]>;
    expect(explain(group(objects, hosts))).toMatchObject({
      does: "bakes",
      says: expect.stringContaining("for 300 s at the most"),
    });
  });

  it("that failed at a version by itself: for as long as it leaves it alone", () => {
    const error = "hello 1.1.0 was rolled back: not healthy";
    const facts = group({ "verdicts/hello/1.1.0.json": [60, { verdict: "ok" }] }, [
      host("i-1", "1.0.0", { error, since: "2026-01-31T11:50:00Z" }),
    ]);
    const { does, remedies } = explain(facts);
    expect(does).toBe("pauses");
    expect(remedies.map(({ when }) => when)).toContain(
      "its pause after the failure is over, at 2026-01-31T12:05:00Z at the latest",
    );
  });

  it("by several facts at once: of each it is told what would still stand against it", () => {
    const control = { hold: { reason: "the sale", by: "ada", at: "x" }, alarms: { errors: { reason: "5 % failed" } } };
    const { does, remedies } = explain(
      group({ "control.json": [60, control], "policy.json": [900, { alarms: ["errors"] }] }, [host("i-1", "1.0.0")]),
    );
    expect(does).toBe("nothing");
    expect(remedies[0]).toMatchObject({
      when: "somebody ends the hold: towline resume web --stack prod",
      next: { does: "nothing", says: expect.stringContaining("alarm errors: 5 % failed") },
    });
  });
});

describe("a version is explained", () => {
  const facts = group(
    {
      "verdicts/hello/1.1.0.json": [60, { verdict: "bad", instance: "i-2", reason: LOG, at: "2026-01-31T11:59:00Z" }],
      "trials/hello/1.1.0.json": [60, { canary: "", failed: { "i-2": LOG }, vanished: [] }],
    },
    [host("i-1", "1.0.0"), host("i-2", "1.0.0")],
  );
  const told = explainVersion(core, "prod", { name: "hello", version: "1.1.0" }, [facts], undefined);

  it("that is bad, with the app's log lines and what hosts do instead", () => {
    expect(told.groups[0]).toMatchObject({ word: "bad", reason: LOG, runs: [] });
    expect(told.groups[0]?.others).toEqual([
      {
        instance: "i-1",
        sentence: expect.stringContaining("hello: 1.0.0 is the highest version that is not marked bad"),
      },
      { instance: "i-2", sentence: expect.stringContaining("1.0.0 is the highest") },
    ]);
    expect(told.state).toBe("listed");
  });

  it("in lines that a terminal has room for, of which nothing is cut", () => {
    const lines = explanationLines(told, true);
    expect(Math.max(...lines.map(shownWidth))).toBeLessThanOrEqual(80);
    expect(lines.join(" ").replace(/ +/g, " ")).toContain(LOG);
    expect(explanationLines(told, false).join("\n")).toContain(LOG);
  });

  it("that was recalled, and that nobody has tried", () => {
    const recalled = { recalled: { hello: { "1.0.0": { reason: "customers complain" } } } };
    const group_ = group({ "control.json": [9, recalled] }, [host("i-1", "1.0.0")]);
    const of = (version: string) =>
      explainVersion(core, "prod", { name: "hello", version }, [group_], undefined).groups[0];
    expect(of("1.0.0")).toMatchObject({ word: "recalled", reason: "customers complain", runs: ["i-1"] });
    expect(of("1.1.0")?.word).toBe("not tried");
    expect(of("constructor")?.word).toBe("not tried");
  });
});

describe("what is advised can be typed as it stands", () => {
  const hosts = [host("i-1", "1.0.0")];
  const held = group({ "control.json": [60, { hold: { reason: "the sale" } }] }, hosts);
  const refused = group({ "verdicts/hello/1.1.0.json": [60, { verdict: "bad" }] }, hosts);
  const free = group({}, hosts);
  const ended = { ...free, suites: free.suites.map((one) => ({ ...one, until: ago(60).getTime() })) };
  const told = [held, refused, ended].flatMap((facts) => [
    explain(facts),
    explainGroup(core, "prod", facts),
    explainVersion(core, "prod", { name: "hello", version: "1.1.0" }, [facts], undefined),
  ]);
  const said = told.flatMap(textsIn).flatMap((text) => /\btowline ([a-z].*)$/m.exec(text)?.[1] ?? []);

  it("each command that the sources name", () => {
    const folder = join(__dirname, "..", "..", "cli", "explain");
    const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
    const named = sources.flatMap((text) => [...text.matchAll(/\btowline ([a-z]+)/g)].map(([, name]) => name));
    expect(new Set(said.map((line) => wordsOf(line)[0]))).toEqual(new Set(named));
  });

  it.each([...new Set(said)])("towline %s", async (line) => {
    expect(await parse(wordsOf(line)).catch((error: unknown) => error)).toBeUndefined();
  });
});

/** All texts in what is told. */
function textsIn(told: unknown): string[] {
  if (typeof told === "string") return [told];
  return typeof told === "object" && told !== null ? Object.values(told).flatMap(textsIn) : [];
}

test.each([
  ["host: hello is held", { standing: "hello is held", pauses: [] }],
  ["repository: refused", { standing: "", pauses: [] }],
  ["", { standing: "", pauses: [] }],
  [
    "hello 1.1.0 and other 2.0.0 were rolled back: x",
    {
      standing: "",
      pauses: [
        { spec: "hello=1.1.0", until: Date.parse("2026-01-31T11:15:00Z") },
        { spec: "other=2.0.0", until: Date.parse("2026-01-31T11:15:00Z") },
      ],
    },
  ],
])("of a host whose last error is %j", (error, expected) => {
  const { standing, pauses } = host("i-1", "1.0.0", { error });
  expect({ standing, pauses }).toEqual(expected);
});
