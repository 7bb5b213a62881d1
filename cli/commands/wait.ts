import type { Command } from "commander";
import { Answer, UserError } from "../errors";
import { announce } from "../event";
import { followRollout, type WaitResult } from "../fleet/follow";
import { groupsRunning } from "../fleet/groups";
import { printResult } from "../progress";
import { type PackageVersion, parsePackageVersion } from "../repository/package-version";
import { personOf } from "../repository/provenance";
import type { Shelf } from "../repository/suite";
import { timeOption } from "../time";
import { openShelf } from "./options";

const HELP = `
Hosts look for new versions every minute and take them one after the other; 'towline nudge' makes them look at once.

Exit codes: 0 every host runs the version and is healthy, 1 a group found it bad or it was withdrawn, 2 timed out, 3 it
cannot be told: wrong usage or input, no such version, no access to AWS.

Examples:
  towline wait hello=1.2.0 --stack staging
  towline wait hello=1.2.0 --stack prod --timeout 30m --announce
  towline wait hello=1.2.0 --stack prod --timeout 30m --json`;

const EXIT_CODES = { converged: 0, failed: 1, "timed-out": 2 } as const;

/** The answers of `wait` have the exit codes 0 to 2, so that everything else needs another. */
class NoAnswer extends UserError {
  override readonly exitCode = 3;
}

interface Options {
  readonly stack: string;
  readonly channel?: string;
  readonly timeout: number;
  readonly announce?: boolean;
  readonly by?: string;
  readonly json?: boolean;
}

/** `towline wait`. */
export function addWait(program: Command): void {
  const command = program
    .command("wait")
    .description("wait until the hosts of a stack run a version")
    .argument("<package=version>", "what to wait for, such as hello=1.2.0")
    .requiredOption("--stack <stack>", "stack whose hosts to follow")
    .option("--channel <name>", "the version is in this channel: follow the groups that follow it")
    .option("--timeout <time>", "longest time to wait, such as 90s, 10m or 1h", timeOption, 600)
    .option("--announce", "tell Slack of the first healthy host, of how far it has come, and of the end")
    .option("--by <name>", "who does it, for Slack (default: BUILD_USER of Jenkins, else the system's user)")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP);
  command.exitOverride((error) => {
    if (error.exitCode === 0) throw error;
    // Commander has said what is wrong.
    throw Object.assign(error, { exitCode: 3 });
  });
  command.action(async (argument: string, options: Options) => {
    const result = await follow(argument, options, command).catch((error: unknown) => {
      throw error instanceof UserError ? new NoAnswer(error.message, { cause: error }) : error;
    });
    if (options.json || result.outcome === "converged") printResult(options.json, result, [result.summary]);
    if (result.outcome === "converged") return;
    const words = result.outcome === "failed" ? "" : `timed out after ${result.seconds} s: `;
    throw new Answer(`${words}${result.summary}`, EXIT_CODES[result.outcome]);
  });
}

async function follow(argument: string, options: Options, command: Command) {
  const wanted = parsePackageVersion(argument);
  const shelf = await openShelf(options.stack, options.channel, command);
  if (groupsRunning(shelf.stack, wanted.name, options.channel).length === 0) {
    const follows = options.channel === undefined ? "" : ` and follows channel ${options.channel}`;
    throw new NoAnswer(
      `no group of ${shelf.stack.name} has the package ${wanted.name}${follows}, so no host will run it`,
    );
  }
  if (!options.announce) return followRollout(shelf, wanted, options);
  return followAloud(shelf, wanted, options);
}

/** Follows a rollout and tells Slack about it. */
async function followAloud(shelf: Shelf, wanted: PackageVersion, options: Options): Promise<WaitResult> {
  const by = personOf(options.by, process.env);
  const about = { package: wanted.name, version: wanted.version, channel: options.channel, by };
  const result = await followRollout(shelf, wanted, {
    timeout: options.timeout,
    tell: (milestone, seconds) => announce(shelf.stack, { ...about, ...milestone, seconds }),
  });
  const { outcome, summary, seconds, total } = result;
  const reason = outcome === "timed-out" ? `timed out: ${summary}` : summary;
  await announce(
    shelf.stack,
    outcome === "converged"
      ? { ...about, stage: "done", seconds, total }
      : { ...about, stage: "failed", seconds, reason },
  );
  return result;
}
