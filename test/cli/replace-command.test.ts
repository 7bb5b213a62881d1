import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../../cli/main";

const STACK =
  "config: {aws:region: eu-west-1, towline:repository: {bucket: acme}, towline:groups: {web: {packages: [hello], size: {min: 0, max: 1}}}}\n";

let folder: string;
let written: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "towline-test-"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: towline\n");
  writeFileSync(join(folder, "Pulumi.prod.yaml"), STACK);
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

const replace = (...args: string[]) => main(["group", "replace", ...args, "--stack", "prod", "--directory", folder]);

it.each(["nope", "constructor"])("a group that the stack does not have, %s, is one sentence", async (name) => {
  expect(await replace(name)).toBe(2);
  expect(written).toBe(`towline: stack prod: has no group ${name}; its groups are web\n`);
});

it.each(["0", "latest", "1.5"])("--to %s is no version of a launch template", async (to) => {
  expect(await replace("web", "--to", to)).toBe(2);
  expect(written).toBe(
    `towline: option '--to <version>' argument '${to}' is invalid. It should be the number of a launch template's version, such as 6.\n(see --help)\n`,
  );
});
