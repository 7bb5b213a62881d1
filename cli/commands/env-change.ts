import type { Command } from "commander";
import { parseDotenv } from "../env/dotenv";
import { describeDifference, type Edit, isEmpty } from "../env/edit";
import { readVersion } from "../env/history";
import { readText, readValue } from "../env/input";
import { settingsKeyArn } from "../env/key";
import { checkName, checkValue } from "../env/setting";
import { changeSettings } from "../env/store";
import { InputError } from "../errors";
import { printResult, warn } from "../progress";
import { personOf } from "../repository/provenance";
import { openVersions } from "../repository/versions";
import { noSetting, openPlace, type Place, settingsOf } from "./env-place";

interface Options {
  readonly stack: string;
  readonly by?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

interface ImportOptions extends Options {
  readonly replace?: boolean;
  readonly fromVersion?: string;
}

/** `towline env set`. */
export function addSet(parent: Command): void {
  const command = withChangeOptions(
    parent
      .command("set")
      .description("set one value, which is asked for on a terminal and else read from standard input")
      .argument("<package>", "the app, such as hello")
      .argument("<name>", "the setting, such as DATABASE_URL"),
  );
  command.action(async (argument: string, setting: string, options: Options) => {
    if (setting.includes("=")) throw valueInArgument(argument, setting, options.stack);
    checkName(setting);
    const place = await openPlace(options.stack, argument, command);
    const value = await readValue(setting, place.label, process.stdin);
    checkValue(setting, value);
    await change(place, { set: new Map([[setting, value]]), drops: () => false }, options);
  });
}

/** `towline env unset`. */
export function addUnset(parent: Command): void {
  const command = withChangeOptions(
    parent
      .command("unset")
      .description("remove settings")
      .argument("<package>", "the app, such as hello")
      .argument("<names...>", "the settings, such as OLD_FLAG"),
  );
  command.action(async (argument: string, names: readonly string[], options: Options) => {
    names.forEach(checkName);
    const place = await openPlace(options.stack, argument, command);
    const settings = await settingsOf(place);
    const missing = names.filter((name) => !settings.has(name));
    if (missing.length > 0) warn(noSetting(place, missing, settings));
    const edit: Edit = { set: new Map(), drops: (name) => names.includes(name) };
    await change(place, edit, options, "there is nothing to remove");
  });
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
      .option("--from-version <id>", "take an earlier version of these settings; 'towline env history' lists them"),
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

function withChangeOptions(command: Command): Command {
  return command
    .requiredOption("--stack <stack>", "stack to change")
    .option("--by <name>", "who does it (default: BUILD_USER of Jenkins, else the system's user)")
    .option("--dry-run", "only say what would be done")
    .option("--json", "print the result as JSON, without values");
}

/** @param unchanged why nothing may be different afterwards */
async function change(
  place: Place,
  edit: Edit,
  { by, dryRun = false, json }: Options,
  unchanged = "that is what is set already",
): Promise<void> {
  const { stack, bucket, name, label } = place;
  const difference = await changeSettings(bucket, name, edit, {
    by: personOf(by, process.env),
    dryRun,
    keyArn: () => settingsKeyArn(stack),
  });
  const lines = isEmpty(difference)
    ? [`${label}: no change: ${unchanged}`]
    : [
        `${label}: ${describeDifference(difference, dryRun ? "would be" : "")}`,
        ...(dryRun ? [] : ["  hosts take it within a minute, one at a time, and restart the app's processes"]),
      ];
  printResult(json, { stack: stack.name, package: name, dryRun, ...difference }, lines);
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

/** Holds nothing that stands behind the `=`. */
function valueInArgument(name: string, setting: string, stack: string): InputError {
  const [bare = ""] = setting.split("=");
  return new InputError(
    `a value on the command line can be read by everybody on this machine and stays in the shell's history: ` +
      `give the name alone, 'towline env set ${name} ${bare} --stack ${stack}', and the value when asked or on standard input`,
  );
}
