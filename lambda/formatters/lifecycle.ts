import { poolMove } from "../autoscaling/activity-message";
import { activityPage, instancePage } from "../aws/console";
import { firstPlace, placeOfArn } from "../aws/place";
import { line } from "../line";
import { buttons, facts, footnote } from "../slack/message";
import { asFields, asText } from "../values";
import { type Formatter, origin } from "./formatter";

/** An instance waits at a lifecycle hook; SNS's message has no `Event`, EventBridge's carries the same in `detail`. */
export const formatLifecycle: Formatter = ({ body, topicArn }) => {
  const message = asFields(body);
  const fields = asFields(message?.detail) ?? message;
  const transition = asText(fields?.LifecycleTransition)?.replace("autoscaling:EC2_INSTANCE_", "");
  if (fields === undefined || transition === undefined) return undefined;

  const group = asText(fields.AutoScalingGroupName) ?? "an unnamed group";
  const instance = asText(fields.EC2InstanceId);
  const who = instance ?? "an instance";
  const hook = asText(fields.LifecycleHookName) ?? "without a name";
  const [from, to] = [asText(fields.Origin), asText(fields.Destination)];
  const place = firstPlace(
    { region: asText(message?.region), account: asText(message?.account) ?? asText(fields.AccountId) },
    placeOfArn(topicArn),
  );
  const next = transition === "TERMINATING" ? "it is terminated" : "it goes into service";
  const story =
    from === "WarmPool" || to === "WarmPool"
      ? line`${group} ${poolMove(from, to, who)}; it waits at hook ${hook}.`
      : line`${who} of ${group} waits at hook ${hook} before ${next}.`;
  return {
    severity: "info",
    story,
    blocks: [
      facts({
        Group: group,
        Instance: instance,
        Hook: hook,
        Way: from && to && `${from} → ${to}`,
        Metadata: asText(fields.NotificationMetadata),
      }),
      buttons({ Instance: instancePage(place, instance), Activity: activityPage(place, group) }),
      footnote(origin(place)),
    ],
  };
};
