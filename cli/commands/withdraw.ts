import type { Command } from "commander";
import { announce } from "../event";
import { printResult } from "../progress";
import { parsePackageVersion } from "../repository/package-version";
import { placeOf } from "../repository/suite";
import { previewWithdrawal, undoWithdrawal, withdraw, withdrawalOf, withdrawnRelease } from "../repository/withdraw";
import { openShelf, type PublisherFlags, publisherOf, withPublisherOptions } from "./options";
import { describeWithdrawal } from "./withdrawal";

const HELP = `
No host takes a withdrawn version any more, and hosts that run it go to the highest version that stays. Its package stays in
the bucket: --undo lists it again.

Examples:
  towline withdraw hello=1.2.0 --stack prod --reason 'loses sessions'
  towline withdraw hello=1.2.0 --stack prod --dry-run
  towline withdraw hello=1.2.0 --stack prod --undo`;

interface Options extends PublisherFlags {
  readonly stack: string;
  readonly channel?: string;
  readonly reason: string;
  readonly undo?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `towline withdraw`. */
export function addWithdraw(program: Command): void {
  const command = program
    .command("withdraw")
    .description("mask a release: no host takes it, hosts that have it go back")
    .argument("<package=version>", "what to withdraw, such as hello=1.2.0")
    .requiredOption("--stack <stack>", "stack to withdraw it from")
    .option("--channel <name>", "withdraw it from this channel")
    .option("--reason <text>", "why, which is recorded", "")
    .option("--undo", "list a withdrawn version again")
    .option("--dry-run", "only say what would be done")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP);
  withPublisherOptions(command).action((argument: string, options: Options) =>
    options.undo ? undo(argument, options, command) : mask(argument, options, command),
  );
}

async function mask(argument: string, options: Options, command: Command): Promise<void> {
  const wanted = parsePackageVersion(argument);
  const { reason, dryRun = false } = options;
  const shelf = await openShelf(options.stack, options.channel, command);
  const plan = withdrawalOf(shelf, wanted);
  if (dryRun) {
    const withdrawal = await previewWithdrawal(shelf, plan);
    return printResult(options.json, { dryRun, ...withdrawal }, describeWithdrawal(withdrawal, placeOf(shelf), dryRun));
  }
  const publisher = publisherOf(shelf.stack, options);
  const purpose = `withdrawing ${wanted.name} ${wanted.version}`;
  const withdrawal = await withdraw(shelf, plan, { ...publisher, purpose, reason });
  printResult(options.json, { dryRun, ...withdrawal }, describeWithdrawal(withdrawal, placeOf(shelf), dryRun));
  if (withdrawal.withdrawn.length === 0) return;
  await announce(shelf.stack, {
    stage: "withdrawn",
    package: wanted.name,
    version: wanted.version,
    previous: withdrawal.previous,
    channel: options.channel,
    reason,
    by: publisher.by,
  });
}

async function undo(argument: string, options: Options, command: Command): Promise<void> {
  const wanted = parsePackageVersion(argument);
  const { reason, dryRun = false } = options;
  const shelf = await openShelf(options.stack, options.channel, command);
  const release = `${wanted.name} ${wanted.version}`;
  if (dryRun) {
    await withdrawnRelease(shelf, wanted);
    return printResult(options.json, { dryRun, ...wanted }, [`${placeOf(shelf)}: ${release} would be listed again`]);
  }
  const publisher = publisherOf(shelf.stack, options);
  const relisted = await undoWithdrawal(shelf, wanted, { ...publisher, purpose: `listing ${release} again`, reason });
  printResult(options.json, { dryRun, ...wanted, relisted }, [`${placeOf(shelf)}: ${release} is listed again`]);
  if (!relisted) return;
  await announce(shelf.stack, {
    stage: "published",
    package: wanted.name,
    version: wanted.version,
    channel: options.channel,
    reason: reason === "" ? "its withdrawal was undone" : reason,
    by: publisher.by,
  });
}
