import { readEvent } from "../event/event";
import { entriesOf, search } from "../event/search";
import { judge } from "../event/severity";
import { line } from "../line";
import { buttons, facts, paragraph } from "../slack/message";
import { asFields, asText } from "../values";
import { type Formatter, serviceReport } from "./formatter";

const SUMMARY = [
  /^externalexecutionsummary$/,
  /^additionalinformation$/,
  /^errormessage$/,
  /^(errorcode|errorinformation)$/,
];

/** A pipeline of CodePipeline, one of its stages or actions; or one that waits for an approval, as it tells a topic itself. */
export const formatPipeline: Formatter = (notification) => {
  const event = readEvent(notification);
  const approval = asFields(event?.fields.approval);
  const fields = approval ?? event?.fields;
  const pipeline =
    asText(approval?.pipelineName) ?? (event?.source === "aws.codepipeline" ? asText(fields?.pipeline) : undefined);
  if (event === undefined || fields === undefined || pipeline === undefined) return undefined;

  const stage = asText(fields.stage) ?? asText(fields.stageName);
  const action = asText(fields.action) ?? asText(fields.actionName);
  const state = asText(fields.state) ?? "STARTED";
  const waits = state === "STARTED" && (approval !== undefined || asFields(fields.type)?.category === "Approval");
  const summary = search(entriesOf(fields), SUMMARY) ?? asText(fields.customData);
  const severity = waits ? "warning" : judge({ state, words: "" });
  return {
    ...serviceReport(
      severity,
      line`CodePipeline ${pipeline}${stage && `, stage ${stage}`}${action && `, action ${action}`}${waits ? " waits for an approval" : `: ${state}`}${summary && `: ${summary}`}.`,
      event.place,
      paragraph(summary),
      facts({
        Pipeline: pipeline,
        Stage: stage,
        Action: action,
        Execution: asText(fields["execution-id"]),
      }),
      buttons({ Review: asText(fields.approvalReviewLink), Pipeline: asText(event.fields.consoleLink) }),
    ),
    needsPerson: waits,
  };
};
