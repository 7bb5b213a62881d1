import { readFleet } from "../fleet/instances";
import { isReportOf } from "../fleet/look";
import { Watcher } from "../fleet/snapshot";
import { pastBucket } from "../past/past-bucket";
import { PAST_FLEET, pastFleet } from "../past/past-fleet";
import type { Stack } from "../project";
import { openBucket } from "../repository/bucket";
import { openListing } from "../repository/listing";
import { openVersions } from "../repository/versions";
import type { Source } from "./read-facts";

/**
 * A stack as it is, or as it was at a moment.
 * @param groups whose objects are read; undefined for those of all
 */
export async function openSource(stack: Stack, at: Date | undefined, groups?: readonly string[]): Promise<Source> {
  const { region } = stack.config;
  const name = stack.repository.bucket;
  const folders = groups?.flatMap((group) => [`hosts/${group}/`, `rollout/${group}/`]) ?? ["hosts/", "rollout/"];
  if (at === undefined) {
    const bucket = await openBucket(region, name);
    const fleet = await readFleet(stack);
    const isReport = isReportOf(fleet);
    const watcher = new Watcher(bucket, await openListing(region, name), folders);
    const objects = await watcher.look((key) => key.startsWith("rollout/") || isReport(key));
    // Ages are S3's own, as hosts take them.
    const now = new Date(Date.now() - (bucket.clockAhead() ?? 0) * 1000);
    return { now, bucket, objects, instances: fleet.instances, unknown: [] };
  }
  const bucket = pastBucket(await openVersions(region, name), at);
  const objects = await bucket.snapshot(folders, () => true);
  const { instances } = pastFleet(groups ?? Object.keys(stack.config.groups), objects, at);
  return { now: at, bucket, objects, instances, unknown: [PAST_FLEET] };
}
