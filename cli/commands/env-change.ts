import type { Command } from "commander";
import { describeDifference, type Edit, isEmpty } from "../env/edit";
import { readValue } from "../env/input";
import { settingsKeyArn } from "../env/key";
import { checkName, checkValue } from "../env/setting";
import { changeSettings } from "../env/store";
import { InputError } from "../errors";
import { printResult, warn } from "../progress";
import { personOf } from "../repository/provenance";
import { noSetting, openPlace, type Place, settingsOf } from "./env-place";

const SET_HELP = `
Examples:
  towline env set hello DATABASE_URL --stack prod                       (asks for the value)
  pass show prod/db | towline env set hello DATABASE_URL --stack prod`;

const UNSET_HELP = `
Names that are not set are told, and are no failure.

Examples:
  towline env unset hello OLD_FLAG --stack prod
  towline env unset hello OLD_FLAG OLD_URL --stack prod --dry-run`;

/** What every command that changes settings takes. */
export interface ChangeFlags {
  readonly stack: string;
  readonly by?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `towline env set`. */
export function addSet(parent: Command): void {
  const command = withChangeOptions(
    parent
      .command("set")
      .description("set one value, which is asked for on a terminal and else read from standard input")
      .argument("<package>", "the app, such as hello")
      .argument("<name>", "the setting, such as DATABASE_URL")
      .addHelpText("after", SET_HELP),
  );
  command.action(async (argument: string, setting: string, options: ChangeFlags) => {
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
      .argument("<names...>", "the settings, such as OLD_FLAG")
      .addHelpText("after", UNSET_HELP),
  );
  command.action(async (argument: string, names: readonly string[], options: ChangeFlags) => {
    names.forEach(checkName);
    const place = await openPlace(options.stack, argument, command);
    const settings = await settingsOf(place);
    const missing = names.filter((name) => !settings.has(name));
    if (missing.length > 0) warn(noSetting(place, missing, settings));
    const edit: Edit = { set: new Map(), drops: (name) => names.includes(name) };
    await change(place, edit, options, "there is nothing to remove");
  });
}

/** Options of a command that changes settings. */
export function withChangeOptions(command: Command): Command {
  return command
    .requiredOption("--stack <stack>", "stack to change")
    .option("--by <name>", "who does it (default: BUILD_USER of Jenkins, else the system's user)")
    .option("--dry-run", "only say what would be done")
    .option("--json", "print the result as JSON, without values");
}

/**
 * Changes the settings of a package, and tells by name what is different.
 * @param unchanged why nothing may be
 */
export async function change(
  place: Place,
  edit: Edit,
  { by, dryRun = false, json }: ChangeFlags,
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

/** Holds nothing that stands behind the `=`. */
function valueInArgument(name: string, setting: string, stack: string): InputError {
  const [bare = ""] = setting.split("=");
  return new InputError(
    `a value on the command line can be read by everybody on this machine and stays in the shell's history: ` +
      `give the name alone, 'towline env set ${name} ${bare} --stack ${stack}', and the value when asked or on standard input`,
  );
}
