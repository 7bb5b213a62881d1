import { compareVersions } from "../deb/version-order";
import { InputError } from "../errors";
import type { Verdicts } from "../fleet/verdict";
import { newestGood } from "./health";
import { findPackage, noPackage, type PackageVersion } from "./package-version";
import { type IndexedPackage, versionsOf } from "./packages";
import { placeOf, type Shelf } from "./suite";

/** Which versions of a package hosts lose, and what they go to. */
export interface Withdrawal {
  readonly package: string;
  /** Newest first; empty where none of them is listed any more. */
  readonly withdrawn: readonly string[];
  /** The highest version that was listed before. */
  readonly previous: string | null;
  /** The highest version that stays, which hosts go to unless their group found it bad; null where none stays. */
  readonly target: string | null;
}

/** @throws InputError when no version would be left in the main suite. */
export function planWithdrawal(live: readonly IndexedPackage[], wanted: PackageVersion, shelf: Shelf): Withdrawal {
  const { name, version } = wanted;
  const listed = versionsOf(live, name);
  const withdrawn = listed.filter((other) => other === version);
  const left = listed.filter((other) => other !== version);
  if (withdrawn.length > 0 && left.length === 0 && shelf.suite.channel === undefined) {
    throw new InputError(
      `${version} is all ${placeOf(shelf)} has of ${name}: hosts would have nothing to go to; publish another version first`,
    );
  }
  return { package: name, withdrawn, previous: listed[0] ?? null, target: left[0] ?? null };
}

/**
 * Withdraws every version above the one to go back to.
 * @param to @default the newest version below the highest that every group found good that judged it
 * @throws InputError when there is no such version, or a group found it bad.
 */
export function planRollback(
  live: readonly IndexedPackage[],
  name: string,
  to: string | undefined,
  verdicts: Verdicts,
  shelf: Shelf,
): Withdrawal {
  const listed = versionsOf(live, name);
  if (listed.length === 0) throw noPackage(live, name, placeOf(shelf));
  if (to !== undefined) findPackage(live, { name, version: to }, placeOf(shelf));
  const target = to ?? newestGood(verdicts, listed.slice(1));
  if (target === undefined) {
    throw new InputError(
      `${placeOf(shelf)} has no version of ${name} below ${listed[0]} that some group found good and none bad; ` +
        `its versions are ${listed.join(", ")}: choose one with --to`,
    );
  }
  const bad = [...(verdicts.get(target) ?? [])].filter(([, { verdict }]) => verdict === "bad").map(([group]) => group);
  if (bad.length > 0) {
    throw new InputError(
      `group ${bad.join(", ")} found ${name} ${target} bad, and its hosts would not take it; choose another version with --to`,
    );
  }
  const withdrawn = listed.filter((version) => compareVersions(version, target) > 0);
  return { package: name, withdrawn, previous: listed[0] ?? null, target };
}
