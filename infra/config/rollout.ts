import type { GroupConfig, StackConfig } from "./types";

/** How a group's hosts follow each other to a new release. Durations are seconds. */
export interface RolloutConfig {
  /** Most hosts that are out at once: a number, or a share of the group, rounded down, of which there is always one. @default 1 */
  readonly maxUnavailable: number | string;
  /** How long the first host serves with a release before it is judged. @default 0 */
  readonly bake: number;
  /**
   * How long a host may be out for a release before that counts as failed.
   * @default 900, or 300 more than its requests and its health gate may take where that is longer
   */
  readonly timeout: number;
  /** Times in which nothing new is taken. @default none */
  readonly freeze: readonly FreezeConfig[];
  /** Names of CloudWatch alarms that keep new releases away, and fail one on trial. @default none */
  readonly alarms: readonly string[];
}

/** A time in which a group takes nothing new. */
export interface FreezeConfig {
  /** When it begins: minute, hour, day of the month, month, day of the week. */
  readonly cron: string;
  /** Time zone of `cron`. @default Etc/UTC */
  readonly timeZone: string;
  /** How long it lasts. */
  readonly hours: number;
}

/** What hosts read of it in `rollout/<group>/policy.json` (docs/contracts.md, "The bucket"). */
export type RolloutPolicy = RolloutConfig;

/**
 * The completed policy of a group, key by key as hosts read it: the program writes it into the bucket, and what asks how a group
 * would roll out takes it from here.
 */
export function rolloutPolicyOf({ rollout }: Pick<GroupConfig, "rollout">): RolloutPolicy {
  const { maxUnavailable, bake, timeout, freeze, alarms } = rollout;
  return {
    maxUnavailable,
    bake,
    timeout,
    freeze: freeze.map(({ cron, timeZone, hours }) => ({ cron, timeZone, hours })),
    alarms: [...alarms],
  };
}

/** The alarms that groups of a stack watch, by group; those without any are left out. */
export function alarmsByGroup({ groups }: Pick<StackConfig, "groups">): Record<string, readonly string[]> {
  const watching = Object.entries(groups).filter(([, { rollout }]) => rollout.alarms.length > 0);
  return Object.fromEntries(watching.map(([name, { rollout }]) => [name, rollout.alarms]));
}
