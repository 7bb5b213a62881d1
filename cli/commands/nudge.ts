import type { Command } from "commander";
import { chosenGroups } from "../fleet/groups";
import { readFleet } from "../fleet/instances";
import { nudge } from "../fleet/nudge";
import { printResult } from "../progress";
import { openStack } from "../project";

const HELP = `
Hosts look by themselves every minute; this only makes it sooner.

Examples:
  towline nudge --stack prod
  towline nudge --stack prod web
  towline nudge --stack prod --dry-run`;

/** `towline nudge`. */
export function addNudge(program: Command): void {
  program
    .command("nudge")
    .description("have hosts look for new versions now")
    .argument("[group]", "only the hosts of this group")
    .requiredOption("--stack <stack>", "stack whose hosts to nudge")
    .option("--dry-run", "only say which hosts would look")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action(
      async (
        group: string | undefined,
        options: { stack: string; dryRun?: boolean; json?: boolean },
        command: Command,
      ) => {
        const { directory } = command.optsWithGlobals<{ directory?: string }>();
        const stack = openStack(options.stack, directory);
        const groups = chosenGroups(stack, group);
        const whose = group === undefined ? stack.name : `${stack.name}/${group}`;
        if (options.dryRun) {
          const { instances } = await readFleet(stack);
          const hosts = instances.filter((one) => groups.includes(one.group) && one.lifecycle === "InService").length;
          printResult(options.json, { dryRun: true, stack: stack.name, group: group ?? null, hosts }, [
            `${whose}: ${hosts} host${hosts === 1 ? "" : "s"} in service would be told to look now`,
          ]);
          return;
        }
        const reached = await nudge(stack, group);
        printResult(options.json, { stack: stack.name, group: group ?? null, reached }, [
          reached === 0
            ? `${whose}: no host reached; hosts look by themselves within a minute`
            : `${whose}: ${reached} host${reached === 1 ? "" : "s"} told to look now`,
        ]);
      },
    );
}
