import { asObject, fieldsOf } from "../fleet/loose";
import type { Snapshot } from "../fleet/snapshot";
import { voicesOf } from "../fleet/voice-keys";
import { countVoices, VOUCHES } from "../fleet/voices";
import { timestamp } from "../time";
import type { History, RolloutEvent, Wanted } from "./event";

/** Who failed at what was found good, each under its own name, and how many said what by then. Who serves with it is told by hosts' reports. */
export function voiceEvents(histories: readonly History[], wanted: Wanted): RolloutEvent[] {
  const prefix = `${voicesOf(wanted.group, wanted.name, wanted.version)}bad/`;
  return histories.flatMap(({ key, versions }) => {
    const instance = /\/(i-[0-9a-z]+)\.json$/.exec(key)?.[1];
    if (!key.startsWith(prefix) || instance === undefined) return [];
    return versions.flatMap(({ at, text }): RolloutEvent[] => {
      if (text === undefined) return [];
      const { bad, ok } = countVoices(until(histories, at), wanted.group, wanted.name, wanted.version);
      const detail = `${bad} ${bad === 1 ? "host says" : "hosts say"} bad, ${ok} ok`;
      return [{ group: wanted.group, at: timestamp(at), what: "says bad", instance, seconds: null, detail }];
    });
  });
}

/** Of what was found bad, what the others did not believe. */
export function doubted(
  events: readonly RolloutEvent[],
  histories: readonly History[],
  wanted: Wanted,
): RolloutEvent[] {
  const { group, name, version } = wanted;
  return events.map((event) => {
    if (event.what !== "bad" && event.what !== "recalled") return event;
    // S3 tells times in whole seconds.
    const objects = until(histories, new Date(Date.parse(event.at) + 999));
    const { ok, bad, agreed } = countVoices(objects, group, name, version);
    const orders = fieldsOf(objects.get(`rollout/${group}/orders.json`)?.text);
    const ordered = asObject(asObject(orders.recalled)?.[name])?.[version] !== undefined;
    const alarmed = bad > 0 && Object.keys(asObject(orders.alarms) ?? {}).length > 0;
    if (ok < VOUCHES || agreed || ordered || alarmed) return event;
    return { ...event, detail: `not believed, as ${bad} of its hosts say bad and ${ok} ok: ${event.detail}` };
  });
}

/** What was there at a moment. */
function until(histories: readonly History[], moment: Date): Snapshot {
  return new Map(
    histories.flatMap(({ key, versions }) => {
      const last = versions.filter(({ at }) => at <= moment).at(-1);
      return last?.text === undefined ? [] : [[key, { text: last.text, modified: last.at }] as const];
    }),
  );
}
