import type { StatusRow } from "../fleet/status";
import { timestamp } from "../time";
import type { GoneHost } from "./model";

/** For how long a host that has gone is shown. */
const SHOWN_MILLISECONDS = 15 * 60_000;

/** Hosts that are not there any more: those of the looks before, and those that were there at the last one. */
export function missed(
  before: readonly GoneHost[],
  last: readonly StatusRow[],
  rows: readonly StatusRow[],
  now: Date,
): GoneHost[] {
  const there = new Set(rows.map(({ group, instance }) => `${group}/${instance}`));
  const lost = (one: { group: string; instance: string }) => !there.has(`${one.group}/${one.instance}`);
  const fresh = last
    .filter(lost)
    .map(({ group, instance, packages }) => ({ group, instance, at: timestamp(now), packages }));
  const kept = before.filter((one) => lost(one) && now.getTime() - Date.parse(one.at) < SHOWN_MILLISECONDS);
  return [...fresh, ...kept];
}
