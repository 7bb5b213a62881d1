import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PrivateKey } from "openpgp";
import type { Stack } from "../project";
import { replaceFile } from "../replace-file";
import { withTemporaryFolder } from "../temporary";
import { timestamp } from "../time";
import type { Bucket } from "./bucket";
import type { PublisherOptions } from "./change";
import { requireChannelsKey, signChannels } from "./channels-key";
import { handOut } from "./key-handout";
import { withLife } from "./key-pair";
import { endOfKeys, fingerprintOf, openSigner } from "./keys";

/** What a renewal did. The private keys stay as they are. */
export interface KeyRenewal {
  readonly fingerprints: readonly string[];
  /** When the keys end now, as a timestamp. */
  readonly until: string;
  /** File of the public halves, which changed. */
  readonly publicFile: string;
  /** Version of the package that brings them to hosts; null for the channels' key, which new hosts get alone. */
  readonly keyring: string | null;
  /** Suites that were signed again. */
  readonly suites: readonly string[];
}

interface Place {
  readonly stack: Stack;
  readonly bucket: Bucket;
}

/** Gives a stack's keys more time, in seconds from now, and hands their public halves out to hosts. */
export async function renewKeys(
  place: Place,
  options: Omit<PublisherOptions, "purpose">,
  lifeSeconds: number,
): Promise<KeyRenewal> {
  const publicFile = place.stack.repository.publicKey;
  const keys = await renewed(options.signingKey, publicFile, lifeSeconds);
  const { fingerprints, keyring, suites } = await handOut(
    place,
    { ...options, signingKey: keys },
    publicHalves(keys),
    false,
  );
  return { fingerprints, until: await untilOf(keys), publicFile, keyring, suites };
}

/**
 * The same for the key of a stack's channels.
 * @throws InputError where they have none of their own
 */
export async function renewChannelsKey(
  { stack, bucket }: Place,
  options: Omit<PublisherOptions, "purpose">,
  lifeSeconds: number,
): Promise<KeyRenewal> {
  const publicFile = requireChannelsKey(stack);
  const keys = await renewed(options.signingKey, publicFile, lifeSeconds);
  const suites = await withTemporaryFolder(async (temporary) => {
    const channelsKey = join(temporary, "channels.asc");
    await writeFile(channelsKey, publicHalves(keys));
    return signChannels(
      { ...stack, channelsKey },
      bucket,
      { ...options, signingKey: keys },
      "with a key that lasts longer",
    );
  });
  await replaceFile(publicFile, publicHalves(keys));
  return { fingerprints: keys.map(fingerprintOf), until: await untilOf(keys), publicFile, keyring: null, suites };
}

async function renewed(
  secret: PublisherOptions["signingKey"],
  publicFile: string,
  lifeSeconds: number,
): Promise<PrivateKey[]> {
  const { keys } = await openSigner(secret, publicFile, true);
  return Promise.all(keys.map((key) => withLife(key, lifeSeconds)));
}

function publicHalves(keys: readonly PrivateKey[]): string {
  return keys.map((key) => key.toPublic().armor()).join("\n");
}

async function untilOf(keys: readonly PrivateKey[]): Promise<string> {
  return timestamp(await endOfKeys({ keys }));
}
