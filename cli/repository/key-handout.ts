import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Stack } from "../project";
import { readEvidence } from "../provenance/evidence";
import { signEvidenceAgain } from "../provenance/sign-again";
import { replaceFile } from "../replace-file";
import { withTemporaryFolder } from "../temporary";
import type { Bucket } from "./bucket";
import { type PublisherOptions, signAgain } from "./change";
import { buildKeyring } from "./keyring";
import { fingerprintsOf } from "./keys";
import { publishPackages } from "./publish";
import { publishedSuites, type Shelf, suiteOf } from "./suite";

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
    const shelfOf = (channel: string | undefined): Shelf => ({
      stack: rekeyed,
      bucket,
      suite: suiteOf(rekeyed, channel),
    });

    const keyring = await buildKeyring(publicFile, temporary);
    const origin = { commit: null, buildUrl: null, promotedFrom: null, forced: null };
    const told = await readEvidence(keyring);
    const evidence = new Map(told === undefined ? [] : [[keyring.sha256, told]]);
    await publishPackages(shelfOf(undefined), [keyring], { ...options, evidence }, origin);
    const suites = await publishedSuites(rekeyed, bucket);
    // Channels with a key of their own keep it.
    const resigned = suites.filter(({ channel }) => channel === undefined || stack.channelsKey === undefined);
    for (const { channel } of resigned) {
      if (others) await signEvidenceAgain(shelfOf(channel), stack.repository.publicKey, options.signingKey);
      if (channel === undefined) continue;
      const purpose = `signing channel ${channel} ${others ? "with another key" : "with a key that lasts longer"}`;
      await signAgain(shelfOf(channel), { ...options, purpose });
    }
    const fingerprints = await fingerprintsOf(publicFile);
    await replaceFile(stack.repository.publicKey, publicKeys);
    return { fingerprints, keyring: keyring.version, suites: resigned.map((suite) => suite.repository.suite) };
  });
}
