import { asObject, type Fields, fieldsOf, listOf, textOf } from "../fleet/loose";
import { timestamp } from "../time";
import type { History, RolloutEvent, Wanted } from "./event";

type What = RolloutEvent["what"];

/** What people, alarms and hosts that agree said of a group in its control object: from `begin` on, each once. */
export function controlEvents({ versions }: History, wanted: Wanted, begin: Date): RolloutEvent[] {
  const events: RolloutEvent[] = [];
  let before: Fields = {};
  for (const { at, text } of versions) {
    const now = fieldsOf(text);
    // What holds already when it begins is part of the story.
    const moment = timestamp(at < begin ? begin : at);
    const say = (what: What, said: unknown, name = "") =>
      events.push({ group: wanted.group, at: moment, what, instance: "", seconds: null, detail: because(said, name) });
    compare(
      asObject(before.hold),
      asObject(now.hold),
      () => say("held", now.hold),
      () => say("resumed", undefined),
    );
    const [were, are] = [asObject(before.alarms) ?? {}, asObject(now.alarms) ?? {}];
    for (const name of new Set([...Object.keys(were), ...Object.keys(are)]))
      compare(
        were[name],
        are[name],
        () => say("alarm", are[name], name),
        () => say("alarm over", undefined, name),
      );
    const [went, gone] = [before, now].map(
      ({ recalled }) => asObject(asObject(recalled)?.[wanted.name])?.[wanted.version],
    );
    compare(
      went,
      gone,
      () => say("recalled", gone),
      () => say("retried", undefined),
    );
    before = now;
  }
  return settled(events, timestamp(begin));
}

/** What began and ended before the story does not belong to it: of what holds at its beginning, the last word. */
function settled(events: readonly RolloutEvent[], begin: string): RolloutEvent[] {
  const open = new Map<string, RolloutEvent>();
  for (const event of events.filter(({ at }) => at === begin)) {
    const kind = event.what.startsWith("alarm") ? `alarm ${event.detail.split(":", 1)[0]}` : event.what;
    const subject = kind === "resumed" ? "held" : kind === "retried" ? "recalled" : kind;
    if (["resumed", "retried", "alarm over"].includes(event.what)) open.delete(subject);
    else open.set(subject, event);
  }
  return [...open.values(), ...events.filter(({ at }) => at !== begin)];
}

/** The marks of those that tried it first, who vanished with it and who failed at it. */
export function trialEvents({ versions }: History, { group }: Wanted): RolloutEvent[] {
  const events: RolloutEvent[] = [];
  let before: Fields = {};
  for (const { at, text } of versions) {
    const now = fieldsOf(text);
    const say = (what: What, instance: string, detail = "") =>
      events.push({ group, at: timestamp(at), what, instance, seconds: null, detail });
    const canary = textOf(now.canary);
    if (canary !== "" && (canary !== textOf(before.canary) || now.nonce !== before.nonce))
      say("marked", canary, "tries it first");
    const [vanished, failed] = [listOf(before.vanished), asObject(before.failed) ?? {}];
    for (const one of listOf(now.vanished))
      if (!vanished.includes(one)) say("vanished", one, "took it and did not come back");
    for (const [one, reason] of Object.entries(asObject(now.failed) ?? {}))
      if (failed[one] === undefined) say("failed", one, textOf(reason));
    for (const one of listOf(now.apart))
      if (!listOf(before.apart).includes(one))
        say("failed", one, "together with what came with it: each is tried alone");
    const boots = (fields: Fields) => asObject(asObject(fields.boots)?.failed) ?? {};
    for (const [one, reason] of Object.entries(boots(now)))
      if (boots(before)[one] === undefined) say("failed", one, `at its boot: ${textOf(reason)}`);
    before = now;
  }
  return events;
}

/** What was found about it, each time anew. */
export function verdictEvents({ versions }: History, { group }: Wanted): RolloutEvent[] {
  return versions.flatMap(({ at, text }): RolloutEvent[] => {
    const { verdict, instance, reason } = fieldsOf(text);
    if (verdict !== "ok" && verdict !== "bad") return [];
    return [
      { group, at: timestamp(at), what: verdict, instance: textOf(instance), seconds: null, detail: textOf(reason) },
    ];
  });
}

function compare(before: unknown, now: unknown, begins: () => void, ends: () => void): void {
  if (before === undefined && now !== undefined) begins();
  if (before !== undefined && now === undefined) ends();
}

function because(said: unknown, name: string): string {
  const { reason, by } = asObject(said) ?? {};
  const who = textOf(by) === "" ? "" : ` (${textOf(by)})`;
  return [name, `${textOf(reason)}${who}`.trim()].filter(Boolean).join(": ");
}
