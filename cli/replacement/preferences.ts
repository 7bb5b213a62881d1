import { bounds, type GroupConfig } from "../../infra/config";

/** How a refresh goes about its work. */
export interface Preferences {
  /** Percent of the group that serves at least, and is there at most, meanwhile. */
  readonly minHealthyPercentage: number;
  readonly maxHealthyPercentage: number;
  /** Seconds that a new instance counts as warming up. */
  readonly warmup: number;
  /** Seconds the whole new fleet has to stand before the refresh counts as done. */
  readonly bake: number;
  /** Names of CloudWatch alarms that end it. */
  readonly alarms: readonly string[];
  /** Whether instances stay that have the wanted template already. */
  readonly skipMatching: boolean;
}

/** What the command line may say beside a group's own settings. */
export interface Wishes {
  /** @default the group's */
  readonly bake?: number;
  /** Alarms beside the group's. */
  readonly alarm: readonly string[];
  /** @default false */
  readonly skipMatching?: boolean;
}

/** How a group is replaced by new instances. */
export function preferencesOf(group: GroupConfig, { bake, alarm, skipMatching = false }: Wishes): Preferences {
  return {
    ...bounds(group),
    warmup: group.health.timeout,
    bake: bake ?? group.refresh.bake,
    alarms: [...new Set([...group.refresh.alarms, ...alarm])],
    skipMatching,
  };
}

/** The same for the way back, which is to be over soon, and which the alarm that caused it must not end. */
export function wayBack(preferences: Preferences): Preferences {
  return { ...preferences, skipMatching: true, bake: 0, alarms: [] };
}
