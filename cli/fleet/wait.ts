import { compareVersions } from "../deb/version-order";
import type { HostReport } from "./host";
import type { FleetInstance } from "./instances";
import type { Verdict } from "./verdict";

/** What is known about a version on its way to the hosts. */
export interface Rollout {
  readonly package: string;
  readonly version: string;
  /** Versions hosts can install now. */
  readonly listed: readonly string[];
  /** Groups that run the package, with the fewest hosts each has. */
  readonly groups: readonly { readonly name: string; readonly min: number }[];
  readonly instances: readonly FleetInstance[];
  readonly reports: readonly HostReport[];
  /** Verdicts on the version by group. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

/** How far it has come. */
export interface RolloutState {
  readonly outcome: "converged" | "failed" | "waiting";
  /** One line: why it failed, or how many hosts of each group run it. */
  readonly summary: string;
}

/**
 * Judges a rollout. It failed when a group found the version bad or it was withdrawn; it converged when every host runs it
 * and is healthy. A host that runs a newer version hosts can install is past it, and counts.
 */
export function judgeRollout(rollout: Rollout): RolloutState {
  const release = `${rollout.package} ${rollout.version}`;
  for (const { name } of rollout.groups) {
    const verdict = rollout.verdicts.get(name);
    if (verdict?.verdict === "bad") {
      const reason = verdict.reason === "" ? "" : `: ${verdict.reason}`;
      return { outcome: "failed", summary: `group ${name} found ${release} bad on ${verdict.instance}${reason}` };
    }
  }
  if (!rollout.listed.includes(rollout.version))
    return { outcome: "failed", summary: `${release} is not published any more` };
  const groups = rollout.groups.map((group) => judgeGroup(rollout, group));
  const converged = groups.every((group) => group.converged);
  return {
    outcome: converged ? "converged" : "waiting",
    summary: `${release}: ${groups.map((group) => group.text).join("; ")}`,
  };
}

function judgeGroup(rollout: Rollout, group: Rollout["groups"][number]): { converged: boolean; text: string } {
  const members = rollout.instances.filter((one) => one.group === group.name && !leaving(one));
  const hosts = members.map((member) => ({
    instance: member.instance,
    there: hasArrived(rollout, member),
    text: stateOf(reportOf(rollout, member), rollout.package),
  }));
  const there = hosts.filter((host) => host.there).length;
  const others = hosts.filter((host) => !host.there).map((host) => `${host.instance} ${host.text}`);
  const total = Math.max(members.length, group.min);
  const detail = others.length === 0 ? "" : ` (${others.join(", ")})`;
  return { converged: there === total, text: `${group.name} ${there}/${total}${detail}` };
}

/** True for an instance that is on its way out of its group. */
export function leaving({ lifecycle }: FleetInstance): boolean {
  return /^(Terminat|Detach|EnteringStandby|Standby)/.test(lifecycle);
}

/** True for an instance in service that runs the version, or a newer one hosts can install, and is healthy. */
export function hasArrived(rollout: Rollout, member: FleetInstance): boolean {
  const report = reportOf(rollout, member);
  if (member.lifecycle !== "InService") return false;
  if (report?.state !== "serving" || report.health !== "healthy") return false;
  const running = report.packages[rollout.package];
  if (running === rollout.version) return true;
  return running !== undefined && rollout.listed.includes(running) && compareVersions(running, rollout.version) > 0;
}

function reportOf(rollout: Rollout, { group, instance }: FleetInstance): HostReport | undefined {
  return rollout.reports.find((one) => one.group === group && one.instance === instance);
}

function stateOf(report: HostReport | undefined, name: string): string {
  if (report === undefined) return "has not reported yet";
  return `${report.state} ${report.packages[name] ?? "without it"}${report.error ? `, ${report.error}` : ""}`;
}
