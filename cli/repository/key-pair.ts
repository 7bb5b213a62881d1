import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import type { PrivateKey } from "openpgp";
import { InputError } from "../errors";
import { KEY_LIFE } from "../time";

/** Makes an Ed25519 key that can only sign, without a passphrase, and that ends after so many seconds. */
export async function makeKey(stack: string, lifeSeconds: number = KEY_LIFE): Promise<PrivateKey> {
  const { generateKey } = await import("openpgp");
  // The signing key is the primary one: what hosts trust is one fingerprint.
  const userIDs = [{ name: `towline ${stack}` }];
  const { privateKey } = await generateKey({
    type: "ecc",
    curve: "ed25519Legacy",
    userIDs,
    subkeys: [],
    keyExpirationTime: lifeSeconds,
    format: "object",
  });
  return privateKey;
}

/**
 * The same key with another end, so many seconds from now. What it signed of itself before stays in it: hosts verify a signature by what the key said
 * when that was made, so that the index there would be signed by nobody otherwise (Debian 13's sqv).
 */
export async function withLife(key: PrivateKey, lifeSeconds: number): Promise<PrivateKey> {
  const { reformatKey } = await import("openpgp");
  const age = Math.ceil((Date.now() - key.getCreationTime().getTime()) / 1000);
  const userIDs = key.users.flatMap(({ userID }) => (userID === null ? [] : userID));
  const keyExpirationTime = age + lifeSeconds;
  const { privateKey } = await reformatKey({ privateKey: key, userIDs, keyExpirationTime, format: "object" });
  return key.update(privateKey);
}

/** Writes private keys to a new file that only its owner can read, in armored blocks. */
export async function writeSecrets(keys: readonly PrivateKey[], path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(path, keys.map((key) => key.armor()).join(""), { mode: 0o600, flag: "wx" });
}

/** The armored public keys of a file, and that of one more key. */
export async function publicKeysWith(path: string, key: PrivateKey): Promise<string> {
  return `${(await readFile(path, "utf8")).trimEnd()}\n${key.toPublic().armor()}`;
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
