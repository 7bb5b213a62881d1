import { newestFirst } from "../deb/version-order";
import type { Verdicts } from "../fleet/verdict";

/**
 * Why a version is not proven healthy: it is once every group that should judge it found it good, and no group bad.
 * @param judges the groups that run the package
 * @returns undefined when it is proven; else one or more clauses about the version
 */
export function doubtsAbout(verdicts: Verdicts, version: string, judges: readonly string[]): string | undefined {
  const found = verdicts.get(version) ?? new Map();
  if (judges.length === 0) return "no group runs the package";
  const bad = [...found].filter(([, { verdict }]) => verdict === "bad");
  const silent = judges.filter((group) => !found.has(group));
  const doubts = [
    ...bad.map(
      ([group, { reason }]) => `group ${group} found it bad${reason === "" ? "" : ` (${reason.split("\n", 1)[0]})`}`,
    ),
    ...silent.map((group) => `group ${group} has not judged it yet`),
  ];
  return doubts.length === 0 ? undefined : doubts.join(", ");
}

/** The newest version that every group found good that judged it, and at least one did. */
export function newestGood(verdicts: Verdicts, versions: readonly string[]): string | undefined {
  return newestFirst(versions).find((version) => {
    const found = [...(verdicts.get(version)?.values() ?? [])];
    return found.length > 0 && found.every(({ verdict }) => verdict === "ok");
  });
}
