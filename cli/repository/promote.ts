import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "../checksum";
import { readDeb } from "../deb/deb";
import { InputError, UserError } from "../errors";
import { groupsRunning } from "../fleet/groups";
import { readVerdicts } from "../fleet/verdict";
import { readAttestation } from "../provenance/attestation";
import { missEvidence } from "../provenance/evidence";
import { withTemporaryFolder } from "../temporary";
import type { PublisherOptions } from "./change";
import { doubtsAbout } from "./health";
import { readIndex, readPackage } from "./index";
import { findPackage, noPackage } from "./package-version";
import { type IndexedPackage, versionsOf } from "./packages";
import { type OlderVersions, publishPackages, refuseOlder } from "./publish";
import { readRelease } from "./release";
import type { Shelf } from "./suite";

/** One end of a promotion. */
export interface Copy {
  readonly stack: string;
  /** URL of the object in S3. */
  readonly url: string;
  /** Of the object's bytes as read from the bucket. */
  readonly sha256: string;
}

export interface Promotion {
  readonly package: string;
  readonly version: string;
  readonly from: Copy;
  readonly to: Copy;
  /** Whether the target lacked it before. */
  readonly changed: boolean;
  /** The highest version the target had before; null where it had none. */
  readonly previous: string | null;
  readonly commit: string | null;
  readonly buildUrl: string | null;
  /** What spoke against it when it was forced. */
  readonly forced: string | null;
}

/** What to promote; without a version the newest one that is proven healthy. */
export interface Wanted {
  readonly name: string;
  readonly version: string | undefined;
}

/**
 * Copies a package, byte for byte, from one stack's repository to another's and compares both buckets' objects.
 * @param forced why it is promoted although nothing may prove it healthy; undefined to insist on the proof
 * @throws InputError when the source has no such package or nothing proves it healthy; UserError when the copies differ.
 */
export async function promotePackage(
  wanted: Wanted,
  from: Shelf,
  to: Shelf,
  options: Omit<PublisherOptions, "purpose"> & OlderVersions & { readonly requireProvenance?: boolean },
  forced: string | undefined,
): Promise<Promotion> {
  const { entry, doubts } = await chooseProven(wanted, from, forced);
  const known = await readRelease(from.bucket, from.suite, entry.name, entry.version);
  const { commit = null, buildUrl = null } = known ?? {};
  const [content, attestation] = await Promise.all([
    readPackage(from.bucket, entry),
    readAttestation(from.bucket, from.suite.repository, entry),
  ]);
  if (attestation === undefined) {
    missEvidence([`${entry.name} ${entry.version} of ${from.stack.name}`], options.requireProvenance ?? false);
  }
  const evidence = new Map(attestation === undefined ? [] : [[entry.sha256, attestation]]);
  const publication = await withTemporaryFolder(async (folder) => {
    const path = join(folder, `${entry.name}_${entry.version}_${entry.architecture}.deb`);
    await writeFile(path, content);
    return publishPackages(
      to,
      [await readDeb(path)],
      { ...options, evidence },
      {
        commit,
        buildUrl,
        promotedFrom: { stack: from.stack.name, at: known?.published?.at ?? null, by: known?.published?.by ?? null },
        forced: doubts === undefined ? null : (forced ?? null),
      },
    );
  });
  const [target] = [...publication.published, ...publication.unchanged];
  const copy = target && (await to.bucket.get(target.filename));
  if (target === undefined || copy === undefined) {
    throw new UserError(
      `s3://${to.bucket.name} does not hold ${entry.name} ${entry.version} after the promotion; promote it again`,
    );
  }
  const source = copyOf(from, entry.filename, content);
  const destination = copyOf(to, target.filename, copy.content);
  if (source.sha256 !== destination.sha256) {
    throw new UserError(
      `${entry.name} ${entry.version} differs: sha256 ${source.sha256} in ${source.url}, ${destination.sha256} in ${destination.url}`,
    );
  }
  return {
    package: entry.name,
    version: entry.version,
    from: source,
    to: destination,
    changed: publication.published.length > 0,
    previous: publication.published[0]?.previous ?? null,
    commit,
    buildUrl,
    forced: doubts === undefined ? null : doubts,
  };
}

/** What a promotion would copy. */
export interface PromotionPlan {
  readonly package: string;
  readonly version: string;
  readonly sha256: string;
  /** The highest version the target has now; null where it has none. */
  readonly previous: string | null;
  /** Whether the target lacks it. */
  readonly changes: boolean;
  /** What speaks against it, where it would be forced. */
  readonly forced: string | null;
}

/**
 * What `promotePackage` would do now, without doing it.
 * @throws InputError as that does, where nothing proves it healthy or no host would run it
 */
export async function previewPromotion(
  wanted: Wanted,
  from: Shelf,
  to: Shelf,
  { allowOlder }: OlderVersions,
  forced: string | undefined,
): Promise<PromotionPlan> {
  const { entry, doubts } = await chooseProven(wanted, from, forced);
  const live = (await readIndex(to.bucket, to.suite.repository))?.packages ?? [];
  const listed = versionsOf(live, entry.name);
  const changes = !listed.includes(entry.version);
  if (changes && !(allowOlder ?? true)) refuseOlder(to, live, [entry], true);
  return {
    package: entry.name,
    version: entry.version,
    sha256: entry.sha256,
    previous: listed[0] ?? null,
    changes,
    forced: doubts ?? null,
  };
}

/** @throws InputError where nothing proves it healthy and nobody forces it */
async function chooseProven(wanted: Wanted, from: Shelf, forced: string | undefined) {
  const chosen = await choose(wanted, from);
  const { entry, doubts } = chosen;
  if (doubts !== undefined && forced === undefined) {
    throw new InputError(
      `${entry.name} ${entry.version} is not proven healthy in ${from.stack.name}: ${doubts}; ` +
        "promote it all the same with --force --reason TEXT",
    );
  }
  return chosen;
}

async function choose({ name, version }: Wanted, from: Shelf): Promise<{ entry: IndexedPackage; doubts?: string }> {
  const { stack, bucket, suite } = from;
  const index = (await readIndex(bucket, suite.repository))?.packages ?? [];
  const listed = versionsOf(index, name);
  if (listed.length === 0) throw noPackage(index, name, stack.name);
  const verdicts = await readVerdicts(bucket, Object.keys(stack.config.groups), name, listed);
  const judges = groupsRunning(stack, name, suite.channel);
  const chosen = version ?? listed.find((candidate) => doubtsAbout(verdicts, candidate, judges) === undefined);
  if (chosen === undefined) {
    const newest = listed[0] ?? "";
    throw new InputError(
      `${stack.name} has no version of ${name} that is proven healthy; of ${newest}: ${doubtsAbout(verdicts, newest, judges)}`,
    );
  }
  const doubts = doubtsAbout(verdicts, chosen, judges);
  return {
    entry: findPackage(index, { name, version: chosen }, stack.name),
    ...(doubts === undefined ? {} : { doubts }),
  };
}

function copyOf({ stack, bucket }: Shelf, key: string, content: Buffer): Copy {
  return { stack: stack.name, url: `s3://${bucket.name}/${key}`, sha256: sha256(content) };
}
