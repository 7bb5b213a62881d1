import { chmod, copyFile, lstat, lutimes, mkdir, readdir, readlink, symlink, utimes } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { InputError } from "../errors";

/** Never part of a package: version control, caches, editor and system litter, local secrets. */
const LEFT_OUT = [
  ".git",
  ".hg",
  ".svn",
  "__pycache__",
  ".pytest_cache",
  ".mypy_cache",
  ".ruff_cache",
  ".DS_Store",
  ".env",
];
const LEFT_OUT_BELOW = [join("node_modules", ".cache"), join(".yarn", "cache")];

/** Whether the file or folder at `path` (relative, with its parents) stays out of packages. */
export function leftOut(path: string): boolean {
  const name = path.split(sep).at(-1) ?? "";
  if (LEFT_OUT.includes(name) || name.endsWith(".pyc") || name.endsWith(".swp")) return true;
  if (!path.includes(sep) && name.endsWith(".deb")) return true;
  return LEFT_OUT_BELOW.some((tail) => path === tail || path.endsWith(`${sep}${tail}`));
}

export interface CopyOptions {
  /** Refuse symbolic links that lead out of the copied folder: they would dangle on the host. */
  readonly containLinks: boolean;
}

/**
 * Copies a folder's files, folders and symbolic links, apart from what is left out.
 * @throws InputError at sockets, devices and pipes, and at links that lead outside where those are refused.
 */
export async function copyTree(from: string, to: string, options: CopyOptions, at = ""): Promise<void> {
  await mkdir(join(to, at), { recursive: true });
  for (const entry of await readdir(join(from, at), { withFileTypes: true })) {
    const path = join(at, entry.name);
    if (leftOut(path)) continue;
    if (entry.isDirectory()) await copyTree(from, to, options, path);
    else if (entry.isFile()) await copyFile(join(from, path), join(to, path));
    else if (entry.isSymbolicLink()) {
      const target = await readlink(join(from, path));
      if (options.containLinks && !isInside(from, resolve(dirname(join(from, path)), target))) {
        throw new InputError(`${join(from, path)}: links to ${target}, outside the app, where hosts have no such file`);
      }
      await symlink(target, join(to, path));
    } else throw new InputError(`${join(from, path)}: is no file, folder or link and cannot be packaged`);
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

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !way.startsWith(sep);
}
