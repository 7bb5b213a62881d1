import { isSilent, type Waiting } from "./group-status";
import type { HostReport } from "./host";
import type { FleetInstance } from "./instances";

/** One line of `towline status`. */
export interface StatusRow extends FleetInstance {
  /** What the host's agent is at; null where it has not reported. */
  readonly state: HostReport["state"] | null;
  /** Versions by package. */
  readonly packages: Readonly<Record<string, string>>;
  /** Since when it is in that state, ISO 8601. */
  readonly since: string | null;
  readonly health: HostReport["health"];
  /** The last thing that went wrong. */
  readonly error: string | null;
  /** What somebody changed by hand, `changed /opt/hello/app.js` each; empty where nothing is known of that. */
  readonly drift?: readonly string[];
  /** What it waits for; null where it does not. */
  readonly waiting: Waiting | null;
  /** When it last reported. */
  readonly reported: string | null;
  /** Whether that was long ago, of a host in service. */
  readonly silent: boolean;
}

/** Joins what Auto Scaling knows with what hosts report: one row for each instance, by group, then instance. */
export function joinStatus(
  instances: readonly FleetInstance[],
  reports: readonly HostReport[],
  now: Date,
): StatusRow[] {
  const byInstance = new Map(reports.map((report) => [`${report.group}/${report.instance}`, report]));
  return instances
    .map((instance) => row(instance, byInstance.get(`${instance.group}/${instance.instance}`), now))
    .sort((a, b) => a.group.localeCompare(b.group) || a.instance.localeCompare(b.instance));
}

function row(instance: FleetInstance, report: HostReport | undefined, now: Date): StatusRow {
  return {
    ...instance,
    state: report?.state ?? null,
    packages: report?.packages ?? {},
    since: report?.since ?? null,
    health: report?.health ?? "unknown",
    error: report?.error || null,
    drift: report?.drift ?? [],
    waiting: report?.waiting ?? null,
    reported: report?.reported ?? null,
    silent: instance.lifecycle === "InService" && report !== undefined && isSilent(report, now),
  };
}
