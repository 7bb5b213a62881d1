import { runtime } from "@pulumi/pulumi";

/** A value as JSON has it. */
export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/**
 * Turns a value as it goes to Pulumi's engine into a plain one. Secrets are unwrapped, a reference to a resource becomes
 * its URN, and assets and archives keep what they point at: `{path}`, `{text}`, `{uri}` or `{assets}`.
 */
export function plain(value: Plain): Plain {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const { [runtime.specialSigKey]: signature, ...rest } = value as { readonly [key: string]: Plain };
  if (signature === runtime.specialSecretSig || signature === runtime.specialOutputValueSig)
    return plain(rest.value ?? null);
  if (signature === runtime.specialResourceSig) return rest.urn ?? null;
  return plainMap(signature === undefined ? rest : withoutMarks(rest));
}

/** Assets and archives also carry `__pulumiAsset` or `__pulumiArchive`, which says nothing more. */
function withoutMarks(asset: { readonly [key: string]: Plain }): { readonly [key: string]: Plain } {
  return Object.fromEntries(Object.entries(asset).filter(([key]) => !key.startsWith("__pulumi")));
}

/** The same for a map of properties. */
export function plainMap(values: Readonly<Record<string, Plain>>): Record<string, Plain> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, plain(value)]));
}
