import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "../checksum";
import { readDeb } from "../deb/deb";
import { InputError, UserError } from "../errors";
import type { Stack } from "../project";
import { withTemporaryFolder } from "../temporary";
import type { Bucket } from "./bucket";
import { readIndex, readPackage } from "./index";
import type { IndexedPackage } from "./packages";
import { type PublishOptions, publishPackages } from "./publish";

/** A package to look for. */
export interface PackageVersion {
  readonly name: string;
  readonly version: string;
}

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
}

interface End {
  readonly stack: Stack;
  readonly bucket: Bucket;
}

/**
 * Copies a package, byte for byte, from one stack's repository to another's and compares both buckets' objects.
 * @throws InputError when the source has no such package; UserError when the copies differ.
 */
export async function promotePackage(
  wanted: PackageVersion,
  from: End,
  to: End,
  options: PublishOptions,
): Promise<Promotion> {
  const index = (await readIndex(from.bucket, from.stack.repository)) ?? [];
  const entry = findPackage(index, wanted, from.stack.name);
  const content = await readPackage(from.bucket, entry);
  const publication = await withTemporaryFolder(async (folder) => {
    const path = join(folder, `${entry.name}_${entry.version}_${entry.architecture}.deb`);
    await writeFile(path, content);
    return publishPackages(to.stack, to.bucket, [await readDeb(path)], options);
  });
  const [target] = [...publication.published, ...publication.unchanged];
  const copy = target && (await to.bucket.get(target.filename));
  if (target === undefined || copy === undefined) {
    throw new UserError(
      `s3://${to.bucket.name} does not hold ${wanted.name} ${wanted.version} after the promotion; promote it again`,
    );
  }
  const source = { stack: from.stack.name, url: `s3://${from.bucket.name}/${entry.filename}`, sha256: sha256(content) };
  const destination = { stack: to.stack.name, url: `s3://${to.bucket.name}/${target.filename}`, sha256: sha256(copy) };
  if (source.sha256 !== destination.sha256) {
    throw new UserError(
      `${wanted.name} ${wanted.version} differs: sha256 ${source.sha256} in ${source.url}, ${destination.sha256} in ${destination.url}`,
    );
  }
  return {
    package: wanted.name,
    version: wanted.version,
    from: source,
    to: destination,
    changed: publication.published.length > 0,
  };
}

/** @throws InputError unless `text` is `package=version`. */
export function parsePackageVersion(text: string): PackageVersion {
  const [, name, version] = /^([a-z0-9][a-z0-9.+-]+)=([0-9][A-Za-z0-9.+~:-]*)$/.exec(text) ?? [];
  if (name === undefined || version === undefined) {
    throw new InputError(`'${text}' is not package=version, such as hello=1.2.3`);
  }
  return { name, version };
}

/** @throws InputError listing what there is when the index has no such package or version. */
export function findPackage(index: readonly IndexedPackage[], wanted: PackageVersion, stack: string): IndexedPackage {
  const versions = index.filter((entry) => entry.name === wanted.name);
  const found = versions.find((entry) => entry.version === wanted.version);
  if (found !== undefined) return found;
  if (versions.length > 0) {
    const there = versions.map((entry) => entry.version).join(", ");
    throw new InputError(`${stack} has no version ${wanted.version} of ${wanted.name}; its versions are ${there}`);
  }
  const names = [...new Set(index.map((entry) => entry.name))].sort().join(", ");
  throw new InputError(
    `${stack} has no package ${wanted.name}; ${names === "" ? "nothing is published there yet" : `its packages are ${names}`}`,
  );
}
