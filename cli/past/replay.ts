import { isGroupObject } from "../fleet/group-status";
import { reportKeys } from "../fleet/host";
import { type StackStatus, stackStatus } from "../fleet/look";
import type { Seen } from "../fleet/snapshot";
import { changedLines, statusLines } from "../fleet/status-lines";
import { isVoice } from "../fleet/voice-keys";
import type { Stack } from "../project";
import type { Versions } from "../repository/versions";
import { lastBefore, readTexts } from "../rollout/read";
import { timestamp } from "../time";
import { pastFleet } from "./past-fleet";

/** What was another than before, at one moment. */
export interface Moment {
  readonly at: string;
  readonly lines: readonly string[];
}

/** What went on in groups of a stack, as `towline status --watch` writes it. */
export interface Replay {
  readonly from: string;
  readonly until: string;
  /** How all was when it began. */
  readonly begin: readonly string[];
  readonly moments: readonly Moment[];
  /** Whether there were more versions of objects than are read, so that the end is missing. */
  readonly cut: boolean;
}

/** Most versions of objects that are read: renewed slots and reports are many. */
const MOST_VERSIONS = 20_000;
/** A watch looks every 10 seconds; of a long time, a thousand looks are enough beside those at which something was written. */
const LOOK_SECONDS = 10;
const MOST_LOOKS = 1000;

/** Looks at groups again as they were, at each second at which something was written and every ten seconds. */
export async function replay(
  stack: Pick<Stack, "config" | "name">,
  versions: Versions,
  groups: readonly string[],
  from: Date,
  until: Date,
): Promise<Replay> {
  const prefixes = groups.flatMap((group) => [`rollout/${group}/`, `hosts/${group}/`]);
  const listed = (await Promise.all(prefixes.map((prefix) => versions.below(prefix)))).flat();
  const wanted = listed.filter(({ key }) => isGroupObject(key) || isVoice(key) || reportKeys([key]).length > 0);
  const [first, last] = [from, until].map(secondOf) as [number, number];
  const matters = [...Map.groupBy(wanted, ({ key }) => key).values()].flatMap((all) =>
    lastBefore(all, new Date(first * 1000)),
  );
  const inTime = matters.filter(({ at }) => secondOf(at) <= last).sort((a, b) => secondOf(a.at) - secondOf(b.at));
  const read = inTime.slice(0, MOST_VERSIONS);
  const writes = Map.groupBy(await readTexts(versions, read), ({ at }) => Math.max(first, secondOf(at)));
  const objects = new Map<string, Seen>();
  const chosen = { ...stack, config: { ...stack.config, groups: pick(stack.config.groups, groups) } };
  const step = Math.max(LOOK_SECONDS, Math.ceil((last - first) / MOST_LOOKS));
  const moments: Moment[] = [];
  let before: StackStatus | undefined;
  let begin: readonly string[] = [];
  for (let second = first; second <= last; second++) {
    const written = writes.get(second) ?? [];
    for (const { key, at, text } of written) {
      if (text === undefined) objects.delete(key);
      else objects.set(key, { text, modified: at });
    }
    if (before !== undefined && written.length === 0 && (second - first) % step !== 0) continue;
    const at = new Date(second * 1000);
    const status = stackStatus(chosen, pastFleet(groups, objects, at), objects, at, () => undefined);
    const lines = before === undefined ? [] : changedLines(before, status);
    if (before === undefined) begin = statusLines(stack.name, status, false, at);
    if (lines.length > 0) moments.push({ at: timestamp(at), lines });
    before = status;
  }
  return { from: timestamp(from), until: timestamp(until), begin, moments, cut: inTime.length > read.length };
}

/** For people: how it was, and then a line for each change. */
export function replayLines({ from, until, begin, moments, cut }: Replay): string[] {
  return [
    `as it was at ${from}:`,
    ...begin,
    "",
    ...moments.flatMap(({ at, lines }) => lines.map((line) => `${at} ${line}`)),
    ...(cut ? [`There are more versions of objects than are read: what came later, up to ${until}, is missing.`] : []),
  ];
}

function secondOf(moment: Date): number {
  return Math.floor(moment.getTime() / 1000);
}

function pick<T>(all: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}
