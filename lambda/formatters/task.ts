import { shortenArns } from "../aws/arn";
import { readEvent } from "../event/event";
import { line } from "../line";
import type { Severity } from "../report";
import { facts, paragraph } from "../slack/message";
import { asFields, asList, asNumber, asText, enumerate, type Fields } from "../values";
import { type Formatter, serviceReport } from "./formatter";

/** A task of ECS came, stopped, or broke. */
export const formatTask: Formatter = (notification) => {
  const event = readEvent(notification);
  if (event?.source !== "aws.ecs" || event.kind !== "ECS Task State Change") return undefined;
  const { fields } = event;
  const status = asText(fields.lastStatus) ?? "in an unknown state";
  const task = shortenArns(asText(fields.taskArn) ?? event.resources[0] ?? "a task")
    .split("/")
    .at(-1);
  const cluster = shortenArns(asText(fields.clusterArn) ?? "").replace(/^cluster\//, "");
  const group = asText(fields.group)?.replace(/^(service|family):/, "");
  const reason = asText(fields.stoppedReason);
  const exits = asList(fields.containers).flatMap(exitOf);
  const why = [reason?.replace(/\.$/, ""), enumerate(exits)].filter(Boolean).join("; ");
  return serviceReport(
    severity(fields, status, exits),
    line`ECS task ${group ? `of ${group}` : task}${cluster && ` in ${cluster}`} is ${status}${why && `: ${why}`}.`,
    event.place,
    paragraph(why),
    facts({
      Cluster: cluster,
      Service: group,
      Task: task,
      Status: status,
      Code: asText(fields.stopCode),
    }),
  );
};

/** What ended badly of a task. */
function exitOf(container: unknown): string[] {
  const fields = asFields(container);
  const [name, reason, code] = [
    asText(fields?.name) ?? "a container",
    asText(fields?.reason),
    asNumber(fields?.exitCode),
  ];
  if (reason === undefined && (code === undefined || code === 0)) return [];
  const exited = code === undefined ? "did not run" : `exited with ${code}`;
  return [`${name} ${exited}${reason === undefined ? "" : ` (${reason})`}`];
}

function severity({ stopCode }: Fields, status: string, exits: readonly string[]): Severity {
  if (status === "RUNNING") return "good";
  if (!/^(STOPPED|STOPPING|DEPROVISIONING|DEACTIVATING)$/.test(status)) return "info";
  const isOnPurpose = /^(UserInitiated|ServiceSchedulerInitiated)$/.test(asText(stopCode) ?? "");
  return exits.length > 0 || (stopCode !== undefined && !isOnPurpose) ? "warning" : "info";
}
