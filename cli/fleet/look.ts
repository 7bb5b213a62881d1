import { UserError } from "../errors";
import { warn } from "../progress";
import type { Stack } from "../project";
import type { Bucket } from "../repository/bucket";
import { openListing } from "../repository/listing";
import { type GroupStatus, groupStatus, isGroupObject } from "./group-status";
import { type HostReport, parseHostReport, reportKeys } from "./host";
import { readFleet } from "./instances";
import { Watcher } from "./snapshot";
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
  const watcher = new Watcher(bucket, listing, ["hosts/", "rollout/"]);
  const warned = new Set<string>();
  return async () => {
    const { instances, absentGroups } = await readFleet(stack);
    const now = new Date();
    const existing = new Set(instances.map(({ group, instance }) => `${group}/${instance}`));
    const wanted = (key: string) =>
      isGroupObject(key) || reportKeys([key]).some(({ group, instance }) => existing.has(`${group}/${instance}`));
    const objects = await watcher.look(wanted);
    const reports = reportKeys([...objects.keys()]).flatMap(({ key }): HostReport[] => {
      try {
        return [parseHostReport(`s3://${bucket.name}/${key}`, objects.get(key)?.text ?? "")];
      } catch (error) {
        // One host's fault must not hide all the others, and is told once.
        if (!(error instanceof UserError)) throw error;
        if (!warned.has(error.message)) warn(error.message);
        warned.add(error.message);
        return [];
      }
    });
    const groups = Object.keys(stack.config.groups);
    return {
      rows: joinStatus(instances, reports, now),
      groups: groups.map((group) => groupStatus(group, objects, instances, reports, now)),
      absentGroups,
    };
  };
}
