import { UserError } from "../errors";
import { warn } from "../progress";
import type { Stack } from "../project";
import type { Bucket } from "../repository/bucket";
import { openListing } from "../repository/listing";
import { type GroupStatus, groupStatus, isGroupObject } from "./group-status";
import { hear, withoutVoices } from "./hear";
import { type HostReport, reportIn, reportKeys } from "./host";
import { type Fleet, readFleet } from "./instances";
import { type Snapshot, Watcher } from "./snapshot";
import { joinStatus, type StatusRow } from "./status";

/** How a stack is at one moment. */
export interface StackStatus {
  readonly rows: readonly StatusRow[];
  readonly groups: readonly GroupStatus[];
  /** Groups the configuration has and AWS has not. */
  readonly absentGroups: readonly string[];
}

/** Looks at a stack, again and again: what has not changed since the look before is not read again. */
export async function openLook(stack: Stack, bucket: Bucket): Promise<() => Promise<StackStatus>> {
  const listing = await openListing(stack.config.region, bucket.name);
  const groups = Object.keys(stack.config.groups);
  const watcher = new Watcher(bucket, listing, ["hosts/", ...groups.map(withoutVoices)]);
  const tell = onceEach(warn);
  return async () => {
    const fleet = await readFleet(stack);
    const now = new Date();
    const isReport = isReportOf(fleet);
    const seen = await watcher.look((key) => isGroupObject(key) || isReport(key));
    const objects = await hear(listing, groups, seen);
    return stackStatus(stack, fleet, objects, now, tell);
  };
}

/** Whether the object of a key is the report of a host that exists. */
export function isReportOf({ instances }: Fleet): (key: string) => boolean {
  const existing = new Set(instances.map(({ group, instance }) => `${group}/${instance}`));
  return (key) => reportKeys([key]).some(({ group, instance }) => existing.has(`${group}/${instance}`));
}

/**
 * How a stack is, by what Auto Scaling and the bucket's objects say.
 * @param tell told of reports that are none, which are left out
 */
export function stackStatus(
  { config }: Pick<Stack, "config">,
  { instances, absentGroups }: Fleet,
  objects: Snapshot,
  now: Date,
  tell: (fault: string) => void,
): StackStatus {
  const reports = reportKeys([...objects.keys()]).flatMap(({ key }): HostReport[] => {
    try {
      return [reportIn(objects.get(key), `s3://${config.repository.bucket}/${key}`)];
    } catch (error) {
      // One host's fault must not hide all the others.
      if (!(error instanceof UserError)) throw error;
      tell(error.message);
      return [];
    }
  });
  return {
    rows: joinStatus(instances, reports, now),
    groups: Object.keys(config.groups).map((group) => groupStatus(group, objects, instances, reports, now)),
    absentGroups,
  };
}

/** Tells nothing twice. */
function onceEach(tell: (text: string) => void): (text: string) => void {
  const told = new Set<string>();
  return (text) => {
    if (!told.has(text)) tell(text);
    told.add(text);
  };
}
