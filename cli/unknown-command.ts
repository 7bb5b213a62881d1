import type { Command } from "commander";
import { nearest } from "../infra/config/nearest";

/**
 * Refuses a command that does not exist, as `--help` and `help` would show the general help for it.
 * @throws CommanderError once it is said, with the nearest command or all there are
 */
export function refuseUnknownCommand(program: Command, args: readonly string[]): void {
  let command = program;
  for (let index = 0; index < args.length && command.commands.length > 0; index++) {
    const word = args[index] ?? "";
    if (word === "--") return;
    if (word.startsWith("-")) {
      const option = command.options.find(({ short, long }) => word === short || word === long);
      if (option?.required) index++;
    } else if (word !== "help") {
      const names = command.commands.map((one) => one.name());
      const next = command.commands.find((one) => one.name() === word || one.aliases().includes(word));
      if (next === undefined) refuse(command, word, names);
      else command = next;
    }
  }
}

function refuse(command: Command, word: string, names: readonly string[]): never {
  const guess = nearest(word, names);
  const help = guess === undefined ? `its commands are ${names.join(", ")}` : `Did you mean ${guess}?`;
  return command.error(`error: unknown command '${word}'\n(${help})`, { code: "commander.unknownCommand" });
}
