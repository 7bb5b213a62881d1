import { spawnSync } from "node:child_process";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../errors";
import { onInterrupt } from "../interrupt";
import { runTool, type ToolResult, toolFailure, tryTool } from "../tool";

/** A GnuPG home folder that holds one secret key and lives only as long as its temporary folder. */
export interface SigningHome {
  readonly folder: string;
  readonly fingerprint: string;
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
 * Runs `work` with a throw-away GNUPGHOME holding the private key of `secretFile` alone.
 * @throws InputError when the key is not the one of `publicFile`, which hosts trust.
 */
export async function withSigningHome<T>(
  temporary: string,
  secretFile: string,
  publicFile: string,
  work: (home: SigningHome) => Promise<T>,
): Promise<T> {
  const folder = join(temporary, "gnupg");
  await mkdir(folder, { mode: 0o700 });
  // The umask may have taken bits away; gpg warns unless it is exactly this.
  await chmod(folder, 0o700);
  await writeFile(join(folder, "gpg.conf"), "digest-algo SHA512\n");
  const trusted = await fingerprintsOf(publicFile, folder);
  const done = onInterrupt(() => void spawnSync("gpgconf", killAgent(folder)));
  try {
    const imported = await tryTool("gpg", ["--homedir", folder, "--batch", "--import", secretFile]);
    const listing = await tryTool("gpg", ["--homedir", folder, "--batch", "--with-colons", "--list-secret-keys"]);
    const [fingerprint] = primaryFingerprints(listing.stdout);
    if (fingerprint === undefined) {
      throw new InputError(`${secretFile}: is no file with a private OpenPGP key${reason("gpg", imported)}`);
    }
    if (!trusted.includes(fingerprint)) {
      throw new InputError(
        `${secretFile}: holds the key ${fingerprint}, but hosts trust ${trusted.join(", ")} (${publicFile}); ` +
          "give the private key that belongs to it",
      );
    }
    return await work({ folder, fingerprint });
  } finally {
    // Its agent would hold the key in memory for as long as the machine runs.
    await runTool("gpgconf", killAgent(folder));
    done();
  }
}

function killAgent(home: string): string[] {
  return ["--homedir", home, "--kill", "all"];
}

function reason(tool: "gpg", result: ToolResult): string {
  return result.exitCode === 0 ? "" : `: ${toolFailure(tool, result)}`;
}
