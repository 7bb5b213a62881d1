import { rm } from "node:fs/promises";
import { join } from "node:path";
import { withTemporaryFolder } from "../temporary";
import { runTool } from "../tool";
import { entryExists } from "./tree";

/** Removes from a clean copy what its `.slugignore` names, as Heroku does before the build; git knows the patterns. */
export async function removeSlugIgnored(copy: string): Promise<void> {
  const patterns = join(copy, ".slugignore");
  if (!(await entryExists(patterns))) return;
  await withTemporaryFolder(async (git) => {
    await runTool("git", ["init", "--quiet", "--bare", git]);
    const place = [`--git-dir=${git}`, `--work-tree=${copy}`, "-c", "core.bare=false"];
    const listing = ["ls-files", "-z", "--others", "--ignored", "--directory", `--exclude-from=${patterns}`];
    const ignored = await runTool("git", [...place, ...listing], { cwd: copy });
    for (const path of ignored.split("\0").filter(Boolean)) await rm(join(copy, path), { recursive: true });
  });
}
