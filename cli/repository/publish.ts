import { mapConcurrently } from "../concurrency";
import type { DebFile } from "../deb/deb";
import { compareVersions } from "../deb/version-order";
import { InputError } from "../errors";
import { type Attestation, attest, writeAttestation } from "../provenance/attestation";
import type { Evidence } from "../provenance/evidence";
import { commitOf, parseStatement } from "../provenance/statement";
import { timestamp } from "../time";
import { requireFittingArchitecture } from "./architecture-fits";
import { type Change, changeIndex, type PublisherOptions } from "./change";
import { refuseForeignName } from "./check-names";
import { readIndex } from "./index";
import { listCopy } from "./list-copy";
import { entryOf, type IndexedPackage, versionsOf } from "./packages";
import { compareWithIndex } from "./plan";
import type { Provenance } from "./provenance";
import { type Release, readRelease, unrecorded, writeRelease } from "./release";
import { requireFittingReleases } from "./releases-fit";
import { expiredPackages } from "./retention";
import { placeOf, type Shelf } from "./suite";

/** What is recorded of a release beside what its package says. */
export interface Origin extends Provenance {
  readonly promotedFrom: Release["promotedFrom"];
  readonly forced: Release["forced"];
}

/** A package that hosts did not see before. */
export interface PublishedPackage extends IndexedPackage {
  /** The highest version that was listed until then; null where none was. */
  readonly previous: string | null;
}

/** What hosts would never run: they stay with the highest version listed. */
export interface OlderVersions {
  /** @default true */
  readonly allowOlder?: boolean;
}

/** What goes into the pool beside packages. */
export interface Evident {
  /** By the SHA-256 of the package it is about. */
  readonly evidence?: ReadonlyMap<string, Evidence | Attestation>;
}

export interface Publication {
  readonly published: readonly PublishedPackage[];
  /** What hosts saw already, with the same bytes. */
  readonly unchanged: readonly IndexedPackage[];
  /** Old versions that are not kept any longer. */
  readonly dropped: readonly IndexedPackage[];
  /** Number of packages in the index. */
  readonly total: number;
}

/**
 * Adds packages to a suite of a stack's signed repository. Safe to repeat, also after a failure at any point: what is there
 * already, byte for byte, is left alone.
 * @throws InputError when a package or key cannot be used, or a version is older than one listed and may not be; UserError when the repository is broken or publishing fails.
 */
export async function publishPackages(
  shelf: Shelf,
  files: readonly DebFile[],
  options: Omit<PublisherOptions, "purpose"> & OlderVersions & Evident,
  origin: Origin,
): Promise<Publication> {
  refuseForeignName(shelf, files);
  requireFittingReleases(shelf.stack.config.groups, shelf.suite.channel, files);
  const { architecture } = shelf.suite.repository;
  const near = listCopy(options.stateDirectory, shelf);
  const known = await readIndex(shelf.bucket, shelf.suite.repository, undefined, near);
  const before = known?.packages ?? [];
  // What cannot be published, and what need not be, shows before anybody has to wait for anybody.
  const early = compareWithIndex(before, files, architecture);
  requireFittingArchitecture(shelf.stack.config.groups, shelf.suite.channel, files);
  if (!(options.allowOlder ?? true)) refuseOlder(shelf, before, early.fresh, origin.promotedFrom !== null);
  if (early.fresh.length === 0) return { published: [], unchanged: early.present, dropped: [], total: before.length };

  const purpose = `publishing ${early.fresh.map((file) => `${file.name} ${file.version}`).join(", ")}`;
  let done = early;
  let seen = before;
  let dropped: readonly IndexedPackage[] = [];
  const decide = async (live: readonly IndexedPackage[]): Promise<Change | undefined> => {
    seen = live;
    done = compareWithIndex(live, files, architecture);
    if (done.fresh.length === 0) return undefined;
    if (!(options.allowOlder ?? true)) refuseOlder(shelf, live, done.fresh, origin.promotedFrom !== null);
    dropped = await expiredPackages(shelf, live, done.fresh);
    return {
      add: done.fresh,
      remove: dropped,
      refuseOtherBytes: async (file) =>
        refuseTaken(shelf, file, await readRelease(shelf.bucket, shelf.suite, file.name, file.version)),
      beforehand: async (next, signer) => {
        const { by, evidence = new Map() } = options;
        await Promise.all([
          record(shelf, { by, evidence, origin }, next, done.fresh, dropped),
          mapConcurrently(done.fresh, async (file) => {
            const own = evidence.get(file.sha256);
            if (own === undefined) return;
            await writeAttestation(
              shelf.bucket,
              shelf.suite.repository,
              entryOf(next, file),
              await attest(signer, own),
            );
          }),
        ]);
      },
    };
  };
  const next = await changeIndex(shelf, { ...options, purpose }, decide, known);
  const published = listedAs(next, done.fresh).map((entry) => ({
    ...entry,
    previous: versionsOf(seen, entry.name)[0] ?? null,
  }));
  return { published, unchanged: done.present, dropped, total: next.length };
}

/** @throws InputError at a version that no host would run, with what to do */
export function refuseOlder(
  shelf: Shelf,
  live: readonly IndexedPackage[],
  files: readonly { readonly name: string; readonly version: string }[],
  promoted: boolean,
): void {
  for (const { name, version } of files) {
    const [highest] = versionsOf(live, name);
    if (highest === undefined || compareVersions(version, highest) >= 0) continue;
    const higher = promoted ? "promote a higher version" : "build a higher version";
    const isChannelOpen = !promoted && shelf.suite.channel === undefined;
    const channel = isChannelOpen ? ", give this one to a channel's groups with --channel NAME" : "";
    throw new InputError(
      `${name} ${version} is older than ${highest}, which ${placeOf(shelf)} lists, so that no host would run it; ${higher}${channel}, ` +
        `withdraw what is newer ('towline withdraw ${name}=${highest}'), or list it all the same with --allow-older`,
    );
  }
}

/** @throws InputError when the version was withdrawn, or was listed once with other bytes. */
function refuseTaken(shelf: Shelf, file: DebFile, release: Release | undefined): void {
  if (release?.withdrawn) {
    const { at, by, reason } = release.withdrawn;
    throw new InputError(
      `${file.path}: ${file.name} ${file.version} was withdrawn from ${placeOf(shelf)} by ${by} on ${at}` +
        `${reason === "" ? "" : ` (${reason})`}; list it again with 'towline withdraw --undo ${file.name}=${file.version}', ` +
        "or build a new version",
    );
  }
  if (release?.dropped && release.sha256 !== file.sha256) {
    throw new InputError(
      `${file.path}: ${file.name} ${file.version} existed with other bytes until ${release.dropped}: sha256 ` +
        `${release.sha256} then, ${file.sha256} here; build it with a new version`,
    );
  }
}

async function record(
  shelf: Shelf,
  { by, evidence, origin }: Required<Evident> & { readonly by: string; readonly origin: Origin },
  next: readonly IndexedPackage[],
  files: readonly DebFile[],
  dropped: readonly IndexedPackage[],
): Promise<void> {
  const { bucket, suite } = shelf;
  const at = timestamp();
  await mapConcurrently(files, async (file) => {
    const own = evidence.get(file.sha256);
    const commit = (own && commitOf(parseStatement(own.statement))) ?? origin.commit;
    const release = { ...unrecorded(entryOf(next, file), suite.channel), published: { at, by }, ...origin, commit };
    // Most versions are new: nothing needs to be read then.
    if ((await writeRelease(bucket, suite, release, { absent: true })) !== undefined) return;
    refuseTaken(shelf, file, await readRelease(bucket, suite, file.name, file.version));
    await writeRelease(bucket, suite, release);
  });
  await mapConcurrently(dropped, async (entry) => {
    const known = await readRelease(bucket, suite, entry.name, entry.version);
    await writeRelease(bucket, suite, { ...(known ?? unrecorded(entry, suite.channel)), dropped: at });
  });
}

function listedAs(index: readonly IndexedPackage[], files: readonly DebFile[]): IndexedPackage[] {
  return index.filter((entry) => files.some((file) => file.sha256 === entry.sha256));
}
