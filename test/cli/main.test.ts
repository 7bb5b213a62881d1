import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
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

const COMMANDS = [
  ...["build", "publish", "promote", "wait", "nudge", "status", "releases", "affected", "rollout", "explain"],
  "page",
  ...["withdraw", "rollback", "restore", "hold", "resume", "reject", "retry", "channel", "env", "group", "heal", "key"],
  ...["renew", "policy", "cost", "simulate"],
];

it("knows its commands", () => {
  expect(createProgram().commands.map((command) => command.name())).toEqual(COMMANDS);
});

/** `env get` for the command `get` of `env`. */
const pathOf = (command: Command): string =>
  [command.parent?.parent ? pathOf(command.parent) : "", command.name()].join(" ").trim();
const all = (command: Command): readonly Command[] => command.commands.flatMap((one) => [one, ...all(one)]);
const EVERY = all(createProgram());

it.each(EVERY.map(pathOf))("%s --help shows examples of it and exits 0", async (command) => {
  expect(await main([...command.split(" "), "--help"])).toBe(0);
  const [, examples = ""] = written.split("\nExamples:\n");
  expect(examples).toMatch(new RegExp(`^ .*\\btowline ${command} `, "m"));
});

it.each(EVERY.filter(({ commands }) => commands.length === 0).map(pathOf))(
  "%s prints JSON where it is told to",
  async (command) => {
    await main([...command.split(" "), "--help"]);
    expect(written).toMatch(/^ {2}--json /m);
  },
);

it.each([
  [["publsh"], "towline: unknown command 'publsh'\n(Did you mean publish?)\n(see --help)\n"],
  [["publsh", "--help"], "towline: unknown command 'publsh'\n(Did you mean publish?)\n(see --help)\n"],
  [["-C", "/", "satus", "-h"], "towline: unknown command 'satus'\n(Did you mean status?)\n(see --help)\n"],
  [["help", "publsh"], "towline: unknown command 'publsh'\n(Did you mean publish?)\n(see --help)\n"],
  [["env", "lst", "--help"], "towline: unknown command 'lst'\n(Did you mean list?)\n(see --help)\n"],
  [["env", "help", "lst"], "towline: unknown command 'lst'\n(Did you mean list?)\n(see --help)\n"],
  [["help", "channel", "remvoe"], "towline: unknown command 'remvoe'\n(Did you mean remove?)\n(see --help)\n"],
  [
    ["nosuch", "--help"],
    `towline: unknown command 'nosuch'\n(its commands are ${COMMANDS.join(", ")})\n(see --help)\n`,
  ],
  [["build"], "towline: missing required argument 'dir'\n(see --help)\n"],
  [["publish", "a.deb"], "towline: required option '--stack <stack>' not specified\n(see --help)\n"],
  [["build", "--bogus", "."], "towline: unknown option '--bogus'\n(see --help)\n"],
  [
    ["build", "/", "--version", "1-2"],
    "towline: /: has no Procfile or Makefile (an app), nor DEBIAN/control (a package laid out by hand)\n",
  ],
  [
    ["promote", "hello=", "--from", "a", "--to", "b"],
    "towline: 'hello=' is not package=version, such as hello=1.2.3\n",
  ],
  [
    ["promote", "hello", "--from", "a", "--to", "b", "--force"],
    "towline: --force needs --reason TEXT, which is recorded\n",
  ],
  [
    ["promote", "hello", "--from", "a", "--to", "b", "--reason", "x"],
    "towline: --reason says why a promotion is forced; give --force with it\n",
  ],
  [["withdraw", "hello", "--stack", "a"], "towline: 'hello' is not package=version, such as hello=1.2.3\n"],
  [["rollback", "hello=1", "--stack", "a"], "towline: 'hello=1' is not the name of a package, such as hello\n"],
  [
    ["publish", "a.deb", "--stack", "a", "--wait", "soon"],
    "towline: option '--wait <seconds>' argument 'soon' is invalid. It should be a whole number of seconds, such as 60.\n(see --help)\n",
  ],
  [["channel", "remove", "--stack", "a"], "towline: missing required argument 'name'\n(see --help)\n"],
  [["key", "create", "--stack", "a"], "towline: required option '--out <file>' not specified\n(see --help)\n"],
  [["promote", "hello=1", "--from", "a", "--to", "a"], "towline: --from and --to are both a; they must differ\n"],
  [
    ["-C", "/", "status", "--stack", "a"],
    "towline: --directory /: holds no Pulumi.yaml; give the folder of the towline project\n",
  ],
])("%j is wrong usage or input: one sentence, exit code 2", async (args, message) => {
  expect(await main(args)).toBe(2);
  expect(written).toBe(message);
});

it.each([
  [["wait", "hello", "--stack", "a"], "towline: 'hello' is not package=version, such as hello=1.2.3\n"],
  [["wait", "hello=1"], "towline: required option '--stack <stack>' not specified\n(see --help)\n"],
  [
    ["wait", "hello=1", "--stack", "a", "--timeout", "1d"],
    "towline: option '--timeout <time>' argument '1d' is invalid. It should be a time such as 90s, 10m or 1h.\n(see --help)\n",
  ],
])("%j is no answer of wait, whose exit codes 0 to 2 are answers: exit code 3", async (args, message) => {
  expect(await main(args)).toBe(3);
  expect(written).toBe(message);
});

describe("key create", () => {
  const stackFile =
    "config: {aws:region: eu-west-1, towline:repository: {bucket: acme}, towline:groups: {web: {packages: [hello], size: {min: 0, max: 1}}}}\n";
  const create = (out: string) => main(["key", "create", "--stack", "staging", "--out", out, "--directory", folder]);
  let elsewhere: string;

  beforeEach(() => {
    elsewhere = mkdtempSync(join(tmpdir(), "towline-test-"));
    writeFileSync(join(folder, "Pulumi.staging.yaml"), stackFile);
  });
  afterEach(() => rmSync(elsewhere, { recursive: true }));

  it("writes the private key for its owner's eyes alone, never to the screen, and the public one into the project", async () => {
    const out = join(elsewhere, "keys", "staging.secret.asc");
    expect(await create(out)).toBe(0);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(readFileSync(out, "utf8")).toMatch(/^-----BEGIN PGP PRIVATE KEY BLOCK-----/);
    expect(readFileSync(join(folder, "keys", "staging.asc"), "utf8")).toMatch(/^-----BEGIN PGP PUBLIC KEY BLOCK-----/);
    expect(written).toMatch(/^staging: key [0-9A-F]{40}\n/);
    expect(written).not.toContain("PRIVATE KEY");
    const listing = execFileSync("gpg", ["--batch", "--show-keys", "--with-colons", out], { encoding: "utf8" });
    expect(listing).toMatch(/^sec:.*:ed25519:/m);
  });

  it("makes one without which channels of their own are not signed anew", async () => {
    expect(await create(join(elsewhere, "staging.secret.asc"))).toBe(0);
    written = "";
    expect(await main(["renew", "--stack", "staging", "--channels", "--dry-run", "--directory", folder])).toBe(2);
    expect(written).toBe(
      "towline: --channels: stack staging has no key for channels, its own signs them; leave the option out\n",
    );
  });

  it.each([
    [
      "in the project",
      () => join(folder, "x.asc"),
      /is in the project .*, where a private key would be committed sooner or later/,
    ],
    ["there already", () => join(elsewhere, "x.asc"), /exists already; a private key is never written over/],
  ])("refuses a place that is %s", async (_, place, message) => {
    writeFileSync(join(elsewhere, "x.asc"), "");
    expect(await create(place())).toBe(2);
    expect(written).toMatch(message);
    expect(existsSync(join(folder, "keys"))).toBe(false);
  });

  it("makes no second key", async () => {
    await create(join(elsewhere, "one"));
    expect(await create(join(elsewhere, "two"))).toBe(2);
    expect(written).toMatch(
      /staging\.asc: exists already: stack staging has a key; 'towline key rotate' changes it\n$/,
    );
    expect(existsSync(join(elsewhere, "two"))).toBe(false);
  });
});

it("tells the exit codes, and that those of wait and affected are others", async () => {
  expect(await main(["--help"])).toBe(0);
  expect(written).toContain(
    "\nExit codes: 0 done, 1 failure, 2 wrong usage or input ('wait' and 'affected' have their own). TOWLINE_DEBUG=1 shows where an error arose.\n",
  );
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
