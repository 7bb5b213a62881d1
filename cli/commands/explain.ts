import type { Command } from "commander";
import { InputError } from "../errors";
import type { Explanation } from "../explain/render";
import { groupsWith } from "../fleet/groups";
import { momentOf } from "../past/moment";
import { printResult } from "../progress";
import { openStack } from "../project";
import { parsePackageVersion } from "../repository/package-version";
import { readRelease } from "../repository/release";
import { suiteOf } from "../repository/suite";

const HELP = `
Of a host: what it does next, and why it runs this version and not another. Of a group: the same of all its hosts, those that do the
same together. Of a version: what each group found, with the app's last lines, and what keeps it from the hosts that do not run it.

The program that hosts decide by (docs/rollout.md) runs here on what the bucket says, so that an explanation is what the host does
next. Each fact is told with its object and its time; what would change it is found by supposing that one fact were otherwise and
asking that program again. Nothing is changed.

Examples:
  towline explain i-0d4b9f728d44f0d7b --stack prod
  towline explain web --stack prod
  towline explain hello=1.2.0 --stack prod
  towline explain web --stack prod --at 14:03              (today, by this machine's time zone)
  towline explain web --stack prod --at 2026-01-31T14:03:00Z --json | jq '.hosts[].sentence'`;

interface Options {
  readonly stack: string;
  readonly at?: string;
  readonly json?: boolean;
}

/** `towline explain`. */
export function addExplain(program: Command): void {
  program
    .command("explain")
    .description("tell why a host, a group or a version is as it is, and what would change it")
    .argument("<host|group|package=version>", "such as i-0d4b9f728d44f0d7b, web or hello=1.2.0")
    .requiredOption("--stack <stack>", "stack it belongs to")
    .option("--at <time>", "how it was then: 14:03 of today, or 2026-01-31T14:03:00Z (default: now)")
    .option("--json", "print the explanation as JSON")
    .addHelpText("after", HELP)
    .action(async (subject: string, options: Options, command: Command) => {
      const at = options.at === undefined ? undefined : momentOf(options.at, new Date());
      const { directory } = command.optsWithGlobals<{ directory?: string }>();
      const stack = openStack(options.stack, directory);
      // Loaded only now: nobody should wait for the core to run another command.
      const { explanationLines } = require("../explain/render") as typeof import("../explain/render");
      const explanation = await explain(stack, subject, at);
      printResult(options.json, explanation, explanationLines(explanation, process.stdout.isTTY === true));
    });
}

async function explain(
  stack: ReturnType<typeof openStack>,
  subject: string,
  at: Date | undefined,
): Promise<Explanation> {
  const { Core } = require("../../simulator/core") as typeof import("../../simulator/core");
  const { openSource } = require("../explain/open-source") as typeof import("../explain/open-source");
  const { readFacts } = require("../explain/read-facts") as typeof import("../explain/read-facts");
  const core = new Core();
  const groups = Object.keys(stack.config.groups);
  if (subject.includes("=")) {
    const { explainVersion } = require("../explain/explain-version") as typeof import("../explain/explain-version");
    const wanted = parsePackageVersion(subject);
    const with_ = groupsWith(stack, wanted.name);
    const source = await openSource(stack, at, with_);
    const facts = await Promise.all(with_.map((group) => readFacts(stack, source, group)));
    const suites = [...new Set([undefined, ...with_.map((group) => stack.config.groups[group]?.channel)])];
    const records = await Promise.all(
      suites.map((channel) => readRelease(source.bucket, suiteOf(stack, channel), wanted.name, wanted.version)),
    );
    return explainVersion(
      core,
      stack.name,
      wanted,
      facts,
      records.find((one) => one !== undefined),
    );
  }
  if (groups.includes(subject)) {
    const { explainGroup } = require("../explain/explain-group") as typeof import("../explain/explain-group");
    return explainGroup(core, stack.name, await readFacts(stack, await openSource(stack, at, [subject]), subject));
  }
  const { explainHost } = require("../explain/explain-host") as typeof import("../explain/explain-host");
  const source = await openSource(stack, at);
  const found = source.instances.find(({ instance }) => instance === subject);
  const facts = found && (await readFacts(stack, source, found.group));
  const host = facts?.hosts.find(({ instance }) => instance === subject);
  if (facts === undefined || host === undefined) throw nobody(stack.name, subject, groups, source.instances);
  return explainHost(core, stack.name, facts, host);
}

function nobody(
  stack: string,
  subject: string,
  groups: readonly string[],
  instances: readonly { readonly instance: string }[],
): InputError {
  const hosts = instances.map(({ instance }) => instance).sort();
  const some = hosts.length > 8 ? `${hosts.slice(0, 8).join(", ")} and ${hosts.length - 8} more` : hosts.join(", ");
  return new InputError(
    `'${subject}' is no host or group of ${stack}, and no package=version; its groups are ${groups.join(", ")}, its hosts ${some || "none"}`,
  );
}
