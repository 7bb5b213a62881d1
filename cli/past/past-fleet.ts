import { isSilent } from "../fleet/group-status";
import { type HostReport, reportIn, reportKeys } from "../fleet/host";
import type { Fleet } from "../fleet/instances";
import type { Snapshot } from "../fleet/snapshot";

/** What is said beside a fleet of the past. */
export const PAST_FLEET =
  "which instances there were is told by their own reports, since Auto Scaling does not tell the past: one that had just been launched, or had ended without a word within 35 minutes, may be missing or too many";

const LIFECYCLES: Readonly<Record<HostReport["state"], string>> = {
  ...{ booting: "Pending", serving: "InService", upgrading: "InService", failed: "InService", leaving: "Terminating" },
};

/** A stack's groups at a moment, with the instances whose reports were not older than the reports of hosts that live. */
export function pastFleet(groups: readonly string[], objects: Snapshot, at: Date): Fleet {
  const instances = reportKeys([...objects.keys()]).flatMap(({ group, instance, key }) => {
    if (!groups.includes(group)) return [];
    try {
      const report = reportIn(objects.get(key), key);
      // An agent from before 0.7 reports what changes alone: it is there until it says that it leaves.
      if (isSilent(report, at)) return [];
      return [{ group, instance, lifecycle: LIFECYCLES[report.state] }];
    } catch {
      return [];
    }
  });
  return { instances, sizes: [], absentGroups: [] };
}
