import { mapConcurrently } from "../concurrency";
import { UserError } from "../errors";
import { warn } from "../progress";
import type { Stack } from "../project";
import type { Bucket } from "../repository/bucket";
import { type HostReport, readHostReport } from "./host";
import { type Fleet, type FleetInstance, readFleet } from "./instances";

/** A stack's instances and what their agents say. */
export interface ReportedFleet extends Fleet {
  readonly reports: readonly HostReport[];
}

/** Reads the instances of a stack and the reports of those that exist. */
export async function readReportedFleet(stack: Stack, bucket: Bucket): Promise<ReportedFleet> {
  const fleet = await readFleet(stack);
  return { ...fleet, reports: await reportsOf(bucket, fleet.instances) };
}

/** The reports of a stack's hosts: of those that exist, or of all there ever were where AWS does not tell. */
export async function readReports(stack: Stack, bucket: Bucket): Promise<readonly HostReport[]> {
  try {
    return (await readReportedFleet(stack, bucket)).reports;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    warn(`${error.message}; every host that ever reported counts as running`);
  }
  const keys = await bucket.list("hosts/");
  const hosts = keys.flatMap((key) => {
    const [, group, instance] = /^hosts\/([^/]+)\/([^/]+)\.json$/.exec(key) ?? [];
    return group === undefined || instance === undefined ? [] : { group, instance };
  });
  return reportsOf(bucket, hosts);
}

async function reportsOf(
  bucket: Bucket,
  hosts: readonly Pick<FleetInstance, "group" | "instance">[],
): Promise<HostReport[]> {
  const reports = await mapConcurrently(hosts, ({ group, instance }) => readHostReport(bucket, group, instance));
  return reports.filter((report) => report !== undefined);
}
