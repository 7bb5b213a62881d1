import { join } from "node:path";
import { InputError, UserError } from "../errors";
import { runTool, toolFailure, tryTool } from "../tool";
import { copyFiles, copyTree, entryExists } from "./tree";

/**
 * Makes the clean copy of an app that is built and packaged: the files git tracks, as they lie in the checkout; all files
 * where the folder is in no git checkout.
 * @throws InputError when git tracks nothing there
 */
export async function copySources(folder: string, to: string): Promise<void> {
  if (!(await isInGit(folder))) return copyTree(folder, to);
  // From the folder itself: paths are relative to it, and files of its submodules count as its own.
  const listing = await runTool("git", ["-C", folder, "ls-files", "-z", "--cached", "--recurse-submodules"]);
  const listed = listing.split("\0").filter((path) => path !== "");
  // A file listed but gone is an uncommitted removal.
  const there = await Promise.all(listed.map((path) => entryExists(join(folder, path))));
  const paths = listed.filter((_, index) => there[index]);
  if (paths.length === 0) {
    throw new InputError(`${folder}: is in a git checkout, but git tracks no file there; run 'git add' first`);
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
