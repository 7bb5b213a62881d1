import { timestamp } from "../time";
import type { History, RolloutEvent, Wanted } from "./event";
import { hostEvents, slotEvents } from "./hosts";
import { controlEvents, trialEvents, verdictEvents } from "./said";
import { doubted, voiceEvents } from "./voices";

/** Within so long a command has written both objects. */
const BOTH_WRITTEN_MILLISECONDS = 60_000;

/** What is known of a version's way through one group. */
export interface GroupStory {
  readonly group: string;
  /** When it was published; null where that is not known any more. */
  readonly published: string | null;
  /** In the order of time, with the seconds since its publication, or since what is known first. */
  readonly events: readonly (RolloutEvent & { readonly after: number })[];
  /** What is not known any more. */
  readonly unknown: readonly string[];
}

/**
 * Tells it from the versions of the group's objects.
 * @param published when and by whom, if that is known
 * @param cut whether there were more versions than were read
 */
export function tellStory(
  wanted: Wanted,
  published: { readonly at: string; readonly by: string } | undefined,
  histories: readonly History[],
  cut: boolean,
): GroupStory {
  const root = `rollout/${wanted.group}/`;
  const of = (prefix: string) => histories.filter(({ key }) => key.startsWith(prefix));
  const release = `${wanted.name}/${wanted.version}.json`;
  const hosts = of(`hosts/${wanted.group}/`).flatMap((history) => hostEvents(history, wanted));
  const slots = [...of(`${root}lease.json`), ...of(`${root}slots/`)].flatMap((history) => slotEvents(history, wanted));
  const marks = of(`${root}trials/${release}`).flatMap((history) => trialEvents(history, wanted));
  const verdicts = of(`${root}verdicts/${release}`).flatMap((history) => verdictEvents(history, wanted));
  const voices = voiceEvents(histories, wanted);
  const own = [...slots, ...hosts, ...marks, ...verdicts, ...voices];
  const first = own.map(({ at }) => at).sort()[0];
  const begin = published?.at ?? first;
  const saidIn = (name: string) =>
    of(`${root}${name}.json`).flatMap((history) =>
      begin === undefined ? [] : controlEvents(history, wanted, new Date(begin)),
    );
  const orders = saidIn("orders");
  // What people say is written to both, one after the other.
  const said = [...orders, ...saidIn("control").filter((event) => !orders.some((other) => isSame(event, other)))];
  const start: RolloutEvent[] = published
    ? [
        {
          group: wanted.group,
          at: published.at,
          what: "published",
          instance: "",
          seconds: null,
          detail: `by ${published.by}`,
        },
      ]
    : [];
  // Sorting keeps the order of what is of the same second: a slot is taken before the host says anything, and left after.
  const order = ({ what }: RolloutEvent) => (what === "published" ? 0 : what === "leaves slot" ? 2 : 1);
  const found = (events: readonly RolloutEvent[]) => doubted(events, histories, wanted);
  const events = [...start, ...found(said), ...slots, ...marks, ...hosts, ...voices, ...found(verdicts)].sort(
    (a, b) => a.at.localeCompare(b.at) || order(a) - order(b),
  );
  const zero = Date.parse(begin ?? timestamp());
  return {
    group: wanted.group,
    published: published?.at ?? null,
    events: events.map((event) => ({ ...event, after: Math.round((Date.parse(event.at) - zero) / 1000) })),
    unknown: [
      ...(published ? [] : ["when it was published"]),
      ...(verdicts.length > 0 && marks.length === 0 ? ["who tried it first, or nobody left a mark"] : []),
      ...(own.length > 0 && slots.length === 0 ? ["who held which slot for it"] : []),
      ...(hosts.length === 0 ? ["which hosts took it, and how long they were out"] : []),
      ...(cut ? ["what came later: there are more versions of its objects than are read"] : []),
    ],
  };
}

function isSame(one: RolloutEvent, other: RolloutEvent): boolean {
  const apart = Math.abs(Date.parse(one.at) - Date.parse(other.at));
  return one.what === other.what && one.detail === other.detail && apart <= BOTH_WRITTEN_MILLISECONDS;
}
