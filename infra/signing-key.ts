import { readFileSync } from "node:fs";
import path from "node:path";
import { RunError } from "@pulumi/pulumi";
import { whyUnreadable } from "./unreadable";

/** What a key signs: a stack's main suite, or its channels. */
export type SignedBy = "repository" | "channels";

/**
 * Reads the armored public key a stack's repository is signed with.
 *
 * @param file path of the key, from `root` unless it is absolute
 * @throws RunError, in one sentence that Pulumi shows as it is, when the file is missing or cannot be read, is no armored public key, or holds a private key
 */
export function readSigningKey(root: string, file: string, stack: string, of: SignedBy = "repository"): string {
  const key = readText(path.resolve(root, file), file, stack, of);
  if (key.includes("PRIVATE KEY BLOCK")) {
    throw new RunError(
      `${file} holds a private key, which must not reach the hosts. Replace it: ${howToExport(file, stack, of)}`,
    );
  }
  if (!key.startsWith("-----BEGIN PGP PUBLIC KEY BLOCK-----")) {
    throw new RunError(`${file} is not an armored OpenPGP public key. Replace it: ${howToExport(file, stack, of)}`);
  }
  return key;
}

function readText(absolute: string, file: string, stack: string, of: SignedBy): string {
  const signed = of === "channels" ? `${stack}'s channels are` : `${stack}'s repository is`;
  const [setting, option] =
    of === "channels" ? ["towline:channels/signingKey", " --channels"] : ["towline:signingKey", ""];
  try {
    return readFileSync(absolute, "utf8");
  } catch (error) {
    const reason = whyUnreadable(error);
    if (reason !== undefined) {
      throw new RunError(
        `${file} should be the public key that ${signed} signed with, but cannot be read: ${reason}. ` +
          `Name another file in ${setting}, or mend this one.`,
      );
    }
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new RunError(
      `${file} is missing: it should hold the public key that ${signed} signed with. ` +
        `Make a key, if there is none yet, with: npx towline key create${option} --stack ${stack} --out FILE. Or export the one there is: ` +
        howToExport(file, stack, of),
    );
  }
}

function howToExport(file: string, stack: string, of: SignedBy): string {
  return `gpg --armor --export "towline ${stack}${of === "channels" ? " channels" : ""}" > ${file}`;
}
