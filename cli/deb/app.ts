import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { InputError, messageOf } from "../errors";
import { type AppFiles, type BuildSteps, makefileSteps, procfileSteps } from "./build-steps";
import { MAKEFILE_PROCESS } from "./makefile";
import { type Manifest, parseManifest } from "./manifest";
import { type ProcessType, requirePorts, requireSocketProcess } from "./process";
import { parseProcfile } from "./procfile";
import { entryExists, readOptional } from "./tree";

/** What an app's clean copy says about it. */
export interface App {
  readonly manifest: Manifest;
  readonly processes: readonly ProcessType[];
  readonly steps: BuildSteps;
  /** Where it lies on hosts. */
  readonly home: string;
}

/**
 * Reads an app's Procfile or Makefile, its towline.yaml and what says how to build it.
 * @param copy the clean copy
 * @param folder the folder the user knows: for messages, and the default of the package's name
 * @throws InputError when any of them is wrong
 */
export async function readApp(copy: string, folder: string): Promise<App> {
  for (const name of ["Procfile", "Makefile", "towline.yaml"]) await requireTracked(copy, folder, name);
  const manifestPath = join(folder, "towline.yaml");
  const manifest = parseManifest(manifestPath, await readOptional(join(copy, "towline.yaml")), basename(folder));
  const files = await readAppFiles(copy, folder);
  const home = `/opt/${manifest.name}`;
  const procfile = await readOptional(join(copy, "Procfile"));
  const processes = procfile === undefined ? [MAKEFILE_PROCESS] : parseProcfile(join(folder, "Procfile"), procfile);
  const steps =
    procfile === undefined ? makefileSteps(files, manifest.build) : procfileSteps(files, manifest.build, home);
  requirePorts(manifestPath, manifest.port, processes);
  if (manifest.socket) requireSocketProcess(manifestPath, processes);
  return { manifest, processes, steps, home };
}

/** What decides how the app is built must not be missed because it waits for its first commit. */
async function requireTracked(copy: string, folder: string, name: string): Promise<void> {
  if ((await entryExists(join(copy, name))) || !(await entryExists(join(folder, name)))) return;
  throw new InputError(
    `${join(folder, name)}: is not tracked by git, and only what git tracks is built; run 'git add'`,
  );
}

async function readAppFiles(copy: string, folder: string): Promise<AppFiles> {
  const packageJson = await readOptional(join(copy, "package.json"));
  return {
    folder,
    names: new Set(await readdir(copy)),
    makefile: await readOptional(join(copy, "Makefile")),
    npmDependencies: packageJson !== undefined && hasDependencies(join(folder, "package.json"), packageJson),
  };
}

function hasDependencies(path: string, text: string): boolean {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path}: is not JSON: ${messageOf(error)}`);
  }
  const record = typeof content === "object" && content !== null ? content : {};
  return Object.entries(record).some(
    ([key, value]) =>
      /^(dependencies|devDependencies|optionalDependencies)$/.test(key) && Object.keys(value ?? {}).length > 0,
  );
}
