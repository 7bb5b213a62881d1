import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mapConcurrently } from "../concurrency";
import { InputError } from "../errors";
import { readVerdicts, type Verdicts } from "../fleet/verdict";
import { withTemporaryFolder } from "../temporary";
import { timestamp } from "../time";
import { changeIndex, type PublisherOptions } from "./change";
import { newestGood } from "./health";
import { readIndex, readPackage } from "./index";
import { findPackage, noPackage, type PackageVersion } from "./package-version";
import { type IndexedPackage, versionsOf } from "./packages";
import { type Release, readRelease, unrecorded, writeRelease } from "./release";
import { placeOf, type Shelf } from "./suite";
import { compareVersions } from "./version-order";

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

/** How a withdrawal is found, given what hosts see. */
export type Planner = (live: readonly IndexedPackage[]) => Promise<Withdrawal>;

/** The plan to withdraw one version. */
export function withdrawalOf(shelf: Shelf, wanted: PackageVersion): Planner {
  return async (live) => {
    await checkKnown(shelf, live, wanted);
    return planWithdrawal(live, wanted, shelf);
  };
}

/** The plan to go back to an older version. */
export function rollbackOf(shelf: Shelf, name: string, to: string | undefined): Planner {
  return async (live) => {
    const groups = Object.keys(shelf.stack.config.groups);
    const verdicts = await readVerdicts(shelf.bucket, groups, name, versionsOf(live, name));
    return planRollback(live, name, to, verdicts, shelf);
  };
}

/** What a plan would do now, without doing it. */
export async function previewWithdrawal(shelf: Shelf, plan: Planner): Promise<Withdrawal> {
  return plan((await readIndex(shelf.bucket, shelf.suite.repository))?.packages ?? []);
}

/**
 * Takes versions out of what hosts see and keeps their packages in the pool. Hosts that run them go to the highest version
 * that stays.
 */
export async function withdraw(
  shelf: Shelf,
  plan: Planner,
  options: PublisherOptions & { readonly reason: string },
): Promise<Withdrawal> {
  const { by, reason } = options;
  let withdrawal = await previewWithdrawal(shelf, plan);
  if (withdrawal.withdrawn.length === 0) return withdrawal;
  await changeIndex(shelf, options, async (live) => {
    withdrawal = await plan(live);
    const { withdrawn, package: name } = withdrawal;
    if (withdrawn.length === 0) return undefined;
    const remove = live.filter((entry) => entry.name === name && withdrawn.includes(entry.version));
    const beforehand = async () => {
      await mapConcurrently(remove, async (entry) => {
        const known = await readRelease(shelf.bucket, shelf.suite, entry.name, entry.version);
        const release = known ?? unrecorded(entry, shelf.suite.channel);
        await writeRelease(shelf.bucket, shelf.suite, { ...release, withdrawn: { at: timestamp(), by, reason } });
      });
    };
    return { add: [], remove, beforehand };
  });
  return withdrawal;
}

/**
 * Lists a withdrawn version again, from the pool.
 * @returns whether it was not listed before
 * @throws InputError when it was not withdrawn.
 */
export async function undoWithdrawal(
  shelf: Shelf,
  wanted: PackageVersion,
  options: PublisherOptions & { readonly reason: string },
): Promise<boolean> {
  const release = await withdrawnRelease(shelf, wanted);
  const relisted = await withTemporaryFolder(async (temporary) => {
    let added = false;
    await changeIndex(shelf, options, async (live) => {
      added = !live.some((entry) => entry.sha256 === release.sha256);
      if (!added) return undefined;
      const path = join(temporary, "package.deb");
      await writeFile(path, await readPackage(shelf.bucket, release));
      return { add: [], relist: [{ ...release, name: release.package, path }], remove: [] };
    });
    return added;
  });
  const { by, reason } = options;
  await writeRelease(shelf.bucket, shelf.suite, {
    ...release,
    withdrawn: null,
    relisted: { at: timestamp(), by, reason },
  });
  return relisted;
}

/** @throws InputError unless the version was withdrawn. */
export async function withdrawnRelease(shelf: Shelf, { name, version }: PackageVersion): Promise<Release> {
  const release = await readRelease(shelf.bucket, shelf.suite, name, version);
  if (release?.withdrawn) return release;
  throw new InputError(`${placeOf(shelf)}: ${name} ${version} was not withdrawn; 'towline releases' shows what was`);
}

/** @throws InputError when the version is neither listed nor withdrawn already. */
async function checkKnown(shelf: Shelf, live: readonly IndexedPackage[], wanted: PackageVersion): Promise<void> {
  const listed = live.some((entry) => entry.name === wanted.name && entry.version === wanted.version);
  if (listed || (await readRelease(shelf.bucket, shelf.suite, wanted.name, wanted.version))?.withdrawn) return;
  findPackage(live, wanted, placeOf(shelf));
}
