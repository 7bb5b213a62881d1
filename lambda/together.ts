import { mergeItems, type Report } from "./report";

/** Something that is told on its own, or together with others of its scale event. */
export interface Tellable {
  readonly report: Report;
}

/** Groups what arrived together by scale event, in the order of arrival; anything else stays alone. */
export function together<T extends Tellable>(entries: readonly T[]): T[][] {
  const groups = new Map<unknown, T[]>();
  for (const entry of entries) {
    const { episode } = entry.report;
    const key = episode?.together ? episode.key : entry;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()];
}

/** Tells several reports of one scale event as one, in the words of the last. */
export function tellTogether(reports: readonly Report[]): Report | undefined {
  const last = reports.at(-1);
  if (last?.episode === undefined || reports.length < 2) return last;
  const items = mergeItems(reports.flatMap(({ episode }) => episode?.items ?? []));
  return { ...last.episode.tell(items), episode: { ...last.episode, items } };
}
