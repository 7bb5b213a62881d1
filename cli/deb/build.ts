import { rmSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { InputError } from "../errors";
import { onInterrupt } from "../interrupt";
import { warn } from "../progress";
import { writeEvidence } from "../provenance/evidence";
import { machineRelease, type Release } from "../root/release";
import { withTemporaryFolder } from "../temporary";
import { runTool, tryTool } from "../tool";
import { type App, readApp } from "./app";
import { controlField, renderControl, withVersion } from "./control";
import { type DebFile, readDeb } from "./deb";
import { renderDocuments } from "./documents";
import { sourceDateEpoch } from "./epoch";
import { checkInstalled } from "./installed";
import { withoutBare } from "./interpreters";
import { needsJitRuntime } from "./jit";
import { requireNoPointers } from "./lfs";
import { nativeDepends } from "./native";
import { openWorkplace } from "./open-workplace";
import { profileScripts } from "./profile";
import { renderFiles, writeFiles } from "./render";
import { requirePrograms } from "./require-programs";
import { runSteps } from "./run-steps";
import type { Sandbox } from "./sandbox";
import { copySources } from "./sources";
import { checkLinks, copyTree, entryExists, installedSize, normaliseTree, pruneTree, readOptional } from "./tree";
import { checkVersion, gitVersion } from "./version";

/** Any of them makes a folder an app. */
const APP_FILES = ["Procfile", "Makefile", "package.json", "Gemfile"];

export interface BuildOptions {
  /** Folder with a Procfile or Makefile (an app) or with DEBIAN/control (laid out as it is to be installed). */
  readonly folder: string;
  /** @default that of DEBIAN/control, else git's */
  readonly version?: string | undefined;
  /** Where the .deb goes. */
  readonly out: string;
  /** That of Debian in whose clean root an app's steps run. @default none: they run with this machine's own tools */
  readonly release?: Release | undefined;
}

/**
 * Builds a Debian package that depends on the content, version and time (see `sourceDateEpoch`) alone.
 * @throws InputError when the folder or what it holds is no package.
 */
export async function buildPackage(options: BuildOptions): Promise<DebFile> {
  const folder = resolve(options.folder);
  const has = (path: string) => entryExists(join(folder, path));
  const control = await readOptional(join(folder, "DEBIAN", "control"));
  if (control !== undefined && (await has("Procfile"))) {
    throw new InputError(`${folder}: holds a Procfile and DEBIAN/control; remove the one that does not apply`);
  }
  const found = await Promise.all(APP_FILES.map(has));
  if (control === undefined && !found.includes(true)) await refuseFolder(folder);
  const started = Date.now();
  return withTemporaryFolder(async (temporary) => {
    const stage = join(temporary, "stage");
    const epoch = await sourceDateEpoch(folder, process.env.SOURCE_DATE_EPOCH);
    if (control === undefined) await stageApp(options, stage, epoch);
    else await stageLaidOut(folder, control, stage, options.version);
    await normaliseTree(stage, epoch);
    const deb = await pack(stage, epoch, resolve(options.out));
    await writeEvidence(deb, { stage, folder, epoch, started, environment: process.env });
    return deb;
  });
}

/** Lays an app out below `stage`: a clean copy, built, and what runs it. */
async function stageApp(options: BuildOptions, stage: string, epoch: number): Promise<void> {
  const folder = resolve(options.folder);
  const version = await chooseVersion(folder, options.version);
  const temporary = dirname(stage);
  const copy = join(temporary, "copy");
  await copySources(folder, copy);
  const app = await readApp(copy, folder);
  const { manifest, processes, release, steps, home, installs } = app;
  warnOfRole(folder, app);
  // Before the build too: what it packs may hold times and modes.
  await normaliseTree(copy, epoch);
  const built = join(stage, home);
  await mkdir(dirname(built), { recursive: true });
  // Nothing else of a package is there while the steps of an app run, but for what its Makefile installs.
  if (installs) await rename(copy, built);
  const places = { home, folder: installs ? built : copy, destination: installs ? stage : undefined };
  const tools = [...steps.tools, ...manifest.buildDepends];
  const workplace = openWorkplace(options.release, manifest.architecture, tools, {
    ...places,
    temporary,
    epoch,
    shown: folder,
  });
  if (steps.lines.length > 0) await runSteps(steps, await workplace(), folder);
  if (installs) await checkInstalled(stage, manifest, folder);
  else await rename(copy, built);
  await pruneTree(built);
  await checkLinks(built, home, folder);
  const profile = await profileScripts(built);
  const programs = await requirePrograms({ ...app, folder, root: stage, profile });
  const native = await nativeDepends(stage, manifest, workplace);
  const depends = withoutBare([...(manifest.depends ?? steps.depends), ...programs, ...native]);
  const sandbox = sandboxOf(app, depends);
  await writeFiles(stage, [
    ...(await renderFiles({ manifest, version, processes, environment: steps.environment, profile, release, sandbox })),
    ...(await renderDocuments(manifest, version, built, epoch)),
  ]);
  const builtFor = native.length === 0 ? undefined : (options.release ?? (await machineRelease()));
  const size = (await installedSize(stage)) - (await installedSize(join(stage, "DEBIAN")));
  await writeFile(
    join(stage, "DEBIAN", "control"),
    renderControl({ manifest, version, depends, processes, size, release: builtFor }),
  );
}

/** What an app's towline.yaml and its runtimes ask for. */
function sandboxOf({ manifest, jit }: App, depends: readonly string[]): Sandbox {
  const { role = false, sandbox } = manifest;
  return { role, ...sandbox, allow: jit || needsJitRuntime(depends) ? [...sandbox.allow, "jit"] : sandbox.allow };
}

/** An older towline let every process have the role of its host. */
function warnOfRole(folder: string, { manifest, awsClients }: App): void {
  const [client] = awsClients;
  if (manifest.role !== undefined || client === undefined) return;
  warn(
    `${folder}: ${client.file} names ${client.library}, and processes reach the role of their host only with 'role: true' in towline.yaml; ` +
      "'role: false' says that they do without it",
  );
}

async function stageLaidOut(
  folder: string,
  control: string,
  stage: string,
  givenVersion: string | undefined,
): Promise<void> {
  const own = controlField(control, "Version");
  const path = join(folder, "DEBIAN", "control");
  const version =
    givenVersion === undefined && own !== undefined
      ? checkVersion(own, `${path}: Version`)
      : await chooseVersion(folder, givenVersion);
  await copyTree(folder, stage);
  await requireNoPointers(stage, folder);
  await writeFile(join(stage, "DEBIAN", "control"), withVersion(control, version));
}

async function chooseVersion(folder: string, given: string | undefined): Promise<string> {
  if (given !== undefined) return checkVersion(given, "--version");
  const version = await gitVersion(folder);
  const changes = await tryTool("git", ["-C", folder, "status", "--porcelain", "--", "."]);
  if (changes.stdout !== "")
    warn(`${folder} has changes that are not committed; ${version} names the commit without them`);
  return version;
}

async function pack(stage: string, epoch: number, out: string): Promise<DebFile> {
  const control = await readFile(join(stage, "DEBIAN", "control"), "utf8");
  const fields = ["Package", "Version", "Architecture"].map((field) => controlField(control, field));
  // Without the epoch, as Debian names files: ':' is none of every file system's characters.
  const name = fields.map((value) => value?.replace(/^\d+:/, "")).join("_");
  const path = join(out, `${name}.deb`);
  const unfinished = join(out, `.${name}.deb.${process.pid}`);
  const done = onInterrupt(() => rmSync(unfinished, { force: true }));
  try {
    await mkdir(out, { recursive: true });
    // Level 12: a quarter smaller than dpkg's own choice, and ten times quicker than the last tenth that 19 would give. One
    // thread: the number of processors must not show in the compressed bytes.
    const args = ["--root-owner-group", "-Zzstd", "-z12", "--threads-max=1", "--build", stage, unfinished];
    await runTool("dpkg-deb", args, { env: { SOURCE_DATE_EPOCH: String(epoch) } });
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
    done();
  }
  return readDeb(path);
}

async function refuseFolder(folder: string): Promise<never> {
  const exists = await stat(folder).catch(() => undefined);
  if (exists === undefined) throw new InputError(`${folder}: there is no such folder`);
  if (!exists.isDirectory()) throw new InputError(`${folder}: is not a folder`);
  throw new InputError(
    `${folder}: has no Procfile or Makefile (an app), nor DEBIAN/control (a package laid out by hand)`,
  );
}
