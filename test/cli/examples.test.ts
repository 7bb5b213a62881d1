import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { createProgram } from "../../cli/main";
import { parse, withChildren, wordsOf } from "./parse-command";

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return text;
}

/** The arguments of each `towline` in a text, as a shell would hand them over: up to a pipe, a remark or the end of the code. */
function commandLines(text: string): string[][] {
  return [...text.matchAll(/(?:^ {2}|npx |\| |-- |=\S+ )towline ([^\n`|&(#]+)/gm)].map(([, words = ""]) =>
    wordsOf(words),
  );
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
