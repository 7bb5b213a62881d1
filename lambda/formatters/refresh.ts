import { refreshPage } from "../aws/console";
import { firstPlace, placeOfArn } from "../aws/place";
import { duration } from "../duration";
import { line } from "../line";
import type { Severity } from "../report";
import { buttons, facts, footnote } from "../slack/message";
import { asFields, asNumber, asText } from "../values";
import { type Formatter, origin } from "./formatter";

/** EventBridge tells how an instance refresh goes: `EC2 Auto Scaling Instance Refresh Started`, `… Rollback Failed`. */
export const formatRefresh: Formatter = ({ body, topicArn }) => {
  const event = asFields(body);
  const stage = asText(event?.["detail-type"])
    ?.match(/^EC2 Auto Scaling Instance Refresh (.+)$/)?.[1]
    ?.toLowerCase();
  if (event === undefined || stage === undefined) return undefined;

  const detail = asFields(event.detail);
  const group = asText(detail?.AutoScalingGroupName) ?? "an unnamed group";
  const percent = asText(detail?.CheckpointPercentage);
  const delay = asNumber(detail?.CheckpointDelay);
  const place = firstPlace({ region: asText(event.region), account: asText(event.account) }, placeOfArn(topicArn));
  const progress = percent === undefined ? "" : `: ${percent} % replaced`;
  const pause = delay === undefined ? "" : `, going on in ${duration(delay)}`;
  return {
    severity: severity(stage),
    needsPerson: stage.endsWith("failed"),
    story: line`Instance refresh of ${group} ${verb(stage)}${progress}${pause}.`,
    blocks: [
      facts({ Group: group, Refresh: asText(detail?.InstanceRefreshId) }),
      buttons({ Refresh: refreshPage(place, group) }),
      footnote(origin(place)),
    ],
  };
};

function severity(stage: string): Severity {
  if (stage.endsWith("failed")) return "danger";
  if (stage === "succeeded") return "good";
  return /cancelled|rollback/.test(stage) ? "warning" : "info";
}

function verb(stage: string): string {
  if (stage === "checkpoint reached") return "reached a checkpoint";
  if (stage === "cancelled") return "was cancelled";
  return stage.startsWith("rollback ") ? `goes back: ${stage}` : stage;
}
