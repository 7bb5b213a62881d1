import { asObject, type Fields, fieldsOf, listOf, textOf } from "../fleet/loose";
import { timestamp } from "../time";
import type { History, RolloutEvent, Wanted } from "./event";

/** Who held a slot for a version, from when to when. A slot that is renewed is a new version of its object, and says nothing new. */
export function slotEvents({ key, versions }: History, { group, name, version }: Wanted): RolloutEvent[] {
  const slot = /slots\/(\d+)\.json$/.exec(key)?.[1] ?? "0";
  const events: RolloutEvent[] = [];
  let held: { readonly instance: string; readonly since: string; readonly at: Date } | undefined;
  for (const { at, text } of versions) {
    const body = fieldsOf(text);
    const mine = turnIncludes(body, name, version);
    const [instance, since] = [mine ? textOf(body.holder) : "", textOf(body.since)];
    if (held?.instance === instance && held.since === since) continue;
    const say = (what: "takes slot" | "leaves slot", who: string, seconds: number | null) =>
      events.push({ group, at: timestamp(at), what, instance: who, seconds, detail: `slot ${slot}` });
    if (held !== undefined) say("leaves slot", held.instance, secondsBetween(held.at, at));
    held = instance === "" ? undefined : { instance, since, at };
    if (held !== undefined) say("takes slot", instance, null);
  }
  return events;
}

/** Whether a slot is held for a version, or a host waits with it: by itself, or with what comes in the same turn. */
export function turnIncludes(turn: Fields, name: string, version: string): boolean {
  return (turn.package === name && turn.version === version) || listOf(turn.set).includes(`${name} ${version}`);
}

/** What one host reported of its way to a version: that it waited, how long it was out, that it serves with it or went back. */
export function hostEvents({ versions }: History, { group, name, version }: Wanted): RolloutEvent[] {
  const events: RolloutEvent[] = [];
  let out: Date | undefined;
  let [waited, serves, told] = ["", false, ""];
  for (const { at, text } of versions) {
    const body = fieldsOf(text);
    const instance = textOf(body.instance);
    const say = (what: RolloutEvent["what"], seconds: number | null, detail: string) =>
      events.push({ group, at: timestamp(at), what, instance, seconds, detail });
    const waiting = asObject(body.waiting) ?? {};
    const mine = turnIncludes(waiting, name, version);
    const since = mine ? textOf(waiting.since) : "";
    if (since !== "" && since !== waited) say("waits", null, textOf(waiting.reason));
    waited = since;
    if (body.state === "upgrading") out ??= at;
    const error = textOf(body.error);
    const has = asObject(body.packages)?.[name] === version;
    const seconds = out === undefined ? null : secondsBetween(out, at);
    if (body.state === "serving" && has && !serves) say("serves", seconds, out === undefined ? "booted with it" : "");
    if (error !== told && names(ROLLED_BACK, error, `${name} ${version}`)) say("went back", seconds, reasonOf(error));
    if (error !== told && names(PUT_OFF, error, `${name} to ${version}`)) say("went back", seconds, error);
    // The report of a host that is stuck does not say with what: it is this one's where its packages or its error name it.
    if (body.state === "failed" && error !== told && (has || error.includes(version))) say("stuck", seconds, error);
    if (body.state === "serving") [out, serves] = [undefined, has];
    told = error;
  }
  return events;
}

/** What a host reports that went back: of several packages in one turn, each with "and" between. */
const ROLLED_BACK = /^(.+?) (?:was|were) rolled back/;
const PUT_OFF = /^the upgrades? of (.+?) (?:was|were) put off/;

function names(report: RegExp, error: string, one: string): boolean {
  return (report.exec(error)?.[1] ?? "").split(" and ").includes(one);
}

function reasonOf(error: string): string {
  return error.slice(error.indexOf(": ") + 2);
}

function secondsBetween(from: Date, to: Date): number {
  return Math.round((to.getTime() - from.getTime()) / 1000);
}
