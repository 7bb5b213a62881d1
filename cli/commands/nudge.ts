import type { Command } from "commander";
import { chosenGroups } from "../fleet/groups";
import { nudge } from "../fleet/nudge";
import { printResult } from "../progress";
import { openStack } from "../project";

const HELP = `
Hosts look by themselves every minute; this only makes it sooner.

Examples:
  towline nudge --stack prod
  towline nudge --stack prod web`;

/** `towline nudge`. */
export function addNudge(program: Command): void {
  program
    .command("nudge")
    .description("have hosts look for new versions now")
    .argument("[group]", "only the hosts of this group")
    .requiredOption("--stack <stack>", "stack whose hosts to nudge")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action(async (group: string | undefined, options: { stack: string; json?: boolean }, command: Command) => {
      const { directory } = command.optsWithGlobals<{ directory?: string }>();
      const stack = openStack(options.stack, directory);
      chosenGroups(stack, group);
      const reached = await nudge(stack, group);
      const whose = group === undefined ? stack.name : `${stack.name}/${group}`;
      printResult(options.json, { stack: stack.name, group: group ?? null, reached }, [
        reached === 0
          ? `${whose}: no host reached; hosts look by themselves within a minute`
          : `${whose}: ${reached} host${reached === 1 ? "" : "s"} told to look now`,
      ]);
    });
}
