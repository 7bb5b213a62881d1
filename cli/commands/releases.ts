import type { Command } from "commander";
import { printResult } from "../progress";
import { parsePackageName } from "../repository/package-version";
import { listReleases, type ReleaseStatus } from "../repository/releases";
import { placeOf } from "../repository/suite";
import { renderTable } from "../table";
import { openShelf } from "./options";

const HELP = `
States: listed (hosts can take it), withdrawn (masked; 'towline withdraw --undo' lists it again), dropped (too old to be
kept), interrupted (its publication never came to its end).

Examples:
  towline releases --stack prod
  towline releases hello --stack prod --all
  towline releases hello --stack prod --json | jq -r '.[] | select(.hosts > 0) | .version'`;

/** On a terminal, without what nobody reads there: --json has it. */
const SHORT_HEAD = ["package", "version", "state", "published", "verdicts", "hosts"];
const HEAD = ["package", "version", "state", "published", "by", "commit", "sha256", "verdicts", "hosts"];

interface Options {
  readonly stack: string;
  readonly channel?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `towline releases`. */
export function addReleases(program: Command): void {
  const command = program
    .command("releases")
    .description("show what was published, where it comes from and what became of it")
    .argument("[package]", "only the releases of this package")
    .requiredOption("--stack <stack>", "stack to show")
    .option("--channel <name>", "show the releases of this channel")
    .option("--all", "also what was dropped or interrupted")
    .option("--json", "print the releases as JSON")
    .addHelpText("after", HELP);
  command.action(async (argument: string | undefined, options: Options) => {
    const name = argument === undefined ? undefined : parsePackageName(argument);
    const shelf = await openShelf(options.stack, options.channel, command);
    const known = await listReleases(shelf, name);
    const releases = known.filter(({ state }) => options.all || state === "listed" || state === "withdrawn");
    const table = releasesTable(releases, process.stdout.isTTY === true);
    printResult(options.json, releases, [releases.length === 0 ? `${placeOf(shelf)} has no releases` : table]);
  });
}

/** Releases, each in its row. */
export function releasesTable(releases: readonly ReleaseStatus[], terminal: boolean): string {
  const rows = releases.map((release) => cells(release));
  if (!terminal) return renderTable(HEAD, rows, false);
  const columns = SHORT_HEAD.map((name) => HEAD.indexOf(name));
  const short = rows.map((row) => columns.map((column) => row[column] ?? ""));
  return renderTable(SHORT_HEAD, short, true);
}

function cells(release: ReleaseStatus): string[] {
  const verdicts = Object.entries(release.verdicts).map(([group, { verdict }]) => `${group} ${verdict}`);
  return [
    release.package,
    release.version,
    release.state,
    release.published?.at ?? "-",
    release.published?.by ?? "-",
    release.commit?.slice(0, 12) ?? "-",
    release.sha256.slice(0, 12),
    verdicts.sort().join(", ") || "-",
    String(release.hosts),
  ];
}
