import { timestamp } from "../timestamp";
import { asFields, asMoment, type Fields, parseJson } from "../values";
import type { AlarmState } from "./change";

/** Each poll of a host may fetch it: an alarm's reason is cut to as many characters. */
const LONGEST_REASON = 300;

/** An entry that claims to be from so much later than now is nobody's newer knowledge, in milliseconds. */
const CLOCKS_APART = 60_000;

/**
 * The content of a group's control object once `alarms` says which of its alarms are in ALARM. Nothing else of it changes.
 *
 * Only ALARM is one: an alarm that has no data says nothing against a release, and one that never has any again must not hold its
 * group for good. Whoever wants missing data to count tells the alarm so (`treatMissingData: breaching`).
 *
 * @param text what is there; undefined where there is no object
 * @param named all alarms of the group: what else stands there is a former one's
 * @param states what is known of some of them
 * @param gone those of them that do not exist
 * @returns the new content, or undefined where it stays as it is
 * @throws Error where what is there is no control object
 */
export function controlWith(
  text: string | undefined,
  named: readonly string[],
  states: readonly AlarmState[],
  gone: readonly string[],
  now: number,
): string | undefined {
  const control = asFields(text === undefined ? {} : parseJson(text));
  if (control === undefined) throw new Error("it is not what hosts or the towline command write: correct or delete it");
  const before = new Map(Object.entries(asFields(control.alarms) ?? {}));
  const after = new Map([...before].filter(([name]) => named.includes(name) && !gone.includes(name)));
  for (const state of states) {
    if (state.state !== "ALARM") {
      if (!isNewer(after.get(state.name), state.at, now)) after.delete(state.name);
    } else if (!after.has(state.name)) {
      after.set(state.name, { reason: shortened(state.reason), at: timestamp(state.at) });
    }
  }
  if (after.size === before.size && [...after.keys()].every((name) => before.has(name))) return undefined;
  const { alarms: _, ...others } = control;
  return JSON.stringify(after.size === 0 ? others : { ...others, alarms: Object.fromEntries(after) });
}

/** Events come late, and in any order: whoever wrote an entry may have known of a later change than this one. */
function isNewer(entry: unknown, at: number, now: number): boolean {
  const since = asMoment((asFields(entry) as Fields | undefined)?.at);
  return since !== undefined && since > at && since <= now + CLOCKS_APART;
}

function shortened(reason: string): string {
  const line = reason.replace(/[\s\p{Cc}]+/gu, " ").trim();
  return line.length <= LONGEST_REASON ? line : `${line.slice(0, LONGEST_REASON - 1)}…`;
}
