import { readFileSync } from "node:fs";
import path from "node:path";
import { RunError } from "@pulumi/pulumi";
import { whyUnreadable } from "./unreadable";

/**
 * Reads the script that a group's hosts run after towline's own.
 *
 * @param file path of the script, from `root` unless it is absolute
 * @param key where the configuration names it
 * @throws RunError, in one sentence that Pulumi shows as it is, when it cannot be read or is no script
 */
export function readOwnScript(root: string, file: string, key: string): string {
  const text = readText(path.resolve(root, file), file, key);
  if (text.startsWith("#!")) return text;
  throw new RunError(
    `${key}: should be a script, which begins with "#!" and its interpreter, but ${file} does not. Write for example "#!/bin/bash" into its first line.`,
  );
}

function readText(absolute: string, file: string, key: string): string {
  try {
    return readFileSync(absolute, "utf8");
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === "ENOENT" ? "it is missing" : whyUnreadable(error);
    if (reason === undefined) throw error;
    throw new RunError(
      `${key}: should be the path of a script, from the project's root, but ${file} cannot be read: ${reason}. Name another file, or mend this one.`,
    );
  }
}
