import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { sha256 } from "../checksum";
import { messageOf, UserError } from "../errors";
import { withTemporaryFolder } from "../temporary";
import { runTool, tryTool } from "../tool";
import type { Bucket } from "./bucket";
import { fingerprintsOf } from "./keys";
import { type IndexedPackage, type IndexFile, parsePackages, parseRelease } from "./packages";

/** Where a stack's repository is and whose signature it must bear. */
export interface Repository {
  readonly bucket: string;
  readonly suite: string;
  readonly component: string;
  readonly architecture: string;
  /** Path of the armored public key. */
  readonly publicKey: string;
}

const LARGEST_INDEX = 256 * 1024 * 1024;

/**
 * The packages a repository offers, as hosts see them: InRelease's signature is checked with the stack's public key, and
 * each index is read by its hash and checked against it.
 * @returns undefined when nothing was published yet
 * @throws UserError when the repository is not signed, not by this key, or does not match its signature.
 */
export async function readIndex(bucket: Bucket, repository: Repository): Promise<IndexedPackage[] | undefined> {
  const root = `dists/${repository.suite}`;
  const signed = await bucket.get(`${root}/InRelease`);
  if (signed === undefined) {
    if ((await bucket.get(`${root}/Release`)) === undefined) return undefined;
    throw new UserError(
      `the repository s3://${bucket.name}/${root} is not signed: it has a Release but no InRelease; ` +
        "delete that folder's objects if the first publication was interrupted",
    );
  }
  const release = readBroken(`${root}/InRelease`, bucket, parseRelease, await verify(signed, bucket, repository));
  const folder = `${repository.component}/binary-${repository.architecture}`;
  for (const name of ["Packages.gz", "Packages"]) {
    const file = release.get(`${folder}/${name}`);
    if (file === undefined) continue;
    const content = await readByHash(bucket, `${root}/${folder}`, name, file);
    const text = name.endsWith(".gz") ? gunzipSync(content, { maxOutputLength: LARGEST_INDEX }) : content;
    return readBroken(`${root}/${folder}/${name}`, bucket, parsePackages, text.toString("utf8"));
  }
  throw new UserError(`the repository s3://${bucket.name}/${root} has no ${folder}/Packages`);
}

/**
 * The .deb of a package a verified index lists.
 * @throws UserError when it is missing or its bytes are not those the index promises.
 */
export async function readPackage(bucket: Bucket, entry: IndexedPackage): Promise<Buffer> {
  const content = await bucket.get(entry.filename);
  if (content === undefined)
    throw new UserError(`s3://${bucket.name}/${entry.filename} is missing although the index lists it`);
  const actual = sha256(content);
  if (actual !== entry.sha256) {
    throw new UserError(
      `s3://${bucket.name}/${entry.filename} is corrupted: its sha256 is ${actual}, the index says ${entry.sha256}`,
    );
  }
  return content;
}

/** The text a good signature covers. */
function verify(signed: Buffer, bucket: Bucket, repository: Repository): Promise<string> {
  return withTemporaryFolder(async (folder) => {
    const keyring = join(folder, "keyring.gpg");
    const inRelease = join(folder, "InRelease");
    await writeFile(inRelease, signed);
    await fingerprintsOf(repository.publicKey, folder);
    // gpgv reads binary keyrings only.
    await runTool("gpg", ["--homedir", folder, "--batch", "--output", keyring, "--dearmor", repository.publicKey]);
    const result = await tryTool("gpgv", [
      "--homedir",
      folder,
      "--keyring",
      keyring,
      "--status-fd",
      "2",
      "--output",
      "-",
      inRelease,
    ]);
    if (result.exitCode === 0) return result.stdout;
    throw new UserError(
      `s3://${bucket.name}/dists/${repository.suite}/InRelease cannot be trusted: ${signatureFault(result.stderr)} ` +
        `(key ${repository.publicKey}); bring its last good version back in S3`,
    );
  });
}

/** What is wrong with a signature, from gpgv's status lines (DETAILS in gnupg's documentation). */
export function signatureFault(status: string): string {
  const has = (keyword: string) => status.includes(`[GNUPG:] ${keyword}`);
  if (has("BADSIG")) return "its content is not what was signed";
  if (has("NO_PUBKEY")) return "it is signed with another key";
  if (has("EXPKEYSIG") || has("EXPSIG") || has("REVKEYSIG")) return "its signature or key has expired or is revoked";
  return "it bears no signature";
}

async function readByHash(bucket: Bucket, folder: string, name: string, file: IndexFile): Promise<Buffer> {
  const key = `${folder}/by-hash/SHA256/${file.sha256}`;
  const content = await bucket.get(key);
  if (content === undefined)
    throw new UserError(`the repository is corrupted: s3://${bucket.name}/${key} (${name}) is missing`);
  if (content.length !== file.size || sha256(content) !== file.sha256) {
    throw new UserError(
      `the repository is corrupted: s3://${bucket.name}/${key} (${name}) is not what InRelease signed`,
    );
  }
  return content;
}

function readBroken<T>(key: string, bucket: Bucket, parse: (text: string) => T, text: string): T {
  try {
    return parse(text);
  } catch (error) {
    throw new UserError(`the repository is corrupted: s3://${bucket.name}/${key}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
