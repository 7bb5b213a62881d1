import { UserError } from "../errors";
import type { BuildSteps } from "./build-steps";
import type { Workplace } from "./workplace";

/**
 * Builds an app by its shell lines, one after the other.
 * @param shown the folder the user knows, for messages
 * @throws UserError at the first line that fails
 */
export async function runSteps(
  { lines, offline }: Pick<BuildSteps, "lines" | "offline">,
  workplace: Workplace,
  shown: string,
): Promise<void> {
  try {
    for (const line of lines) {
      const alone = offline.includes(line);
      process.stderr.write(`+ ${line}\n`);
      const exitCode = await workplace.run(line, alone);
      if (exitCode === 0) continue;
      const why = advice(exitCode, alone);
      throw new UserError(`${shown}: the build step '${line}' failed with exit code ${exitCode}${why}`);
    }
  } finally {
    await workplace.leave();
  }
}

function advice(exitCode: number, alone: boolean): string {
  if (exitCode === 127) return "; is that program installed, or named in 'buildDepends' of towline.yaml?";
  const network = alone ? "; it had no network: where it needs one, write all lines into 'build' of towline.yaml" : "";
  return ` (its output stands above)${network}`;
}
