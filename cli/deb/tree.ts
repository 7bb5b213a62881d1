import { isUtf8 } from "node:buffer";
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

/** Local secrets. */
export const DOT_ENV = ".env";

/** Never part of a package: version control, caches, editor and system litter, local secrets. */
const LEFT_OUT = [".hg", ".svn", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".DS_Store", DOT_ENV];
/** What any Debian may have there, whichever packages it has: /dev/stdout, /etc/timezone, /usr/share/zoneinfo. */
const SYSTEM = ["bin", "dev", "etc", "lib", "lib64", "proc", "run", "sbin", "srv", "sys", "usr", "var"].map(
  (name) => `/${name}`,
);
const LEFT_OUT_BELOW = [join("node_modules", ".cache"), join(".yarn", "cache")];

/** What `towline build` leaves in the folder it is called in: packages, and their evidence. */
const BUILT = /\.deb$|_(amd64|arm64|all)\.(cdx|provenance)\.json$/;

/** Whether the file or folder at `path` (relative, with its parents) stays out of packages. */
export function leftOut(path: string): boolean {
  const name = path.split(sep).at(-1) ?? "";
  if (LEFT_OUT.includes(name) || /^\.git/.test(name) || /\.(pyc|swp)$/.test(name)) return true;
  if (!path.includes(sep) && BUILT.test(name)) return true;
  return LEFT_OUT_BELOW.some((tail) => path === tail || path.endsWith(`${sep}${tail}`));
}

/**
 * Copies a folder's files, folders and symbolic links, apart from what is left out.
 * @throws InputError at sockets, devices and pipes, and names that are not UTF-8
 */
export async function copyTree(from: string, to: string, at = ""): Promise<void> {
  await mkdir(join(to, at), { recursive: true });
  for (const entry of await entriesOf(join(from, at))) {
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

interface Entry {
  readonly name: string;
  isDirectory(): boolean;
  isFile(): boolean;
  isSymbolicLink(): boolean;
}

/** What a folder holds. @throws InputError at a name that is not UTF-8, which no string of Node.js can hold */
async function entriesOf(folder: string): Promise<Entry[]> {
  const entries = await readdir(folder, { withFileTypes: true, encoding: "buffer" });
  return entries.map((entry) => {
    const name = entry.name.toString("utf8");
    if (!isUtf8(entry.name)) throw unreadableName(join(folder, name));
    return {
      name,
      isDirectory: () => entry.isDirectory(),
      isFile: () => entry.isFile(),
      isSymbolicLink: () => entry.isSymbolicLink(),
    };
  });
}

/** Of a name that is not UTF-8. @param shown with the replacement character in the place of what is none */
export function unreadableName(shown: string): InputError {
  return new InputError(
    `${shown}: its name is not UTF-8 and cannot be packaged; rename it ('convmv -f latin1 -t utf8' does)`,
  );
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
  for (const entry of await entriesOf(join(root, at))) {
    const path = join(at, entry.name);
    if (leftOut(path)) await rm(join(root, path), { recursive: true });
    else if (entry.isDirectory()) await pruneTree(root, path);
  }
}

/**
 * Checks that no symbolic link below `root` leads to this machine's own files: it must stay in the app or lead to the system's.
 * @param home where `root` lies on hosts
 * @param shown the folder the user knows, for messages
 * @throws InputError naming the link and its target
 */
export async function checkLinks(root: string, home: string, shown: string, at = ""): Promise<void> {
  for (const entry of await entriesOf(join(root, at))) {
    const path = join(at, entry.name);
    if (entry.isDirectory()) await checkLinks(root, home, shown, path);
    if (!entry.isSymbolicLink()) continue;
    const target = await readlink(join(root, path));
    const onHost = resolve(home, dirname(path), target);
    const isSystem = target.startsWith("/") && SYSTEM.some((folder) => isInside(folder, onHost));
    if (!isInside(home, onHost) && !isSystem) {
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
  const entries = await entriesOf(join(root, at));
  const nested = entries.map(async (entry) => {
    const path = join(at, entry.name);
    if (entry.isDirectory()) return filesBelow(root, path);
    return entry.isFile() ? [path] : [];
  });
  return (await Promise.all(nested)).flat().sort();
}

/** Whether a path is a folder's own or lies in it. */
export function isInside(folder: string, path: string): boolean {
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

/** The text of a file without its byte order mark, or undefined where there is none. */
export async function readOptional(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).replace(/^\uFEFF/, "");
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
}
