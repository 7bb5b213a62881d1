import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { InputError } from "../errors";
import type { AppFiles } from "./app-files";
import { type AwsClient, awsClients } from "./aws-clients";
import { type BuildSteps, makefileSteps, procfileSteps } from "./build-steps";
import { defaultProcess } from "./default-process";
import { hasJitLanguage } from "./jit";
import { MAKEFILE_PROCESS, makefileTargets, missingTargets } from "./makefile";
import { type Manifest, parseManifest } from "./manifest";
import { parsePackageJson } from "./package-json";
import { type ProcessType, RELEASE, requirePorts, requireSocketProcess, runningProcesses } from "./process";
import { parseProcfile } from "./procfile";
import { entryExists, readOptional } from "./tree";

/** What an app's clean copy says about it. */
export interface App {
  readonly manifest: Manifest;
  /** In the order of their ports. */
  readonly processes: readonly ProcessType[];
  /** The shell line of Heroku's release phase. */
  readonly release: string | undefined;
  readonly steps: BuildSteps;
  /** Whether one of its languages compiles while it runs, as far as its files say. */
  readonly jit: boolean;
  /** Clients of AWS's that its files name. */
  readonly awsClients: readonly AwsClient[];
  /** Where it lies on hosts. */
  readonly home: string;
  /** Whether its Makefile installs it, and may put files elsewhere than there. */
  readonly installs: boolean;
}

/**
 * Reads an app's Procfile, or its Makefile or package manager's files, its towline.yaml and what says how to build it.
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
  const declared = await readProcesses(copy, folder, files);
  const processes = runningProcesses(declared ?? [MAKEFILE_PROCESS]);
  const steps =
    declared === undefined ? makefileSteps(files, manifest.build) : procfileSteps(files, manifest.build, home);
  requirePorts(manifestPath, manifest.port, processes);
  if (manifest.socket) requireSocketProcess(manifestPath, processes);
  const release = declared?.find(({ name }) => name === RELEASE)?.command;
  const jit = hasJitLanguage(files);
  const clients = await awsClients(copy, files.names);
  return { manifest, processes, release, steps, home, jit, awsClients: clients, installs: declared === undefined };
}

/** The processes of the Procfile, else Heroku's default; undefined for an app that its Makefile manages. */
async function readProcesses(copy: string, folder: string, files: AppFiles): Promise<ProcessType[] | undefined> {
  const procfile = await readOptional(join(copy, "Procfile"));
  if (procfile !== undefined) return parseProcfile(join(folder, "Procfile"), procfile);
  if (files.makefile !== undefined && missingTargets(makefileTargets(files.makefile)).length === 0) return undefined;
  const process = defaultProcess(files);
  if (process !== undefined) return [process];
  if (files.makefile !== undefined) return undefined;
  throw new InputError(
    `${folder}: has no Procfile, and nothing says what to run: no script 'start' in package.json, no server.js, and neither ` +
      "Rails nor Rack in Gemfile.lock; write a Procfile such as 'web: node server.js'",
  );
}

/** What decides how the app is built must not be missed because it waits for its first commit. */
async function requireTracked(copy: string, folder: string, name: string): Promise<void> {
  if ((await entryExists(join(copy, name))) || !(await entryExists(join(folder, name)))) return;
  throw new InputError(
    `${join(folder, name)}: is not tracked by git, and only what git tracks is built; run 'git add'`,
  );
}

async function readAppFiles(copy: string, folder: string): Promise<AppFiles> {
  const text = await readOptional(join(copy, "package.json"));
  const packageJson = text === undefined ? undefined : parsePackageJson(join(folder, "package.json"), text);
  return {
    folder,
    names: new Set(await readdir(copy)),
    makefile: await readOptional(join(copy, "Makefile")),
    gemfileLock: await readOptional(join(copy, "Gemfile.lock")),
    npmDependencies: packageJson?.hasDependencies ?? false,
    pyproject: await readOptional(join(copy, "pyproject.toml")),
    scripts: packageJson?.scripts ?? {},
  };
}
