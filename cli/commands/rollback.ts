import type { Command } from "commander";
import { announce } from "../event";
import { printResult } from "../progress";
import { parsePackageName } from "../repository/package-version";
import { placeOf } from "../repository/suite";
import { previewWithdrawal, rollbackOf, withdraw } from "../repository/withdraw";
import { moment, openShelf, type PublisherFlags, publisherOf, withPublisherOptions } from "./options";
import { describeWithdrawal } from "./withdrawal";

const HELP = `
Withdraws every version above the one to go back to; nothing is built or uploaded. Without --to that is the newest version
below the highest that every group found good that judged it. 'towline withdraw --undo' lists a version again.

An order that may come twice, or late, says what it takes for granted: with --from the version that is the highest now, with
--asked when it was given, since when no other version has become the highest. Where that does not hold, nothing is done.

Examples:
  towline rollback hello --stack prod --reason 'loses sessions'
  towline rollback hello --stack prod --to 1.1.0 --dry-run
  towline rollback hello --stack prod --from 1.2.0 --to 1.1.0`;

interface Options extends PublisherFlags {
  readonly stack: string;
  readonly channel?: string;
  readonly to?: string;
  readonly from?: string;
  readonly asked?: string;
  readonly reason: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `towline rollback`. */
export function addRollback(program: Command): void {
  const command = program
    .command("rollback")
    .description("have hosts go back to an older version")
    .argument("<package>", "what to roll back, such as hello")
    .requiredOption("--stack <stack>", "stack to roll it back in")
    .option("--to <version>", "version to go back to (default: the last that was good)")
    .option("--from <version>", "only while this is the highest version listed")
    .option(
      "--asked <time>",
      "only if no other version has become the highest since, such as 2026-01-31T12:00:00Z",
      moment,
    )
    .option("--channel <name>", "roll it back in this channel")
    .option("--reason <text>", "why, which is recorded", "")
    .option("--dry-run", "only say what would be done")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP);
  withPublisherOptions(command).action(async (argument: string, options: Options) => {
    const name = parsePackageName(argument);
    const { reason, dryRun = false } = options;
    const shelf = await openShelf(options.stack, options.channel, command);
    const plan = rollbackOf(shelf, name, options.to, options);
    if (dryRun) {
      const withdrawal = await previewWithdrawal(shelf, plan);
      printResult(options.json, { dryRun, ...withdrawal }, describeWithdrawal(withdrawal, placeOf(shelf), dryRun));
      return;
    }
    const publisher = publisherOf(shelf.stack, options);
    const purpose = `rolling ${name} back${options.to === undefined ? "" : ` to ${options.to}`}`;
    const withdrawal = await withdraw(shelf, plan, { ...publisher, purpose, reason });
    printResult(options.json, { dryRun, ...withdrawal }, describeWithdrawal(withdrawal, placeOf(shelf), dryRun));
    if (withdrawal.withdrawn.length === 0) return;
    const { target, previous } = withdrawal;
    await announce(shelf.stack, {
      stage: "rolled-back-by-hand",
      package: name,
      version: target ?? "",
      previous,
      channel: options.channel,
      reason,
      by: publisher.by,
    });
  });
}
