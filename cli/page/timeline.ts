import { asObject, fieldsOf, textOf } from "../fleet/loose";
import type { Snapshot } from "../fleet/snapshot";
import type { Release } from "../repository/release";
import type { History } from "../rollout/event";
import { controlEvents } from "../rollout/said";
import { timestamp } from "../time";
import type { EventKind, TimelineEvent } from "./model";

/** Something that Auto Scaling did, as it says it. */
export interface Activity {
  readonly group: string;
  readonly at: Date;
  readonly description: string;
  readonly cause: string;
  /** '' where it went well. */
  readonly failure: string;
}

/** A change of an app's settings: who may look at a page may not read them. */
export interface SettingsChange {
  readonly package: string;
  readonly at: Date;
}

/** What a timeline is made of. */
export interface Past {
  readonly objects: Snapshot;
  readonly records: readonly Release[];
  readonly activities: readonly Activity[];
  readonly settings: readonly SettingsChange[];
  /** Versions of the groups' control objects, by group. */
  readonly control: ReadonlyMap<string, History>;
}

/** Events that a page shows: older ones are for the commands. */
const MOST = 200;

/** What happened in a stack, the newest first. */
export function timelineOf({ objects, records, activities, settings, control }: Past): TimelineEvent[] {
  const events = [
    ...records.flatMap(releaseEvents),
    ...verdictEvents(objects),
    ...activities.map(activityEvent),
    ...settings.map(({ package: name, at }) => event(timestamp(at), "settings", "", `settings of ${name} changed`, "")),
    ...[...control].flatMap(([group, history]) => saidEvents(group, history)),
    ...recallEvents(objects),
  ];
  return events.sort((a, b) => b.at.localeCompare(a.at) || a.text.localeCompare(b.text)).slice(0, MOST);
}

function event(at: string, kind: EventKind, group: string, text: string, reason: string): TimelineEvent {
  return { at, kind, group, text, reason };
}

function releaseEvents({ package: name, version, channel, ...release }: Release): TimelineEvent[] {
  const what = `${name} ${version}${channel === null ? "" : ` (channel ${channel})`}`;
  const { published, promotedFrom, withdrawn, relisted, forced } = release;
  const way = promotedFrom === null ? "published" : `promoted from ${promotedFrom.stack}`;
  const by = (deed: { by: string; reason?: string }) => [deed.reason, `by ${deed.by}`].filter(Boolean).join(", ");
  return [
    ...(published
      ? [event(published.at, "release", "", `${what} ${way}`, [forced ?? "", by(published)].filter(Boolean).join(", "))]
      : []),
    ...(withdrawn ? [event(withdrawn.at, "withdrawal", "", `${what} withdrawn`, by(withdrawn))] : []),
    ...(relisted ? [event(relisted.at, "release", "", `${what} listed again`, by(relisted))] : []),
  ];
}

function verdictEvents(objects: Snapshot): TimelineEvent[] {
  return [...objects].flatMap(([key, { text }]) => {
    const [, group = "", name, version] = /^rollout\/([^/]+)\/verdicts\/([^/]+)\/([^/]+)\.json$/.exec(key) ?? [];
    const { verdict, reason, at, instance } = fieldsOf(text);
    if (name === undefined || (verdict !== "ok" && verdict !== "bad")) return [];
    const who = textOf(instance);
    return [
      event(
        textOf(at),
        "verdict",
        group,
        `${name} ${version} is ${verdict}`,
        textOf(reason) || (who && `found by ${who}`),
      ),
    ];
  });
}

function recallEvents(objects: Snapshot): TimelineEvent[] {
  return [...objects].flatMap(([key, { text }]) => {
    const [, group] = /^rollout\/([^/]+)\/control\.json$/.exec(key) ?? [];
    const recalled = group === undefined ? {} : (asObject(fieldsOf(text).recalled) ?? {});
    return Object.entries(recalled).flatMap(([name, versions]) =>
      Object.entries(asObject(versions) ?? {}).map(([version, said]) => {
        const { reason, by, at } = asObject(said) ?? {};
        const why = [textOf(reason), textOf(by) && `by ${textOf(by)}`].filter(Boolean).join(", ");
        return event(textOf(at), "recall", group ?? "", `${name} ${version} recalled`, why);
      }),
    );
  });
}

/** Auto Scaling replaces hosts for reasons that are not those of its size. */
const REPLACES = /health ?check|unhealthy|instance refresh|taken out of service|rebalance|interruption/i;

function activityEvent({ group, at, description, cause, failure }: Activity): TimelineEvent {
  const kind = REPLACES.test(cause) ? "replacement" : "scale";
  return event(timestamp(at), kind, group, failure === "" ? description : `failed: ${description}`, failure || cause);
}

/** Holds and alarms, as the old versions of the control object tell them. */
function saidEvents(group: string, history: History): TimelineEvent[] {
  return controlEvents(history, { group, name: "", version: "" }, new Date(0)).flatMap(({ at, what, detail }) => {
    const [name = "", ...rest] = detail.split(": ");
    if (what === "held") return [event(at, "hold", group, "held", detail)];
    if (what === "resumed") return [event(at, "hold", group, "resumed", detail)];
    if (what === "alarm") return [event(at, "alarm", group, `alarm ${name} is on`, rest.join(": "))];
    if (what === "alarm over") return [event(at, "alarm", group, `alarm ${name} is over`, "")];
    return [];
  });
}
