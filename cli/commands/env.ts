import type { Command } from "commander";
import type { Setting } from "../env/file";
import { checkName } from "../env/setting";
import { UserError } from "../errors";
import { printResult } from "../progress";
import { renderTable } from "../table";
import { addSet, addUnset } from "./env-change";
import { addHistory } from "./env-history";
import { addImport } from "./env-import";
import { noSetting, openPlace, settingsOf } from "./env-place";

const HELP = `
Settings are the environment variables of an app's processes. They lie in the stack's bucket, encrypted with the stack's own key;
hosts of groups that run the package take a change within a minute, one host at a time, and go back where it is not healthy.

Examples:
  towline env list hello --stack prod
  towline env set hello DATABASE_URL --stack prod               (asks for the value)
  pass show prod/db | towline env set hello DATABASE_URL --stack prod
  towline env get hello DATABASE_URL --stack prod
  towline env unset hello OLD_FLAG --stack prod
  towline env import hello staging.env --stack staging --replace --dry-run
  towline env history hello --stack prod
  towline env import hello --from-version ID --replace --stack prod   (back to what 'history' calls ID)`;

const LIST_HELP = `
Examples:
  towline env list hello --stack prod
  towline env list hello --stack prod --json | jq -r '.[].name'`;

const GET_HELP = `
Examples:
  towline env get hello DATABASE_URL --stack prod
  towline env get hello DATABASE_URL --stack prod --json | jq -r .value`;

/** `towline env`. */
export function addEnv(program: Command): void {
  const env = program
    .command("env")
    .description("show or change the settings (environment variables) of an app")
    .addHelpText("after", HELP);
  for (const add of [addList, addGet, addSet, addUnset, addImport, addHistory]) add(env);
}

function addList(parent: Command): void {
  const command = parent
    .command("list")
    .description("show the names of an app's settings, and who set them")
    .argument("<package>", "the app, such as hello")
    .requiredOption("--stack <stack>", "stack to show")
    .option("--reveal", "show the values too")
    .option("--json", "print the settings as JSON")
    .addHelpText("after", LIST_HELP);
  command.action(async (argument: string, options: { stack: string; reveal?: boolean; json?: boolean }) => {
    const place = await openPlace(options.stack, argument, command);
    const settings = [...(await settingsOf(place))];
    const rows = settings.map(([each, { value, by, at }]) => ({
      name: each,
      ...(options.reveal ? { value } : {}),
      at,
      by,
    }));
    const table = settingsTable(settings, options.reveal === true, process.stdout.isTTY === true);
    printResult(options.json, rows, [rows.length === 0 ? `${place.label} has no settings` : table]);
  });
}

/** Settings, each in its row. @param reveal with their values */
export function settingsTable(
  settings: readonly (readonly [string, Setting])[],
  reveal: boolean,
  terminal: boolean,
): string {
  const cells = settings.map(([each, { value, by, at }]) => [
    each,
    at ?? "-",
    by ?? "-",
    // One line for each, whatever it holds.
    ...(reveal ? [JSON.stringify(value)] : []),
  ]);
  return renderTable(["name", "set", "by", ...(reveal ? ["value"] : [])], cells, terminal);
}

function addGet(parent: Command): void {
  const command = parent
    .command("get")
    .description("print the value of one setting and nothing else")
    .argument("<package>", "the app, such as hello")
    .argument("<name>", "the setting, such as DATABASE_URL")
    .requiredOption("--stack <stack>", "stack to show")
    .option("--json", "print its name and value as JSON")
    .addHelpText("after", GET_HELP);
  command.action(async (argument: string, setting: string, options: { stack: string; json?: boolean }) => {
    checkName(setting);
    const place = await openPlace(options.stack, argument, command);
    const settings = await settingsOf(place);
    const found = settings.get(setting);
    if (found === undefined) throw new UserError(noSetting(place, [setting], settings));
    printResult(options.json, { name: setting, value: found.value }, [found.value]);
  });
}
