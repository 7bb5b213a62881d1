import { readFileSync } from "node:fs";
import path from "node:path";
import { RunError } from "@pulumi/pulumi";
import { whyUnreadable } from "./unreadable";

/**
 * Reads the armored public key a stack's repository is signed with.
 *
 * @param file path of the key, from `root` unless it is absolute
 * @throws RunError, in one sentence that Pulumi shows as it is, when the file is missing or cannot be read, is no armored public key, or holds a private key
 */
export function readSigningKey(root: string, file: string, stack: string): string {
  const key = readText(path.resolve(root, file), file, stack);
  if (key.includes("PRIVATE KEY BLOCK")) {
    throw new RunError(
      `${file} holds a private key, which must not reach the hosts. Replace it: ${howToExport(file, stack)}`,
    );
  }
  if (!key.startsWith("-----BEGIN PGP PUBLIC KEY BLOCK-----")) {
    throw new RunError(`${file} is not an armored OpenPGP public key. Replace it: ${howToExport(file, stack)}`);
  }
  return key;
}

function readText(absolute: string, file: string, stack: string): string {
  try {
    return readFileSync(absolute, "utf8");
  } catch (error) {
    const reason = whyUnreadable(error);
    if (reason !== undefined) {
      throw new RunError(
        `${file} should be the public key that ${stack}'s repository is signed with, but cannot be read: ${reason}. ` +
          "Name another file in towline:signingKey, or mend this one.",
      );
    }
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new RunError(
      `${file} is missing: it should hold the public key that ${stack}'s repository is signed with. ` +
        `Make a key, if there is none yet, with: npx towline key create --stack ${stack} --out FILE. Or export the one there is: ` +
        howToExport(file, stack),
    );
  }
}

function howToExport(file: string, stack: string): string {
  return `gpg --armor --export "towline ${stack}" > ${file}`;
}
