import type { Core } from "../../simulator/core";
import { isSilent } from "../fleet/group-status";
import { fieldsOf, listOf, textOf } from "../fleet/loose";
import type { GroupFacts, HostFacts } from "./facts";
import { type Change, Rehearsal, type Rehearsed } from "./rehearsal";

/** What a host does next: takes a version, waits for its turn, finds good what it runs, and so on. */
export type Does =
  | "takes"
  | "waits"
  | "pauses"
  | "proves"
  | "bakes"
  | "nothing"
  | "cannot"
  | "is out"
  | "is stuck"
  | "boots"
  | "leaves"
  | "has not reported";

/** What the core decides about one package of a host. */
export interface Decision {
  readonly package: string;
  readonly installed: string | null;
  readonly version: string | null;
  readonly action: string;
  readonly reason: string;
}

/** What a host does next, and by which objects. */
export interface Outcome {
  readonly does: Does;
  /** Why. */
  readonly says: string;
  readonly takes: readonly Change[];
  readonly decisions: readonly Decision[];
  /** Keys that were looked at. */
  readonly reads: readonly string[];
  /** Whether it has been silent for long, so that nobody knows whether it does anything. */
  readonly silent: boolean;
}

/** Asks the core what a host does next. */
export function outcomeOf(core: Core, facts: GroupFacts, host: HostFacts): Outcome {
  const { report } = host;
  const silent = report !== undefined && host.lifecycle === "InService" && isSilent(report, facts.now);
  const of = (does: Does, says: string, rest: Partial<Outcome> = {}): Outcome => ({
    ...{ does, says, takes: [], decisions: [], reads: [], silent },
    ...rest,
  });
  if (report === undefined)
    return of("has not reported", "it has not reported yet: it boots, or its agent does not run");
  if (report.state === "leaving") return of("leaves", "it says that it leaves service");
  if (report.state === "booting") return boots(core, facts, host, of);
  if (report.state === "failed")
    return of("is stuck", report.error || "it could neither go on nor back", decisionsOf(core, facts, host));
  const held = slotOf(facts, host);
  if (report.state === "upgrading") {
    const says = held ? `${held.named}, with slot ${held.slot} since ${held.since}` : "for a change of its own";
    const { decisions, reads } = decisionsOf(core, facts, host);
    return of("is out", says, { decisions, reads: [...reads, ...(held ? [held.key] : [])] });
  }
  if (held && report.packages[held.package] === held.version) return bakes(core, facts, host, held, of);
  const polled = new Rehearsal(core, facts, host).run("poll", [
    ...facts.packages.map((name) => ["packages", name]),
    ...facts.suites.map(({ key, tag }) => ["suite", key, tag]),
    ["patience", "600"],
    ...host.pauses.map(({ spec, until }) => ["pause", spec, String(Math.floor(until / 1000))]),
  ]);
  const { decisions, reads } = decisionsOf(core, facts, host);
  const { does, says } = told(polled, decisions);
  return of(does, says, { takes: polled.changes, decisions, reads: [...new Set([...polled.reads, ...reads])] });
}

function told(polled: Rehearsed, decisions: readonly Decision[]): Pick<Outcome, "does" | "says"> {
  switch (polled.end) {
    case "change":
      return { does: "takes", says: polled.says };
    case "wait":
      return { does: "waits", says: polled.says };
    case "fail":
    case "unable":
      return { does: "cannot", says: polled.says };
    case "over": {
      const verdicts = polled.writes.filter((key) => key.includes("/verdicts/"));
      if (polled.confirmed && verdicts.length > 0)
        return { does: "proves", says: "what it runs is healthy here, and nobody has found it good yet" };
      if (/ waits \d+ s: this host failed at it$/.test(polled.says)) return { does: "pauses", says: polled.says };
      if (polled.confirmed) return { does: "nothing", says: "what it runs is not proven: it does not serve yet" };
      const reasons = decisions.map(({ package: name, reason }) => `${name}: ${reason}`);
      return { does: "nothing", says: reasons.join("; ") || polled.says };
    }
  }
}

function decisionsOf(
  core: Core,
  facts: GroupFacts,
  host: HostFacts,
): { decisions: Decision[]; reads: readonly string[] } {
  const asked = new Rehearsal(core, facts, host).run(
    "decide",
    facts.packages.map((name) => ["packages", name]),
  );
  const decisions = asked.answers.map(([name = "", version = "", action = "", reason = ""]) => ({
    package: name,
    installed: host.report?.packages[name] ?? null,
    version: version || null,
    ...{ action, reason },
  }));
  return { decisions, reads: asked.reads };
}

type Of = (does: Does, says: string, rest?: Partial<Outcome>) => Outcome;

function boots(core: Core, facts: GroupFacts, host: HostFacts, of: Of): Outcome {
  const asked = new Rehearsal(core, facts, { ...host, report: host.report && { ...host.report, packages: {} } }).run(
    "boot",
    [],
  );
  const chosen = asked.answers.filter(([name]) => name !== undefined);
  const says = chosen.map(([name, version, , reason]) => `${name} ${version || "(none)"}: ${reason}`).join("; ");
  return of("boots", says || asked.says, { reads: asked.reads });
}

interface Slot {
  readonly key: string;
  readonly slot: number;
  readonly package: string;
  readonly version: string;
  readonly named: string;
  readonly since: string;
  readonly set: readonly { readonly package: string; readonly version: string }[];
}

/** The slot that a host holds. */
function slotOf({ group, objects }: GroupFacts, { instance }: HostFacts): Slot | undefined {
  for (const [key, { text }] of objects) {
    const slot = key === `rollout/${group}/lease.json` ? "0" : /\/slots\/(\d+)\.json$/.exec(key)?.[1];
    const body = slot === undefined ? {} : fieldsOf(text);
    if (slot === undefined || body.holder !== instance) continue;
    const set = listOf(body.set).map((one) => ({ package: one.split(" ")[0] ?? "", version: one.split(" ")[1] ?? "" }));
    const [name, version] = [textOf(body.package), textOf(body.version)];
    const named = [`${name} ${version}`, ...listOf(body.set)].join(" and ");
    return { key, slot: Number(slot), package: name, version, named, since: textOf(body.since), set };
  }
  return undefined;
}

/** It serves with what it holds a slot for: whether it finds that good, or goes on watching, the core says. */
function bakes(core: Core, facts: GroupFacts, host: HostFacts, held: Slot, of: Of): Outcome {
  const turn = { ...held, bake: { seconds: 0 }, slot: held.slot, trial: true };
  const judged = new Rehearsal(core, facts, host).run("judge", [
    ["package", held.package],
    ["version", held.version],
    ["turn", JSON.stringify(turn)],
    ...held.set.map((one) => ["with", one.package, one.version]),
    ["outcome", "ok"],
    ["serving", "yes"],
    ["watching", "no"],
    ["ending", "no"],
    ["reason", ""],
  ]);
  const [word = "", rest = ""] = judged.answers[0] ?? [];
  const reads = [...new Set([held.key, ...judged.reads])];
  if (word === "bake")
    return of("bakes", `${held.named} serves, and is found good once it has baked, for ${rest} s at the most`, {
      reads,
    });
  if (word === "alarm") return of("is out", `${held.named} goes back: ${rest}`, { reads });
  return of("proves", `${held.named} serves, and its slot is about to be given back`, { reads });
}
