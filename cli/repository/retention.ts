import type { DebFile } from "../deb/deb";
import { compareVersions, newestFirst } from "../deb/version-order";
import { readReports } from "../fleet/reports";
import { readVerdicts } from "../fleet/verdict";
import { type IndexedPackage, versionsOf } from "./packages";
import type { Shelf } from "./suite";

/** What decides which versions of one package stay. */
export interface Holdings {
  /** All versions. */
  readonly versions: readonly string[];
  /** How many of the newest stay in any case. */
  readonly keep: number;
  /** Versions that some host runs. */
  readonly running: readonly string[];
  /** For each group that has one, the newest version it found good: where its hosts go back to. */
  readonly newestGood: readonly string[];
}

/** The versions to drop: old ones that no host runs, below everything a group may want to go back to. Newest first. */
export function expiredVersions({ versions, keep, running, newestGood }: Holdings): string[] {
  return newestFirst(versions)
    .slice(keep)
    .filter((version) => !running.includes(version))
    .filter((version) => newestGood.every((good) => compareVersions(version, good) < 0));
}

/** What an index may lose, by the stack's `towline:repository.keep`, when it gets `added`. */
export async function expiredPackages(
  { stack, bucket }: Shelf,
  live: readonly IndexedPackage[],
  added: readonly DebFile[],
): Promise<IndexedPackage[]> {
  const { keep } = stack.config.repository;
  const versions = (name: string) => versionsOf([...live, ...added], name);
  const crowded = [...new Set(live.map((entry) => entry.name))].filter((name) => versions(name).length > keep);
  if (crowded.length === 0) return [];

  const reports = await readReports(stack, bucket);
  const expired: IndexedPackage[] = [];
  for (const name of crowded) {
    const verdicts = await readVerdicts(bucket, Object.keys(stack.config.groups), name, versions(name));
    const dropped = expiredVersions({
      versions: versions(name),
      keep,
      running: reports.flatMap((report) => report.packages[name] ?? []),
      newestGood: newestGoodOf(verdicts),
    });
    expired.push(...live.filter((entry) => entry.name === name && dropped.includes(entry.version)));
  }
  return expired;
}

function newestGoodOf(verdicts: Awaited<ReturnType<typeof readVerdicts>>): string[] {
  const newest = new Map<string, string>();
  for (const version of newestFirst(verdicts.keys())) {
    for (const [group, { verdict }] of verdicts.get(version) ?? []) {
      if (verdict === "ok" && !newest.has(group)) newest.set(group, version);
    }
  }
  return [...newest.values()];
}
