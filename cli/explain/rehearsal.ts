import { createHash } from "node:crypto";
import { Conversation, type Core } from "../../simulator/core";
import { zoneRows } from "../../simulator/zones";
import type { Seen } from "../fleet/snapshot";
import { timestamp } from "../time";
import type { GroupFacts, HostFacts } from "./facts";

/** Packages that would be installed, and what runs in their place. */
export interface Change {
  readonly package: string;
  readonly version: string;
  /** '' where nothing does. */
  readonly previous: string;
}

/** What the core made of the facts. */
export interface Rehearsed {
  /** How the conversation ended: at a change, a wait, a failure, the host's inability, or with nothing left to say. */
  readonly end: "change" | "wait" | "fail" | "unable" | "over";
  /** What it said last: why it waits or fails, or its log. */
  readonly says: string;
  readonly changes: readonly Change[];
  /** What it answered, row by row. */
  readonly answers: readonly (readonly string[])[];
  /** Keys it asked for, in order, each once. */
  readonly reads: readonly string[];
  /** Keys it would write. */
  readonly writes: readonly string[];
  /** Whether it asked if the host serves well with what it runs. */
  readonly confirmed: boolean;
}

type Rows = readonly (readonly string[])[];
const MOST_STEPS = 500;

/** One conversation of a host with the core on what is known: nothing is written anywhere but in a copy of the facts. */
export class Rehearsal {
  private readonly objects: Map<string, Seen>;
  private readonly reads = new Set<string>();
  private readonly writes: string[] = [];
  private readonly answers: string[][] = [];
  private changes: Change[] = [];
  private waiting = "";
  private says = "";
  private confirmed = false;
  private end: Rehearsed["end"] = "over";

  constructor(
    private readonly core: Core,
    private readonly facts: GroupFacts,
    private readonly host: HostFacts,
  ) {
    this.objects = new Map(facts.objects);
  }

  /** What becomes of an event, such as `poll`. */
  run(event: string, rows: Rows): Rehearsed {
    const { facts, host, core } = this;
    const conversation = new Conversation();
    const named = [
      ["instance", host.instance],
      ["group", facts.group],
      ["balanced", facts.balanced ? "yes" : "no"],
      ["nonce", "explained"],
      ["span", "900"],
    ];
    let next: { event: string; rows: Rows } | undefined = { event, rows: [...named, ...rows] };
    for (let step = 0; next !== undefined; step++) {
      if (step > MOST_STEPS) throw new Error(`the core came to no end with ${host.instance}`);
      const effects = core.answer(conversation, { ...next, now: Math.floor(facts.now.getTime() / 1000) });
      next = undefined;
      for (const [effect = "", ...texts] of effects) next = this.execute(effect, texts) ?? next;
    }
    const { end, says, changes, answers, reads, writes, confirmed } = this;
    return { end, says, changes, answers, reads: [...reads], writes, confirmed };
  }

  private execute(effect: string, texts: readonly string[]): { event: string; rows: Rows } | undefined {
    const [first = ""] = texts;
    switch (effect) {
      case "get":
        return {
          event: "got",
          rows: texts.flatMap((key, i) => (i % 2 === 0 ? [this.row(key, texts[i + 1] ?? "")] : [])),
        };
      case "put":
        return { event: "put", rows: [[this.put(first, texts[1] ?? "", texts[2] ?? "") ? "done" : "refused"]] };
      case "lists":
        return this.lists();
      case "targets":
        return { event: "targets", rows: this.targets() };
      case "zones":
        return {
          event: "zones",
          rows: texts
            .slice(2)
            .flatMap((zone) => zoneRows(zone, Math.floor(Number(first)), Math.floor(Number(texts[1])))),
        };
      case "able":
        return this.able();
      case "confirm":
        this.confirmed = true;
        return { event: "confirmed", rows: [[serves(this.host) ? "yes" : "unknown", ""]] };
      case "wait":
        return this.over("wait", this.waiting);
      case "change": {
        const [name = "", version = "", previous = "", , ...rest] = texts;
        const changes = [{ package: name, version, previous }];
        for (let i = 0; i + 2 < rest.length + 1 && rest[i] !== undefined; i += 3)
          changes.push({ package: rest[i] ?? "", version: rest[i + 1] ?? "", previous: rest[i + 2] ?? "" });
        this.changes = changes;
        return this.over("change", this.says);
      }
      case "fail":
        return this.over("fail", first);
      case "waiting":
        this.waiting = first;
        return undefined;
      case "repository":
        return first === "" ? undefined : this.over("fail", first);
      case "log":
        if (this.end === "over") this.says = first;
        return undefined;
      case "answer":
        this.answers.push([...texts]);
        return undefined;
      default:
        return undefined;
    }
  }

  private over(end: Rehearsed["end"], says: string): undefined {
    [this.end, this.says] = [end, says];
    return undefined;
  }

  private able(): { event: string; rows: Rows } | undefined {
    const { standing, lifecycle } = this.host;
    const leaving = lifecycle.startsWith("Terminating") ? `Auto Scaling takes this host to ${lifecycle}` : "";
    const why = leaving || standing;
    if (why !== "") this.over("unable", why);
    return { event: "able", rows: [[why === "" ? "yes" : "no"]] };
  }

  private lists(): { event: string; rows: Rows } {
    const { suites, packages, now } = this.facts;
    const ended = suites.find(({ until }) => until <= now.getTime());
    if (suites.length === 0) return { event: "failed", rows: [["there is no index that hosts would believe"]] };
    if (ended) {
      const says = `the index ${ended.key} ended on ${timestamp(ended.until)}, and nobody has signed it anew`;
      return { event: "failed", rows: [[says]] };
    }
    for (const { key } of suites) this.reads.add(key);
    return {
      event: "lists",
      rows: [
        ...suites.map(({ key, date }) => ["index", key, new Date(date).toUTCString(), ""]),
        ...packages.flatMap((name) => [
          ["package", name, this.host.report?.packages[name] ?? ""],
          ...suites.flatMap(({ channel, listed }) =>
            (listed.get(name) ?? []).map((version) => ["version", name, channel ? "channel" : "main", version]),
          ),
        ]),
      ],
    };
  }

  /** Who serves, as hosts themselves say. */
  private targets(): Rows {
    const { hosts, well } = this.facts;
    const targets = hosts.flatMap((host) => {
      const { state, health } = host.report ?? {};
      if (well || serves(host)) return [[host.instance, "healthy"]];
      return state === "serving" ? [[host.instance, health === "unhealthy" ? "unhealthy" : "initial"]] : [];
    });
    return targets.length === 0 ? [["none", "unused"]] : targets;
  }

  private row(key: string, tag: string): string[] {
    this.reads.add(key);
    const now = this.facts.now.toUTCString();
    const suite = this.facts.suites.find((one) => one.key === key);
    if (suite) return [key, suite.tag === tag ? "304" : "200", suite.tag, now, new Date(suite.date).toUTCString(), ""];
    if (key.endsWith("/")) return [key, "200", "", now, "", this.below(key)];
    const seen = this.objects.get(key);
    if (seen === undefined) return [key, "404", "", now, "", ""];
    return [key, "200", tagOf(seen), now, seen.modified.toUTCString(), seen.text];
  }

  /** What is listed below a prefix, as hosts have it. */
  private below(prefix: string): string {
    const found = [...this.objects]
      .filter(([key]) => key.startsWith(prefix))
      .sort(([one], [other]) => (one < other ? -1 : 1));
    return found.map(([key, { modified }]) => `${key} ${modified.toISOString()}`).join(" ");
  }

  private put(key: string, condition: string, text: string): boolean {
    const seen = this.objects.get(key);
    const holds =
      condition === "If-None-Match: *" ? seen === undefined : seen && condition === `If-Match: ${tagOf(seen)}`;
    if (!holds) return false;
    this.writes.push(key);
    this.objects.set(key, { text, modified: this.facts.now });
    return true;
  }
}

/** Whether a host says that it serves, and well. */
export function serves({ report, lifecycle }: HostFacts): boolean {
  return report?.state === "serving" && report.health !== "unhealthy" && !lifecycle.startsWith("Terminating");
}

function tagOf({ text, modified }: Seen): string {
  return `"${createHash("sha256").update(`${modified.getTime()} ${text}`).digest("hex").slice(0, 32)}"`;
}
