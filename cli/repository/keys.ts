import { spawnSync } from "node:child_process";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../errors";
import { onInterrupt } from "../interrupt";
import { runTool, type ToolResult, toolFailure, tryTool } from "../tool";

/** A GnuPG home folder that holds the signing keys and lives only as long as its temporary folder. */
export interface SigningHome {
  readonly folder: string;
  /** Of the keys that sign, which are all that hosts trust: one, or two while the key is rotated. */
  readonly fingerprints: readonly string[];
}

/**
 * Fingerprints of the primary keys in an armored key file.
 * @param home an empty private folder for gpg's files
 * @throws InputError when the file holds no key.
 */
export async function fingerprintsOf(path: string, home: string): Promise<string[]> {
  const listing = await tryTool("gpg", ["--homedir", home, "--batch", "--with-colons", "--show-keys", path]);
  const found = listing.exitCode === 0 ? primaryFingerprints(listing.stdout) : [];
  if (found.length === 0) throw new InputError(`${path}: is no file with an OpenPGP key${reason("gpg", listing)}`);
  return found;
}

/** Fingerprints of primary keys in gpg's colon listing (DETAILS in gnupg's documentation): an `fpr` after `pub` or `sec`. */
export function primaryFingerprints(listing: string): string[] {
  const records = listing.split("\n").map((line) => line.split(":"));
  return records.flatMap((record, index) => {
    const previous = records[index - 1]?.[0];
    const fingerprint = record[9];
    const primary = record[0] === "fpr" && (previous === "pub" || previous === "sec");
    return primary && fingerprint !== undefined ? [fingerprint] : [];
  });
}

/**
 * The binary form of the public keys in an armored file (RFC 4880, section 6.2), whose blocks may be several.
 * @throws InputError when there are none.
 */
export function dearmor(path: string, text: string): Buffer {
  const block =
    /-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n(?:[^\r\n]+\r?\n)*\r?\n([A-Za-z0-9+/=\s]+?)(?:^=\S{4}\s*)?-----END/gm;
  const keys = [...text.matchAll(block)].map(([, body = ""]) => Buffer.from(body, "base64"));
  if (keys.length === 0) throw new InputError(`${path}: is no file with an armored public OpenPGP key`);
  return Buffer.concat(keys);
}

/**
 * Runs `work` with a throw-away GNUPGHOME holding the private keys of `secretFile` alone.
 * @throws InputError unless they are exactly the keys of `publicFile`, which hosts trust.
 */
export async function withSigningHome<T>(
  temporary: string,
  secretFile: string,
  publicFile: string,
  work: (home: SigningHome) => Promise<T>,
): Promise<T> {
  return withKeyHome(temporary, async (folder) => {
    const trusted = await fingerprintsOf(publicFile, folder);
    const held = await importSecretKeys(folder, secretFile);
    const foreign = held.filter((fingerprint) => !trusted.includes(fingerprint));
    if (foreign.length > 0) {
      throw new InputError(
        `${secretFile}: holds the key ${foreign.join(", ")}, but hosts trust ${trusted.join(", ")} (${publicFile}); ` +
          "give the private key that belongs to it",
      );
    }
    const absent = trusted.filter((fingerprint) => !held.includes(fingerprint));
    if (absent.length > 0) {
      throw new InputError(
        `${secretFile}: lacks the private key of ${absent.join(", ")}; while the key is rotated, some hosts trust only ` +
          `one of ${publicFile}: give the file 'towline key rotate' wrote, which holds both`,
      );
    }
    return work({ folder, fingerprints: trusted });
  });
}

/** Runs `work` with an empty GNUPGHOME below `temporary` and ends gpg's agent afterwards. */
export async function withKeyHome<T>(temporary: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(temporary, "gnupg");
  await mkdir(folder, { mode: 0o700 });
  // The umask may have taken bits away; gpg warns unless it is exactly this.
  await chmod(folder, 0o700);
  const done = onInterrupt(() => void spawnSync("gpgconf", killAgent(folder)));
  try {
    return await work(folder);
  } finally {
    // Its agent would hold the key in memory for as long as the machine runs.
    await runTool("gpgconf", killAgent(folder));
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    done();
  }
}

/** The fingerprints of the private keys it imports. @throws InputError when the file holds none. */
export async function importSecretKeys(home: string, path: string): Promise<string[]> {
  const imported = await tryTool("gpg", ["--homedir", home, "--batch", "--status-fd", "1", "--import", path]);
  const held = importedSecrets(imported.stdout);
  if (held.length === 0) {
    throw new InputError(`${path}: is no file with a private OpenPGP key${reason("gpg", imported)}`);
  }
  return held;
}

/** Fingerprints in gpg's status lines on an import (DETAILS in gnupg's documentation): 16 in IMPORT_OK is a private key. */
export function importedSecrets(status: string): string[] {
  const lines = [...status.matchAll(/^\[GNUPG:\] IMPORT_OK (\d+) ([0-9A-F]+)$/gm)];
  const secret = lines.filter(([, flags]) => (Number(flags) & 16) !== 0);
  return [...new Set(secret.map(([, , fingerprint = ""]) => fingerprint))];
}

/** The text, signed by every key of the home (a clear-signed message, the form of InRelease). */
export async function clearSign(home: SigningHome, text: Buffer): Promise<Buffer> {
  const path = join(home.folder, "message");
  await writeFile(path, text);
  const signers = home.fingerprints.flatMap((fingerprint) => ["--local-user", fingerprint]);
  const options = ["--homedir", home.folder, "--batch", "--yes", "--digest-algo", "SHA512", ...signers];
  await runTool("gpg", [...options, "--output", `${path}.asc`, "--clear-sign", path]);
  return readFile(`${path}.asc`);
}

function killAgent(home: string): string[] {
  return ["--homedir", home, "--kill", "all"];
}

function reason(tool: "gpg", result: ToolResult): string {
  return result.exitCode === 0 ? "" : `: ${toolFailure(tool, result)}`;
}
