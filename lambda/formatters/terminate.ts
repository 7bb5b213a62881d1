import { parseActivity } from "../autoscaling/activity";
import { activityMessage, type Wording } from "../autoscaling/activity-message";
import type { Formatter } from "./formatter";

const WORDING: Wording = { direction: "in", noun: "Termination", verb: "terminated" };

/** An instance was terminated, or could not be. */
export const formatTerminate: Formatter = (notification) => {
  const activity = parseActivity(notification, "EC2_INSTANCE_TERMINATE");
  return activity && activityMessage(activity, WORDING, activity.cause.unhealthy ? "warning" : "info");
};
