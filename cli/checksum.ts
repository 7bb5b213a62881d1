import { createHash } from "node:crypto";

/** SHA-256 in lower-case hexadecimal. */
export function sha256(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}

/** SHA-512 in lower-case hexadecimal. */
export function sha512(content: Buffer | string): string {
  return createHash("sha512").update(content).digest("hex");
}
