import type { Command } from "commander";
import { readRawConfig, type SourcedValue, sourcesOf } from "../../infra/config";
import { groupOf } from "../fleet/groups";
import { pathText, sourcesYaml, sourceText } from "../group/sources-text";
import { printResult } from "../progress";
import { findProject, openKeylessStack } from "../project";
import { renderTable } from "../table";

const HELP = `
A value stems from the group's own section, from __base__, or from neither, where it is a default; items of lists that are appended
(postPackages) name that list. Reads Pulumi.<stack>.yaml alone: nothing is asked of AWS.

Examples:
  towline group show web --stack prod
  towline group show web --stack prod --yaml
  towline group show web --stack prod --json | jq -r '.values[] | select(.from == "default") | .path | join(".")'`;

interface Options {
  readonly stack: string;
  readonly yaml?: boolean;
  readonly json?: boolean;
}

/** `towline group show`. */
export function addGroupShow(group: Command): void {
  group
    .command("show")
    .description("show every value of a group, and where it is written")
    .argument("<group>", "group of the stack, such as web")
    .requiredOption("--stack <stack>", "stack of the group")
    .option("--yaml", "print a section of the stack's file with comments")
    .option("--json", "print the values as JSON")
    .addHelpText("after", HELP)
    .action((name: string, options: Options, command: Command) => {
      const { directory } = command.optsWithGlobals<{ directory?: string }>();
      const { config } = openKeylessStack(options.stack, directory);
      const raw = readRawConfig(options.stack, findProject(directory, process.cwd()));
      const values = sourcesOf(raw, name, groupOf(config, options.stack, name));
      printResult(options.json, { stack: options.stack, group: name, values }, [
        options.yaml ? sourcesYaml(name, values) : valuesTable(name, values, process.stdout.isTTY === true),
      ]);
    });
}

/** The values of a group, each in its row. */
export function valuesTable(group: string, values: readonly SourcedValue[], terminal: boolean): string {
  const rows = values.map((one) => [pathText(one.path), JSON.stringify(one.value), sourceText(one, group)]);
  return renderTable(["key", "value", "from"], rows, terminal);
}
