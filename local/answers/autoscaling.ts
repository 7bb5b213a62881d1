import { requestedTerminationCause, testNotification } from "../fleet/activity";
import type { Fleet, Reason } from "../fleet/fleet";
import { describeGroup } from "../fleet/group";
import { type HealthChecks, inGrace } from "../fleet/health";
import { counts, type Member } from "../fleet/member";
import { type ApiCall, type ApiReply, escapeXml, queryError, queryReply } from "../region/calls";
import type { Clients } from "../region/clients";
import type { Topics } from "../region/topics";

/** Calls that moto would take without any instance coming or going; better refused than half done. */
const NOT_CARRIED_OUT = new Set([
  "AttachInstances",
  "DeleteAutoScalingGroup",
  "DeleteLifecycleHook",
  "DetachInstances",
  "EnterStandby",
  "ExitStandby",
]);

/** Auto Scaling's calls that moto does not know. */
export async function answerAutoScaling(
  fleet: Fleet,
  topics: Pick<Topics, "publish">,
  clients: Clients,
  call: ApiCall,
): Promise<ApiReply | undefined> {
  switch (call.action) {
    case "PutNotificationConfiguration":
      return putNotification(fleet, topics, clients, call);
    case "DescribeNotificationConfigurations":
      return describeNotifications(fleet, call);
    case "PutLifecycleHook":
      fleet.settings.readHook(call.form);
      return queryReply(call.action);
    case "CompleteLifecycleAction":
    case "RecordLifecycleActionHeartbeat":
      return lifecycleAction(fleet, call);
    case "SetInstanceHealth":
      return instanceHealth(fleet, clients, call);
    default:
      if (!NOT_CARRIED_OUT.has(call.action)) return undefined;
      return queryError("UnsupportedOperation", `the local region does not carry out ${call.action}`);
  }
}

async function putNotification(
  fleet: Fleet,
  topics: Pick<Topics, "publish">,
  clients: Clients,
  call: ApiCall,
): Promise<ApiReply> {
  const group = await describeGroup(clients, call.form.get("AutoScalingGroupName") ?? "");
  const target = fleet.settings.readNotification(call.form);
  const test = testNotification(group.AutoScalingGroupName ?? "", group.AutoScalingGroupARN ?? "", new Date());
  const told = await topics.publish(
    target.topicArn,
    group.AutoScalingGroupARN ?? "",
    test.subject,
    JSON.stringify(test.message),
  );
  if (!told)
    return queryError("ValidationError", `Unable to publish test message to notification target ${target.topicArn}.`);
  return queryReply(call.action);
}

function describeNotifications(fleet: Fleet, call: ApiCall): ApiReply {
  const groups = [...call.form].filter(([key]) => key.startsWith("AutoScalingGroupNames.")).map(([, name]) => name);
  const entry = (group: string, topicArn: string, type: string) =>
    `<member><AutoScalingGroupName>${escapeXml(group)}</AutoScalingGroupName><TopicARN>${topicArn}</TopicARN><NotificationType>${type}</NotificationType></member>`;
  const entries = groups.flatMap((group) =>
    fleet.settings
      .notificationTargets(group)
      .flatMap(({ topicArn, types }) => types.map((type) => entry(group, topicArn, type))),
  );
  return queryReply(call.action, `<NotificationConfigurations>${entries.join("")}</NotificationConfigurations>`);
}

/** A word against an instance that is still in its grace period counts for nothing, unless it is to; moto takes down the others. */
async function instanceHealth(
  fleet: Fleet,
  clients: Clients,
  { action, form }: ApiCall,
): Promise<ApiReply | undefined> {
  const id = form.get("InstanceId") ?? "";
  const member = fleet.member(id);
  if (!member || !counts(member)) {
    const message = `Instance Id not found - No managed instance found for instance ID: ${id}`;
    return queryError("ValidationError", message);
  }
  const { group, inServiceAt = Date.now() } = member;
  if (form.get("HealthStatus") !== "Unhealthy" || form.get("ShouldRespectGracePeriod") === "false") return undefined;
  return inGrace(await describeGroup(clients, group), Date.now() - inServiceAt) ? queryReply(action) : undefined;
}

/** The caller is answered before Auto Scaling acts, as in AWS. */
function lifecycleAction(fleet: Fleet, call: ApiCall): ApiReply {
  const field = (name: string) => call.form.get(name) ?? "";
  const id = field("InstanceId");
  const hold = fleet.waiting(field("AutoScalingGroupName"), field("LifecycleHookName"), id);
  if (!hold) return queryError("ValidationError", `No active Lifecycle Action found with instance ID ${id}`);
  if (call.action === "RecordLifecycleActionHeartbeat") {
    hold.prolong();
    return queryReply(call.action);
  }
  const result = field("LifecycleActionResult");
  if (result !== "CONTINUE" && result !== "ABANDON")
    return queryError("ValidationError", `Invalid LifecycleActionResult: ${result}`);
  hold.answer(result);
  return queryReply(call.action);
}

const REASONS: Readonly<Record<string, Reason>> = {
  CreateAutoScalingGroup: ({ to }) =>
    `a user request created an AutoScalingGroup changing the desired capacity from 0 to ${to}`,
  SetDesiredCapacity: ({ from, to }) =>
    `a user request explicitly set group desired capacity changing the desired capacity from ${from} to ${to}`,
  UpdateAutoScalingGroup: ({ from, to, min, max }) =>
    `a user request update of AutoScalingGroup constraints to min: ${min}, max: ${max}, desired: ${to} changing the desired capacity from ${from} to ${to}`,
};

/** What moto does not know of an instance. */
type Sight = Pick<Member, "lifecycle" | "templateVersion">;

/** Calls that change which instances a group has, and how Auto Scaling tells why. */
export async function followAutoScaling(
  fleet: Fleet,
  health: Pick<HealthChecks, "mark">,
  call: ApiCall,
  reply: string,
): Promise<string> {
  const member = fleet.member(call.form.get("InstanceId") ?? "");
  switch (call.action) {
    case "SetInstanceHealth":
      if (member) health.mark(member, call.form.get("HealthStatus") === "Healthy");
      return reply;
    case "CreateAutoScalingGroup":
    case "SetDesiredCapacity":
    case "UpdateAutoScalingGroup":
      if (call.action === "CreateAutoScalingGroup") fleet.settings.readHooks(call.form);
      fleet.reconcile(call.region, call.form.get("AutoScalingGroupName") ?? "", REASONS[call.action]);
      return reply;
    case "TerminateInstanceInAutoScalingGroup":
      followTermination(fleet, call);
      return reply;
    case "DescribeAutoScalingGroups":
    case "DescribeAutoScalingInstances":
      return asTheyAre(reply, (id) => fleet.member(id));
    default:
      return reply;
  }
}

/** The fleet's own terminations come by here too; those are on their way out already. */
function followTermination(fleet: Fleet, call: ApiCall): void {
  const member = fleet.member(call.form.get("InstanceId") ?? "");
  if (!member || !counts(member)) return;
  const from = fleet.members(member.group).filter(counts).length;
  const shrunk = call.form.get("ShouldDecrementDesiredCapacity") === "true" ? { from, to: from - 1 } : undefined;
  fleet.dismiss(member, requestedTerminationCause(member.spec.id, new Date(), shrunk));
}

/**
 * moto calls every instance InService at once, and of the template's default version; this puts in where each really is, and what
 * it was launched from.
 */
export function asTheyAre(reply: string, find: (id: string) => Sight | undefined): string {
  return reply.replace(/<member>(?:(?!<member>)[\s\S])*?<\/member>/g, (entry) => {
    const id = /<InstanceId>([^<]+)<\/InstanceId>/.exec(entry)?.[1];
    const member = id === undefined ? undefined : find(id);
    if (member === undefined) return entry;
    return entry
      .replace(/<LifecycleState>[^<]*</, `<LifecycleState>${member.lifecycle}<`)
      .replace(/<Version>[^<]*</, `<Version>${member.templateVersion}<`);
  });
}
