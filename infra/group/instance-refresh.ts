import type * as aws from "@pulumi/aws";
import { bounds, type GroupConfig } from "../config";

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
