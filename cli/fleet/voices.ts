import { asObject, fieldsOf, listOf } from "./loose";
import type { Snapshot } from "./snapshot";
import { voicesOf } from "./voice-keys";

/** What a group's hosts say of a version, each under its own name (docs/rollout.md, "Voices"). */
export interface Voices {
  /** How many serve with it, and how many failed at it and have not served with it since. */
  readonly ok: number;
  readonly bad: number;
  /** Whether as many hosts as each of those that failed says its group needs did so within a week. */
  readonly agreed: boolean;
}

const KEY =
  /^rollout\/([^/]+)\/voices\/([^/]+)\/([^/]+)\/(ok|bad\/(\d{1,6}))\/arn:[a-z-]+:ec2:[a-z0-9-]+:\d+:instance\/(i-[0-9a-z]+)\.json$/;
const WEEK = 604_800_000;
/** Two hosts that serve with a version are believed against one. */
export const VOUCHES = 2;
const SHARE = 0.05;

/** Counts what hosts say of a version; what is not of exactly the one form is nobody's voice. */
export function countVoices(objects: Snapshot, group: string, name: string, version: string): Voices {
  const prefix = voicesOf(group, name, version);
  const [ok, bad] = [new Map<string, number>(), new Map<string, { readonly at: number; readonly size: number }>()];
  for (const [key, { modified }] of objects) {
    const [, , , , word = "", size, instance = ""] = key.startsWith(prefix) ? (KEY.exec(key) ?? []) : [];
    const at = modified.getTime();
    if (word === "ok") ok.set(instance, at);
    else if (word !== "" && at >= (bad.get(instance)?.at ?? 0)) bad.set(instance, { at, size: Number(size) });
  }
  const against = [...bad].filter(([instance, { at }]) => at >= (ok.get(instance) ?? 0)).map(([, one]) => one);
  return { ok: ok.size, bad: against.length, agreed: against.some(({ at }) => agree(against, at)) };
}

/** Whether hosts go by what is said against a version, in its verdict or by a recall: as `word` in core.jq has it. */
export function isBelieved(objects: Snapshot, group: string, name: string, version: string): boolean {
  const orders = fieldsOf(objects.get(`rollout/${group}/orders.json`)?.text);
  const named = listOf(fieldsOf(objects.get(`rollout/${group}/policy.json`)?.text).alarms);
  const alarmed = Object.keys(asObject(orders.alarms) ?? {}).some((alarm) => named.includes(alarm));
  const ordered = asObject(asObject(orders.recalled)?.[name])?.[version] !== undefined;
  const { ok, bad, agreed } = countVoices(objects, group, name, version);
  return ordered || ok < VOUCHES || agreed || (alarmed && bad > 0);
}

/** Whether those that failed within a week from a moment on are as many as each of them says it takes. */
function agree(against: readonly { readonly at: number; readonly size: number }[], from: number): boolean {
  const sizes = against.filter(({ at }) => at >= from && at <= from + WEEK).map(({ size }) => size);
  return sizes
    .sort((one, other) => one - other)
    .some((size, i) => i > 0 && Math.max(VOUCHES, Math.ceil(size * SHARE)) <= i + 1);
}
