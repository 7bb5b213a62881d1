import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const ROOT = path.resolve(__dirname, "../..");
/** What runs where only `dependencies` are installed: the command line, a Pulumi run, and the policy pack. */
const PROGRAMS = ["cli", "infra", "policy"];

function sources(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.[jt]s$/.test(file))
    .map((file) => readFileSync(path.join(ROOT, folder, file), "utf8"));
}

/** Packages that a source loads when it runs: types alone are gone by then. */
function packagesOf(source: string): string[] {
  const loads = source.matchAll(
    /^(?:import|export) (?!type\b)[^;]*?from "([^".][^"]*)"|\b(?:import|require)\("([^".][^"]*)"\)/gm,
  );
  return [...loads]
    .map(([, fixed, late]) => (fixed ?? late) as string)
    .filter((name) => !name.startsWith("node:"))
    .map((name) => name.split("/", name.startsWith("@") ? 2 : 1).join("/"));
}

test("what the programs load is installed without the development tools", () => {
  const { dependencies } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const loaded = new Set(PROGRAMS.flatMap(sources).flatMap(packagesOf));
  expect([...loaded]).toEqual(expect.arrayContaining(["@aws-sdk/client-kms", "@pulumi/policy", "zod"]));
  expect([...loaded].filter((name) => !Object.hasOwn(dependencies, name))).toEqual([]);
});
