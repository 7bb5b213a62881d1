import { duration } from "../duration";
import {
  type Block,
  facts,
  footnote,
  paragraph,
  type Severity,
  type SlackMessage,
  slackMessage,
} from "../slack/message";
import type { Activity } from "./activity";
import type { Capacity } from "./cause";

/** How launches and terminations differ in words. */
export interface Wording {
  /** A group scales `out` by launching and `in` by terminating. */
  readonly direction: "out" | "in";
  readonly noun: "Launch" | "Termination";
  readonly verb: "launched" | "terminated";
}

/**
 * Tells an activity: what happened, why, to whom; an error first of all.
 *
 * @param severity of the activity when it succeeded; a failed one is always `danger`
 */
export function activityMessage(activity: Activity, wording: Wording, severity: Severity): SlackMessage {
  const capacity = capacityOf(activity, wording);
  const story =
    activity.error === undefined
      ? successStory(activity, wording, capacity)
      : errorStory(activity, activity.error, wording, capacity);
  return slackMessage(activity.error === undefined ? severity : "danger", story, blocks(activity, capacity));
}

/** A Cause may tell of an earlier change the other way; its numbers are then not this activity's. */
function capacityOf({ cause: { capacity } }: Activity, { direction }: Wording): Capacity | undefined {
  if (capacity === undefined || capacity.before === capacity.after) return undefined;
  return capacity.after > capacity.before === (direction === "out") ? capacity : undefined;
}

function successStory(activity: Activity, { direction, verb }: Wording, capacity: Capacity | undefined): string {
  const { group, instance = "an instance", zone, seconds } = activity;
  const where = zone === undefined ? "" : ` in ${zone}`;
  const howLong = seconds === undefined ? "" : ` (${duration(seconds)})`;
  const did = `${verb} ${instance}${where}${howLong}`;
  if (capacity === undefined) return `${group} ${did}${because(activity)}.`;
  return `${group} scaled ${direction} ${step(capacity)}${because(activity)}; ${did}.`;
}

function errorStory(
  activity: Activity,
  error: string,
  { direction, noun }: Wording,
  capacity: Capacity | undefined,
): string {
  const { group, instance } = activity;
  const what = instance === undefined ? noun : `${noun} of ${instance}`;
  const failure = `${what} failed in ${group}: ${error.replace(/\.$/, "")}.`;
  if (capacity !== undefined) return `${failure} It was scaling ${direction} ${step(capacity)}${because(activity)}.`;
  return activity.cause.reason === undefined ? failure : `${failure} What led to it: ${activity.cause.reason}.`;
}

function step({ before, after }: Capacity): string {
  return `from ${before} to ${after}`;
}

function because({ cause: { reason } }: Activity): string {
  return reason === undefined ? "" : `: ${reason}`;
}

function blocks(activity: Activity, capacity: Capacity | undefined): (Block | undefined)[] {
  const { error, group, instance, zone, seconds, cause, causeText, region, account } = activity;
  const origin = [region, account && `account ${account}`].filter((part) => part !== undefined);
  return [
    paragraph(error),
    facts({
      Group: group,
      Capacity: capacity && `${capacity.before} → ${capacity.after}`,
      Instance: instance,
      Zone: zone,
      Took: seconds === undefined ? undefined : duration(seconds),
      Reason: cause.reason,
    }),
    footnote(causeText),
    footnote(origin.join(" · ")),
  ];
}
