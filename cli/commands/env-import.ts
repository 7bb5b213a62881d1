import type { Command } from "commander";
import { parseDotenv } from "../env/dotenv";
import { readVersion } from "../env/history";
import { readText } from "../env/input";
import { InputError } from "../errors";
import { openVersions } from "../repository/versions";
import { type ChangeFlags, change, withChangeOptions } from "./env-change";
import { openPlace, type Place } from "./env-place";

const HELP = `
Examples:
  towline env import hello prod.env --stack prod
  towline env import hello prod.env --replace --stack prod --dry-run
  sops decrypt prod.env | towline env import hello - --stack prod
  towline env import hello --from-version ID --replace --stack prod     (back to what 'history' calls ID)`;

interface ImportOptions extends ChangeFlags {
  readonly replace?: boolean;
  readonly fromVersion?: string;
}

/** `towline env import`. */
export function addImport(parent: Command): void {
  const command = withChangeOptions(
    parent
      .command("import")
      .description("set all values of a file of NAME=value lines, or of an earlier version; all of them or none")
      .argument("<package>", "the app, such as hello")
      .argument("[file]", "the file, or - for standard input")
      .option("--replace", "remove the settings that are not in it")
      .option("--from-version <id>", "take an earlier version of these settings; 'towline env history' lists them")
      .addHelpText("after", HELP),
  );
  command.action(async (argument: string, file: string | undefined, options: ImportOptions) => {
    const { fromVersion, replace = false } = options;
    if ((file === undefined) === (fromVersion === undefined))
      throw new InputError("env import takes a file (- for standard input) or --from-version ID, one of the two");
    const place = await openPlace(options.stack, argument, command);
    const set = fromVersion === undefined ? await readFileValues(file ?? "-") : await readEarlier(place, fromVersion);
    await change(place, { set, drops: () => replace }, options);
  });
}

/** @throws InputError unless there is something to set: with --replace, what a failed command wrote would remove everything */
async function readFileValues(file: string): Promise<ReadonlyMap<string, string>> {
  const place = file === "-" ? "standard input" : file;
  const values = parseDotenv(await readText(file, process.stdin), place);
  if (values.size > 0) return values;
  throw new InputError(
    `${place} holds no setting: nothing was imported; to remove settings, name them to 'towline env unset'`,
  );
}

async function readEarlier({ stack, name }: Place, id: string): Promise<ReadonlyMap<string, string>> {
  return readVersion(await openVersions(stack.config.region, stack.repository.bucket), name, id);
}
