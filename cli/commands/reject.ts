import type { Command } from "commander";
import { InputError } from "../errors";
import { reject, retry } from "../fleet/control";
import { groupsWith } from "../fleet/groups";
import { printResult } from "../progress";
import { openStack, type Stack } from "../project";
import { openBucket } from "../repository/bucket";
import { type PackageVersion, parsePackageVersion } from "../repository/package-version";
import { personOf } from "../repository/provenance";
import { timestamp } from "../time";

const REJECT_HELP = `
Within a minute the hosts that run it go, one after the other, to the highest version that is not bad; none takes it any more.
'towline withdraw' takes a release from the repository; this leaves it there, for the groups of one stack alone.

Examples:
  towline reject hello=1.2.0 --stack prod --reason 'loses sessions' --dry-run
  towline reject hello=1.2.0 --stack prod --reason 'loses sessions'`;
const RETRY_HELP = `
Hosts try it once more, as if it were new: a canary first.

Examples:
  towline retry hello=1.2.0 --stack prod`;

interface Options {
  readonly stack: string;
  readonly reason: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `towline reject`. */
export function addReject(program: Command): void {
  program
    .command("reject")
    .description("have the hosts of a stack leave a version, whatever they found about it")
    .argument("<package=version>", "what to reject, such as hello=1.2.0")
    .requiredOption("--stack <stack>", "stack whose hosts are to leave it")
    .requiredOption("--reason <text>", "why, which is recorded")
    .option("--dry-run", "only say what would be done")
    .option("--json", "print the result as JSON")
    .addHelpText("after", REJECT_HELP)
    .action(async (argument: string, { stack: name, reason, dryRun = false, json }: Options, command: Command) => {
      if (reason.trim() === "") throw new InputError("--reason is empty; say what is wrong, such as 'loses sessions'");
      const wanted = parsePackageVersion(argument);
      const { stack, groups } = runningGroups(name, wanted, command);
      const bucket = await openBucket(stack.config.region, stack.repository.bucket);
      const said = { reason, by: personOf(undefined, process.env), at: timestamp() };
      if (!dryRun) await Promise.all(groups.map((group) => reject(bucket, group, wanted.name, wanted.version, said)));
      const found = `${wanted.name} ${wanted.version} ${dryRun ? "would be" : "is"} bad: ${reason}`;
      const lines = groups.map((group) => `${stack.name}/${group}: ${found}`);
      printResult(json, { dryRun, stack: stack.name, groups, ...wanted, ...said }, lines);
    });
}

/** `towline retry`. */
export function addRetry(program: Command): void {
  program
    .command("retry")
    .description("have the hosts of a stack try a version once more that they found bad, or that was rejected")
    .argument("<package=version>", "what to try again, such as hello=1.2.0")
    .requiredOption("--stack <stack>", "stack whose hosts are to try it")
    .option("--dry-run", "only say what would be done")
    .option("--json", "print the result as JSON")
    .addHelpText("after", RETRY_HELP)
    .action(async (argument: string, { stack: name, dryRun = false, json }: Options, command: Command) => {
      const wanted = parsePackageVersion(argument);
      const { stack, groups } = runningGroups(name, wanted, command);
      const bucket = await openBucket(stack.config.region, stack.repository.bucket);
      const retried = await Promise.all(
        groups.map((group) => retry(bucket, group, wanted.name, wanted.version, dryRun)),
      );
      const again = groups.filter((_, i) => retried[i]);
      const release = `${wanted.name} ${wanted.version}`;
      if (again.length === 0) {
        throw new InputError(
          `${release} is bad in none of the groups ${groups.join(", ")}; there is nothing to try again`,
        );
      }
      printResult(json, { dryRun, stack: stack.name, groups: again, ...wanted }, [
        `${stack.name}: ${again.join(", ")} ${dryRun ? "would" : "will"} try ${release} once more`,
      ]);
    });
}

function runningGroups(name: string, wanted: PackageVersion, command: Command): { stack: Stack; groups: string[] } {
  const { directory } = command.optsWithGlobals<{ directory?: string }>();
  const stack = openStack(name, directory);
  return { stack, groups: groupsWith(stack, wanted.name) };
}
