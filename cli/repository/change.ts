import { join } from "node:path";
import type { PrivateKey } from "openpgp";
import type { DebFile } from "../deb/deb";
import { withTemporaryFolder } from "../temporary";
import { openAptly } from "./aptly";
import { checkDraft } from "./check-draft";
import { checkWithdrawn } from "./check-withdrawn";
import { refuseWrongClock } from "./clock";
import { commit, draftOf, sweepIndexes } from "./commit";
import { refuseEnded } from "./ended";
import { type Index, readIndex } from "./index";
import { stamped } from "./index-identity";
import { clearSign, openSigner, type Signer } from "./keys";
import { type LastSigned, readLastSigned, refuseOlderIndex, writeLastSigned } from "./last-signed";
import { type HeldLease, withPublishLease } from "./lease";
import type { IndexedPackage } from "./packages";
import { placePackages, sweepPool } from "./pool";
import { fillDatabase } from "./restore";
import type { Shelf } from "./suite";

export interface PublisherOptions {
  /** Path of the armored private keys, or the keys. */
  readonly signingKey: string | readonly PrivateKey[];
  /** Folder that keeps aptly's database. */
  readonly stateDirectory: string;
  /** Seconds to wait for another publisher. */
  readonly wait: number;
  /** Who publishes. */
  readonly by: string;
  /** Tells the user, and other publishers, what is going on: `publishing hello 1.2.0`. */
  readonly purpose: string;
  /** The index may have ended, although this machine did not sign it. @default false */
  readonly ended?: boolean;
}

/** What shall become of an index. */
export interface Change {
  /** Packages it gets. */
  readonly add: readonly DebFile[];
  /** Packages it gets whose files the pool has. */
  readonly relist?: readonly DebFile[];
  /** Packages it loses. Nothing else is ever lost: what hosts see never shrinks by accident. */
  readonly remove: readonly IndexedPackage[];
  /** Runs once the new index is certain, before hosts see it. */
  readonly beforehand?: (next: readonly IndexedPackage[]) => Promise<void>;
}

/**
 * Changes what hosts see of a suite, as the only publisher of the bucket. The new index is generated and checked on this
 * machine; then its objects are written under names nothing refers to yet; then one conditional write of InRelease makes
 * all of it visible. A run that ends anywhere before that has changed nothing for hosts.
 * @param decide given what hosts see; undefined leaves it as it is
 * @param known what hosts saw a moment ago
 * @returns what hosts see afterwards
 */
export async function changeIndex(
  shelf: Shelf,
  options: PublisherOptions,
  decide: (live: readonly IndexedPackage[]) => Promise<Change | undefined>,
  known?: Index,
): Promise<readonly IndexedPackage[]> {
  const { bucket, suite } = shelf;
  return withPublishLease(bucket, options, async (held) => {
    const index = await readIndex(bucket, suite.repository, known);
    const last = await readLastSigned(options.stateDirectory, shelf);
    refuseOlderIndex(options.stateDirectory, shelf, index, last);
    if (!options.ended) refuseEnded(shelf, index, last, Date.now());
    const live = index?.packages ?? [];
    const change = await decide(live);
    if (change === undefined) return live;
    const signer = await openSigner(options.signingKey, suite.repository.publicKey);
    return withTemporaryFolder((temporary) =>
      publish({ shelf, options, held, index, last, change, temporary, signer }),
    );
  });
}

/** Signs what hosts see of a suite with the keys that are given. */
export async function signAgain(shelf: Shelf, options: PublisherOptions): Promise<void> {
  await changeIndex(shelf, options, async () => ({ add: [], remove: [] }));
}

interface Publication {
  readonly shelf: Shelf;
  readonly options: PublisherOptions;
  readonly held: HeldLease;
  readonly index: Index | undefined;
  readonly last: LastSigned | undefined;
  readonly change: Change;
  readonly temporary: string;
  readonly signer: Signer;
}

async function publish(publication: Publication): Promise<readonly IndexedPackage[]> {
  const { shelf, options, held, index, last, change, temporary, signer } = publication;
  const { repository } = shelf.suite;
  const removed = new Set(change.remove.map((entry) => entry.sha256));
  const kept = (index?.packages ?? []).filter((entry) => !removed.has(entry.sha256));

  await checkWithdrawn(shelf, kept, change, index?.sha256 === last?.sha256);
  refuseWrongClock(shelf.bucket, index?.identity.date, Date.now());
  const database = await openAptly({ repository, stateDirectory: join(options.stateDirectory, "aptly"), temporary });
  await fillDatabase(database, shelf.bucket, kept, temporary);
  const gained = [...change.add, ...(change.relist ?? [])];
  await database.add(gained);
  const generated = await database.generate();
  const serial = Math.max(last?.serial ?? 0, index?.identity.serial ?? 0) + 1;
  const release = stamped(generated.release, serial, shelf.stack.config.repository.validDays);
  const draft = draftOf(repository, generated.packages, await clearSign(signer, release));
  const made = await checkDraft(shelf, draft, kept, gained);
  const next = made.packages;

  held.check();
  await placePackages(shelf, next, change.add);
  await change.beforehand?.(next);
  held.check();
  await commit(shelf, draft, index);
  await writeLastSigned(options.stateDirectory, shelf, { serial, date: made.identity.date, sha256: made.sha256 });
  await sweepIndexes(shelf, draft, index);
  await sweepPool(
    shelf,
    next,
    [...gained, ...change.remove].map((entry) => entry.name),
  );
  return next;
}
