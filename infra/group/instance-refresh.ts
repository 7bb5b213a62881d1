import type * as aws from "@pulumi/aws";
import type { GroupConfig } from "../config";

/**
 * How a changed launch template reaches a fleet. Going back is `towline group replace`'s, which waits for the end and knows
 * what ran before: the provider starts a refresh without the configuration that a rollback of Auto Scaling's own needs, and
 * leaves it alone.
 */
export function instanceRefresh(group: GroupConfig): aws.types.input.autoscaling.GroupInstanceRefresh {
  const { bake, alarms } = group.refresh;
  return {
    strategy: "Rolling",
    preferences: {
      ...bounds(group),
      skipMatching: true,
      // The provider knows no bake time: new instances count only after both, before the next ones are replaced.
      instanceWarmup: String(Math.max(group.health.timeout, bake)),
      ...(alarms.length > 0 && { alarmSpecification: { alarms: [...alarms] } }),
    },
  };
}

/** Percent of the group that serves at least, and is there at most, while it is replaced. */
export function bounds({ volume, elasticIp }: Pick<GroupConfig, "volume" | "elasticIp">): {
  readonly minHealthyPercentage: number;
  readonly maxHealthyPercentage: number;
} {
  // A disk can only be taken once its old host has let go of it.
  if (volume !== undefined) return { minHealthyPercentage: 0, maxHealthyPercentage: 100 };
  // New instances come first, so that a refresh never goes below the group's size; of one, the half more is another one.
  return { minHealthyPercentage: 100, maxHealthyPercentage: elasticIp === undefined ? 150 : 200 };
}
