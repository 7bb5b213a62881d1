import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PrivateKey } from "openpgp";
import { InputError } from "../errors";
import type { Stack } from "../project";
import { signEvidenceAgain } from "../provenance/sign-again";
import { replaceFile } from "../replace-file";
import { withTemporaryFolder } from "../temporary";
import type { Bucket } from "./bucket";
import { type PublisherOptions, signAgain } from "./change";
import { makeKey, publicKeysWith, writeSecrets } from "./key-pair";
import { fingerprintOf, openSigner } from "./keys";
import { publishedSuites } from "./suite";

/** What making the channels' key did. */
export interface ChannelsKey {
  readonly fingerprint: string;
  /** File of the public half. */
  readonly publicFile: string;
  /** Channels that both keys sign until they are published again. */
  readonly resigned: readonly string[];
}

/** A stack's bucket, and how to publish with the stack's own key. */
export interface Current {
  readonly bucket: Bucket;
  readonly options: Omit<PublisherOptions, "purpose">;
}

/**
 * Makes the key that signs a stack's channels from then on. The channels there are get signed by it beside the stack's own, so that
 * hosts that know only one of the two read them.
 * @param out new file for the private key
 * @param current the stack's bucket, and how to publish with the stack's own key; undefined where no channel is to be kept
 * @param lifeSeconds how long it lasts. @default two years
 * @throws InputError when the stack's file names no such key, or it is there already.
 */
export async function createChannelsKey(
  stack: Stack,
  out: string,
  current: Current | undefined,
  lifeSeconds?: number,
): Promise<ChannelsKey> {
  const { channelsKey } = stack;
  if (channelsKey === undefined) {
    throw new InputError(
      `stack ${stack.name} has no key for channels: write "towline:channels: {}" into Pulumi.${stack.name}.yaml first`,
    );
  }
  if (existsSync(channelsKey))
    throw new InputError(`${channelsKey}: exists already: the channels of stack ${stack.name} have a key`);
  const key = await makeKey(`${stack.name} channels`, lifeSeconds);
  await writeSecrets([key], out);
  const resigned = current === undefined ? [] : await signByBoth(stack, key, current);
  // Last, so that a run that is cut short can be repeated.
  await replaceFile(channelsKey, key.toPublic().armor());
  return { fingerprint: fingerprintOf(key), publicFile: channelsKey, resigned };
}

/** Has the stack's own key and the channels' new one sign the channels there are. */
function signByBoth(stack: Stack, key: PrivateKey, { bucket, options }: Current): Promise<string[]> {
  return withTemporaryFolder(async (temporary) => {
    const channelsKey = join(temporary, "both.asc");
    await writeFile(channelsKey, await publicKeysWith(stack.repository.publicKey, key));
    const { keys } = await openSigner(options.signingKey, stack.repository.publicKey);
    return signChannels(
      { ...stack, channelsKey },
      bucket,
      { ...options, signingKey: [...keys, key] },
      "with a key of its own too",
      stack.repository.publicKey,
    );
  });
}

/** The file of the public key that a stack's channels have for themselves. @throws InputError where they have none */
export function requireChannelsKey({ name, channelsKey }: Pick<Stack, "name" | "channelsKey">): string {
  if (channelsKey !== undefined) return channelsKey;
  throw new InputError(`--channels: stack ${name} has no key for channels, its own signs them; leave the option out`);
}

/**
 * Signs the channels there are again, and says which.
 * @param before public keys that their evidence is signed with now; undefined where the same keys go on signing, which need not sign that again
 */
export async function signChannels(
  stack: Stack,
  bucket: Bucket,
  options: Omit<PublisherOptions, "purpose">,
  how: string,
  before?: string,
): Promise<string[]> {
  const channels = (await publishedSuites(stack, bucket)).filter(({ channel }) => channel !== undefined);
  for (const suite of channels) {
    await signAgain({ stack, bucket, suite }, { ...options, purpose: `signing channel ${suite.channel} ${how}` });
    if (before !== undefined) await signEvidenceAgain({ stack, bucket, suite }, before, options.signingKey);
  }
  return channels.flatMap(({ channel }) => channel ?? []);
}
