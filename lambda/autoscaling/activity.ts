import type { Notification } from "../notification";
import { asFields, asMoment, asText, type Fields } from "../values";
import { type Cause, parseCause } from "./cause";

/** An Auto Scaling activity as its SNS notification reports it. */
export interface Activity {
  /** Why AWS could not do it; undefined when it could. */
  readonly error?: string;
  readonly group: string;
  /** Absent where an instance never came to be. */
  readonly instance?: string;
  readonly zone?: string;
  readonly region?: string;
  readonly account?: string;
  readonly cause: Cause;
  /** The Cause as AWS wrote it. */
  readonly causeText?: string;
  /** From the activity's start to its end; absent when AWS's two times contradict each other. */
  readonly seconds?: number;
}

/**
 * Reads an Auto Scaling notification of one kind. Only the event's name is required: every other field is missing in one
 * real message or another.
 *
 * @param event the event's name without prefix and suffix, e.g. `EC2_INSTANCE_LAUNCH`; its `_ERROR` form is taken too
 * @returns undefined when the notification is about something else
 */
export function parseActivity(notification: Notification, event: string): Activity | undefined {
  const fields = asFields(notification.body);
  if (fields === undefined) return undefined;
  const failed = fields.Event === `autoscaling:${event}_ERROR`;
  if (!failed && fields.Event !== `autoscaling:${event}`) return undefined;

  const causeText = asText(fields.Cause);
  return {
    error: failed ? errorText(fields) : undefined,
    group: asText(fields.AutoScalingGroupName) ?? "an unnamed group",
    instance: asText(fields.EC2InstanceId),
    zone: asText(asFields(fields.Details)?.["Availability Zone"]),
    region: regionOf(asText(fields.AutoScalingGroupARN)) ?? regionOf(notification.topicArn),
    account: asText(fields.AccountId),
    cause: parseCause(causeText ?? ""),
    causeText,
    seconds: secondsBetween(fields.StartTime, fields.EndTime),
  };
}

function errorText(fields: Fields): string {
  const description = asText(fields.Description);
  return (
    asText(fields.StatusMessage) ?? description?.split("Status Reason: ")[1] ?? description ?? "AWS gave no reason"
  );
}

/** The fourth part of an ARN; display names such as "US East (N. Virginia)" elsewhere in AWS's messages are no use. */
function regionOf(arn: string | undefined): string | undefined {
  const region = arn?.split(":")[3];
  return region !== undefined && /^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region) ? region : undefined;
}

function secondsBetween(start: unknown, end: unknown): number | undefined {
  const [from, to] = [asMoment(start), asMoment(end)];
  return from !== undefined && to !== undefined && to >= from ? (to - from) / 1000 : undefined;
}
