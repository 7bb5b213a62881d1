import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mapConcurrently } from "../concurrency";
import { InputError } from "../errors";
import { readVerdicts } from "../fleet/verdict";
import { withTemporaryFolder } from "../temporary";
import { timestamp } from "../time";
import { changeIndex, type PublisherOptions } from "./change";
import { checkExpectation, type Expectation } from "./expectation";
import { readIndex, readPackage } from "./index";
import { findPackage, type PackageVersion } from "./package-version";
import { type IndexedPackage, versionsOf } from "./packages";
import { type Release, readRelease, unrecorded, writeRelease } from "./release";
import { placeOf, type Shelf } from "./suite";
import { planRollback, planWithdrawal, type Withdrawal } from "./withdrawal";

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
export function rollbackOf(shelf: Shelf, name: string, to: string | undefined, expected: Expectation = {}): Planner {
  return async (live) => {
    await checkExpectation(shelf, live, name, expected);
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
