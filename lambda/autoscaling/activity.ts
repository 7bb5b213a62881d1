import { firstPlace, type Place, placeOfArn, regionOfZone } from "../aws/place";
import { parseCondition, sayCondition } from "../cloudwatch/condition";
import { parseReason } from "../cloudwatch/reason";
import type { Notification } from "../notification";
import { asFields, asList, asMoment, asText, type Fields, parseJson } from "../values";
import { beganAfter } from "./before";
import { type Cause, parseCause } from "./cause";
import { activityFields } from "./shapes";

/** In characters; AWS's are shorter. Anything may stand in a message, and must not keep the patterns busy for long. */
const LONGEST_TEXT = 2000;

/** An alarm that went off longer ago than this does not tell when that began on which it acts. */
const ACTS_WITHIN_MS = 300_000;

/** An Auto Scaling activity: an instance came or went, or could not. */
export interface Activity {
  readonly id: string;
  /** A group scales `out` by launching and `in` by terminating. */
  readonly direction: "out" | "in";
  /** Why AWS could not do it; undefined when it could. */
  readonly error?: string;
  readonly group: string;
  /** Absent where an instance never came to be. */
  readonly instance?: string;
  readonly zone?: string;
  readonly place: Place;
  readonly cause: Cause;
  /** The Cause as AWS wrote it. */
  readonly causeText?: string;
  /** The alarm behind it. */
  readonly alarm?: string;
  /** From the activity's start to its end; absent when AWS's two times say nothing of it. */
  readonly seconds?: number;
  /** Where the instance came from and went: `EC2`, `WarmPool`, `AutoScalingGroup`. */
  readonly from?: string;
  readonly to?: string;
  /** What it runs, as its host has said. */
  readonly runs?: string;
  /** What had reached the group when it began: `began 90 s after hello 1.2.0 reached web`. */
  readonly before?: string;
}

/**
 * Reads an Auto Scaling notification. Only what makes it one is required: every other field is missing in one real message
 * or another.
 *
 * @returns undefined when the notification is about something else
 */
export function parseActivity(notification: Notification): Activity | undefined {
  const shape = activityFields(notification);
  if (shape === undefined) return undefined;
  const { fields, direction, failed, region, account } = shape;

  const details = asFields(fields.Details) ?? asFields(parseJson(fields.Details));
  const alarms = asList(details?.InvokingAlarms).map(asFields);
  const zone = asText(details?.["Availability Zone"]);
  const causeText = asText(fields.Cause);
  const alarm = causeText?.slice(0, LONGEST_TEXT).match(/monitor alarm (.+?) in state/)?.[1];
  const named = (name: string) => alarms.find((candidate) => candidate?.AlarmName === name);
  const cause = parseCause(causeText ?? "", (name) => sayAlarm(named(name)));
  const { group = "", seen = [] } = notification.reached ?? {};
  const began = alarm === undefined ? undefined : beganAt(named(alarm), asMoment(fields.StartTime));
  return {
    id: asText(fields.ActivityId) ?? asText(fields.EC2InstanceId) ?? "",
    direction,
    error: failed ? errorText(fields) : undefined,
    group: asText(fields.AutoScalingGroupName) ?? "an unnamed group",
    instance: asText(fields.EC2InstanceId) ?? asText(fields.Description)?.match(/\bi-[0-9a-f]+\b/)?.[0],
    zone,
    place: firstPlace(
      placeOfArn(asText(fields.AutoScalingGroupARN)),
      { region, account: asText(fields.AccountId) ?? account },
      placeOfArn(notification.topicArn),
      { region: regionOfZone(zone) },
    ),
    cause,
    causeText,
    alarm,
    seconds: secondsBetween(fields.StartTime, fields.EndTime),
    from: asText(fields.Origin),
    to: asText(fields.Destination),
    runs: notification.runs,
    before: beganAfter(cause.kind === "health" ? asMoment(fields.StartTime) : began, group, seen),
  };
}

function sayAlarm(alarm: Fields | undefined): string | undefined {
  const reason = parseReason(asText(alarm?.NewStateReason), undefined);
  return alarm && sayCondition(parseCondition(asFields(alarm.Trigger)), reason.value);
}

/** @returns when what an alarm watches for began; undefined where the alarm had gone off long before: what it acts on now began later */
function beganAt(alarm: Fields | undefined, acted: number | undefined): number | undefined {
  const off = asMoment(alarm?.StateChangeTime);
  const { lasts } = parseCondition(asFields(alarm?.Trigger));
  if (off === undefined || lasts === undefined || acted === undefined) return undefined;
  return Math.abs(acted - off) > ACTS_WITHIN_MS ? undefined : off - lasts * 1000;
}

function errorText(fields: Fields): string {
  const description = asText(fields.Description);
  const error = asText(fields.StatusMessage) ?? description?.split("Status Reason: ")[1] ?? description;
  return error?.slice(0, LONGEST_TEXT) ?? "AWS gave no reason";
}

function secondsBetween(start: unknown, end: unknown): number | undefined {
  const [from, to] = [asMoment(start), asMoment(end)];
  return from !== undefined && to !== undefined && to > from ? (to - from) / 1000 : undefined;
}
