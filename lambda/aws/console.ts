import type { Place } from "./place";

/** The consoles' domains. No guess for the isolated partitions: no button is better than a wrong one. */
const DOMAIN: ReadonlyMap<string, string> = new Map([
  ["aws", "console.aws.amazon.com"],
  ["aws-cn", "console.amazonaws.cn"],
  ["aws-us-gov", "console.amazonaws-us-gov.com"],
  ["aws-eusc", "console.amazonaws-eusc.eu"],
]);

/** Addresses of pages in the AWS console; undefined where what to show, or where it lies, is not known. */
export function instancePage(place: Place, instance: string | undefined): string | undefined {
  return isInstance(instance) ? page(place, "ec2", `InstanceDetails:instanceId=${instance}`) : undefined;
}

/** What an instance wrote to its console while it booted: cloud-init's and the agent's output. */
export function bootLogPage(place: Place, instance: string | undefined): string | undefined {
  return isInstance(instance) ? page(place, "ec2", `GetSystemLog:instanceId=${instance}`) : undefined;
}

/** The activity history of an Auto Scaling group. */
export function activityPage(place: Place, group: string): string | undefined {
  return page(place, "ec2", `AutoScalingGroupDetails:id=${encodeURIComponent(group)};view=activity`);
}

/** The instance refreshes of an Auto Scaling group. */
export function refreshPage(place: Place, group: string): string | undefined {
  return page(place, "ec2", `AutoScalingGroupDetails:id=${encodeURIComponent(group)};view=instanceRefresh`);
}

export function alarmPage(place: Place, alarm: string | undefined): string | undefined {
  return alarm && page(place, "cloudwatch", `alarmsV2:alarm/${encodeURIComponent(alarm)}`);
}

/** A log group; CloudWatch's own escape is `$` for the percent sign, over text that is escaped twice. */
export function logsPage(place: Place, logGroup: string | undefined): string | undefined {
  const escaped = logGroup && encodeURIComponent(encodeURIComponent(logGroup)).replaceAll("%", "$");
  return escaped && page(place, "cloudwatch", `logsV2:log-groups/log-group/${escaped}`);
}

function page({ partition = "", region }: Place, service: string, fragment: string): string | undefined {
  const domain = DOMAIN.get(partition);
  if (domain === undefined || region === undefined) return undefined;
  const host = partition === "aws" ? `${region}.${domain}` : domain;
  return `https://${host}/${service}/home?region=${region}#${fragment}`;
}

function isInstance(instance: string | undefined): instance is string {
  return instance !== undefined && /^i-[0-9a-f]+$/.test(instance);
}
