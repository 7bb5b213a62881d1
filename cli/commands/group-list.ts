import type { Command } from "commander";
import type { GroupConfig } from "../../infra/config";
import { printResult } from "../progress";
import { openKeylessStack } from "../project";
import { renderTable } from "../table";

const HELP = `
Reads Pulumi.<stack>.yaml alone: what runs is what 'towline status' shows.

Examples:
  towline group list --stack prod
  towline group list --stack prod --json | jq -r '.groups[].name'`;

interface Options {
  readonly stack: string;
  readonly json?: boolean;
}

/** `towline group list`. */
export function addGroupList(group: Command): void {
  group
    .command("list")
    .description("list the groups of a stack")
    .requiredOption("--stack <stack>", "stack whose groups to list")
    .option("--json", "print the groups as JSON")
    .addHelpText("after", HELP)
    .action((options: Options, command: Command) => {
      const { directory } = command.optsWithGlobals<{ directory?: string }>();
      const { config } = openKeylessStack(options.stack, directory);
      const groups = Object.entries(config.groups).map(([name, one]) => summaryOf(name, one));
      printResult(options.json, { stack: options.stack, groups }, [groupsTable(groups, process.stdout.isTTY === true)]);
    });
}

/** Groups, each in its row. */
export function groupsTable(groups: readonly GroupSummary[], terminal: boolean): string {
  const rows = groups.map(({ name, packages, size, instanceType, port, channel }) => [
    name,
    packages.join(", "),
    `${size.min} to ${size.max}`,
    instanceType,
    port === null ? "-" : String(port),
    channel ?? "-",
  ]);
  return renderTable(["group", "packages", "hosts", "instance type", "port", "channel"], rows, terminal);
}

type GroupSummary = ReturnType<typeof summaryOf>;

function summaryOf(name: string, { packages, size, instanceType, instanceTypes, http, channel }: GroupConfig) {
  return {
    name,
    packages,
    size: { min: size.min, max: size.max },
    instanceType: instanceTypes === undefined ? instanceType : "by requirements",
    /** Behind the load balancer; null for a group that is not. */
    port: http?.port ?? null,
    channel: channel ?? null,
  };
}
