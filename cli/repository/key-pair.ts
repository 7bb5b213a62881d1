import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { InputError } from "../errors";
import { runTool } from "../tool";
import { primaryFingerprints } from "./keys";

/**
 * Makes an Ed25519 key that can only sign, without a passphrase and without an end, and returns its fingerprint.
 * @param home a GNUPGHOME
 */
export async function generateKey(home: string, stack: string): Promise<string> {
  const before = await secretFingerprints(home);
  // --yes: beside a key of the same name.
  const options = ["--homedir", home, "--batch", "--yes", "--passphrase", ""];
  await runTool("gpg", [...options, "--quick-generate-key", `towline ${stack}`, "ed25519", "sign", "never"]);
  const [fingerprint] = (await secretFingerprints(home)).filter((one) => !before.includes(one));
  if (fingerprint === undefined) throw new Error("gpg made no key");
  return fingerprint;
}

/** The armored public half of a key. */
export function exportPublic(home: string, fingerprint: string): Promise<string> {
  return runTool("gpg", ["--homedir", home, "--batch", "--armor", "--export", fingerprint]);
}

/** Writes private keys to a new file that only its owner can read. */
export async function writeSecrets(home: string, fingerprints: readonly string[], path: string): Promise<void> {
  const options = ["--homedir", home, "--batch", "--armor", "--export-secret-keys"];
  const secrets = await runTool("gpg", [...options, ...fingerprints]);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, secrets, { mode: 0o600, flag: "wx" });
}

/** Replaces the file of a stack's public keys as a whole. */
export async function writePublic(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

/**
 * Where a new private key goes.
 * @throws InputError when there is a file already, or the place is in the project, from where it would be committed.
 */
export function checkSecretPlace(out: string, project: string): string {
  const path = resolve(out);
  if (existsSync(path)) throw new InputError(`--out ${out}: exists already; a private key is never written over`);
  if (!relative(project, path).startsWith("..")) {
    throw new InputError(
      `--out ${out}: is in the project ${project}, where a private key would be committed sooner or later; put it elsewhere`,
    );
  }
  return path;
}

async function secretFingerprints(home: string): Promise<string[]> {
  return primaryFingerprints(
    await runTool("gpg", ["--homedir", home, "--batch", "--with-colons", "--list-secret-keys"]),
  );
}
