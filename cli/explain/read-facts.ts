import { messageOf, UserError } from "../errors";
import { AGENT } from "../fleet/groups";
import { type HostReport, reportIn, reportKeys } from "../fleet/host";
import type { FleetInstance } from "../fleet/instances";
import type { Snapshot } from "../fleet/snapshot";
import type { Stack } from "../project";
import type { Objects } from "../repository/bucket";
import { readIndex } from "../repository/index";
import { endOf } from "../repository/index-identity";
import { versionsOf } from "../repository/packages";
import { suiteOf } from "../repository/suite";
import type { GroupFacts, HostFacts, SuiteFacts } from "./facts";

/** Where facts come from: the stack as it is, or as it was. */
export interface Source {
  readonly now: Date;
  readonly bucket: Objects;
  readonly objects: Snapshot;
  readonly instances: readonly FleetInstance[];
  readonly unknown: readonly string[];
}

/** Hosts leave what they failed at alone for so long (change-pause.sh). */
const PAUSE_MILLISECONDS = 900_000;
const FAILED = /^(?<of>.+?) (?:was|were) rolled back(?:, each to be tried alone)?: /;
/** A host that somebody has to change says so in its report (packages-standing.sh). */
const STANDING = /^host: (?<why>.+)$/s;

/** All that is known of a group. */
export async function readFacts(stack: Stack, source: Source, group: string): Promise<GroupFacts> {
  const config = stack.config.groups[group];
  const { suites, unknown } = await readSuites(stack, source.bucket, group);
  const reports = reportKeys([...source.objects.keys()]).filter((one) => one.group === group);
  const own = source.instances.filter((one) => one.group === group);
  const hosts = own.map(({ instance, lifecycle }): HostFacts => {
    const key = reports.find((one) => one.instance === instance)?.key ?? "";
    const report = reportAt(source.objects, key);
    return { instance, lifecycle, key, report, ...failures(report) };
  });
  return {
    group,
    packages: [AGENT, ...(config?.packages ?? []).filter((name) => name !== AGENT)],
    balanced: config?.http !== undefined,
    suites,
    objects: new Map([...source.objects].filter(([key]) => key.startsWith(`rollout/${group}/`))),
    hosts: hosts.sort((a, b) => a.instance.localeCompare(b.instance)),
    now: source.now,
    unknown: [
      ...source.unknown,
      ...unknown,
      ...(config?.http === undefined
        ? []
        : ["what the load balancer finds of the hosts: who serves is told by their own reports"]),
    ],
  };
}

async function readSuites(stack: Stack, bucket: Objects, group: string) {
  const channel = stack.config.groups[group]?.channel;
  const suites: SuiteFacts[] = [];
  const unknown: string[] = [];
  for (const of of [undefined, ...(channel === undefined ? [] : [channel])]) {
    const { repository } = suiteOf(stack, of);
    try {
      const index = await readIndex(bucket, repository);
      if (index === undefined) continue;
      const names = new Set(index.packages.map(({ name }) => name));
      suites.push({
        key: `dists/${repository.suite}/InRelease`,
        channel: of !== undefined,
        tag: index.etag,
        date: index.identity.date,
        until: endOf(index.identity, stack.config.repository.validDays),
        listed: new Map([...names].map((name) => [name, versionsOf(index.packages, name)])),
      });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      unknown.push(`what the suite ${repository.suite} lists: ${messageOf(error)}`);
    }
  }
  return { suites, unknown };
}

function reportAt(objects: Snapshot, key: string): HostReport | undefined {
  try {
    return reportIn(objects.get(key), key);
  } catch {
    return undefined;
  }
}

/** What a host's last error says of what it leaves alone. */
export function failures(report: HostReport | undefined): Pick<HostFacts, "standing" | "pauses"> {
  const error = report?.error ?? "";
  const standing = STANDING.exec(error)?.groups?.why ?? "";
  const failed = report?.state === "serving" ? FAILED.exec(error)?.groups?.of : undefined;
  const until = Date.parse(report?.since ?? "") + PAUSE_MILLISECONDS;
  const pauses = (failed?.split(" and ") ?? []).map((one) => ({ spec: one.replace(" ", "="), until }));
  return { standing, pauses };
}
