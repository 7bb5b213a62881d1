import type { Command } from "commander";
import { createProgram } from "../../cli/main";

/** A command and everything below it. */
export const withChildren = (command: Command): readonly Command[] => [
  command,
  ...command.commands.flatMap(withChildren),
];

/** Words as a shell would hand them over. */
export function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain = ""]) => quoted ?? plain);
}

/** Reads the arguments and does nothing with them. @throws CommanderError unless they are what the command takes */
export async function parse(args: readonly string[]): Promise<void> {
  const program = createProgram();
  for (const command of withChildren(program)) {
    command.configureOutput({ writeOut: () => {}, writeErr: () => {} }).exitOverride();
    if (command.commands.length === 0) command.action(() => {});
  }
  await program.parseAsync(args, { from: "user" });
}
