import { mapConcurrently } from "../concurrency";
import { readHostReport, reportKeys } from "../fleet/host";
import type { Bucket } from "../repository/bucket";
import { timestamp } from "../time";

/** A host that did not come up, and why. */
export interface FailedHost {
  readonly instance: string;
  readonly error: string;
}

/**
 * What hosts of a group said of their own failure since a time, the latest first. They may be gone by now: Auto Scaling itself knows
 * only that somebody abandoned them.
 */
export async function failedHosts(bucket: Bucket, group: string, since: Date): Promise<readonly FailedHost[]> {
  const keys = reportKeys(await bucket.list(`hosts/${group}/`));
  const reports = await mapConcurrently(keys, ({ key }) => readHostReport(bucket, key));
  return reports
    .filter((report) => report !== undefined)
    .filter(({ state, reported }) => state === "failed" && reported >= timestamp(since))
    .sort((one, other) => other.reported.localeCompare(one.reported))
    .map(({ instance, error }) => ({ instance, error: error ?? "" }));
}
