import { execFileSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { SUITES } from "./list";
import type { Suite } from "./suite";

/** What a changed file can break beside the tests that import it: folders of tests, and suites by name. */
interface Reach {
  readonly files: RegExp;
  readonly tests?: readonly string[];
  readonly suites?: readonly string[];
}

const REACHES: readonly Reach[] = [
  { files: /^(infra|lambda|Pulumi\.)/, suites: ["story", "fleet"] },
  { files: /^local\//, tests: ["test/local"], suites: ["story", "fleet", "leaves-nothing"] },
  { files: /^simulator\//, tests: ["test/simulator"] },
  { files: /^userdata\//, tests: ["test/userdata", "test/simulator"], suites: ["story", "fleet"] },
  { files: /^cli\//, suites: ["story", "fleet"] },
  { files: /^(page|cli\/(page|fleet|rollout))\//, tests: ["test/page"] },
  { files: /^cli\/deb\//, tests: ["test/cli"], suites: ["package"] },
  { files: /^examples\//, tests: ["test/cli"], suites: ["story", "fleet", "package"] },
  { files: /^jenkins\//, tests: ["test/jenkins"] },
  { files: /^policy\//, tests: ["test/policy"] },
  { files: /^test\/userdata\/fakes\//, tests: ["test/userdata"] },
  { files: /^test\/jenkins\//, tests: ["test/jenkins"] },
  { files: /^test\/e2e\//, suites: ["package", "leaves-nothing"] },
  { files: /^(docs\/|.*\.md$)/, tests: ["test/infra", "test/jenkins"] },
];

/** Where TypeScript lies. */
const SOURCES = ["bench", "cli", "infra", "lambda", "local", "page", "policy", "simulator", "test"];

/** Files by which everything is run, so that their change can break everything. */
const EVERYTHING = /^(package(-lock)?\.json|jest.*|tsconfig\.json|\.npmrc|scripts\/|bin\/|test\/suites\/)/;

/** What must run for the changes since `base`: pure, so that the table above can be tested. */
export function reached(changed: readonly string[]): { all: boolean; tests: string[]; suites: string[] } {
  const fits = (reach: Reach) => changed.some((file) => reach.files.test(file));
  const known = REACHES.filter(fits);
  return {
    all: changed.some((file) => EVERYTHING.test(file)),
    tests: [...new Set(known.flatMap((reach) => reach.tests ?? []))],
    suites: [...new Set(known.flatMap((reach) => reach.suites ?? []))],
  };
}

/** The suites that the changes since `base` (and those not committed) can break, jest's with their tests by name. */
export function affected(root: string, base: string): readonly Suite[] {
  const git = (...args: string[]) =>
    execFileSync("git", args, { cwd: root, encoding: "utf8" }).split("\n").filter(Boolean);
  const changed = [...git("diff", "--name-only", base), ...git("ls-files", "--others", "--exclude-standard")];
  const { all, tests, suites } = reached(changed);
  if (all) return SUITES;
  const present = changed.filter((file) => /\.(tsx?|js|json)$/.test(file) && existsSync(join(root, file)));
  return SUITES.flatMap((suite) => {
    if (suite.name === "lint" || suite.name === "types") return changed.length > 0 ? [suite] : [];
    if (!suite.command.includes("node_modules/jest/bin/jest.js")) return suites.includes(suite.name) ? [suite] : [];
    const found = jestTests(root, suite, present, tests);
    return found.length > 0 ? [{ ...suite, command: [...suite.command, "--runTestsByPath", ...found] }] : [];
  });
}

/** The tests of one configuration of jest that import a changed file or lie in one of the folders. */
export function jestTests(
  root: string,
  { command }: Suite,
  files: readonly string[],
  folders: readonly string[],
): string[] {
  const config = command.filter((_, index) => command[index - 1] === "--config");
  const jest = [join(root, "scripts/node"), join(root, "node_modules/jest/bin/jest.js"), "--listTests"];
  const list = (...args: string[]) =>
    execFileSync(jest[0] as string, [...jest.slice(1), ...config.flatMap((file) => ["--config", file]), ...args], {
      cwd: root,
      encoding: "utf8",
    })
      .split("\n")
      .filter(Boolean);
  // Jest looks for what imports a file below its roots alone, which for a run are the tests'.
  const roots = SOURCES.flatMap((folder) => ["--roots", join(root, folder)]);
  const related = files.length > 0 ? list(...roots, "--findRelatedTests", ...files) : [];
  const inside = new Set(folders.flatMap((folder) => globSync(join(root, folder, "**/*.test.ts"))));
  return [...new Set([...related, ...list().filter((file) => inside.has(file))])];
}
