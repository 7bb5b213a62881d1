import { execFile } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const ROOT = join(__dirname, "..", "..");

// A project of its own, so that its sources can change.
describe("bin/towline", () => {
  const folder = mkdtempSync(join(tmpdir(), "towline-test-"));
  const cache = join(folder, "node_modules", ".cache", "towline", "cli");

  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true });
    for (const name of [
      "bin",
      "cli",
      "infra",
      "lambda",
      "scripts",
      "simulator",
      "package.json",
      "package-lock.json",
      "tsconfig.json",
    ])
      cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    mkdirSync(join(folder, "node_modules"));
    for (const name of readdirSync(join(ROOT, "node_modules")).filter((one) => !one.startsWith(".")))
      symlinkSync(join(ROOT, "node_modules", name), join(folder, "node_modules", name));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function towline(...args: string[]) {
    const { stdout } = await promisify(execFile)(join(folder, "bin", "towline"), args);
    return stdout;
  }

  const bundles = () => (existsSync(cache) ? readdirSync(cache) : []);

  it("makes one file of the sources, by two starts at once too, and runs that from then on", async () => {
    const said = await Promise.all([towline("--towline-version"), towline("--towline-version")]);
    expect(said[0]).toBe(said[1]);
    expect(bundles()).toEqual([expect.stringMatching(/^\d+-\d+\.js$/)]);
    appendFileSync(join(cache, bundles()[0] ?? ""), "\nconsole.log('by the bundle');\n");
    expect(await towline("--towline-version")).toContain("by the bundle");
  });

  it("makes it anew once a source has changed", async () => {
    await towline("--towline-version");
    appendFileSync(join(folder, "cli", "main.ts"), "\nconsole.log('changed');\n");
    expect(await towline("--towline-version")).toContain("changed");
    expect(bundles()).toHaveLength(2);
  });

  it("finds files that lie beside its sources", async () => {
    mkdirSync(join(folder, "app"));
    cpSync(join(ROOT, "examples", "hello"), join(folder, "app"), { recursive: true });
    expect(await towline("build", join(folder, "app"), "--version", "1.0.0", "--out", folder)).toContain("hello");
    expect(bundles()).toHaveLength(1);
  });

  it("runs the sources where it cannot write", async () => {
    // Root may write anywhere, but not into what is no folder.
    appendFileSync(join(folder, "node_modules", ".cache"), "");
    chmodSync(join(folder, "node_modules", ".cache"), 0o444);
    expect(await towline("--towline-version")).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("ends its work where nobody reads what it says", async () => {
    const { stdout } = await promisify(execFile)("bash", [
      "-c",
      `"${join(folder, "bin", "towline")}" --help | true; echo "\${PIPESTATUS[0]}"`,
    ]);
    expect(stdout).toBe("0\n");
  });
});
