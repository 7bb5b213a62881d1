import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { entryExists } from "./tree";

const FOLDER = ".profile.d";

/**
 * The scripts of an app that its processes read before they start, as on Heroku, in their order: `.profile.d/*.sh`, `.profile`.
 * @param app its built copy
 * @returns paths below it
 */
export async function profileScripts(app: string): Promise<string[]> {
  const names = (await entryExists(join(app, FOLDER))) ? await readdir(join(app, FOLDER)) : [];
  const scripts = names.filter((name) => name.endsWith(".sh")).sort();
  const own = (await entryExists(join(app, ".profile"))) ? [".profile"] : [];
  return [...scripts.map((name) => join(FOLDER, name)), ...own];
}
