import { readFileSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import { Command, CommanderError } from "commander";
import { addAffected } from "./commands/affected";
import { addBuild } from "./commands/build";
import { addChannel } from "./commands/channel";
import { addCost } from "./commands/cost";
import { addEnv } from "./commands/env";
import { addExplain } from "./commands/explain";
import { addGroup } from "./commands/group";
import { addHeal } from "./commands/heal";
import { addHold, addResume } from "./commands/hold";
import { addKey } from "./commands/key";
import { addNudge } from "./commands/nudge";
import { addPage } from "./commands/page";
import { addPolicy } from "./commands/policy";
import { addPromote } from "./commands/promote";
import { addPublish } from "./commands/publish";
import { addReject, addRetry } from "./commands/reject";
import { addReleases } from "./commands/releases";
import { addRenew } from "./commands/renew";
import { addRestore } from "./commands/restore";
import { addRollback } from "./commands/rollback";
import { addRollout } from "./commands/rollout";
import { addSimulate } from "./commands/simulate";
import { addStatus } from "./commands/status";
import { addWait } from "./commands/wait";
import { addWithdraw } from "./commands/withdraw";
import { UserError } from "./errors";
import { handleSignals, interrupted } from "./interrupt";
import { refuseUnknownCommand } from "./unknown-command";

const USAGE_ERROR = 2;

/** In the order of a release's life. */
const COMMANDS = [
  ...[addBuild, addPublish, addPromote, addWait, addNudge, addStatus, addReleases, addAffected],
  addRollout,
  addExplain,
  addPage,
  ...[
    addWithdraw,
    addRollback,
    addRestore,
    addHold,
    addResume,
    addReject,
    addRetry,
    addChannel,
    addEnv,
    addGroup,
    addHeal,
    addKey,
    addRenew,
    addPolicy,
    addCost,
    addSimulate,
  ],
];

/** The whole command line, ready to parse. */
export function createProgram(): Command {
  const program = new Command("towline")
    .description(
      "Builds Debian packages, publishes them to a stack's signed apt repository and shows what its hosts run.",
    )
    .version(version(), "-V, --towline-version", "print towline's version")
    .option(
      "-C, --directory <dir>",
      "folder of the project (default: the nearest one with a Pulumi.yaml at or above this)",
    )
    .helpCommand("help [command]", "explain a command")
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error:/, errorPrefix())) })
    .showHelpAfterError("(see --help)")
    .exitOverride()
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 failure, 2 wrong usage or input ('wait' and 'affected' have their own). TOWLINE_DEBUG=1 shows where an error arose.",
    );
  for (const add of COMMANDS) add(program);
  return program;
}

/** Runs one command line and returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const program = createProgram();
    refuseUnknownCommand(program, args);
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    // Commander itself gives 1 to whatever is wrong with the usage.
    if (error instanceof CommanderError) return error.exitCode === 1 ? USAGE_ERROR : error.exitCode;
    // What fails once a signal has ended the children is its consequence.
    if (!interrupted()) report(error);
    return error instanceof UserError ? error.exitCode : 1;
  }
}

function report(error: unknown): void {
  const debug = (process.env.TOWLINE_DEBUG ?? "") !== "";
  const expected = error instanceof UserError;
  const text =
    error instanceof Error ? (debug || !expected ? (error.stack ?? error.message) : error.message) : String(error);
  const intro = expected ? "" : "a fault in towline itself: ";
  process.stderr.write(`${errorPrefix()} ${intro}${text}\n`);
  if (debug && error instanceof Error && error.cause !== undefined) console.error(error.cause);
}

function errorPrefix(): string {
  return styleText("red", "towline:", { stream: process.stderr });
}

function version(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(join(__dirname, "..", "package.json"), "utf8"));
  return manifest.version;
}

if (require.main === module) {
  handleSignals();
  // bin/towline's, and for this program alone.
  delete process.env.NODE_COMPILE_CACHE;
  // Who reads may go, as head does: what is begun is ended all the same.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  void main(process.argv.slice(2)).then((exitCode) => {
    // Interrupted: the end with its own exit code is on its way.
    if (!interrupted()) process.exitCode = exitCode;
  });
}
