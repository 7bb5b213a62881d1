import type { Fleet } from "../fleet/fleet";
import type { TargetGroups } from "../fleet/target-groups";
import { type ApiCall, type ApiReply, members, queryError, queryReply } from "../region/calls";

const ABOUT_TARGETS = new Set(["RegisterTargets", "DeregisterTargets", "DescribeTargetHealth"]);

/** Elastic Load Balancing's calls about targets; HAProxy is what knows them. */
export async function answerLoadBalancing(
  groups: TargetGroups,
  fleet: Fleet,
  call: ApiCall,
): Promise<ApiReply | undefined> {
  const arn = call.form.get("TargetGroupArn") ?? "";
  const ids = members(call.form, "Targets", "Id");
  if (!ABOUT_TARGETS.has(call.action)) return undefined;
  if (!groups.has(arn)) return queryError("TargetGroupNotFound", `One or more target groups not found: ${arn}`);
  switch (call.action) {
    case "RegisterTargets":
      return register(groups, fleet, arn, ids);
    case "DeregisterTargets":
      for (const id of ids) await groups.deregister(arn, id);
      return queryReply(call.action);
    default:
      return describeHealth(groups, arn, ids.length ? ids : groups.targets(arn));
  }
}

async function register(groups: TargetGroups, fleet: Fleet, arn: string, ids: readonly string[]): Promise<ApiReply> {
  for (const id of ids) {
    const member = fleet.member(id);
    if (!member) return queryError("InvalidTarget", `The following targets are not in a running state: '${id}'`);
    await groups.register(arn, member.spec);
  }
  return queryReply("RegisterTargets");
}

const REASONS: Readonly<Record<string, string>> = {
  initial: "Elb.InitialHealthChecking",
  unhealthy: "Target.FailedHealthChecks",
  draining: "Target.DeregistrationInProgress",
  unused: "Target.NotRegistered",
};

async function describeHealth(groups: TargetGroups, arn: string, ids: readonly string[]): Promise<ApiReply> {
  const { port } = groups.get(arn);
  const entries: string[] = [];
  for (const id of ids) {
    const state = await groups.health(arn, id);
    const reason = REASONS[state] ? `<Reason>${REASONS[state]}</Reason>` : "";
    const target = `<Target><Id>${id}</Id><Port>${port}</Port></Target><HealthCheckPort>${port}</HealthCheckPort>`;
    entries.push(`<member>${target}<TargetHealth><State>${state}</State>${reason}</TargetHealth></member>`);
  }
  return queryReply("DescribeTargetHealth", `<TargetHealthDescriptions>${entries.join("")}</TargetHealthDescriptions>`);
}
