import { type Command, InvalidArgumentError } from "commander";
import { resourceName } from "../../infra/names";
import { UserError } from "../errors";
import { groupOf } from "../fleet/groups";
import { printResult, progressLine, warn } from "../progress";
import { openKeylessStack } from "../project";
import { autoScalingOf } from "../replacement/auto-scaling";
import { type FailedHost, failedHosts } from "../replacement/failed-hosts";
import { planOf } from "../replacement/plan";
import { preferencesOf, type Wishes } from "../replacement/preferences";
import { announce, sentence } from "../replacement/render";
import { replaceGroup } from "../replacement/replace";
import { openBucket } from "../repository/bucket";
import { timeOption } from "../time";
import { addGroupList } from "./group-list";
import { addGroupShow } from "./group-show";

const HELP = `
New hosts boot first, prove healthy and enter service; then old ones drain and leave (of a group with a disk, one after the
other). 'pulumi up' starts this by itself where the launch template has changed: the command then follows what is under way,
as it was started. When two new hosts fail, an alarm goes off or the time is up, it stops and brings back the launch template
that the group's hosts had before; once all hosts are new, only --to tells which that is. Interrupted, it can be run again.

Exit codes: 0 replaced, 1 not replaced (gone back where there was something to go back to), 2 wrong usage or input.

Examples:
  towline group replace web --stack prod --dry-run
  towline group replace web --stack prod --bake 10m --alarm prod-errors
  towline group replace web --stack prod --skip-matching
  towline group replace web --stack prod --cancel
  towline group replace web --stack prod --cancel --to 6`;

const EXAMPLES = `
Examples:
  towline group list --stack prod
  towline group show web --stack prod
  towline group replace web --stack prod --dry-run`;

interface Options extends Wishes {
  readonly stack: string;
  readonly timeout: number;
  readonly cancel?: boolean;
  readonly to?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `towline group`. */
export function addGroup(program: Command): void {
  const group = program
    .command("group")
    .description("list, show and replace groups of hosts")
    .addHelpText("after", EXAMPLES);
  addGroupList(group);
  addGroupShow(group);
  group
    .command("replace")
    .description("replace the hosts of a group by new ones, and go back when that fails")
    .argument("<group>", "group of the stack, such as web")
    .requiredOption("--stack <stack>", "stack of the group")
    .option(
      "--bake <time>",
      "how long all new hosts have to stand, such as 10m (default: the group's refresh.bake)",
      timeOption,
    )
    .option(
      "--alarm <name>",
      "CloudWatch alarm that ends it, beside those of refresh.alarms; can be repeated",
      collect,
      [],
    )
    .option("--skip-matching", "leave hosts that have the launch template already")
    .option("--timeout <time>", "give up and go back after this time", timeOption, 3600)
    .option("--cancel", "stop what is under way and go back")
    .option(
      "--to <version>",
      "version of the launch template to go back to (default: the one most of the old hosts have)",
      versionOption,
    )
    .option("--dry-run", "say what would be done, and do nothing")
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action(async (name: string, options: Options, command: Command) => {
      const { directory } = command.optsWithGlobals<{ directory?: string }>();
      const { config, repository } = openKeylessStack(options.stack, directory);
      const preferences = preferencesOf(groupOf(config, options.stack, name), options);
      const autoScaling = await autoScalingOf(config.region, resourceName(options.stack, name));
      const place = `${options.stack}/${name}`;
      const { timeout, cancel = false, to } = options;
      if (options.dryRun) {
        const sight = await autoScaling.look();
        const plan = planOf(sight, await autoScaling.underWay(), { cancel, to });
        const { value, lines } = announce(place, sight, plan, preferences);
        return printResult(options.json, value, [...lines, "nothing was done"]);
      }
      const line = progressLine();
      const show = (text: string, step: string) => line.show(`${place}: ${text}`, step);
      const started = new Date();
      const result = await replaceGroup(autoScaling, { preferences, timeout, cancel, to, show }).finally(() =>
        line.end(),
      );
      const good = result.outcome === "replaced";
      const hosts = good ? [] : await saidBy(config.region, repository.bucket, name, started);
      const lines = [sentence(place, result), ...hosts.map(({ instance, error }) => `${instance}: ${error}`)];
      if (options.json || good) printResult(options.json, { ...result, failedHosts: hosts }, lines);
      if (!good) throw new UserError(lines.join("\n"));
    });
}

/** What failed hosts said; that it cannot be read must not hide how the replacement ended. */
async function saidBy(region: string, bucketName: string, group: string, since: Date): Promise<readonly FailedHost[]> {
  try {
    return await failedHosts(await openBucket(region, bucketName), group, since);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    warn(`why hosts failed is not known here: ${error.message}`);
    return [];
  }
}

/** @throws InvalidArgumentError unless `text` is a version's number */
function versionOption(text: string): string {
  if (/^[1-9]\d*$/.test(text)) return text;
  throw new InvalidArgumentError("It should be the number of a launch template's version, such as 6.");
}

function collect(name: string, known: readonly string[]): string[] {
  return [...known, name];
}
