import { line } from "../line";
import { asFields, asText } from "../values";
import type { Formatter } from "./formatter";

/** Auto Scaling sends one to each subscription when notifications or a hook are set up. */
export const formatTestNotification: Formatter = ({ body }) => {
  const fields = asFields(body);
  if (fields?.Event !== "autoscaling:TEST_NOTIFICATION") return undefined;
  const group = asText(fields.AutoScalingGroupName) ?? "an unnamed group";
  return {
    severity: "info",
    story: line`Auto Scaling notifications of ${group} arrive here (test notification).`,
    blocks: [],
  };
};
