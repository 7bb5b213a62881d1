import {
  chmod,
  copyFile,
  lstat,
  lutimes,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  utimes,
} from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { codeOf, InputError } from "../errors";

/** Never part of a package: version control, caches, editor and system litter, local secrets. */
const LEFT_OUT = [".hg", ".svn", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".DS_Store", ".env"];
const LEFT_OUT_BELOW = [join("node_modules", ".cache"), join(".yarn", "cache")];

/** Whether the file or folder at `path` (relative, with its parents) stays out of packages. */
export function leftOut(path: string): boolean {
  const name = path.split(sep).at(-1) ?? "";
  if (LEFT_OUT.includes(name) || /^\.git/.test(name) || /\.(pyc|swp)$/.test(name)) return true;
  if (!path.includes(sep) && name.endsWith(".deb")) return true;
  return LEFT_OUT_BELOW.some((tail) => path === tail || path.endsWith(`${sep}${tail}`));
}

/**
 * Copies a folder's files, folders and symbolic links, apart from what is left out.
 * @throws InputError at sockets, devices and pipes
 */
export async function copyTree(from: string, to: string, at = ""): Promise<void> {
  await mkdir(join(to, at), { recursive: true });
  for (const entry of await readdir(join(from, at), { withFileTypes: true })) {
    const path = join(at, entry.name);
    if (leftOut(path)) continue;
    if (entry.isDirectory()) await copyTree(from, to, path);
    else await copyEntry(from, to, path);
  }
}

/** Copies the files and symbolic links named, apart from what is left out, with the folders they lie in. */
export async function copyFiles(from: string, to: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    // Also for a file left out: .gitkeep is there for its folder.
    await mkdir(join(to, dirname(path)), { recursive: true });
    const parts = path.split(sep);
    const out = parts.some((_, index) => leftOut(parts.slice(0, index + 1).join(sep)));
    if (!out) await copyEntry(from, to, path);
  }
}

async function copyEntry(from: string, to: string, path: string): Promise<void> {
  const source = join(from, path);
  const stat = await lstat(source);
  if (stat.isFile()) await copyFile(source, join(to, path));
  else if (stat.isSymbolicLink()) await symlink(await readlink(source), join(to, path));
  else if (stat.isDirectory())
    throw new InputError(`${source}: is a git submodule without its files; run 'git submodule update --init'`);
  else throw new InputError(`${source}: is no file, folder or link and cannot be packaged`);
}

/** Removes from a built tree what a package never holds. */
export async function pruneTree(root: string, at = ""): Promise<void> {
  for (const entry of await readdir(join(root, at), { withFileTypes: true })) {
    const path = join(at, entry.name);
    if (leftOut(path)) await rm(join(root, path), { recursive: true });
    else if (entry.isDirectory()) await pruneTree(root, path);
  }
}

/**
 * Checks that no symbolic link below `root` dangles on hosts: it must stay in the app or lead to what Debian packages bring.
 * @param home where `root` lies on hosts
 * @param shown the folder the user knows, for messages
 * @throws InputError naming the link and its target
 */
export async function checkLinks(root: string, home: string, shown: string, at = ""): Promise<void> {
  for (const entry of await readdir(join(root, at), { withFileTypes: true })) {
    const path = join(at, entry.name);
    if (entry.isDirectory()) await checkLinks(root, home, shown, path);
    if (!entry.isSymbolicLink()) continue;
    const target = await readlink(join(root, path));
    const onHost = resolve(home, dirname(path), target);
    if (!isInside(home, onHost) && !(target.startsWith("/") && isInside("/usr", onHost))) {
      throw new InputError(`${join(shown, path)}: links to ${target}, outside the app, where hosts have no such file`);
    }
  }
}

/**
 * Gives every file the mode 755 or 644 (by its owner's executable bit), every folder 755 and everything the same
 * time, so that equal content makes equal packages.
 * @param epoch seconds since 1970
 */
export async function normaliseTree(root: string, epoch: number): Promise<void> {
  const stat = await lstat(root);
  if (stat.isSymbolicLink()) return lutimes(root, epoch, epoch);
  if (stat.isDirectory()) {
    for (const name of await readdir(root)) await normaliseTree(join(root, name), epoch);
    await chmod(root, 0o755);
  } else await chmod(root, (stat.mode & 0o100) === 0 ? 0o644 : 0o755);
  // After the content: writing into a folder changes its time.
  await utimes(root, epoch, epoch);
}

/** Size on the host in KiB as dpkg-gencontrol counts: each file rounded up, everything else as one. */
export async function installedSize(root: string): Promise<number> {
  const stat = await lstat(root);
  if (stat.isFile()) return Math.ceil(stat.size / 1024);
  if (!stat.isDirectory()) return 1;
  const sizes = await Promise.all((await readdir(root)).map((name) => installedSize(join(root, name))));
  return sizes.reduce((sum, size) => sum + size, 1);
}

/** The files below `root`, links and folders left aside, as paths below it. */
export async function filesBelow(root: string, at = ""): Promise<string[]> {
  const entries = await readdir(join(root, at), { withFileTypes: true });
  const nested = entries.map(async (entry) => {
    const path = join(at, entry.name);
    if (entry.isDirectory()) return filesBelow(root, path);
    return entry.isFile() ? [path] : [];
  });
  return (await Promise.all(nested)).flat().sort();
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !way.startsWith(sep);
}

/** Whether there is an entry at `path`, also a link that leads nowhere. */
export async function entryExists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw error;
  }
}

/** The text of a file, or undefined where there is none. */
export async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
