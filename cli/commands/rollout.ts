import type { Command } from "commander";
import { InputError } from "../errors";
import { chosenGroups, groupsWith } from "../fleet/groups";
import { PAST_FLEET } from "../past/past-fleet";
import { replay, replayLines } from "../past/replay";
import { printResult, warn } from "../progress";
import { openStack } from "../project";
import { openBucket } from "../repository/bucket";
import { parsePackageVersion } from "../repository/package-version";
import { readRelease } from "../repository/release";
import { suiteOf } from "../repository/suite";
import { openVersions } from "../repository/versions";
import { readHistories } from "../rollout/read";
import { storyLines } from "../rollout/render";
import { type GroupStory, tellStory } from "../rollout/story";

const HELP = `
It is put together from the old versions of the group's objects, which the bucket keeps for 30 days; what is not known any more is
said. 'after' counts the seconds since it was published; 'took' those that a host was out, or a slot was held.

--replay shows the groups as 'towline status --watch' would have shown them then: how all was when it was published, and a line for
each change up to the last thing that is known of it.

Examples:
  towline rollout hello=1.2.0 --stack prod
  towline rollout hello=1.2.0 --stack prod --replay
  towline rollout hello=1.2.0 --stack prod --group web
  towline rollout hello=1.2.0 --stack prod --json | jq '.groups[].events[] | select(.what == "serves") | .seconds'`;

interface Options {
  readonly stack: string;
  readonly group?: string;
  readonly replay?: boolean;
  readonly json?: boolean;
}

/** `towline rollout`. */
export function addRollout(program: Command): void {
  program
    .command("rollout")
    .description(
      "show how a version went through the groups of a stack: who took it, when, for how long, and what was found",
    )
    .argument("<package=version>", "the release, such as hello=1.2.0")
    .requiredOption("--stack <stack>", "stack to show")
    .option("--group <group>", "only this group")
    .option("--replay", "show what went on, as a watch of the status would have written it")
    .option("--json", "print the history as JSON")
    .addHelpText("after", HELP)
    .action(async (argument: string, options: Options, command: Command) => {
      const { name, version } = parsePackageVersion(argument);
      const { directory } = command.optsWithGlobals<{ directory?: string }>();
      const stack = openStack(options.stack, directory);
      const running = groupsWith(stack, name);
      const groups = options.group === undefined ? running : chosenGroups(stack, options.group);
      const [odd] = groups.filter((group) => !running.includes(group));
      if (odd !== undefined) {
        throw new InputError(`group ${odd} of ${stack.name} does not run ${name}; these do: ${running.join(", ")}`);
      }
      const bucket = await openBucket(stack.config.region, stack.repository.bucket);
      const versions = await openVersions(stack.config.region, stack.repository.bucket);
      const stories: GroupStory[] = [];
      for (const group of groups) {
        const release = await readRelease(bucket, suiteOf(stack, stack.config.groups[group]?.channel), name, version);
        const published = release?.published ?? undefined;
        const begin = published === undefined ? undefined : new Date(published.at);
        const { histories, cut } = await readHistories(versions, { group, name, version }, begin);
        stories.push(tellStory({ group, name, version }, published, histories, cut));
      }
      if (stories.every(({ events }) => events.length === 0)) {
        throw new InputError(
          `nothing is known of ${name} ${version} in ${stack.name}; 'towline releases ${name} --stack ${stack.name} --all' lists what was published`,
        );
      }
      if (options.replay) {
        const known = stories.flatMap(({ events }) => events.map(({ at }) => at)).sort() as [string, ...string[]];
        const last = new Date(known.at(-1) ?? known[0]);
        const played = await replay(stack, versions, groups, new Date(known[0]), last);
        const said = { stack: stack.name, package: name, version, ...played, unknown: [PAST_FLEET] };
        printResult(options.json, said, replayLines(played));
        if (!options.json) warn(PAST_FLEET);
        return;
      }
      printResult(
        options.json,
        { stack: stack.name, package: name, version, groups: stories },
        stories.flatMap((story) => storyLines(stack.name, story, process.stdout.isTTY === true)),
      );
    });
}
