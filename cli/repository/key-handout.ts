import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Stack } from "../project";
import { readEvidence } from "../provenance/evidence";
import { signEvidenceAgain } from "../provenance/sign-again";
import { replaceFile } from "../replace-file";
import { withTemporaryFolder } from "../temporary";
import type { Bucket } from "./bucket";
import type { PublisherOptions } from "./change";
import { signChannels } from "./channels-key";
import { buildKeyring } from "./keyring";
import { fingerprintsOf } from "./keys";
import { publishPackages } from "./publish";
import { type Shelf, suiteOf } from "./suite";

/** What hosts get to know of a stack's keys. */
export interface KeysHandedOut {
  /** Fingerprints of the keys that sign from now on. */
  readonly fingerprints: readonly string[];
  /** Version of the package that brings their public halves to hosts. */
  readonly keyring: string;
  /** Suites that were signed again. */
  readonly suites: readonly string[];
}

/**
 * Signs every suite with the keys of the options and hands their public halves out. The stack's own file of public keys changes last: a run
 * that is cut short can be repeated as it was.
 * @param others whether these are other keys than before, which sign the evidence of what is listed too
 */
export function handOut(
  { stack, bucket }: { readonly stack: Stack; readonly bucket: Bucket },
  options: Omit<PublisherOptions, "purpose">,
  publicKeys: string,
  others: boolean,
): Promise<KeysHandedOut> {
  return withTemporaryFolder(async (temporary) => {
    const publicFile = join(temporary, "public.asc");
    await writeFile(publicFile, publicKeys);
    const rekeyed = { ...stack, repository: { ...stack.repository, publicKey: publicFile } };
    const main: Shelf = { stack: rekeyed, bucket, suite: suiteOf(rekeyed) };

    const keyring = await buildKeyring(publicFile, temporary);
    const origin = { commit: null, buildUrl: null, promotedFrom: null, forced: null };
    const told = await readEvidence(keyring);
    const evidence = new Map(told === undefined ? [] : [[keyring.sha256, told]]);
    await publishPackages(main, [keyring], { ...options, evidence }, origin);
    const before = others ? stack.repository.publicKey : undefined;
    if (before !== undefined) await signEvidenceAgain(main, before, options.signingKey);
    // Channels with a key of their own keep it.
    const how = others ? "with another key" : "with a key that lasts longer";
    const channels = stack.channelsKey === undefined ? await signChannels(rekeyed, bucket, options, how, before) : [];
    const suites = [undefined, ...channels].map((channel) => suiteOf(rekeyed, channel).repository.suite);
    const fingerprints = await fingerprintsOf(publicFile);
    await replaceFile(stack.repository.publicKey, publicKeys);
    return { fingerprints, keyring: keyring.version, suites };
  });
}
