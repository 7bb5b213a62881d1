import { testNotification } from "../fleet/activity";
import type { Fleet, Lifecycle, Member } from "../fleet/fleet";
import { describeGroup } from "../fleet/group";
import { type ApiCall, type ApiReply, queryError, queryReply } from "../region/calls";
import type { Clients } from "../region/clients";
import type { Topics } from "../region/topics";

/** Auto Scaling's calls that moto does not know. */
export async function answerAutoScaling(
  fleet: Fleet,
  topics: Topics,
  clients: Clients,
  call: ApiCall,
): Promise<ApiReply | undefined> {
  switch (call.action) {
    case "PutNotificationConfiguration":
      return putNotification(fleet, topics, clients, call);
    case "DescribeNotificationConfigurations":
      return describeNotifications(fleet, call);
    case "CompleteLifecycleAction":
      return completeAction(fleet, call);
    case "RecordLifecycleActionHeartbeat":
      return queryReply(call.action);
    default:
      return undefined;
  }
}

async function putNotification(fleet: Fleet, topics: Topics, clients: Clients, call: ApiCall): Promise<ApiReply> {
  const target = fleet.settings.readNotification(call.form);
  const group = await describeGroup(clients, call.form.get("AutoScalingGroupName") ?? "");
  const test = testNotification(group.AutoScalingGroupName ?? "", group.AutoScalingGroupARN ?? "", new Date());
  await topics.publish(target.topicArn, test.subject, test.message);
  return queryReply(call.action);
}

function describeNotifications(fleet: Fleet, call: ApiCall): ApiReply {
  const groups = [...call.form].filter(([key]) => key.startsWith("AutoScalingGroupNames.")).map(([, name]) => name);
  const entries = groups.flatMap((group) =>
    fleet.settings
      .notificationTargets(group)
      .flatMap((target) =>
        target.types.map(
          (type) =>
            `<member><AutoScalingGroupName>${group}</AutoScalingGroupName><TopicARN>${target.topicArn}</TopicARN><NotificationType>${type}</NotificationType></member>`,
        ),
      ),
  );
  return queryReply(call.action, `<NotificationConfigurations>${entries.join("")}</NotificationConfigurations>`);
}

/** The instance is answered before Auto Scaling acts, as in AWS. */
async function completeAction(fleet: Fleet, call: ApiCall): Promise<ApiReply> {
  const [id, result] = [call.form.get("InstanceId") ?? "", call.form.get("LifecycleActionResult") ?? ""];
  const member = fleet.member(id);
  if (member?.lifecycle !== "Pending:Wait" || member.group !== call.form.get("AutoScalingGroupName")) {
    return queryError("ValidationError", `No active Lifecycle Action found with instance ID ${id}`);
  }
  if (result !== "CONTINUE" && result !== "ABANDON")
    return queryError("ValidationError", `Invalid LifecycleActionResult: ${result}`);
  finish(fleet, member, result).catch((error: Error) => console.error(`fleet: ${id}: ${error.stack}`));
  return queryReply(call.action);
}

/** moto has put another instance in the place of an abandoned one by then. */
async function finish(fleet: Fleet, member: Member, result: string): Promise<void> {
  await fleet.complete(member.spec.id, result);
  if (result === "ABANDON") await fleet.reconcile(member.spec.region, member.group, REPLACEMENT);
}

const REPLACEMENT = "an instance was taken out of service in response to an abandoned launch";

/** Calls that change which instances a group has, and how Auto Scaling tells why. */
export async function followAutoScaling(fleet: Fleet, clients: Clients, call: ApiCall, reply: string): Promise<string> {
  const name = call.form.get("AutoScalingGroupName") ?? "";
  switch (call.action) {
    case "CreateAutoScalingGroup":
      fleet.settings.readHooks(call.form);
      return act(
        fleet,
        clients,
        name,
        reply,
        (to) => `a user request created an AutoScalingGroup changing the desired capacity from 0 to ${to}`,
      );
    case "SetDesiredCapacity":
      return act(
        fleet,
        clients,
        name,
        reply,
        (to, from) =>
          `a user request explicitly set group desired capacity changing the desired capacity from ${from} to ${to}`,
      );
    case "UpdateAutoScalingGroup":
      return act(fleet, clients, name, reply, (to, from, { min, max }) => {
        const constraints = `min: ${min}, max: ${max}, desired: ${to}`;
        return `a user request update of AutoScalingGroup constraints to ${constraints} changing the desired capacity from ${from} to ${to}`;
      });
    case "TerminateInstanceInAutoScalingGroup":
      return followTermination(fleet, call, reply);
    case "DescribeAutoScalingGroups":
    case "DescribeAutoScalingInstances":
      return withLifecycles(reply, (id) => fleet.member(id)?.lifecycle);
    default:
      return reply;
  }
}

/** Abandoned launches come by here too; those the fleet clears away itself. */
function followTermination(fleet: Fleet, call: ApiCall, reply: string): string {
  const member = fleet.member(call.form.get("InstanceId") ?? "");
  if (member && member.lifecycle !== "Terminating") {
    const reason = "an instance was taken out of service in response to a user request";
    fleet.reconcile(call.region, member.group, reason).catch(() => undefined);
  }
  return reply;
}

type Reason = (to: number, from: number, size: { min: number; max: number }) => string;

async function act(fleet: Fleet, clients: Clients, name: string, reply: string, reason: Reason): Promise<string> {
  const group = await describeGroup(clients, name);
  const from = fleet.members(name).filter((member) => member.lifecycle !== "Terminating").length;
  const size = { min: group.MinSize ?? 0, max: group.MaxSize ?? 0 };
  fleet.reconcile(clients.region, name, reason(group.DesiredCapacity ?? 0, from, size)).catch(() => undefined);
  return reply;
}

/** moto calls every instance InService at once; this puts in where each really is. */
export function withLifecycles(reply: string, lifecycle: (id: string) => Lifecycle | undefined): string {
  return reply.replace(/<member>(?:(?!<member>)[\s\S])*?<\/member>/g, (entry) => {
    const id = /<InstanceId>([^<]+)<\/InstanceId>/.exec(entry)?.[1];
    const state = id && lifecycle(id);
    return state ? entry.replace(/<LifecycleState>[^<]*</, `<LifecycleState>${state}<`) : entry;
  });
}
