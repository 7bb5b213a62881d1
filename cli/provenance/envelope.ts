import { readFile } from "node:fs/promises";
import { z } from "zod";
import { dearmor, fingerprintOf, type Signer } from "../repository/keys";

/** A signed text (DSSE, the envelope of in-toto's attestations). */
export const envelopeSchema = z.object({
  payloadType: z.string(),
  /** Base64. */
  payload: z.string(),
  /** `sig` is a detached OpenPGP signature in base64, `keyid` the fingerprint of the key. */
  signatures: z.array(z.object({ keyid: z.string(), sig: z.string() })).min(1),
});

export type Envelope = z.infer<typeof envelopeSchema>;
export type Signature = Envelope["signatures"][number];

/** What is signed of a payload: its type too (DSSE's pre-authentication encoding). */
export function signedBytes(payloadType: string, payload: Buffer): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/**
 * Signs a text with every key of a signer.
 *
 * @param others signatures of the same text that stay beside
 */
export async function seal(
  signer: Signer,
  payloadType: string,
  text: string,
  others: readonly Signature[] = [],
): Promise<Envelope> {
  const { createMessage, sign } = await import("openpgp");
  const payload = Buffer.from(text);
  const binary = signedBytes(payloadType, payload);
  const own = await Promise.all(
    signer.keys.map(async (key): Promise<Signature> => {
      const message = await createMessage({ binary });
      const sig = await sign({ message, signingKeys: key, detached: true, format: "binary" });
      return { keyid: fingerprintOf(key), sig: Buffer.from(sig).toString("base64") };
    }),
  );
  const kept = others.filter(({ keyid }) => !own.some((one) => one.keyid === keyid));
  return { payloadType, payload: payload.toString("base64"), signatures: [...own, ...kept] };
}

/**
 * The text of an envelope, which one of the keys of `publicKey` signed.
 *
 * @param publicKey path of the armored public keys
 * @throws Error where none of them did
 */
export async function open(envelope: Envelope, payloadType: string, publicKey: string): Promise<string> {
  const { createMessage, readKeys, readSignature, verify } = await import("openpgp");
  if (envelope.payloadType !== payloadType) throw new Error(`it is ${envelope.payloadType}, not ${payloadType}`);
  const payload = Buffer.from(envelope.payload, "base64");
  const binary = signedBytes(envelope.payloadType, payload);
  const keys = await readKeys({ binaryKeys: dearmor(publicKey, await readFile(publicKey, "utf8")) });
  for (const { keyid, sig } of envelope.signatures) {
    const verificationKeys = keys.filter((key) => fingerprintOf(key) === keyid);
    if (verificationKeys.length === 0) continue;
    const signature = await readSignature({ binarySignature: Buffer.from(sig, "base64") });
    const { signatures } = await verify({ message: await createMessage({ binary }), signature, verificationKeys });
    await Promise.all(signatures.map(({ verified }) => verified));
    if (signatures.length > 0) return payload.toString("utf8");
  }
  throw new Error(`it is not signed by a key of ${publicKey}`);
}
