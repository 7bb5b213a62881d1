import { join } from "node:path";
import type { PrivateKey } from "openpgp";
import type { DebFile } from "../deb/deb";
import { interrupted } from "../interrupt";
import { withTemporaryFolder } from "../temporary";
import { openAptly } from "./aptly";
import { checkDraft } from "./check-draft";
import { checkWithdrawn } from "./check-withdrawn";
import { refuseWrongClock } from "./clock";
import { commit, type Draft, draftOf, placeList, sweepIndexes } from "./commit";
import { refuseEnded } from "./ended";
import { type Index, readIndex } from "./index";
import { stamped } from "./index-identity";
import { clearSign, endOfKeys, openSigner, type Signer } from "./keys";
import { type LastSigned, readLastSigned, refuseOlderIndex, writeLastSigned } from "./last-signed";
import { type HeldLease, withPublishLease } from "./lease";
import { keepListCopy, listCopy } from "./list-copy";
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
  /** What else there is to do, while this process would only wait for aptly. */
  readonly meanwhile?: () => Promise<unknown>;
}

/** What shall become of an index. */
export interface Change {
  /** Packages it gets. */
  readonly add: readonly DebFile[];
  /** Packages it gets whose files the pool has. */
  readonly relist?: readonly DebFile[];
  /** Packages it loses. Nothing else is ever lost: what hosts see never shrinks by accident. */
  readonly remove: readonly IndexedPackage[];
  /** Says why a package cannot be published, where that is known; the pool has other bytes under its name. */
  readonly refuseOtherBytes?: (file: DebFile) => Promise<void>;
  /** Runs once the new index is certain, before hosts see it. */
  readonly beforehand?: (next: readonly IndexedPackage[], signer: Signer) => Promise<void>;
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
    const near = listCopy(options.stateDirectory, shelf);
    const index = held.undisturbed && known ? known : await readIndex(bucket, suite.repository, known, near);
    const last = await readLastSigned(options.stateDirectory, shelf);
    refuseOlderIndex(options.stateDirectory, shelf, index, last);
    if (!options.ended) refuseEnded(shelf, index, last, Date.now());
    const live = index?.packages ?? [];
    const change = await decide(live);
    if (change === undefined) return live;
    return withTemporaryFolder((temporary) => publish({ shelf, options, held, index, last, change, temporary }));
  });
}

/**
 * Signs what hosts see of a suite with the keys that are given.
 * @param known what they saw a moment ago
 */
export async function signAgain(shelf: Shelf, options: PublisherOptions, known?: Index): Promise<void> {
  await changeIndex(shelf, options, async () => ({ add: [], remove: [] }), known);
}

interface Publication {
  readonly shelf: Shelf;
  readonly options: PublisherOptions;
  readonly held: HeldLease;
  readonly index: Index | undefined;
  readonly last: LastSigned | undefined;
  readonly change: Change;
  readonly temporary: string;
}

async function publish(publication: Publication): Promise<readonly IndexedPackage[]> {
  const { shelf, held, index, last, change } = publication;
  const removed = new Set(change.remove.map((entry) => entry.sha256));
  const kept = (index?.packages ?? []).filter((entry) => !removed.has(entry.sha256));
  // Nobody came in between: there is nothing in the bucket and in the database but what this machine left there.
  const settled = held.undisturbed && index !== undefined && index.sha256 === last?.sha256;

  await checkWithdrawn(shelf, kept, change, index?.sha256 === last?.sha256);
  refuseWrongClock(shelf.bucket, index?.identity.date, Date.now());
  const gained = [...change.add, ...(change.relist ?? [])];
  const { draft, made, serial, signer } = await makeDraft(publication, kept, gained, settled);
  const next = made.packages;

  held.check();
  await placePackages(shelf, next, change);
  await Promise.all([change.beforehand?.(next, signer), placeList(shelf, draft)]);
  held.check();
  await commit(shelf, draft, index);
  await remember(publication, draft, made, serial);
  const left = settled ? last?.lists : undefined;
  const names = [...gained, ...change.remove].map((entry) => entry.name);
  const swept = [
    await sweepIndexes(shelf, draft, index, left),
    left !== undefined && change.remove.length === 0 ? true : await sweepPool(shelf, next, names),
  ];
  if (swept.includes(false)) held.leaveUndone();
  return next;
}

interface Made {
  readonly draft: Draft;
  /** What hosts would read in it. */
  readonly made: Index;
  readonly serial: number;
  readonly signer: Signer;
}

/** @param settled whether the database holds what hosts see; where that turns out not to be so, it is asked after all */
async function makeDraft(
  publication: Publication,
  kept: readonly IndexedPackage[],
  gained: readonly DebFile[],
  settled: boolean,
): Promise<Made> {
  const { shelf, options, index, last, temporary } = publication;
  const { repository } = shelf.suite;
  const serial = Math.max(last?.serial ?? 0, index?.identity.serial ?? 0) + 1;
  const database = await openAptly({ repository, stateDirectory: join(options.stateDirectory, "aptly"), temporary });
  const generate = async (held: readonly IndexedPackage[] | undefined) => {
    await fillDatabase(database, shelf.bucket, kept, temporary, held);
    await database.add(gained);
    return database.generate();
  };
  const signing = openSigner(options.signingKey, repository.publicKey);
  // Heard of below, once aptly has ended.
  signing.catch(() => undefined);
  const { validDays } = shelf.stack.config.repository;
  const make = async (held?: readonly IndexedPackage[]): Promise<Made> => {
    const [generated] = await Promise.all([generate(held), options.meanwhile?.()]);
    const signer = await signing;
    const release = stamped(generated.release, { serial, validDays, keyUntil: await endOfKeys(signer) });
    const draft = draftOf(repository, generated.packages, await clearSign(signer, release));
    return { draft, made: await checkDraft(shelf, draft, kept, gained), serial, signer };
  };
  if (!settled) return make();
  return make(index?.packages).catch(async (error: unknown) => {
    if (interrupted()) throw error;
    await signing;
    return make();
  });
}

/** What the next publication of this machine need not ask the bucket for. */
async function remember(
  { options, shelf, index }: Publication,
  draft: Draft,
  made: Index,
  serial: number,
): Promise<void> {
  const { date } = made.identity;
  const lists = [...new Set([made.list, ...(index === undefined ? [] : [index.list])])];
  await keepListCopy(options.stateDirectory, shelf, draft);
  await writeLastSigned(options.stateDirectory, shelf, { serial, date, sha256: made.sha256, lists });
}
