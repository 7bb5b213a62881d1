import type { Command } from "commander";
import { printResult } from "../progress";
import { listChannels, planChannelRemoval, removeChannel } from "../repository/channel";
import { renderTable } from "../table";
import { databaseOf, openShelf, type PublisherFlags, withLeaseOptions } from "./options";

const HELP = `
A channel holds the packages of a branch; only groups with that 'channel' in Pulumi.<stack>.yaml see them, and prefer them
to those of the main suite. 'towline publish --channel' makes one.

Examples:
  towline channel list --stack staging
  towline channel remove feature-x --stack staging
  towline channel remove feature-x --stack staging --yes`;

const LIST_HELP = `
Examples:
  towline channel list --stack staging
  towline channel list --stack staging --json | jq -r '.[] | select(.groups == []) | .channel'`;

const REMOVE_HELP = `
Examples:
  towline channel remove feature-x --stack staging
  towline channel remove feature-x --stack staging --yes`;

interface Options extends Pick<PublisherFlags, "wait" | "by"> {
  readonly stack: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `towline channel`. */
export function addChannel(program: Command): void {
  const channel = program
    .command("channel")
    .description("show or remove the channels of branch builds")
    .addHelpText("after", HELP);
  addList(channel);
  addRemove(channel);
}

function addList(parent: Command): void {
  const command = parent
    .command("list")
    .description("show the channels of a stack")
    .requiredOption("--stack <stack>", "stack to show")
    .option("--json", "print the channels as JSON")
    .addHelpText("after", LIST_HELP);
  command.action(async (options: Options) => {
    const shelf = await openShelf(options.stack, undefined, command);
    const channels = await listChannels(shelf);
    const table = channelsTable(channels, process.stdout.isTTY === true);
    printResult(options.json, channels, [channels.length === 0 ? `${shelf.stack.name} has no channels` : table]);
  });
}

/** Channels, each in its row. */
export function channelsTable(channels: Awaited<ReturnType<typeof listChannels>>, terminal: boolean): string {
  const rows = channels.map(({ channel, packages, groups }) => [
    channel,
    packages.join(", "),
    groups.join(", ") || "-",
  ]);
  return renderTable(["channel", "packages", "groups"], rows, terminal);
}

function addRemove(parent: Command): void {
  const command = parent
    .command("remove")
    .description("remove a channel and its packages; without --yes only say what would be removed")
    .argument("<name>", "the channel")
    .requiredOption("--stack <stack>", "stack it belongs to")
    .option("--yes", "do it")
    .option("--json", "print the result as JSON")
    .addHelpText("after", REMOVE_HELP);
  withLeaseOptions(command).action(async (name: string, options: Options) => {
    const { suite, ...shelf } = await openShelf(options.stack, name, command);
    const target = { ...shelf, suite: { ...suite, channel: name } };
    const dryRun = !options.yes;
    const removal = dryRun
      ? await planChannelRemoval(target)
      : await removeChannel(target, databaseOf(shelf.stack, options));
    const verb = dryRun ? "would be removed" : "removed";
    printResult(options.json, { dryRun, ...removal }, [
      ...removal.packages.map((release) => `${shelf.stack.name}, channel ${name}: ${release} ${verb}`),
      `${shelf.stack.name}: channel ${name} with ${removal.objects.length} objects ${verb}${dryRun ? "; give --yes to do it" : ""}`,
    ]);
  });
}
