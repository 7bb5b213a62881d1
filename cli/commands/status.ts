import { styleText } from "node:util";
import type { Command } from "commander";
import { readReportedFleet } from "../fleet/reports";
import { joinStatus, type StatusRow } from "../fleet/status";
import { printResult, warn } from "../progress";
import { openStack } from "../project";
import { openBucket } from "../repository/bucket";
import { renderTable } from "../table";

const HELP = `
Examples:
  towline status --stack prod
  towline status --stack prod --json | jq -r '.[] | select(.health != "healthy") | .instance'`;

const HEAD = ["group", "instance", "lifecycle", "state", "versions", "since", "health", "last error"];
const COLOURS = { healthy: "green", unhealthy: "red", unknown: "yellow" } as const;

/** `towline status`. */
export function addStatus(program: Command): void {
  program
    .command("status")
    .description("show what the hosts of a stack run")
    .requiredOption("--stack <stack>", "stack to show")
    .option("--json", "print the rows as JSON")
    .addHelpText("after", HELP)
    .action(async (options: { stack: string; json?: boolean }, command: Command) => {
      const { directory } = command.optsWithGlobals<{ directory?: string }>();
      const stack = openStack(options.stack, directory);
      const bucket = await openBucket(stack.config.region, stack.repository.bucket);
      const { instances, absentGroups, reports } = await readReportedFleet(stack, bucket);
      for (const group of absentGroups) warn(`group ${group} is not in AWS yet; 'pulumi up -s ${stack.name}' makes it`);
      const rows = joinStatus(instances, reports);
      const table = renderTable(HEAD, rows.map(cells), process.stdout.isTTY === true);
      printResult(options.json, rows, [rows.length === 0 ? `${stack.name} has no instances` : table]);
    });
}

function cells(row: StatusRow): string[] {
  const versions = Object.entries(row.packages).map(([name, version]) => `${name} ${version}`);
  return [
    row.group,
    row.instance,
    row.lifecycle,
    row.state ?? "-",
    versions.join(", ") || "-",
    row.since ?? "-",
    styleText(COLOURS[row.health], row.health),
    row.error ?? "-",
  ];
}
