import type { Activities } from "../fleet/activities";
import type { Refresh, RefreshOrder } from "../fleet/refresh";
import type { Refreshes } from "../fleet/refreshes";
import { type ApiCall, type ApiReply, elements, members, queryError, queryReply } from "../region/calls";

/** Where the template is named within the policy of a group of several instance types. */
const MIXED = ["LaunchTemplate", "LaunchTemplateSpecification"];

/** Auto Scaling's calls about instance refreshes and activities, of which moto knows none. */
export function answerRefreshes(refreshes: Refreshes, activities: Activities, call: ApiCall): ApiReply | undefined {
  const group = call.form.get("AutoScalingGroupName") ?? "";
  switch (call.action) {
    case "StartInstanceRefresh":
      return start(refreshes, call, group);
    case "CancelInstanceRefresh":
      return cancel(refreshes, call, group);
    case "DescribeInstanceRefreshes": {
      const ids = members(call.form, "InstanceRefreshIds");
      const found = refreshes.of(group).filter(({ id }) => ids.length === 0 || ids.includes(id));
      return queryReply(call.action, list("InstanceRefreshes", found.map(describeRefresh)));
    }
    case "DescribeScalingActivities":
      return queryReply(call.action, list("Activities", activities.of(group).map(describeActivity)));
    default:
      return undefined;
  }
}

function start(refreshes: Refreshes, call: ApiCall, group: string): ApiReply {
  if (refreshes.underWay(group) !== undefined) {
    const message = "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.";
    return queryError("InstanceRefreshInProgress", message);
  }
  const order = readOrder(call, group);
  if (order === undefined) return queryError("ValidationError", "the local region wants a launch template's version");
  const { minHealthyPercentage: least, maxHealthyPercentage: most } = order;
  if (!isCarriedOut(order)) {
    const does = "the local region replaces instances within 100 to more than 100 percent, or 0 to 100";
    return queryError("ValidationError", `${does}, not ${least} to ${most}`);
  }
  return queryReply(call.action, `<InstanceRefreshId>${refreshes.start(order).id}</InstanceRefreshId>`);
}

/** Whether the local region keeps to these bounds: one new instance comes before an old one goes, or one old one goes before. */
function isCarriedOut({ minHealthyPercentage: least, maxHealthyPercentage: most }: RefreshOrder): boolean {
  return most > 100 ? least === 100 : least === 0;
}

function cancel(refreshes: Refreshes, call: ApiCall, group: string): ApiReply {
  const refresh = refreshes.underWay(group);
  if (refresh === undefined) {
    const message = `No in progress or pending Instance Refresh found for Auto Scaling group ${group}`;
    return queryError("ActiveInstanceRefreshNotFound", message);
  }
  refresh.cancel();
  return queryReply(call.action, `<InstanceRefreshId>${refresh.id}</InstanceRefreshId>`);
}

/** Without the version that the order has to name: undefined. Defaults as the API Reference has them. */
function readOrder({ form, region }: ApiCall, group: string): RefreshOrder | undefined {
  const desired = "DesiredConfiguration";
  const plain = form.get(`${desired}.LaunchTemplate.Version`);
  const version = plain ?? form.get(`${desired}.MixedInstancesPolicy.${MIXED.join(".")}.Version`);
  if (version === null) return undefined;
  const preference = (name: string, otherwise: number) => Number(form.get(`Preferences.${name}`) ?? otherwise);
  return {
    group,
    region,
    version,
    mixed: plain === null,
    minHealthyPercentage: preference("MinHealthyPercentage", 90),
    maxHealthyPercentage: preference("MaxHealthyPercentage", 100),
    warmup: preference("InstanceWarmup", 0),
    bake: preference("BakeTime", 0),
    alarms: members(form, "Preferences.AlarmSpecification.Alarms"),
    skipMatching: form.get("Preferences.SkipMatching") === "true",
  };
}

function describeRefresh({ id, order, status, reason, percent, left, startedAt, endedAt }: Refresh): string {
  const fields = {
    ...{ InstanceRefreshId: id, AutoScalingGroupName: order.group, Status: status, StatusReason: reason },
    ...{ StartTime: startedAt.toISOString(), EndTime: endedAt?.toISOString() ?? "" },
    ...{ PercentageComplete: String(percent), InstancesToUpdate: String(left) },
  };
  return elements(fields) + describeDesired(order);
}

/** In the form in which it was asked for. */
function describeDesired({ version, mixed }: RefreshOrder): string {
  const way = ["DesiredConfiguration", ...(mixed ? ["MixedInstancesPolicy", ...MIXED] : ["LaunchTemplate"])];
  return way.reduceRight((inner, name) => `<${name}>${inner}</${name}>`, elements({ Version: version }));
}

function describeActivity(activity: ReturnType<Activities["of"]>[number]): string {
  const { id, group, description, cause, began, ended, error } = activity;
  return elements({
    ...{ ActivityId: id, AutoScalingGroupName: group, Description: description, Cause: cause },
    ...{ StartTime: began.toISOString(), EndTime: ended.toISOString(), Progress: "100" },
    ...{ StatusCode: error === "" ? "Successful" : "Cancelled", StatusMessage: error },
  });
}

function list(name: string, entries: readonly string[]): string {
  return `<${name}>${entries.map((entry) => `<member>${entry}</member>`).join("")}</${name}>`;
}
