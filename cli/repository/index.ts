import { readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { sha256, sha512 } from "../checksum";
import { messageOf, UserError } from "../errors";
import { withTemporaryFolder } from "../temporary";
import { tryTool } from "../tool";
import type { Objects } from "./bucket";
import { type IndexIdentity, identityOf, refuseOtherSuite } from "./index-identity";
import { dearmor } from "./keys";
import { type IndexedPackage, type IndexFile, parsePackages, parseRelease } from "./packages";
import { parseStanzas } from "./stanzas";

/** Where a stack's repository is and whose signature it must bear. */
export interface Repository {
  readonly bucket: string;
  readonly suite: string;
  readonly component: string;
  readonly architecture: string;
  /** Path of the armored public keys; more than one while the key is rotated. */
  readonly publicKey: string;
}

/** What hosts see of a repository. */
export interface Index {
  readonly packages: readonly IndexedPackage[];
  /** Entity tag of InRelease, the one object that decides what hosts see. */
  readonly etag: string;
  /** Key of the list of packages. */
  readonly list: string;
  /** Keys of the objects that InRelease names by hash, whether they exist or not. */
  readonly objects: readonly string[];
  readonly identity: IndexIdentity;
  /** Of InRelease. */
  readonly sha256: string;
}

const LARGEST_INDEX = 256 * 1024 * 1024;
/** InRelease names a list or two and bears a signature or two. It is read before anything of it is verified. */
const LARGEST_IN_RELEASE = 1024 * 1024;

/**
 * The packages a repository offers, as hosts see them: InRelease's signature is checked with the stack's public keys, and
 * the index is read by its hash, which is the one apt goes by, and checked against it.
 * @param known what was read before: it is returned when InRelease is still the same
 * @param near where the list may be had sooner, and need not be what it should be
 * @returns undefined when nothing was published yet
 * @throws UserError when the repository is not signed, not by these keys, for another suite, or does not match its signature.
 */
export async function readIndex(
  source: Objects,
  repository: Repository,
  known?: Index,
  near?: () => Promise<Buffer | undefined>,
): Promise<Index | undefined> {
  const root = `dists/${repository.suite}`;
  const signed = await source.get(`${root}/InRelease`, LARGEST_IN_RELEASE);
  if (signed === undefined) {
    if ((await source.get(`${root}/Release`)) === undefined) return undefined;
    throw new UserError(
      `the repository s3://${source.name}/${root} is not signed: it has a Release but no InRelease, and towline writes ` +
        "no Release; delete that folder's objects if nothing uses it",
    );
  }
  if (known?.etag === signed.etag) return known;
  const text = await verify(signed.content, source, repository);
  const identity = readBroken(
    `${root}/InRelease`,
    source,
    (all) => identityOf(parseStanzas(all)[0] ?? new Map()),
    text,
  );
  refuseOtherSuite(identity, repository.suite, `s3://${source.name}/${root}/InRelease`);
  const release = readBroken(`${root}/InRelease`, source, parseRelease, text);
  const packages = `${repository.component}/binary-${repository.architecture}/Packages.gz`;
  const file = release.get(packages);
  if (file === undefined) throw new UserError(`the repository s3://${source.name}/${root} has no ${packages}`);
  const content = await readByHash(source, root, packages, file, near);
  const listing = gunzipSync(content, { maxOutputLength: LARGEST_INDEX }).toString("utf8");
  return {
    packages: readBroken(`${root}/${packages}`, source, parsePackages, listing),
    etag: signed.etag,
    list: byHashKey(root, packages, file.sha512),
    objects: [...release].map(([path, { sha512 }]) => byHashKey(root, path, sha512)),
    identity,
    sha256: sha256(signed.content),
  };
}

/** Key of an index below `dists/<suite>` by its hash (Acquire-By-Hash in Debian's repository format). */
export function byHashKey(root: string, path: string, hash: string): string {
  return `${root}/${dirname(path)}/by-hash/SHA512/${hash}`;
}

/**
 * The .deb of a package a verified index lists.
 * @throws UserError when it is missing or its bytes are not those the index promises.
 */
export async function readPackage(
  bucket: Objects,
  entry: Pick<IndexedPackage, "filename" | "sha256">,
): Promise<Buffer> {
  const stored = await bucket.get(entry.filename);
  if (stored === undefined)
    throw new UserError(`s3://${bucket.name}/${entry.filename} is missing although it was published`);
  const actual = sha256(stored.content);
  if (actual !== entry.sha256) {
    throw new UserError(
      `s3://${bucket.name}/${entry.filename} is corrupted: its sha256 is ${actual}, the index says ${entry.sha256}`,
    );
  }
  return stored.content;
}

/** The text a good signature covers. */
function verify(signed: Buffer, source: Objects, repository: Repository): Promise<string> {
  return withTemporaryFolder(async (folder) => {
    const keyring = join(folder, "keyring.gpg");
    const inRelease = join(folder, "InRelease");
    await writeFile(inRelease, signed);
    // gpgv reads binary keyrings only.
    await writeFile(keyring, dearmor(repository.publicKey, await readPublicKey(repository)));
    const args = ["--homedir", folder, "--keyring", keyring, "--status-fd", "2", "--output", "-", inRelease];
    const result = await tryTool("gpgv", args);
    const fault = signatureFault(result.stderr);
    if (fault === undefined) return result.stdout;
    throw new UserError(
      `s3://${source.name}/dists/${repository.suite}/InRelease cannot be trusted: ${fault} (key ` +
        `${repository.publicKey}); bring its last good version back in S3`,
    );
  });
}

async function readPublicKey({ publicKey, suite }: Repository): Promise<string> {
  try {
    return await readFile(publicKey, "utf8");
  } catch (error) {
    throw new UserError(
      `${publicKey}, the public key that the suite ${suite} is signed with, cannot be read: ${messageOf(error)}; make it with ` +
        "'towline key create', for channels with --channels, or bring it back from where it was committed",
      { cause: error },
    );
  }
}

/**
 * What is wrong with signatures, from gpgv's status lines (DETAILS in gnupg's documentation); undefined when they will do.
 * As to apt, one good signature is enough while keys are rotated, and one bad signature too many.
 */
export function signatureFault(status: string): string | undefined {
  const has = (keyword: string) => status.includes(`[GNUPG:] ${keyword}`);
  if (has("BADSIG")) return "its content is not what was signed";
  if (has("GOODSIG")) return undefined;
  if (has("NO_PUBKEY")) return "it is signed with another key";
  if (has("EXPKEYSIG") || has("EXPSIG") || has("REVKEYSIG")) return "its signature or key has expired or is revoked";
  return "it bears no signature";
}

async function readByHash(
  source: Objects,
  root: string,
  path: string,
  file: IndexFile,
  near?: () => Promise<Buffer | undefined>,
): Promise<Buffer> {
  const key = byHashKey(root, path, file.sha512);
  const copy = await near?.();
  if (copy !== undefined && sha512(copy) === file.sha512) return copy;
  const stored = await source.get(key, file.size);
  if (stored === undefined)
    throw new UserError(`the repository is corrupted: s3://${source.name}/${key} (${basename(path)}) is missing`);
  if (stored.content.length !== file.size || sha512(stored.content) !== file.sha512) {
    throw new UserError(
      `the repository is corrupted: s3://${source.name}/${key} (${basename(path)}) is not what InRelease signed`,
    );
  }
  return stored.content;
}

function readBroken<T>(key: string, source: Objects, parse: (text: string) => T, text: string): T {
  try {
    return parse(text);
  } catch (error) {
    throw new UserError(`the repository is corrupted: s3://${source.name}/${key}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
