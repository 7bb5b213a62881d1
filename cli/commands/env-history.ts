import { type Command, InvalidArgumentError } from "commander";
import { describeDifference, isEmpty } from "../env/edit";
import { type HistoryEntry, readHistory } from "../env/history";
import { printResult } from "../progress";
import { openVersions } from "../repository/versions";
import { renderTable } from "../table";
import { openPlace } from "./env-place";

const HELP = `
Examples:
  towline env history hello --stack prod
  towline env history hello --stack prod --limit 100 --json | jq -r '.[] | select(.by == "ann") | .version'`;

const HEAD = ["version", "at", "by", "what"];

/** `towline env history`. */
export function addHistory(parent: Command): void {
  const command = parent
    .command("history")
    .description("show the versions of an app's settings that the bucket keeps: names, never values")
    .argument("<package>", "the app, such as hello")
    .requiredOption("--stack <stack>", "stack to show")
    .option("--limit <number>", "how many at the most, the newest first", count, 20)
    .option("--json", "print the versions as JSON")
    .addHelpText("after", HELP);
  command.action(async (argument: string, options: { stack: string; limit: number; json?: boolean }) => {
    const { stack, name, label } = await openPlace(options.stack, argument, command);
    const versions = await openVersions(stack.config.region, stack.repository.bucket);
    const entries = await readHistory(versions, name, options.limit);
    const table = historyTable(entries, process.stdout.isTTY === true);
    printResult(options.json, entries, [entries.length === 0 ? `${label} never had settings` : table]);
  });
}

/** Versions of an app's settings, each in its row. */
export function historyTable(entries: readonly HistoryEntry[], terminal: boolean): string {
  const rows = entries.map((entry) => [entry.version, entry.at, entry.by ?? "-", describe(entry)]);
  return renderTable(HEAD, rows, terminal);
}

function describe({ names, difference }: HistoryEntry): string {
  if (names === null) return "is not what towline writes";
  if (difference !== null) return isEmpty(difference) ? "no change" : describeDifference(difference);
  return names.length === 0 ? "holds nothing" : `holds ${names.join(", ")}`;
}

/** @throws InvalidArgumentError unless `text` is a whole number from 1 to 1000. */
function count(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text) && Number(text) <= 1000) return Number(text);
  throw new InvalidArgumentError("It should be a whole number from 1 to 1000.");
}
