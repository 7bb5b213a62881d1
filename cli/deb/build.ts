import { rmSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { codeOf, InputError } from "../errors";
import { onInterrupt } from "../interrupt";
import { warn } from "../progress";
import { withTemporaryFolder } from "../temporary";
import { runTool, tryTool } from "../tool";
import { controlField, renderControl, withVersion } from "./control";
import { type DebFile, readDeb } from "./deb";
import { sourceDateEpoch } from "./epoch";
import { parseManifest } from "./manifest";
import { parseProcfile } from "./procfile";
import { renderFiles, writeFiles } from "./render";
import { copyTree, installedSize, normaliseTree } from "./tree";
import { checkVersion, gitVersion } from "./version";

export interface BuildOptions {
  /** Folder with a Procfile (an app) or with DEBIAN/control (laid out as it is to be installed). */
  readonly folder: string;
  /** @default that of DEBIAN/control, else git's */
  readonly version?: string | undefined;
  /** Where the .deb goes. */
  readonly out: string;
}

/**
 * Builds a Debian package that depends on the content, version and time (see `sourceDateEpoch`) alone.
 * @throws InputError when the folder or what it holds is no package.
 */
export async function buildPackage(options: BuildOptions): Promise<DebFile> {
  const folder = resolve(options.folder);
  const [procfile, control] = await Promise.all([
    readOptional(join(folder, "Procfile")),
    readOptional(join(folder, "DEBIAN", "control")),
  ]);
  if (procfile !== undefined && control !== undefined) {
    throw new InputError(`${folder}: holds a Procfile and DEBIAN/control; remove the one that does not apply`);
  }
  if (procfile === undefined && control === undefined) await refuseFolder(folder);
  return withTemporaryFolder(async (temporary) => {
    const stage = join(temporary, "stage");
    if (procfile !== undefined) await stageApp(folder, procfile, stage, options.version);
    else if (control !== undefined) await stageLaidOut(folder, control, stage, options.version);
    const epoch = await sourceDateEpoch(folder, process.env.SOURCE_DATE_EPOCH);
    await normaliseTree(stage, epoch);
    return pack(stage, epoch, resolve(options.out));
  });
}

async function stageApp(
  folder: string,
  procfile: string,
  stage: string,
  givenVersion: string | undefined,
): Promise<void> {
  const processes = parseProcfile(join(folder, "Procfile"), procfile);
  const manifestPath = join(folder, "towline.yaml");
  const manifest = parseManifest(manifestPath, await readOptional(manifestPath), basename(folder));
  const version = await chooseVersion(folder, givenVersion);
  await copyTree(folder, join(stage, "opt", manifest.name), { containLinks: true });
  await writeFiles(stage, await renderFiles(manifest, version, processes));
  const control = renderControl(manifest, version, await sizeWithoutControl(stage));
  await writeFile(join(stage, "DEBIAN", "control"), control);
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
  await copyTree(folder, stage, { containLinks: false });
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
  const name = ["Package", "Version", "Architecture"].map((field) => controlField(control, field)).join("_");
  const path = join(out, `${name}.deb`);
  const unfinished = join(out, `.${name}.deb.${process.pid}`);
  const done = onInterrupt(() => rmSync(unfinished, { force: true }));
  try {
    await mkdir(out, { recursive: true });
    // One thread: the number of processors must not show in the compressed bytes.
    const args = ["--root-owner-group", "-Zzstd", "--threads-max=1", "--build", stage, unfinished];
    await runTool("dpkg-deb", args, { env: { SOURCE_DATE_EPOCH: String(epoch) } });
    await rename(unfinished, path);
  } finally {
    await rm(unfinished, { force: true });
    done();
  }
  return readDeb(path);
}

async function sizeWithoutControl(stage: string): Promise<number> {
  return (await installedSize(stage)) - (await installedSize(join(stage, "DEBIAN")));
}

async function refuseFolder(folder: string): Promise<never> {
  const exists = await stat(folder).catch(() => undefined);
  if (exists === undefined) throw new InputError(`${folder}: there is no such folder`);
  if (!exists.isDirectory()) throw new InputError(`${folder}: is not a folder`);
  throw new InputError(`${folder}: has neither a Procfile (an app) nor DEBIAN/control (a package laid out by hand)`);
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
