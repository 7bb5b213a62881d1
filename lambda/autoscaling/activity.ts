import { firstPlace, type Place, placeOfArn, regionOfZone } from "../aws/place";
import { parseCondition, sayCondition } from "../cloudwatch/condition";
import type { Notification } from "../notification";
import { asFields, asList, asMoment, asText, type Fields, parseJson } from "../values";
import { type Cause, parseCause } from "./cause";
import { activityFields } from "./shapes";

/** In characters; AWS's are shorter. Anything may stand in a message, and must not keep the patterns busy for long. */
const LONGEST_TEXT = 2000;

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
    cause: parseCause(causeText ?? "", (name) => {
      const alarm = alarms.find((candidate) => candidate?.AlarmName === name);
      return alarm && sayCondition(parseCondition(asFields(alarm.Trigger)));
    }),
    causeText,
    alarm: causeText?.slice(0, LONGEST_TEXT).match(/monitor alarm (.+?) in state/)?.[1],
    seconds: secondsBetween(fields.StartTime, fields.EndTime),
    from: asText(fields.Origin),
    to: asText(fields.Destination),
    runs: notification.runs,
  };
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
