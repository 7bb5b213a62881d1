import { alarmPage } from "../aws/console";
import { firstPlace, placeOfArn } from "../aws/place";
import { parseCondition, sayCondition } from "../cloudwatch/condition";
import { line } from "../line";
import { buttons, facts, footnote, paragraph } from "../slack/message";
import { asFields, asText } from "../values";
import { type Formatter, origin } from "./formatter";

/** Somebody made, changed or deleted a CloudWatch alarm, as EventBridge tells it. */
export const formatConfiguration: Formatter = ({ body, topicArn }) => {
  const event = asFields(body);
  if (event?.["detail-type"] !== "CloudWatch Alarm Configuration Change") return undefined;
  const detail = asFields(event.detail);
  const configuration = asFields(detail?.configuration);
  const name = asText(detail?.alarmName) ?? "without a name";
  const operation = asText(detail?.operation) ?? "change";
  const watches = asText(configuration?.alarmRule) ?? sayCondition(parseCondition(configuration));
  const place = firstPlace({ region: asText(event.region), account: asText(event.account) }, placeOfArn(topicArn));
  return {
    severity: operation === "delete" ? "warning" : "info",
    story: line`Alarm ${name} was ${operation.replace(/e?$/, "ed")}${watches && ` (${watches})`}.`,
    blocks: [
      paragraph(asText(configuration?.description)),
      facts({ Alarm: name, Watches: watches, State: asText(asFields(detail?.state)?.value) }),
      buttons({ Alarm: operation === "delete" ? undefined : alarmPage(place, name) }),
      footnote(origin(place)),
    ],
  };
};
