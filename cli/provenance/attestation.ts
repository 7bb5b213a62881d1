import { z } from "zod";
import { InputError, messageOf, UserError } from "../errors";
import type { Bucket, Objects } from "../repository/bucket";
import type { Repository } from "../repository/index";
import type { Signer } from "../repository/keys";
import type { IndexedPackage } from "../repository/packages";
import { type Envelope, envelopeSchema, open, type Signature, seal } from "./envelope";
import { checkEvidence, type Evidence } from "./evidence";
import { SBOM_TYPE } from "./sbom";
import { STATEMENT_TYPE } from "./statement";

/** Evidence that was signed, with the signatures of its two parts. */
export interface Attestation extends Evidence {
  readonly signatures: { readonly statement: readonly Signature[]; readonly sbom: readonly Signature[] };
}

/** The package that evidence is about. */
export type Attested = Pick<IndexedPackage, "name" | "version" | "filename" | "sha256">;

const TAIL = /\.[a-z0-9-]+\.intoto\.jsonl$/;

/** Key of the evidence of a package, as one suite's publisher signed it: beside the package, which suites share. */
export function attestationKey(filename: string, suite: string): string {
  return `${filename.replace(/\.deb$/, "")}.${suite}.intoto.jsonl`;
}

/** The key of the package that an object of the pool belongs to: itself, or of what evidence is about. */
export function packageOf(key: string): string {
  return TAIL.test(key) ? key.replace(TAIL, ".deb") : key;
}

/** Signs evidence: an envelope a line, of the statement and of the SBOM. */
export async function attest(signer: Signer, evidence: Evidence | Attestation): Promise<string> {
  const others = "signatures" in evidence ? evidence.signatures : { statement: [], sbom: [] };
  const envelopes = [
    await seal(signer, STATEMENT_TYPE, evidence.statement, others.statement),
    await seal(signer, SBOM_TYPE, evidence.sbom, others.sbom),
  ];
  return envelopes.map((envelope) => `${JSON.stringify(envelope)}\n`).join("");
}

/** Bytes. An app of ten thousand components has an SBOM of a few megabytes. */
const LARGEST_ATTESTATION = 64 * 1024 * 1024;

/**
 * The evidence of a package that a suite's publisher signed.
 *
 * @returns undefined where there is none
 * @throws UserError where it is not signed with the suite's key, or is not about the package
 */
export async function readAttestation(
  source: Objects,
  repository: Pick<Repository, "suite" | "publicKey">,
  entry: Attested,
): Promise<Attestation | undefined> {
  const key = attestationKey(entry.filename, repository.suite);
  const stored = await source.get(key, LARGEST_ATTESTATION);
  if (stored === undefined) return undefined;
  const place = `s3://${source.name}/${key}`;
  try {
    const [statement, sbom] = stored.content.toString("utf8").split("\n").filter(Boolean).map(parse);
    if (statement === undefined || sbom === undefined) throw new Error("it has not two lines");
    const evidence = {
      statement: await open(statement, STATEMENT_TYPE, repository.publicKey),
      sbom: await open(sbom, SBOM_TYPE, repository.publicKey),
    };
    checkEvidence({ ...entry, path: `s3://${source.name}/${entry.filename}` }, evidence, place);
    return { ...evidence, signatures: { statement: statement.signatures, sbom: sbom.signatures } };
  } catch (cause) {
    const reason = cause instanceof InputError ? cause.message : `${place}: ${messageOf(cause)}`;
    throw new UserError(`${reason}; nothing it says is believed: delete that object, and publish the package again`, {
      cause,
    });
  }
}

/** Puts the evidence of a package beside it, unless it is there, signed and all. */
export async function writeAttestation(
  bucket: Bucket,
  repository: Pick<Repository, "suite" | "publicKey">,
  entry: Attested,
  signed: string,
): Promise<void> {
  const key = attestationKey(entry.filename, repository.suite);
  if ((await bucket.put(key, signed, { absent: true })) !== undefined) return;
  // Of a publication that was cut short, or what somebody left there who has no key.
  const there = await readAttestation(bucket, repository, entry).catch(() => undefined);
  if (there === undefined) await bucket.put(key, signed);
}

function parse(line: string): Envelope {
  return z.parse(envelopeSchema, JSON.parse(line));
}
