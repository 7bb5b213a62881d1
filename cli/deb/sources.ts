import { basename, join } from "node:path";
import { InputError, UserError } from "../errors";
import { warn } from "../progress";
import { runTool, toolFailure, tryTool } from "../tool";
import { requireNoPointers } from "./lfs";
import { removeSlugIgnored } from "./slugignore";
import { copyFiles, copyTree, DOT_ENV, entryExists, unreadableName } from "./tree";

/**
 * Makes the clean copy of an app that is built and packaged: the files git tracks, as they lie in the checkout; all files
 * where the folder is in no git checkout; without what `.slugignore` names.
 * @throws InputError when git tracks nothing there, or what it tracks cannot be packaged
 */
export async function copySources(folder: string, to: string): Promise<void> {
  if (await isInGit(folder)) await copyTracked(folder, to);
  else await copyTree(folder, to);
  await removeSlugIgnored(to);
  await requireNoPointers(to, folder);
}

async function copyTracked(folder: string, to: string): Promise<void> {
  // From the folder itself: paths are relative to it, and files of its submodules count as its own.
  const listing = await runTool("git", ["-C", folder, "ls-files", "-z", "--cached", "--recurse-submodules"]);
  const listed = listing.split("\0").filter((path) => path !== "");
  // A file listed but gone is an uncommitted removal.
  const there = await Promise.all(listed.map((path) => entryExists(join(folder, path))));
  const paths = listed.filter((_, index) => there[index]);
  const unreadable = listed.find((path, index) => !there[index] && path.includes("\uFFFD"));
  if (unreadable !== undefined) throw unreadableName(join(folder, unreadable));
  if (paths.length === 0) {
    throw new InputError(`${folder}: is in a git checkout, but git tracks no file there; run 'git add' first`);
  }
  for (const path of paths.filter((name) => basename(name) === DOT_ENV)) {
    warn(
      `${join(folder, path)} is left out of the package although git tracks it: it may hold secrets; ` +
        "set what it holds with 'towline env', and 'git rm --cached' it",
    );
  }
  await copyFiles(folder, to, paths);
}

async function isInGit(folder: string): Promise<boolean> {
  const result = await tryTool("git", ["-C", folder, "rev-parse", "--is-inside-work-tree"]);
  if (result.exitCode === 0) return result.stdout.trim() === "true";
  // Anything else, such as a checkout of another user, must not end in packing what git does not track.
  if (/not a git repository/i.test(result.stderr)) return false;
  throw new UserError(`${folder}: ${toolFailure("git", result)}`);
}
