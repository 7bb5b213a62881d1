import { mapConcurrently } from "../concurrency";
import { UserError } from "../errors";
import { warn } from "../progress";
import type { PublisherOptions } from "../repository/change";
import { readIndex } from "../repository/index";
import { openSigner } from "../repository/keys";
import type { Shelf } from "../repository/suite";
import { attest, attestationKey, readAttestation } from "./attestation";

/**
 * Signs the evidence of all that a suite lists with the keys that sign from now on: with the old ones alone nobody would believe it any more.
 *
 * @param publicKey path of the public keys it is signed with now
 * @param signingKey the private keys to sign with, or their path
 */
export async function signEvidenceAgain(
  { bucket, suite: { repository } }: Shelf,
  publicKey: string,
  signingKey: PublisherOptions["signingKey"],
): Promise<void> {
  const signer = await openSigner(signingKey, repository.publicKey);
  const listed = (await readIndex(bucket, repository))?.packages ?? [];
  await mapConcurrently(listed, async (entry) => {
    try {
      const known = await readAttestation(bucket, { ...repository, publicKey }, entry);
      if (known === undefined) return;
      await bucket.put(attestationKey(entry.filename, repository.suite), await attest(signer, known));
    } catch (error) {
      // What could not be believed before is not signed now, and keeps no key from going.
      if (!(error instanceof UserError)) throw error;
      warn(error.message);
    }
  });
}
