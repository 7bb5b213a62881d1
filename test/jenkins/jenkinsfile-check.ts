import { spawnSync } from "node:child_process";
import path from "node:path";

export const ROOT = path.resolve(__dirname, "../..");
const CHECK = path.join(ROOT, "jenkins/check/jenkinsfile-check");

/** A word of a Jenkinsfile with its arguments and what stands in its braces. */
export interface Word {
  readonly word: string;
  readonly line: number;
  readonly args: readonly unknown[] | Readonly<Record<string, unknown>>;
  readonly body: readonly Word[];
}

export interface Checked {
  readonly file: string;
  readonly problems: readonly { readonly line: number; readonly message: string }[];
  readonly body: readonly Word[];
}

/** Runs the checker as a person would. */
export function jenkinsfileCheck(args: readonly string[], environment: Record<string, string> = {}) {
  return spawnSync(CHECK, args, { cwd: ROOT, encoding: "utf8", env: { ...process.env, ...environment } });
}

/** Checks many files in one go, because Groovy takes a second to start. */
export function checkAll(files: readonly string[], environment: Record<string, string> = {}): Checked[] {
  const { stdout, stderr, status, error } = jenkinsfileCheck(["--json", ...files], environment);
  if (error) throw error;
  // 1 is a refused file; everything else means that nothing was checked, such as a missing groovy, which it says.
  if (status !== 0 && status !== 1) throw new Error(stderr.trim());
  return JSON.parse(stdout) as Checked[];
}
