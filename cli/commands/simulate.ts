import { type Command, InvalidArgumentError } from "commander";
import { type GroupConfig, type RolloutPolicy, rolloutPolicyOf } from "../../infra/config";
import { pricesOf } from "../cost/prices";
import { UserError } from "../errors";
import { groupOf } from "../fleet/groups";
import { printResult } from "../progress";
import { openKeylessStack } from "../project";
import { timeOption } from "../time";

const HELP = `
The program that hosts run to agree with each other (docs/rollout.md) is executed here for a group of as many hosts, in virtual time and on
models of S3, of the load balancer and of the hosts: an upgrade takes them about 30 seconds, and your own may take more. The release comes
when no freeze is on. Nothing is read from AWS, and nothing is changed.

Examples:
  towline simulate web --stack prod
  towline simulate web --stack prod --hosts 100 --max-unavailable 25% --bake 5m
  towline simulate web --stack prod --json | jq .minutes`;

/** The most hosts that are simulated: what takes minutes here. */
const MOST_HOSTS = 10_000;

interface Options {
  readonly stack: string;
  readonly hosts?: number;
  readonly maxUnavailable?: number | string;
  readonly bake?: number;
  readonly within: number;
  readonly seed: number;
  readonly prices?: string;
  readonly json?: boolean;
}

/** `towline simulate`. */
export function addSimulate(program: Command): void {
  program
    .command("simulate")
    .description(
      "show what a group's rollouts would do: how long they take, whom a bad version reaches, what they cost",
    )
    .argument("<group>", "group of the stack, such as web")
    .requiredOption("--stack <stack>", "stack of the group")
    .option("--hosts <count>", "hosts of the group (default: its size.max)", hostsOption)
    .option("--max-unavailable <hosts>", "hosts, or a part such as 25% (default: the group's)", unavailableOption)
    .option("--bake <time>", "how long a canary is watched, such as 5m (default: the group's)", timeOption)
    .option("--prices <file>", "JSON file with prices (default: the built-in ones of the stack's region)")
    .option("--within <time>", "follow a rollout no longer than this", timeOption, 6 * 3600)
    .option("--seed <number>", "where the random numbers begin", seedOption, 1)
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP)
    .action((name: string, options: Options, command: Command) => {
      const { directory } = command.optsWithGlobals<{ directory?: string }>();
      const stack = openKeylessStack(options.stack, directory);
      const group = groupOf(stack.config, options.stack, name);
      const { hosts = group.size.max, within, seed } = options;
      const question = { hosts, policy: policyOf(group, options), balanced: group.http !== undefined, within, seed };
      // Loaded only now: nobody should wait for the simulator to run another command.
      const { answer } = require("../simulation/answer") as typeof import("../simulation/answer");
      const { renderAnswer } = require("../simulation/render") as typeof import("../simulation/render");
      const found = answer(question, pricesOf(stack.config.region, options.prices));
      const lines = renderAnswer(`${options.stack}/${name}`, found, Number((within / 3600).toFixed(2)));
      printResult(options.json, { stack: options.stack, group: name, ...found }, lines);
      if (found.broken.length > 0) throw new UserError(`the policy is not kept: ${found.broken[0]}`);
    });
}

/** The group's own policy, with what was asked in its place. */
function policyOf(group: GroupConfig, asked: Options): RolloutPolicy {
  const own = rolloutPolicyOf(group);
  return { ...own, maxUnavailable: asked.maxUnavailable ?? own.maxUnavailable, bake: asked.bake ?? own.bake };
}

/** @throws InvalidArgumentError unless `text` is a number of hosts that can be simulated */
function hostsOption(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= MOST_HOSTS) return Number(text);
  throw new InvalidArgumentError(`It should be a whole number of hosts from 0 to ${MOST_HOSTS}.`);
}

/** @throws InvalidArgumentError unless `text` is a number of hosts from 1 on, or a part from 1% to 100% */
function unavailableOption(text: string): number | string {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  if (/^([1-9]\d?|100)%$/.test(text)) return text;
  throw new InvalidArgumentError("It should be a number of hosts such as 1, or a part of them such as 25%.");
}

/** @throws InvalidArgumentError unless `text` is a whole number */
function seedOption(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It should be a whole number.");
}
