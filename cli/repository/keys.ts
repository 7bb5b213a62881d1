import { readFile } from "node:fs/promises";
import type { Key, PrivateKey } from "openpgp";
import { InputError, messageOf } from "../errors";
import { timestamp } from "../time";

/** Signs as a stack's publisher. The private keys are in this process's memory alone: nothing of them is left where it is killed. */
export interface Signer {
  /** Of the keys that sign, which are all that hosts trust: one, or two while the key is rotated. */
  readonly fingerprints: readonly string[];
  readonly keys: readonly PrivateKey[];
}

/**
 * Fingerprints of the primary keys in a file of armored public keys.
 * @throws InputError when the file holds no key.
 */
export async function fingerprintsOf(path: string): Promise<string[]> {
  return fingerprints(await readPublicKeys(path));
}

async function readPublicKeys(path: string): Promise<Key[]> {
  const { readKeys } = await import("openpgp");
  const binaryKeys = dearmor(path, await readFile(path, "utf8"));
  return parsed(path, "public", () => readKeys({ binaryKeys }));
}

/**
 * The binary form of the keys in an armored file (RFC 9580, section 6.2), whose blocks may be several.
 * @throws InputError when there are none.
 */
export function dearmor(path: string, text: string, kind: "public" | "private" = "public"): Buffer {
  const name = kind.toUpperCase();
  const block = new RegExp(
    `-----BEGIN PGP ${name} KEY BLOCK-----\\r?\\n(?:[^\\r\\n]+\\r?\\n)*\\r?\\n([A-Za-z0-9+/=\\s]+?)(?:^=\\S{4}\\s*)?-----END`,
    "gm",
  );
  const keys = [...text.matchAll(block)].map(([, body = ""]) => Buffer.from(body, "base64"));
  if (keys.length === 0) throw new InputError(`${path}: is no file with an armored ${kind} OpenPGP key`);
  return Buffer.concat(keys);
}

/**
 * @param secret file of the private keys, or the keys; when they end is what `publicFile` says, so that a renewal needs no new file of them
 * @param ended whether they may have ended. @default false
 * @throws InputError unless they are exactly the keys of `publicFile`, which hosts trust, and last.
 */
export async function openSigner(
  secret: string | readonly PrivateKey[],
  publicFile: string,
  ended = false,
): Promise<Signer> {
  const publicKeys = await readPublicKeys(publicFile);
  const trusted = fingerprints(publicKeys);
  const keys = typeof secret === "string" ? await readSecrets(secret) : secret;
  const secretFile = typeof secret === "string" ? secret : "the signing key";
  const held = fingerprints(keys);
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
  const known = await Promise.all(keys.map((key) => knownBy(key, publicKeys)));
  const over = (await endOfKeys({ keys: known })) ?? Number.POSITIVE_INFINITY;
  if (!ended && over <= Date.now()) {
    throw new InputError(
      `${publicFile}: the key it holds ended on ${timestamp(over)}, and hosts take nothing that it signs; renew it with 'towline key renew', run ` +
        "'pulumi up' and replace the hosts, which trust it as it was",
    );
  }
  return { fingerprints: trusted, keys: known };
}

/** The private key with all that its public half says of itself. */
async function knownBy(key: PrivateKey, publicKeys: readonly Key[]): Promise<PrivateKey> {
  const own = publicKeys.filter((other) => fingerprintOf(other) === fingerprintOf(key));
  let known = key;
  for (const one of own) known = await known.update(one);
  return known;
}

/** The text, signed by every key of the signer (a clear-signed message, the form of InRelease). */
export async function clearSign({ keys }: Signer, text: Buffer): Promise<Buffer> {
  const { createCleartextMessage, enums, sign } = await import("openpgp");
  const message = await createCleartextMessage({ text: text.toString("utf8") });
  const config = { preferredHashAlgorithm: enums.hash.sha512 };
  const signed: string = await sign({ message, signingKeys: [...keys], config });
  // It ends lines as the signature counts them (RFC 9580, section 7); hosts read lines that end as they do in Debian's own indexes.
  return Buffer.from(signed.replaceAll("\r\n", "\n"));
}

/** When the first of the signer's keys ends, in milliseconds since the epoch; undefined where none does. */
export async function endOfKeys({ keys }: Pick<Signer, "keys">): Promise<number | undefined> {
  const ends = await Promise.all(keys.map(async (key) => Number(await key.getExpirationTime())));
  const first = Math.min(...ends);
  return Number.isFinite(first) ? first : undefined;
}

/** @throws InputError when the file cannot be read, holds no private key, or one with a passphrase. */
async function readSecrets(path: string): Promise<PrivateKey[]> {
  const { readPrivateKeys } = await import("openpgp");
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    throw new InputError(`${path}: cannot be read: ${cause.message}`, { cause });
  });
  const binaryKeys = dearmor(path, text, "private");
  const keys = await parsed(path, "private", () => readPrivateKeys({ binaryKeys }));
  const locked = keys.filter((key) => !key.isDecrypted());
  if (locked.length > 0) {
    throw new InputError(
      `${path}: the private key ${fingerprints(locked).join(", ")} has a passphrase, and nobody types it where packages are ` +
        "published; export it without one, or make a key with 'towline key create'",
    );
  }
  return keys;
}

async function parsed<T extends Key>(path: string, kind: string, parse: () => Promise<T[]>): Promise<T[]> {
  try {
    return await parse();
  } catch (cause) {
    throw new InputError(`${path}: is no file with a ${kind} OpenPGP key: ${messageOf(cause)}`, { cause });
  }
}

/** Of a primary key, as gpg writes it. */
export function fingerprintOf(key: Key): string {
  return key.getFingerprint().toUpperCase();
}

function fingerprints(keys: readonly Key[]): string[] {
  return [...new Set(keys.map(fingerprintOf))];
}
