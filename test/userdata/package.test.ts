import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AGENT, USERDATA } from "./host";

const PACKAGE = join(USERDATA, "agent");

describe("the towline-agent package", () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "towline-package-"));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  test("can be built as it is laid out, with programs that can be run", () => {
    const deb = join(dir, "agent.deb");
    execFileSync("dpkg-deb", ["--root-owner-group", "-b", PACKAGE, deb], { stdio: "pipe" });
    expect(execFileSync("dpkg-deb", ["-f", deb, "Package", "Version", "Architecture"], { encoding: "utf8" })).toBe(
      "Package: towline-agent\nVersion: 0.11.0\nArchitecture: all\n",
    );
    const contents = execFileSync("dpkg-deb", ["-c", deb], { encoding: "utf8" });
    expect(contents).toMatch(/^-rwxr-xr-x root\/root .* \.\/usr\/sbin\/towline-agent$/m);
    expect(contents).toMatch(/^-rw-r--r-- root\/root .* \.\/usr\/lib\/systemd\/system\/towline-agent-poll\.timer$/m);
  });
});

describe("towline-agent's command line", () => {
  const run = (...args: string[]) => spawnSync(AGENT, args, { encoding: "utf8" });

  test.each([["help"], ["--help"], ["poll", "--help"]])("%s %s prints the usage with examples", (...args) => {
    const { status, stdout } = run(...args);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^usage: towline-agent COMMAND\n/);
    expect(stdout).toContain("systemctl start towline-agent-poll.service");
  });

  test("refuses what it does not know, in one sentence", () => {
    expect(run("pol")).toMatchObject({
      status: 64,
      stdout: "",
      stderr: 'towline-agent: there is no command "pol": give boot, poll, watch, leave, status, self-test or help\n',
    });
    expect(run("poll", "now")).toMatchObject({
      status: 64,
      stderr: 'towline-agent poll takes no arguments, given "now"\n',
    });
    expect(run().status).toBe(64);
  });
});
