import { type Command, InvalidArgumentError } from "commander";
import { InputError } from "../errors";
import { type IndexStatus, indexLines, readIndexStatus } from "../fleet/index-status";
import { jsonRows } from "../fleet/json-rows";
import { openLook, type StackStatus } from "../fleet/look";
import { statusLines } from "../fleet/status-lines";
import { watchStatus } from "../fleet/watch";
import { lookBack } from "../past/look-back";
import { momentOf, told } from "../past/moment";
import { pastBucket } from "../past/past-bucket";
import { PAST_FLEET } from "../past/past-fleet";
import { printResult, warn } from "../progress";
import { openStack } from "../project";
import { openBucket } from "../repository/bucket";
import { openVersions } from "../repository/versions";
import { timeOption } from "../time";

const HELP = `
Below the hosts stands what holds for a group: who holds which slot, who waits for what and since when, whether it is held or
frozen, its alarms that are on, which versions are bad or recalled and why, and hosts in service that have not reported for over
35 minutes (of agents since 0.7.0, which report every 15 minutes). As JSON that is 'rollout' of each of the group's hosts.
Then come the indexes that hosts follow, and when they end, as the keys do that sign them ('indexes' of each host).

--at shows how it was then, from the old versions that the bucket keeps for 30 days. Auto Scaling does not tell the past: which hosts there
were is told by their own reports.

--watch looks again and again until Ctrl-C: drawn anew on a terminal, elsewhere a line for each change. A look lists the bucket's
hosts/ and rollout/, and reads only what has changed.

Examples:
  towline status --stack prod
  towline status --stack prod --watch
  towline status --stack prod --watch --interval 30s | tee fleet.log
  towline status --stack prod --at 14:03              (today, by this machine's time zone)
  towline status --stack prod --json | jq -r '.[] | select(.health != "healthy") | .instance'
  towline status --stack prod --json | jq '.[] | select(.waiting != null) | .waiting.version'`;

interface Options {
  readonly stack: string;
  readonly at?: string;
  readonly json?: boolean;
  readonly watch?: boolean;
  readonly interval?: number;
}

/** `towline status`. */
export function addStatus(program: Command): void {
  program
    .command("status")
    .description("show what the hosts of a stack run, and what they wait for")
    .requiredOption("--stack <stack>", "stack to show")
    .option("--at <time>", "how it was then: 14:03 of today, or 2026-01-31T14:03:00Z (default: now)")
    .option("--json", "print the rows as JSON")
    .option("--watch", "look again and again, until Ctrl-C")
    .option("--interval <time>", "with --watch, between two looks, such as 30s (default: 10s)", interval)
    .addHelpText("after", HELP)
    .action(async (options: Options, command: Command) => {
      if (options.watch && options.json)
        throw new InputError("--watch and --json do not go together; give one of them");
      if (options.interval !== undefined && !options.watch)
        throw new InputError("--interval is the time between two looks of --watch; give --watch as well");
      if (options.watch && options.at !== undefined)
        throw new InputError("--watch and --at do not go together; 'towline rollout --replay' shows what went on");
      const at = options.at === undefined ? undefined : momentOf(options.at, new Date());
      const { directory } = command.optsWithGlobals<{ directory?: string }>();
      const stack = openStack(options.stack, directory);
      const bucket = await openBucket(stack.config.region, stack.repository.bucket);
      if (at !== undefined) {
        const past = pastBucket(await openVersions(stack.config.region, stack.repository.bucket), at);
        const [status, indexes] = await Promise.all([lookBack(stack, past), readIndexStatus(stack, past)]);
        if (!options.json) warn(`${stack.name} as it was at ${told(at)}: ${PAST_FLEET}`);
        return print(stack.name, status, indexes, options.json, at);
      }
      const look = await openLook(stack, bucket);
      if (options.watch) {
        // This is how a watch is meant to end.
        process.once("SIGINT", () => process.exit(0));
        await watchStatus(stack.name, look, options.interval ?? 10);
      }
      const [status, indexes] = await Promise.all([look(), readIndexStatus(stack, bucket)]);
      for (const group of status.absentGroups) {
        warn(`group ${group} is not in AWS yet; 'pulumi up -s ${stack.name}' makes it`);
      }
      print(stack.name, status, indexes, options.json);
    });
}

function print(
  stack: string,
  status: StackStatus,
  indexes: readonly IndexStatus[],
  json: boolean | undefined,
  now: Date = new Date(),
): void {
  const lines = statusLines(stack, status, process.stdout.isTTY === true, now);
  const ends = indexLines(indexes, now);
  printResult(json, jsonRows(status, indexes), [...lines, ...(ends.length === 0 ? [] : ["", ...ends])]);
}

/** The value of an option that is the time between two looks. */
export function interval(text: string): number {
  const seconds = timeOption(text);
  if (seconds < 1) throw new InvalidArgumentError("It should be 1s or more.");
  return seconds;
}
