import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { createProgram } from "../../cli/main";

/** The program and everything below it. */
const withChildren = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(withChildren)];

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return text;
}

/** The arguments of each `towline` in a text, as a shell would hand them over: up to a pipe, a remark or the end of the code. */
function commandLines(text: string): string[][] {
  return [...text.matchAll(/(?:^ {2}|npx |\| |-- |=\S+ )towline ([^\n`|&(#]+)/gm)].map(([, words = ""]) =>
    [...words.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain = ""]) => quoted ?? plain),
  );
}

/** Reads the arguments and does nothing with them. @throws CommanderError unless they are what the command takes */
async function parse(args: readonly string[]): Promise<void> {
  const program = createProgram();
  for (const command of withChildren(program)) {
    command.configureOutput({ writeOut: () => {}, writeErr: () => {} }).exitOverride();
    if (command.commands.length === 0) command.action(() => {});
  }
  await program.parseAsync(args, { from: "user" });
}

const README = commandLines(readFileSync(join(__dirname, "..", "..", "README.md"), "utf8"));
const HELP = withChildren(createProgram()).flatMap((command) => commandLines(helpOf(command)));

it("finds the examples", () => {
  expect(README).toContainEqual(["rollback", "hello", "--stack", "prod", "--reason", "loses sessions"]);
  expect(HELP).toContainEqual(["env", "set", "hello", "DATABASE_URL", "--stack", "prod"]);
});

it.each([...new Map([...README, ...HELP].map((args) => [args.join(" "), args]))])(
  "takes 'towline %s'",
  async (_, args) => {
    // Commander ends --help like this.
    const done = args.includes("--help") ? expect.objectContaining({ code: "commander.helpDisplayed" }) : undefined;
    expect(await parse(args).catch((error: unknown) => error)).toEqual(done);
  },
);
