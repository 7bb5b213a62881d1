import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../errors";
import type { Stack } from "../project";
import { withTemporaryFolder } from "../temporary";
import type { Bucket } from "./bucket";
import { changeIndex, type PublisherOptions } from "./change";
import { exportPublic, generateKey, writePublic, writeSecrets } from "./key-pair";
import { importSecretKeys, withKeyHome } from "./keys";
import { publishedSuites } from "./suite";

/** What making the channels' key did. */
export interface ChannelsKey {
  readonly fingerprint: string;
  /** File of the public half. */
  readonly publicFile: string;
  /** Channels that both keys sign until they are published again. */
  readonly resigned: readonly string[];
}

/**
 * Makes the key that signs a stack's channels from then on. The channels there are get signed by it beside the stack's own, so that
 * hosts that know only one of the two read them.
 * @param out new file for the private key
 * @param current the stack's bucket, and how to publish with the stack's own key; undefined where no channel is to be kept
 * @throws InputError when the stack's file names no such key, or it is there already.
 */
export async function createChannelsKey(
  stack: Stack,
  out: string,
  current: { readonly bucket: Bucket; readonly options: Omit<PublisherOptions, "purpose"> } | undefined,
): Promise<ChannelsKey> {
  const { channelsKey } = stack;
  if (channelsKey === undefined) {
    throw new InputError(
      `stack ${stack.name} has no key for channels: write "towline:channels: {}" into Pulumi.${stack.name}.yaml first`,
    );
  }
  if (existsSync(channelsKey))
    throw new InputError(`${channelsKey}: exists already: the channels of stack ${stack.name} have a key`);
  return withTemporaryFolder((temporary) =>
    withKeyHome(temporary, async (home) => {
      const fingerprint = await generateKey(home, `${stack.name} channels`);
      const publicKey = await exportPublic(home, fingerprint);
      await writeSecrets(home, [fingerprint], out);
      const resigned: string[] = [];
      if (current !== undefined) {
        const { bucket, options } = current;
        const held = await importSecretKeys(home, options.signingKey);
        const both = { public: join(temporary, "both.asc"), secret: join(temporary, "both.secret.asc") };
        await writeSecrets(home, [...held, fingerprint], both.secret);
        await writeFile(both.public, `${(await readFile(stack.repository.publicKey, "utf8")).trimEnd()}\n${publicKey}`);
        resigned.push(
          ...(await signChannels({ ...stack, channelsKey: both.public }, bucket, {
            ...options,
            signingKey: both.secret,
          })),
        );
      }
      // Last, so that a run that is cut short can be repeated.
      await writePublic(channelsKey, publicKey);
      return { fingerprint, publicFile: channelsKey, resigned };
    }),
  );
}

async function signChannels(
  stack: Stack,
  bucket: Bucket,
  options: Omit<PublisherOptions, "purpose">,
): Promise<string[]> {
  const channels = (await publishedSuites(stack, bucket)).filter(({ channel }) => channel !== undefined);
  for (const suite of channels) {
    const purpose = `signing channel ${suite.channel} with a key of its own too`;
    await changeIndex({ stack, bucket, suite }, { ...options, purpose }, async () => ({ add: [], remove: [] }));
  }
  return channels.flatMap(({ channel }) => channel ?? []);
}
