import { parseActivity } from "../autoscaling/activity";
import { activityMessage, type Wording } from "../autoscaling/activity-message";
import type { Formatter } from "./formatter";

const WORDING: Wording = { direction: "out", noun: "Launch", verb: "launched" };

/** An instance was launched, or could not be. */
export const formatLaunch: Formatter = (notification) => {
  const activity = parseActivity(notification, "EC2_INSTANCE_LAUNCH");
  return activity && activityMessage(activity, WORDING, "good");
};
