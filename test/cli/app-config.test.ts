import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NASTY } from "./nasty-values";
import { renderShop, textOf } from "./render-app";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "towline-test-"));
  file = join(folder, "default", "shop");
  for (const name of ["bin", "default"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "bin", "chown"), `#!/bin/sh\necho "chown $1" >>'${folder}/calls'\n`, { mode: 0o755 });
  const script = textOf(await renderShop("web: true\n"), "usr/lib/shop/config")
    .replaceAll("/etc/default/shop", file)
    .replaceAll("/usr/lib/$app", folder);
  writeFileSync(join(folder, "bin", "config"), script, { mode: 0o755 });
});

afterEach(() => rmSync(folder, { recursive: true }));

function config(args: readonly string[], input = "") {
  const env = { PATH: `${join(folder, "bin")}:${process.env.PATH}`, HOME: "/nonexistent" };
  const { status, stdout, stderr } = spawnSync(join(folder, "bin", "config"), args, { env, input, encoding: "utf8" });
  return { status, stdout, stderr };
}

const written = () => readFileSync(file, "utf8");

it.each(Object.entries(NASTY))("sets and gets %s exactly", (name, value) => {
  expect(config(["config:set", `BEFORE=1`, `${name.toUpperCase()}=${value}`, "AFTER=2"])).toMatchObject({ status: 0 });
  expect(config(["config:get", name.toUpperCase()])).toEqual({ status: 0, stdout: `${value}\n`, stderr: "" });
  expect(config(["config:get", "AFTER"]).stdout).toBe("2\n");
  // Setting something else leaves it.
  config(["config:set", "AFTER=3"]);
  expect(config(["config:get", name.toUpperCase()]).stdout).toBe(`${value}\n`);
});

it("reads a value from standard input, so that a secret is in no process list", () => {
  config(["config:set", "TOKEN"], "se cret\n");
  expect(written()).toBe('TOKEN="se cret"\n');
});

it("writes the file whole, for root and the app's group alone", () => {
  config(["config:set", "A=1"]);
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(readFileSync(join(folder, "calls"), "utf8")).toBe("chown root:towline-shop\n");
});

it("unsets one name and leaves those that begin or end like it", () => {
  config(["config:set", "FOO=1", "FOOBAR=2", "BARFOO=3", "FOO_=4"]);
  expect(config(["config:unset", "FOO"]).status).toBe(0);
  expect(config(["config"]).stdout).toBe("BARFOO=3\nFOOBAR=2\nFOO_=4\n");
  expect(config(["config:get", "FOO"])).toEqual({ status: 1, stdout: "", stderr: "shop: FOO is not set\n" });
});

it("keeps comments and what it does not know", () => {
  writeFileSync(file, "# a comment\nexport OLD=1\n  A = 'x y'\n; another\nB=2");
  config(["config:set", "A=new"]);
  expect(written()).toBe("# a comment\nexport OLD=1\n  ; another\nB=2\nA=new\n");
});

it("prints a list that is a configuration file itself, names in order", () => {
  config(["config:set", "Z=1", "A=two words", "M=line\nbreak"]);
  expect(config(["config"]).stdout).toBe('A="two words"\nM="line\nbreak"\nZ=1\n');
});

it.each([
  ["plain", "A=x y\n", "x y"],
  ["white space around", "  A \t=  x  \n", "x"],
  ["single quotes", "A='x \"$y\\'\n", 'x "$y\\'],
  ["double quotes", 'A="x \\"y\\" \\$z \\\\ \\q \\`"\n', 'x "y" $z \\ \\q `'],
  ["quotes one after the other", "A='a'\"b\" 'c'\n", "abc"],
  ["a quote inside a word", "A=it's\n", "it's"],
  ["an escaped end of line", "A=one\\\ntwo\n", "onetwo"],
  ["an escaped space at the end", "A=x\\ \n", "x "],
  ["a continued line in quotes", 'A="one\\\ntwo"\n', "onetwo"],
  ["a comment before", "# x \\\nA=1\n", "1"],
  ["the last of several", "A=1\nA=2\n", "2"],
  ["an end without a newline", "A=1", "1"],
  ["an unclosed quote", 'A="x\ny\n', "x\ny\n"],
  ["nothing", "A=\nB=1\n", ""],
])("reads like systemd: %s", (_, content, value) => {
  writeFileSync(file, content);
  expect(config(["config:get", "A"])).toEqual({ status: 0, stdout: `${value}\n`, stderr: "" });
});

it.each([
  [["config:set"], "config:set needs NAME=VALUE"],
  [["config:set", "1A=x"], "'1A' is not a name of letters, digits and '_' that starts with no digit"],
  [["config:set", "A B=x"], "'A B' is not a name of letters, digits and '_' that starts with no digit"],
  [["config:set", "PORT=1"], "PORT is given to each process by its package"],
  [["config:set", "A=x\r"], "the value of A holds a control character other than tab and newline"],
  [["config:set", "A=x\u001b[0m"], "the value of A holds a control character other than tab and newline"],
  [["config:set", "A=\ufffe"], "the value of A is no valid UTF-8"],
  [["config:set", "A=\u{1ffff}"], "the value of A is no valid UTF-8"],
  [["config:get"], "config:get needs one name"],
  [["config:unset"], "config:unset needs a name"],
  [["config:unset", "A*"], "'A*' is not a name"],
  [["config", "x"], "config takes no argument"],
])("refuses %j and changes nothing", (args, message) => {
  writeFileSync(file, "A=1\n");
  expect(config(args)).toEqual({ status: 64, stdout: "", stderr: `shop: ${message}; see 'shop help'\n` });
  expect(written()).toBe("A=1\n");
});

it("refuses what is no UTF-8, which would cost the process its whole configuration", () => {
  const env = { PATH: `${join(folder, "bin")}:${process.env.PATH}` };
  const set = spawnSync("/bin/sh", ["-c", `config config:set "A=$(printf '\\377')"`], { env, encoding: "utf8" });
  expect([set.status, set.stderr]).toEqual([64, "shop: the value of A is no valid UTF-8; see 'shop help'\n"]);
});

it("refuses a value that no environment can hold", () => {
  expect(config(["config:set", "A"], "x".repeat(131_070)).stderr).toBe(
    "shop: the value of A is longer than an environment can hold; see 'shop help'\n",
  );
});
