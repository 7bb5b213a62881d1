import { parseActivity } from "../autoscaling/activity";
import { activityReport } from "../autoscaling/activity-message";
import type { Formatter } from "./formatter";

/** An instance was launched or terminated, attached or set aside, or could not be. */
export const formatActivity: Formatter = (notification) => {
  const activity = parseActivity(notification);
  return activity && activityReport(activity);
};
