import { randomUUID } from "node:crypto";
import { ACCOUNT } from "../region/place";

/** Why Auto Scaling wants another number of instances, in its own words (the first sentence of a Cause). */
export interface CapacityChange {
  readonly reason: string;
  readonly at: Date;
  readonly from: number;
  readonly to: number;
}

/** One scaling activity: an instance that comes or goes. */
export interface Activity {
  readonly id: string;
  readonly group: string;
  readonly groupArn: string;
  readonly instance: string;
  readonly zone: string;
  readonly subnet: string;
  readonly cause: string;
  readonly began: Date;
}

export type EventKind = "LAUNCH" | "LAUNCH_ERROR" | "TERMINATE" | "TERMINATE_ERROR";

/** Auto Scaling writes seconds in causes and milliseconds everywhere else. */
function second(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** The Cause of a launch. Auto Scaling separates its sentences by two blanks. */
export function launchCause(change: CapacityChange, now: Date): string {
  const started = `an instance was started in response to a difference between desired and actual capacity, increasing the capacity from ${change.from} to ${change.to}.`;
  return `At ${second(change.at)} ${change.reason}.  At ${second(now)} ${started}`;
}

/** The Cause of a termination; it names every instance that was selected. */
export function terminationCause(change: CapacityChange, now: Date, selected: readonly string[]): string {
  const shrunk = `an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from ${change.from} to ${change.to}.`;
  const chosen = selected.map((id) => `  At ${second(now)} instance ${id} was selected for termination.`);
  return `At ${second(change.at)} ${change.reason}.  At ${second(now)} ${shrunk}${chosen.join("")}`;
}

/** The message that Auto Scaling publishes about an activity, in the shape of its documentation. */
export function notification(
  kind: EventKind,
  activity: Activity,
  ended: Date,
  error = "",
): { subject: string; message: string } {
  const launch = kind.startsWith("LAUNCH");
  const words = `${launch ? "launch" : "termination"}`;
  const message = {
    Origin: launch ? "EC2" : "AutoScalingGroup",
    Destination: launch ? "AutoScalingGroup" : "EC2",
    Progress: error ? 100 : 50,
    AccountId: ACCOUNT,
    Description: `${launch ? "Launching a new EC2 instance" : "Terminating EC2 instance"}: ${activity.instance}`,
    RequestId: activity.id,
    EndTime: ended.toISOString(),
    AutoScalingGroupARN: activity.groupArn,
    ActivityId: activity.id,
    StartTime: activity.began.toISOString(),
    Service: "AWS Auto Scaling",
    Time: ended.toISOString(),
    EC2InstanceId: activity.instance,
    StatusCode: error ? "Cancelled" : "InProgress",
    StatusMessage: error,
    Details: { "Subnet ID": activity.subnet, "Availability Zone": activity.zone },
    AutoScalingGroupName: activity.group,
    Cause: activity.cause,
    Event: `autoscaling:EC2_INSTANCE_${kind}`,
  };
  const subject = `Auto Scaling: ${error ? "failed " : ""}${words} for group "${activity.group}"`;
  return { subject, message: JSON.stringify(message) };
}

/** Sent once to a topic when a group begins to notify it. */
export function testNotification(group: string, groupArn: string, now: Date): { subject: string; message: string } {
  const message = {
    AutoScalingGroupName: group,
    Service: "AWS Auto Scaling",
    Time: now.toISOString(),
    AccountId: ACCOUNT,
    Event: "autoscaling:TEST_NOTIFICATION",
    RequestId: randomUUID(),
    AutoScalingGroupARN: groupArn,
  };
  return { subject: `Auto Scaling: test notification for group "${group}"`, message: JSON.stringify(message) };
}
