import { activityPage, alarmPage, bootLogPage, instancePage } from "../aws/console";
import { errorClause } from "../aws/error";
import { duration } from "../duration";
import { origin } from "../formatters/formatter";
import { aside, line, whole } from "../line";
import type { Item, Report, Severity } from "../report";
import { buttons, facts, footnote, paragraph } from "../slack/message";
import { enumerate } from "../values";
import type { Activity } from "./activity";
import type { Capacity } from "./cause";
import { remedyFor } from "./remedies";

/** More instances than this are counted in the story and listed below it. */
const NAMED_IN_STORY = 4;

/** Tells an activity: what happened, why, to whom; an error first of all. */
export function activityReport(activity: Activity): Report {
  const { cause, place, group, direction, error = "" } = activity;
  const key = ["scale", place.account, place.region, group, direction, error, cause.origin].join("|");
  const items: Item[] = [{ id: activity.instance ?? activity.id, text: subject(activity) }];
  return { ...tell(activity, items), episode: { key, items, together: true, tell: (all) => tell(activity, all) } };
}

/** @param items the instances of the whole scale event; `activity` is the one that is told now */
function tell(activity: Activity, items: readonly Item[]): Report {
  const { error, group, instance, zone, seconds, cause, causeText, place, alarm, runs, before } = activity;
  const capacity = capacityOf(activity);
  const one = items.length === 1;
  const remedy = error && remedyFor(error);
  return {
    severity: severity(activity),
    story: error === undefined ? successStory(activity, items) : errorStory(activity, error, items.length, remedy),
    needsPerson: error !== undefined,
    blocks: [
      paragraph(error),
      paragraph(remedy && `What usually fixes it: ${remedy}.`),
      facts({
        Group: group,
        Capacity: capacity && `${capacity.before} → ${capacity.after}`,
        Instance: one ? instance : undefined,
        Zone: one ? zone : undefined,
        Instances: one ? undefined : items.map(({ text }) => text).join(", "),
        Runs: runs,
        Took: seconds === undefined ? undefined : duration(seconds),
        Reason: cause.reason,
        Before: before,
      }),
      footnote(causeText),
      buttons({
        Instance: instancePage(place, one ? instance : undefined),
        Activity: activityPage(place, group),
        Alarm: alarmPage(place, alarm),
        "Boot log": bootLogPage(place, one ? instance : undefined),
      }),
      footnote(origin(place)),
    ],
  };
}

function severity({ error, cause, direction }: Activity): Severity {
  if (error !== undefined) return "danger";
  if (cause.kind === "health") return "warning";
  return direction === "out" ? "good" : "info";
}

/** A Cause may tell of an earlier change the other way; its numbers are then not this activity's. */
function capacityOf({ cause: { capacity, kind }, direction }: Activity): Capacity | undefined {
  if (capacity === undefined || capacity.before === capacity.after) return undefined;
  return capacity.after > capacity.before === (direction === "out") || kind === "standby" ? capacity : undefined;
}

/** The short forms: what kind of change it was decides what comes first. */
function successStory(activity: Activity, items: readonly Item[]): string {
  const { group, cause, direction, seconds, runs, from, to, before } = activity;
  const who = items.length > NAMED_IN_STORY ? `${items.length} instances` : enumerate(items.map(({ text }) => text));
  const capacity = capacityOf(activity);
  const numbers = capacity && ` from ${capacity.before} to ${capacity.after}`;
  const extra = [seconds === undefined ? undefined : duration(seconds), runs].filter(Boolean).join(", ");
  const details = extra === "" ? "" : ` (${extra})`;
  const did = `${direction === "out" ? "launched" : "terminated"} ${who}${details}`;
  const because = cause.reason === undefined ? "" : `: ${[cause.reason, before].filter(Boolean).join("; ")}`;
  if (from === "WarmPool" || to === "WarmPool") return line`${group} ${poolMove(from, to, who)}${details}${because}.`;
  switch (cause.kind) {
    case "health": {
      const after = seconds === undefined ? "" : ` after ${duration(seconds)}`;
      return line`${group} is replacing ${who}${because} (${did.split(" ", 1)[0]}${after}).`;
    }
    case "replacement":
      return line`${group} ${did}${because}.`;
    case "refresh":
      return line`Instance refresh of ${group} ${did}.`;
    case "rebalance":
      return line`${group} rebalanced its zones${numbers && `,${numbers}`}: ${did}.`;
    case "attach":
    case "standby":
      return line`${group}${numbers && ` went${numbers}`}: ${who} ${cause.reason?.replace(/^it /, "")}.`;
    default:
      if (numbers) return line`${group} scaled ${direction}${numbers}${because}; ${did}.`;
      return line`${group} ${did}${because}.`;
  }
}

/** @returns what happens to an instance on its way into, through or out of a warm pool */
export function poolMove(from: string | undefined, to: string | undefined, who: string): string {
  if (to !== "WarmPool")
    return to === "EC2" ? `removes ${who} from its warm pool` : `takes ${who} out of its warm pool`;
  return from === "EC2" ? `prepares ${who} for its warm pool` : `returns ${who} to its warm pool`;
}

function errorStory(activity: Activity, error: string, count: number, remedy: string | undefined): string {
  const { group, instance, direction, cause } = activity;
  const [noun, nouns] = direction === "out" ? ["Launch", "launches"] : ["Termination", "terminations"];
  const what = count > 1 ? `${count} ${nouns}` : instance === undefined ? noun : `${noun} of ${instance}`;
  const capacity = capacityOf(activity);
  const fix = remedy && ` What usually fixes it: ${remedy}.`;
  const change = capacity && ` It was scaling ${direction} from ${capacity.before} to ${capacity.after}.`;
  const reason = cause.reason && ` What led to it: ${cause.reason}.`;
  return line`${what} failed in ${group}: ${errorClause(error)}.${whole(fix)}${aside(change)}${aside(reason)}`;
}

function subject({ instance = "an instance", zone }: Activity): string {
  return zone === undefined ? instance : `${instance} in ${zone}`;
}
