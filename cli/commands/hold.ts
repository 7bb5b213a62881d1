import type { Command } from "commander";
import { InputError } from "../errors";
import { hold, resume } from "../fleet/control";
import { chosenGroups } from "../fleet/groups";
import { printResult } from "../progress";
import { openStack, type Stack } from "../project";
import { openBucket } from "../repository/bucket";
import { personOf } from "../repository/provenance";
import { timestamp } from "../time";

const HOLD_HELP = `
Hosts of a held group take nothing new: no version, no settings. What is bad, recalled or withdrawn still leaves them, and hosts that
are launched still take what is proven.

Examples:
  towline hold web --stack prod --reason 'the sale'
  towline hold web --stack prod --reason 'the sale' --dry-run
  towline hold --stack prod --reason 'nobody is there until Monday'`;
const RESUME_HELP = `
Examples:
  towline resume web --stack prod
  towline resume --stack prod`;

interface Options {
  readonly stack: string;
  readonly reason: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `towline hold`. */
export function addHold(program: Command): void {
  program
    .command("hold")
    .description("keep new versions and settings from the hosts of a group")
    .argument("[group]", "only this group's hosts")
    .requiredOption("--stack <stack>", "stack of the group")
    .requiredOption("--reason <text>", "why, which hosts and people are told")
    .option("--dry-run", "only say what would be done")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HOLD_HELP)
    .action(
      async (group: string | undefined, { stack: name, reason, dryRun = false, json }: Options, command: Command) => {
        if (reason.trim() === "")
          throw new InputError("--reason is empty; say why the group is held, such as 'the sale'");
        const { stack, groups } = groupsOf(name, group, command);
        const bucket = await openBucket(stack.config.region, stack.repository.bucket);
        const said = { reason, by: personOf(undefined, process.env), at: timestamp() };
        if (!dryRun) await Promise.all(groups.map((one) => hold(bucket, one, said)));
        printResult(
          json,
          { dryRun, stack: stack.name, groups, ...said },
          groups.map((one) => `${stack.name}/${one}: ${dryRun ? "would be held" : "held"}: ${reason}`),
        );
      },
    );
}

/** `towline resume`. */
export function addResume(program: Command): void {
  program
    .command("resume")
    .description("end the hold of a group")
    .argument("[group]", "only this group's")
    .requiredOption("--stack <stack>", "stack of the group")
    .option("--dry-run", "only say what would be done")
    .option("--json", "print the result as JSON")
    .addHelpText("after", RESUME_HELP)
    .action(async (group: string | undefined, { stack: name, dryRun = false, json }: Options, command: Command) => {
      const { stack, groups } = groupsOf(name, group, command);
      const bucket = await openBucket(stack.config.region, stack.repository.bucket);
      const resumed = await Promise.all(groups.map((one) => resume(bucket, one, dryRun)));
      const [ended, not] = dryRun ? ["would no longer be held", "is not held"] : ["no longer held", "was not held"];
      const lines = groups.map((one, i) => `${stack.name}/${one}: ${resumed[i] ? ended : not}`);
      printResult(json, { dryRun, stack: stack.name, groups: groups.filter((_, i) => resumed[i]) }, lines);
    });
}

function groupsOf(name: string, group: string | undefined, command: Command): { stack: Stack; groups: string[] } {
  const { directory } = command.optsWithGlobals<{ directory?: string }>();
  const stack = openStack(name, directory);
  return { stack, groups: chosenGroups(stack, group) };
}
