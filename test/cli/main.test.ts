import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProgram, main } from "../../cli/main";

let folder: string;
let written: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "towline-test-"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: towline\n");
  written = "";
  const note = (chunk: string | Uint8Array) => {
    written += chunk;
    return true;
  };
  jest.spyOn(process.stderr, "write").mockImplementation(note);
  jest.spyOn(process.stdout, "write").mockImplementation(note);
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

it("has an example for every command", () => {
  const commands = createProgram().commands.map((command) => command.name());
  expect(commands).toEqual(["build", "publish", "promote", "nudge", "status"]);
});

it.each(["build", "publish", "promote", "nudge", "status"])("%s --help shows examples and exits 0", async (command) => {
  expect(await main([command, "--help"])).toBe(0);
  expect(written).toContain(`Examples:\n  towline ${command} `);
});

it.each([
  [["publsh"], "towline: unknown command 'publsh'\n(Did you mean publish?)\n(see --help)\n"],
  [["build"], "towline: missing required argument 'dir'\n(see --help)\n"],
  [["publish", "a.deb"], "towline: required option '--stack <stack>' not specified\n(see --help)\n"],
  [["build", "--bogus", "."], "towline: unknown option '--bogus'\n(see --help)\n"],
  [
    ["build", "/", "--version", "1-2"],
    "towline: /: has neither a Procfile (an app) nor DEBIAN/control (a package laid out by hand)\n",
  ],
  [["promote", "hello", "--from", "a", "--to", "b"], "towline: 'hello' is not package=version, such as hello=1.2.3\n"],
  [["promote", "hello=1", "--from", "a", "--to", "a"], "towline: --from and --to are both a; they must differ\n"],
  [
    ["-C", "/", "status", "--stack", "a"],
    "towline: --directory /: holds no Pulumi.yaml; give the folder of the towline project\n",
  ],
])("%j is wrong usage or input: one sentence, exit code 2", async (args, message) => {
  expect(await main(args)).toBe(2);
  expect(written).toBe(message);
});

it("names the stacks there are when one is unknown", async () => {
  writeFileSync(join(folder, "Pulumi.staging.yaml"), "config: {}\n");
  expect(await main(["status", "--stack", "nope", "--directory", folder])).toBe(2);
  expect(written).toMatch(/^towline: .*nope.*staging.*\n$/);
});

it("starts from any folder and through a symbolic link", () => {
  symlinkSync(join(__dirname, "..", "..", "bin", "towline"), join(folder, "towline"));
  const help = execFileSync(join(folder, "towline"), ["build", "--help"], { cwd: "/", encoding: "utf8" });
  expect(help).toMatch(/^Usage: towline build \[options\] <dir>\n/);
});
