import { instancePage } from "../aws/console";
import { firstPlace, placeOfArn } from "../aws/place";
import { line } from "../line";
import type { Severity } from "../report";
import { buttons } from "../slack/message";
import { asFields, asText } from "../values";
import { type Formatter, serviceReport } from "./formatter";

/** What EC2 itself tells of an instance through EventBridge. */
export const formatInstance: Formatter = ({ body, topicArn }) => {
  const event = asFields(body);
  if (event?.source !== "aws.ec2") return undefined;
  const detail = asFields(event.detail);
  const instance = asText(detail?.["instance-id"]) ?? "an instance";
  const told = tell(asText(event["detail-type"]), instance, asText(detail?.["instance-action"]), asText(detail?.state));
  if (told === undefined) return undefined;
  const place = firstPlace({ region: asText(event.region), account: asText(event.account) }, placeOfArn(topicArn));
  return serviceReport(told.severity, told.story, place, buttons({ Instance: instancePage(place, instance) }));
};

interface Told {
  readonly severity: Severity;
  readonly story: string;
}

function tell(
  kind: string | undefined,
  instance: string,
  action = "terminate",
  state = "another state",
): Told | undefined {
  switch (kind) {
    case "EC2 Spot Instance Interruption Warning":
      return { severity: "warning", story: line`EC2 takes spot instance ${instance} back in two minutes (${action}).` };
    case "EC2 Instance Rebalance Recommendation":
      return {
        severity: "warning",
        story: line`EC2 expects to take ${instance} back soon and recommends to replace it.`,
      };
    case "EC2 Instance State-change Notification":
      return { severity: severity(state), story: line`EC2 instance ${instance} is ${state}.` };
    default:
      return undefined;
  }
}

/** A fleet starts and terminates its instances; it never stops one for good. */
function severity(state: string): Severity {
  if (state === "running") return "good";
  return state === "stopping" || state === "stopped" ? "warning" : "info";
}
