import type { Host, HostSpec } from "../region/host";
import type { Activity } from "./activity";
import type { Hold } from "./hold";

export type Lifecycle =
  | "Pending"
  | "Pending:Wait"
  | "InService"
  | "Terminating"
  | "Terminating:Wait"
  | "Terminating:Proceed";

/** An instance of a group, from the decision to launch it until it is gone. */
export interface Member {
  readonly group: string;
  readonly spec: HostSpec;
  /** Version of the group's launch template it was launched from. */
  readonly templateVersion: string;
  readonly launchedAt: number;
  lifecycle: Lifecycle;
  /** What it waits for in `Pending:Wait` and `Terminating:Wait`. */
  hold?: Hold;
  /** When EC2 takes this spot instance back. */
  interruption?: Date;
  inServiceAt?: number;
  /** When its last request behind the load balancer had ended. */
  drainedAt?: number;
  /** When it let Auto Scaling go on with its end. */
  leftAt?: number;
  stoppedAt?: number;
  host?: Host;
  /** Ends when the boot has, however it went. */
  booted?: Promise<void>;
  activity: Activity;
}

/** True from the launch until the instance is on its way out: what Auto Scaling counts as the group's capacity. */
export function counts(member: Member): boolean {
  return !member.lifecycle.startsWith("Terminating");
}
