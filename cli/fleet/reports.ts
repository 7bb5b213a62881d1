import { mapConcurrently } from "../concurrency";
import { UserError } from "../errors";
import { warn } from "../progress";
import type { Stack } from "../project";
import type { Bucket } from "../repository/bucket";
import { type HostReport, type ReportKey, readHostReport, reportKeys } from "./host";
import { type Fleet, readFleet } from "./instances";

/** A stack's instances and what their agents say. */
export interface ReportedFleet extends Fleet {
  readonly reports: readonly HostReport[];
}

/** Reads the instances of a stack and the reports of those that exist. */
export async function readReportedFleet(stack: Stack, bucket: Bucket): Promise<ReportedFleet> {
  const fleet = await readFleet(stack);
  const existing = new Set(fleet.instances.map(({ group, instance }) => `${group}/${instance}`));
  const keys = reportKeys(await bucket.list("hosts/"));
  return {
    ...fleet,
    reports: await reportsOf(
      bucket,
      keys.filter(({ group, instance }) => existing.has(`${group}/${instance}`)),
    ),
  };
}

/** The reports of a stack's hosts: of those that exist, or of all there ever were where AWS does not tell. */
export async function readReports(stack: Stack, bucket: Bucket): Promise<readonly HostReport[]> {
  try {
    return (await readReportedFleet(stack, bucket)).reports;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    warn(`${error.message}; every host that ever reported counts as running`);
  }
  return reportsOf(bucket, reportKeys(await bucket.list("hosts/")));
}

async function reportsOf(bucket: Bucket, keys: readonly ReportKey[]): Promise<HostReport[]> {
  const reports = await mapConcurrently(keys, ({ key }) => readHostReport(bucket, key));
  return reports.filter((report) => report !== undefined);
}
