import type { Host, HostSpec } from "../region/host";
import type { Activity } from "./activity";
import type { LaunchHook } from "./settings";

export type Lifecycle = "Pending" | "Pending:Wait" | "InService" | "Terminating";

/** An instance of a group, from the decision to launch it until it is gone. */
export interface Member {
  readonly group: string;
  readonly spec: HostSpec;
  readonly launchedAt: number;
  /** What it waits for in `Pending:Wait`; undefined where the group had no launch hook. */
  readonly hook: LaunchHook | undefined;
  lifecycle: Lifecycle;
  inServiceAt?: number;
  /** When its last request behind the load balancer had ended. */
  drainedAt?: number;
  stoppedAt?: number;
  host?: Host;
  /** Ends when the boot has, however it went. */
  booted?: Promise<void>;
  activity: Activity;
  hookTimer?: NodeJS.Timeout;
}

/** True from the launch until the instance is on its way out: what Auto Scaling counts as the group's capacity. */
export function counts(member: Member): boolean {
  return member.lifecycle !== "Terminating";
}
