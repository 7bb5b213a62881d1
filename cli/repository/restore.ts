import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mapConcurrently } from "../concurrency";
import { progressLine } from "../progress";
import { withTemporaryFolder } from "../temporary";
import { type Database, openAptly } from "./aptly";
import type { Bucket } from "./bucket";
import type { PublisherOptions } from "./change";
import { readIndex, readPackage } from "./index";
import { withPublishLease } from "./lease";
import type { IndexedPackage } from "./packages";
import { type Identity, reconcile } from "./plan";
import type { Shelf } from "./suite";

/** What `restore` did to the database of one suite. */
export interface Restoration {
  readonly suite: string;
  /** Packages that were fetched from the bucket. */
  readonly fetched: number;
  /** Packages that hosts do not see and were removed. */
  readonly removed: number;
  /** Packages it holds now, which are those hosts see. */
  readonly total: number;
}

/** Makes aptly's database of a suite hold what hosts see, on a machine that may have lost it or never had it. */
export async function restoreSuite(
  { bucket, suite }: Shelf,
  options: Pick<PublisherOptions, "stateDirectory" | "wait" | "by">,
): Promise<Restoration> {
  const lease = { ...options, purpose: "restoring a publisher's database" };
  return withPublishLease(bucket, lease, async () => {
    const live = (await readIndex(bucket, suite.repository))?.packages ?? [];
    const done = await withTemporaryFolder(async (temporary) => {
      const stateDirectory = join(options.stateDirectory, "aptly");
      const database = await openAptly({ repository: suite.repository, stateDirectory, temporary });
      return fillDatabase(database, bucket, live, temporary);
    });
    return { suite: suite.repository.suite, ...done, total: live.length };
  });
}

/**
 * Brings a database in line with what it should hold: what hosts see decides, so that a lost database never truncates the
 * index and what a failed publication left in it is never published.
 *
 * @param held what it holds; undefined where it has to be asked
 */
export async function fillDatabase(
  database: Database,
  bucket: Bucket,
  wanted: readonly IndexedPackage[],
  temporary: string,
  held?: readonly Identity[],
): Promise<Pick<Restoration, "fetched" | "removed">> {
  const { missing, stale } = reconcile(wanted, held ?? (await database.packages()));
  await database.remove(stale);
  const line = progressLine();
  let fetched = 0;
  let bytes = 0;
  const files = await mapConcurrently(missing, async (entry) => {
    const path = join(temporary, `${entry.sha256}.deb`);
    await writeFile(path, await readPackage(bucket, entry));
    fetched += 1;
    bytes += entry.size;
    const size = (bytes / 1e6).toFixed(1);
    line.show(
      `fetching published packages this machine has no copy of: ${fetched}/${missing.length}, ${size} MB`,
      Math.floor((4 * fetched) / missing.length),
    );
    return { ...entry, path };
  });
  line.end();
  await database.add(files);
  return { fetched: missing.length, removed: stale.length };
}
