import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { USERDATA } from "./host";
import { HOST_TOOLS } from "./host-tools";

const PROGRAM = "usr/sbin/towline-agent";
const LIBRARY = "usr/lib/towline";
const FILES = readdirSync(join(USERDATA, "agent", LIBRARY)).filter((name) => /\.(sh|jq)$/.test(name));

/** What a self-test says of an agent with these changes. */
function selfTest(change: (file: (name: string) => string) => void) {
  const folder = mkdtempSync(join(tmpdir(), "towline-self-test-"));
  try {
    cpSync(join(USERDATA, "agent"), folder, { recursive: true });
    change((name) => join(folder, name.includes("/") ? name : join(LIBRARY, name)));
    const { status, stdout, stderr } = spawnSync(join(folder, PROGRAM), ["self-test"], {
      encoding: "utf8",
      env: { PATH: `${HOST_TOOLS}:/usr/bin:/bin` },
    });
    return { passed: status === 0 && stdout.endsWith("self-test passed\n"), said: stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("the agent's self-test", () => {
  test("passes, and says so in its last line", () => {
    expect(selfTest(() => {})).toEqual({ passed: true, said: "" });
  });

  test.each(FILES)("finds %s empty", (name) => {
    const { passed, said } = selfTest((file) => writeFileSync(file(name), ""));
    expect(passed).toBe(false);
    expect(said).not.toBe("");
  });

  test.each(FILES)("finds a syntax error in %s, and names it", (name) => {
    const { passed, said } = selfTest((file) => appendFileSync(file(name), "\nif (\n"));
    expect(passed).toBe(false);
    expect(said).toContain(name);
  });

  test.each([
    "boot.sh",
    "poll.sh",
    "poll-turn.sh",
    "quiet.sh",
    "quiet-prepare.sh",
    "watch.sh",
    "leave.sh",
    "status.sh",
    "rollout.sh",
    "reboot.sh",
    "core.jq",
    "guard/restore",
  ])("misses %s", (name) => {
    const { passed, said } = selfTest((file) => rmSync(file(join(LIBRARY, name))));
    expect(passed).toBe(false);
    expect(said).not.toBe("");
  });

  test("finds a function that is not there at load", () => {
    const { passed, said } = selfTest((file) => appendFileSync(file("s3.sh"), "s3_prepare\n"));
    expect(passed).toBe(false);
    expect(said).toContain("s3_prepare: command not found");
  });

  test("finds a library that was cut short between two functions", () => {
    const { passed, said } = selfTest((file) => {
      const text = readFileSync(file("s3.sh"), "utf8");
      writeFileSync(file("s3.sh"), text.slice(0, text.indexOf("# s3_put KEY")));
    });
    expect(passed).toBe(false);
    expect(said).toBe("error: no library has the functions that are called: s3_put s3_read_etag\n");
  });

  test("finds a core that parses and decides otherwise", () => {
    const { passed, said } = selfTest((file) => writeFileSync(file("core.jq"), "{state: null, do: []}\n"));
    expect(passed).toBe(false);
    expect(said).toContain('the core makes "no decision" in place of "upgrade 1.1.0"');
  });

  test("ends at a library that ends the program, without having passed", () => {
    expect(selfTest((file) => appendFileSync(file("disk.sh"), "exit 0\n")).passed).toBe(false);
  });

  test("of an empty program says nothing, which is not to have passed", () => {
    expect(selfTest((file) => writeFileSync(file(PROGRAM), "")).passed).toBe(false);
  });
});
