import type { Command } from "commander";
import { openLook } from "../fleet/look";
import { planHeal, planLines } from "../heal/plan";
import { replaceHost } from "../heal/replace-host";
import { printResult } from "../progress";
import { openStack } from "../project";
import { openBucket } from "../repository/bucket";

const HELP = `
For a host that somebody changed by hand ('towline status' names it), or that is to be as the others are: Auto Scaling launches another in
its place. It is refused while another host of its group does not serve or is out for a change, so that no more are out than one, and
for a host that has its group's disk.

Examples:
  towline heal i-0d4b9f728d44f0d7b --stack prod --dry-run
  towline heal i-0d4b9f728d44f0d7b --stack prod`;

/** `towline heal`. */
export function addHeal(program: Command): void {
  program
    .command("heal")
    .description("have a host replaced that somebody changed by hand, where its group can spare it")
    .argument("<host>", "such as i-0d4b9f728d44f0d7b")
    .requiredOption("--stack <stack>", "stack it belongs to")
    .option("--dry-run", "only say what would be done")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action(
      async (instance: string, options: { stack: string; dryRun?: boolean; json?: boolean }, command: Command) => {
        const { directory } = command.optsWithGlobals<{ directory?: string }>();
        const stack = openStack(options.stack, directory);
        const bucket = await openBucket(stack.config.region, stack.repository.bucket);
        const look = await openLook(stack, bucket);
        const volumes = Object.entries(stack.config.groups).flatMap(([name, { volume }]) => (volume ? [name] : []));
        const plan = planHeal(stack.name, instance, await look(), volumes);
        const dryRun = options.dryRun === true;
        if (!dryRun) await replaceHost(stack.config.region, instance);
        const lines = planLines(stack.name, plan, dryRun ? "would launch" : "launches");
        printResult(options.json, { stack: stack.name, dryRun, ...plan }, lines);
      },
    );
}
