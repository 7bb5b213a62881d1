import type { Command } from "commander";
import { Answer, UserError } from "../errors";
import { printResult, warn } from "../progress";
import { openStack } from "../project";
import { type Affected, type AffectedRelease, findAffected } from "../provenance/affected";
import { parseWanted } from "../provenance/version-range";
import { openBucket } from "../repository/bucket";

const HELP = `
Looks into the SBOM of each release that hosts run now, as it was signed when the release was published. A name counts in every
kind of packages unless one is given (npm:, pypi:, gem:, golang:, cargo:, deb:, or a purl). Versions are compared as that kind does.
Of Debian packages that a release needs, hosts have a version of their own: such releases are told as ones that may be affected.

Exit codes: 0 no host is affected, 1 some are, or may be, 2 wrong usage or input, 3 it cannot be told: no access, or none is known to
be affected, but some host runs a release without an SBOM or has not reported.

Examples:
  towline affected 'lodash<4.17.21' --stack staging --stack prod
  towline affected 'pypi:django>=5,<5.1.4' --stack prod
  towline affected pkg:gem/rack@3.1.7 --stack prod --json | jq -r '.affected[].hosts[]'`;

interface Options {
  readonly stack: readonly string[];
  readonly json?: boolean;
}

/** `towline affected`. */
export function addAffected(program: Command): void {
  const command = program
    .command("affected")
    .description("show which hosts run a release that contains a package")
    .argument("<package[<version]>", "what to look for, such as 'lodash<4.17.21'")
    .requiredOption("--stack <stack>", "stack to look in; may be given again", collect)
    .option("--json", "print the result as JSON")
    .addHelpText("after", HELP);
  command.action(async (argument: string, options: Options) => {
    const wanted = parseWanted(argument);
    const { directory } = command.optsWithGlobals<{ directory?: string }>();
    const stacks = [...new Set(options.stack)].map((name) => openStack(name, directory));
    const found: Affected[] = [];
    for (const stack of stacks) {
      const bucket = await openBucket(stack.config.region, stack.repository.bucket);
      found.push(
        await findAffected(stack, bucket, wanted).catch((error: unknown) => {
          throw error instanceof UserError && error.exitCode === 1 ? new Answer(error.message, 3) : error;
        }),
      );
    }
    const affected = found.flatMap((one) => one.affected);
    const unknown = found.flatMap((one) => one.unknown);
    const silent = found.flatMap((one) => one.silent);
    const hosts = new Set(affected.flatMap((one) => one.hosts.map((host) => `${one.stack}/${host}`)));
    if (options.json || affected.length > 0) {
      printResult(options.json, { query: wanted.text, affected, unknown, silent }, affected.map(lineOf));
    }
    for (const { stack, package: name, version, reason, hosts: of } of unknown) {
      warn(`${stack}: nobody can tell of ${name} ${version} (${of.join(", ")}): ${reason}`);
    }
    if (silent.length > 0) warn(`${silent.join(", ")} never reported what they run`);
    if (hosts.size > 0)
      throw new Answer(`${count(hosts.size, "host")} and ${count(affected.length, "release")} affected`, 1);
    const places = stacks.map(({ name }) => name).join(", ");
    const none = `no host of ${places} is known to run a release that contains ${wanted.text}`;
    if (unknown.length + silent.length > 0) throw new Answer(`${none}, but not all could be looked into`, 3);
    if (!options.json) printResult(false, undefined, [none]);
  });
}

function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

function lineOf({ stack, package: name, version, components, hosts }: AffectedRelease): string {
  const contents = components.map(({ purl, certain, relation }) => {
    if (certain) return purl;
    return `${purl} (${relation === undefined ? "its version cannot be compared" : `${relation}, in hosts' own version`})`;
  });
  return `${stack}: ${name} ${version} contains ${contents.join(", ")}: ${hosts.join(", ")}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
