import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * What jq itself answers to inputs, each as jq writes it, in a line; of a program that fails, how it does.
 * @param jq the program. @default the machine's
 */
export async function answersOfJq(program: string, inputs: readonly string[], jq = "jq"): Promise<string[]> {
  const running = promisify(execFile)(jq, ["-c", program], { maxBuffer: 2 ** 30 });
  running.child.stdin?.end(inputs.join("\n"));
  const { stdout } = await running;
  return stdout.trim().split("\n");
}
