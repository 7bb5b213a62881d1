import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Checked, checkAll, ROOT, type Word } from "./jenkinsfile-check";

// The shell's part of the Jenkinsfiles, run as Jenkins runs it (sh -e), with programs that only note their arguments.
const NASTY = `$(touch pwned) \`touch pwned\` '; touch pwned; "x" $HOME`;

let folder: string;
let files: Map<string, Checked>;

beforeAll(() => {
  const jenkinsfiles = [
    "jenkins/Jenkinsfile",
    "jenkins/branch/Jenkinsfile",
    "jenkins/branch/infrastructure/Jenkinsfile",
    "jenkins/promote/Jenkinsfile",
    "jenkins/rollback/Jenkinsfile",
  ];
  files = new Map(checkAll(jenkinsfiles).map((file) => [file.file, file]));
});

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "towline-test-"));
  mkdirSync(path.join(folder, "bin"));
  mkdirSync(path.join(folder, "dist/packages"), { recursive: true });
  symlinkSync(path.join(ROOT, "jenkins"), path.join(folder, "jenkins"));
  // Fails where the test wants that.
  fake("npx", `printf "%s\\0" "$@" >>calls; printf "\\n" >>calls; exit "$EXIT"`);
  fake("dpkg-deb", 'basename "$3" _all.deb | tr _ =');
});

afterEach(() => rmSync(folder, { recursive: true }));

function fake(name: string, script: string): void {
  writeFileSync(path.join(folder, "bin", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** Runs the one shell step of a Jenkinsfile that holds `part`, and returns the arguments its programs were given. */
function run(file: string, part: RegExp, environment: Record<string, string>) {
  const script = shellSteps(files.get(file)?.body ?? []).filter((text) => part.test(text));
  expect(script).toHaveLength(1);
  const env = { PATH: `${path.join(folder, "bin")}:/usr/bin:/bin`, HOME: folder, EXIT: "0", ...environment };
  const { status } = spawnSync("/bin/sh", ["-e", "-c", script[0] ?? ""], { cwd: folder, env });
  expect(spawnSync("find", [folder, "-name", "pwned"], { encoding: "utf8" }).stdout).toBe("");
  const calls = readFileSync(path.join(folder, "calls"), "utf8").split("\n").slice(0, -1);
  return { status, calls: calls.map((call) => call.split("\0").slice(0, -1)) };
}

function shellSteps(words: readonly Word[]): string[] {
  return words.flatMap(({ word, args, body }) => [
    ...(word === "sh" && "script" in args ? [String(args.script)] : []),
    ...shellSteps(body),
  ]);
}

it("promotion hands every parameter over as it was given", () => {
  const given = { PACKAGE: "--help", VERSION: NASTY, FROM: "staging", TO: "prod", APPROVED_BY: NASTY };
  expect(run("jenkins/promote/Jenkinsfile", /towline promote/, given).calls).toEqual([
    ["towline", "promote", "--from=staging", "--to=prod", `--by=${NASTY}`, "--", `--help=${NASTY}`],
  ]);
});

it("rollback plans with every parameter as it was given, and without those that were not", () => {
  const given = { PACKAGE: "hello", VERSION: NASTY, STACK: "prod", ASKED: NASTY };
  const start = ["towline", "rollback", "--dry-run", "--json", "--stack=prod"];
  expect(run("jenkins/rollback/Jenkinsfile", /--dry-run/, given).calls).toEqual([
    [...start, `--to=${NASTY}`, `--asked=${NASTY}`, "--", "hello"],
  ]);
  rmSync(path.join(folder, "calls"));
  expect(run("jenkins/rollback/Jenkinsfile", /--dry-run/, { ...given, VERSION: "", ASKED: "" }).calls).toEqual([
    [...start, "--", "hello"],
  ]);
});

it("rollback does what was planned, and from nothing else", () => {
  const given = {
    PACKAGE: "hello",
    STACK: "prod",
    REASON: `${NASTY} `,
    APPROVED_BY: "ann",
    PLAN_FROM: "1.3",
    PLAN_TO: NASTY,
  };
  expect(run("jenkins/rollback/Jenkinsfile", /rollback --json/, given).calls).toEqual([
    [
      ...["towline", "rollback", "--json", "--stack=prod", `--reason=${NASTY} `, "--by=ann", "--from=1.3"],
      ...[`--to=${NASTY}`, "--", "hello"],
    ],
  ]);
});

it("rollback waits for the version it went back to, and not at all where there was none", () => {
  const wait = (target: string) => {
    writeFileSync(path.join(folder, "calls"), "");
    writeFileSync(path.join(folder, "rollback.json"), JSON.stringify({ target }));
    return run("jenkins/rollback/Jenkinsfile", /towline wait/, { PACKAGE: "hello", STACK: "prod" });
  };
  expect(wait("1.1.0")).toEqual({
    status: 0,
    calls: [["towline", "wait", "--announce", "--stack=prod", "--timeout=30m", "--", "hello=1.1.0"]],
  });
  writeFileSync(path.join(folder, "rollback.json"), JSON.stringify({ target: null }));
  const part = run("jenkins/rollback/Jenkinsfile", /towline wait/, { PACKAGE: "hello", STACK: "prod" });
  expect(part.status).not.toBe(0);
  expect(part.calls).toHaveLength(1);
});

it("an app's pipeline waits for each of its packages, and stops at the first that staging does not run", () => {
  for (const name of ["agent_0.1.0_all.deb", "hello_1.2.3.4.gdeadbee_all.deb"]) {
    writeFileSync(path.join(folder, "dist/packages", name), "");
  }
  const wait = (release: string) => [
    "towline",
    "wait",
    "--announce",
    "--stack",
    "staging",
    "--timeout",
    "15m",
    release,
  ];
  expect(run("jenkins/Jenkinsfile", /towline wait/, {})).toEqual({
    status: 0,
    calls: [wait("agent=0.1.0"), wait("hello=1.2.3.4.gdeadbee")],
  });
  rmSync(path.join(folder, "calls"));
  expect(run("jenkins/Jenkinsfile", /towline wait/, { EXIT: "2" })).toEqual({
    status: 2,
    calls: [wait("agent=0.1.0")],
  });
});

it("an app's pipeline publishes a branch to a channel of its name", () => {
  writeFileSync(path.join(folder, "dist/packages/hello_1_all.deb"), "");
  const channel = expect.stringMatching(/^feature-touch-pwned-[0-9a-f]{12}$/);
  expect(run("jenkins/branch/Jenkinsfile", /--channel/, { BRANCH_NAME: "feature/$(touch pwned)" })).toEqual({
    status: 0,
    calls: [
      [
        ...["towline", "publish", "--stack", "staging", "--channel", channel],
        ...["--require-provenance", "dist/packages/hello_1_all.deb"],
      ],
    ],
  });
});

it("an app's pipeline publishes no branch that has no name for a channel", () => {
  writeFileSync(path.join(folder, "calls"), "");
  expect(run("jenkins/branch/Jenkinsfile", /--channel/, { BRANCH_NAME: "///" })).toEqual({ status: 2, calls: [] });
});

it("the preview of a branch reads the stacks' state from a bucket, or is left out", () => {
  fake("npx", `printf "%s\\0" "$PULUMI_CONFIG_PASSPHRASE" "$@" >>calls; printf "\\n" >>calls; exit "$EXIT"`);
  const preview = (url: string, EXIT = "0") => {
    writeFileSync(path.join(folder, "calls"), "");
    return run("jenkins/branch/infrastructure/Jenkinsfile", /pulumi preview/, { PULUMI_BACKEND_URL: url, EXIT });
  };
  // The pinned command alone, never one that npx would fetch; nobody is there to type a passphrase.
  const of = (stack: string) => ["", "--no", "pulumi", "preview", "--stack", stack, "--diff", "--non-interactive"];
  expect(preview("s3://acme-pulumi-state")).toEqual({ status: 0, calls: [of("staging"), of("prod")] });
  expect(preview("s3://acme-pulumi-state", "2")).toEqual({ status: 2, calls: [of("staging")] });
  expect(preview("https://api.pulumi.com")).toEqual({ status: 0, calls: [] });
  expect(preview("")).toEqual({ status: 0, calls: [] });
});
