import { randomUUID } from "node:crypto";
import { ACCOUNT } from "../region/place";

/** A group's way from one number of instances to another. */
export interface CapacityChange {
  /** Who asked for it, in Auto Scaling's own words; absent where it only makes up for an instance that is gone. */
  readonly reason?: string;
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

/** Auto Scaling separates the sentences of a Cause by two blanks. */
function sentences(...said: readonly string[]): string {
  return said.filter(Boolean).join("  ");
}

function opening({ reason, at }: CapacityChange): string {
  return reason === undefined ? "" : `At ${second(at)} ${reason}.`;
}

/** The Cause of a launch. */
export function launchCause(change: CapacityChange, now: Date): string {
  const started = `an instance was started in response to a difference between desired and actual capacity, increasing the capacity from ${change.from} to ${change.to}.`;
  return sentences(opening(change), `At ${second(now)} ${started}`);
}

/** The Cause of a termination that a smaller group brings; it names every instance that was selected. */
export function terminationCause(change: CapacityChange, now: Date, selected: readonly string[]): string {
  const shrunk = `an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from ${change.from} to ${change.to}.`;
  const chosen = selected.map((id) => `At ${second(now)} instance ${id} was selected for termination.`);
  return sentences(opening(change), `At ${second(now)} ${shrunk}`, ...chosen);
}

/** The Cause where someone had TerminateInstanceInAutoScalingGroup end this very instance. */
export function requestedTerminationCause(id: string, now: Date, shrunk?: { from: number; to: number }): string {
  const capacity = shrunk ? `, shrinking the capacity from ${shrunk.from} to ${shrunk.to}` : "";
  return `At ${second(now)} instance ${id} was taken out of service in response to a user request${capacity}.`;
}

/** The Cause of a launch that an instance refresh brings. */
export function refreshLaunchCause(now: Date): string {
  return `At ${second(now)} an instance was launched in response to an instance refresh.`;
}

/** The Cause where an instance has to go for an instance refresh. */
export function refreshTerminationCause(id: string, now: Date): string {
  const taken = `At ${second(now)} an instance was taken out of service in response to an instance refresh.`;
  return sentences(taken, `At ${second(now)} instance ${id} was selected for termination.`);
}

/** The Cause where an instance went off by itself. */
export function lostInstanceCause(now: Date): string {
  return `At ${second(now)} an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.`;
}

/** The Cause where the load balancer found an instance unhealthy. */
export function elbHealthCause(now: Date): string {
  return `At ${second(now)} an instance was taken out of service in response to an ELB system health check failure.`;
}

/** The Cause where SetInstanceHealth called an instance unhealthy. */
export function userHealthCause(now: Date): string {
  return `At ${second(now)} an instance was taken out of service in response to a user health-check.`;
}

/** The StatusMessage of a launch whose hook was not answered with CONTINUE. */
export function abandonedStatus(token: string, how: string): string {
  return `Instance failed to complete user's Lifecycle Action: Lifecycle Action with token ${token} was abandoned: ${how}`;
}

/** `Launching a new EC2 instance: i-…` */
export function description(kind: EventKind, { instance }: Activity): string {
  return `${kind.startsWith("LAUNCH") ? "Launching a new EC2 instance" : "Terminating EC2 instance"}: ${instance}`;
}

/** What Auto Scaling publishes: to EventBridge as it is, to topics as JSON. */
export interface Notification {
  readonly subject: string;
  readonly message: Readonly<Record<string, unknown>>;
}

/** The message that Auto Scaling publishes about an activity, in the shape of its documentation. */
export function notification(kind: EventKind, activity: Activity, ended: Date, error = ""): Notification {
  const launch = kind.startsWith("LAUNCH");
  const what = description(kind, activity);
  const message = {
    Origin: launch ? "EC2" : "AutoScalingGroup",
    Destination: launch ? "AutoScalingGroup" : "EC2",
    Progress: error ? 100 : 50,
    AccountId: ACCOUNT,
    Description: error ? sentences(`${what}.`, `Status Reason: ${error}`) : what,
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
  const words = `${error ? "failed " : ""}${launch ? "launch" : "termination"}`;
  return { subject: `Auto Scaling: ${words} for group "${activity.group}"`, message };
}

/** Sent once to a topic when a group begins to notify it. */
export function testNotification(group: string, groupArn: string, now: Date): Notification {
  const message = {
    AutoScalingGroupName: group,
    Service: "AWS Auto Scaling",
    Time: now.toISOString(),
    AccountId: ACCOUNT,
    Event: "autoscaling:TEST_NOTIFICATION",
    RequestId: randomUUID(),
    AutoScalingGroupARN: groupArn,
  };
  return { subject: `Auto Scaling: test notification for group "${group}"`, message };
}
