import { execFileSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const APPS = join(__dirname, "..", "apps");

/** A copy of one of the apps in test/apps, below `work`, as a person has it in front of them: gems lie in its vendor/cache. */
export function ownApp(name: string, work: string): string {
  const folder = join(work, name);
  cpSync(join(APPS, name), folder, { recursive: true });
  if (existsSync(join(folder, "gems"))) packGems(folder);
  return folder;
}

/** No gem server is to be had, and no binary lies in this repository. */
function packGems(folder: string): void {
  const cache = join(folder, "vendor", "cache");
  mkdirSync(cache, { recursive: true });
  for (const gemspec of globSync("gems/*/*.gemspec", { cwd: folder })) {
    const source = join(folder, gemspec, "..");
    const [, name] = gemspec.split("/") as [string, string];
    const output = join(cache, `${name}-1.0.0.gem`);
    execFileSync("gem", ["build", "--quiet", "--output", output, `${name}.gemspec`], { cwd: source, stdio: "ignore" });
  }
}
