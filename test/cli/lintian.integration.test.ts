import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackage } from "../../cli/deb/build";
import { need } from "../tools";

beforeAll(() => need("lintian", "lintian"));

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "towline-test-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** What lintian calls an error, one line each. */
async function errorsOf(source: string): Promise<string[]> {
  const deb = await buildPackage({ folder: source, version: "1.0", out: folder });
  // lintian refuses to run as root unless told that it may.
  const { stdout, stderr, status } = spawnSync("lintian", ["--allow-root", "--fail-on", "none", deb.path], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return stdout.split("\n").filter((line) => line.startsWith("E:"));
}

test("lintian finds no error in the package of the example", async () => {
  expect(await errorsOf(join(__dirname, "..", "..", "examples", "hello"))).toEqual([]);
});

test("nor in one with several processes, a socket and a licence", async () => {
  const app = join(folder, "app");
  mkdirSync(app);
  writeFileSync(join(app, "Procfile"), "web: ./web\nworker: ./worker\n");
  for (const name of ["web", "worker"]) writeFileSync(join(app, name), "#!/bin/sh\n", { mode: 0o755 });
  writeFileSync(join(app, "LICENSE"), "Copyright 2026 A. Nobody\n\nAll rights reserved.\n");
  writeFileSync(
    join(app, "towline.yaml"),
    "architecture: all\nsocket: true\ndescription: Sells things\nmaintainer: A <a@shop.org>\n",
  );
  expect(await errorsOf(app)).toEqual([]);
});
