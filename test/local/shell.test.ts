import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { waitFor } from "../../local/region/wait";

const LOCAL = resolve(__dirname, "../../local");
let state: string;

beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "towline-state-"));
});
afterEach(() => rmSync(state, { recursive: true }));

/** Runs lines of shell after lib.sh, with a state folder of their own. */
function shell(lines: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const script = `set -euo pipefail; source "${LOCAL}/lib.sh"; TOWLINE_STATE=${state} TOWLINE_CACHE=${state}\n${lines}`;
  return run("bash", ["-c", script]);
}

function run(command: string, args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}

const lives = async () => (await shell("recorded_process_lives it && echo yes || echo no")).stdout.trim();

test("an app is built with the caller's own cache, however many scripts came before", async () => {
  const cacheOf = async (environment: string) => {
    const { stdout } = await run("bash", [
      "-c",
      `${environment} bash -c 'source "$0"; exec bash -c "source $0; echo \\$TOWLINE_CALLERS_CACHE,\\$TOWLINE_CACHE"' "${LOCAL}/lib.sh"`,
    ]);
    return stdout.trim();
  };
  expect(await cacheOf("env -u TOWLINE_CACHE")).toBe(",/var/cache/towline");
  expect(await cacheOf("TOWLINE_CACHE=/own")).toBe("/own,/own");
});

describe("a recorded process", () => {
  test("lives while it is the very one that was recorded", async () => {
    await shell(`record_process it ${process.pid}`);
    expect(readFileSync(join(state, "it"), "utf8")).toMatch(new RegExp(`^${process.pid} \\d+\\n$`));
    expect(await lives()).toBe("yes");
    expect((await shell("recorded_pid it")).stdout).toBe(`${process.pid}\n`);
  });

  test("does not live under a number that somebody else has by now", async () => {
    writeFileSync(join(state, "it"), `${process.pid} 1\n`);
    expect(await lives()).toBe("no");
  });

  test.each([
    ["that was never recorded", undefined],
    ["that had ended before it was recorded", "4194303 \n"],
    ["whose record is empty", ""],
  ])("%s does not live", async (_title, record) => {
    if (record !== undefined) writeFileSync(join(state, "it"), record);
    expect(await lives()).toBe("no");
  });

  test("does not live once it has ended, though its stopped parent has not asked for it", async () => {
    const parent = spawn("bash", ["-c", `sleep 60 & echo $!; kill -STOP $$`], { stdio: ["ignore", "pipe", "ignore"] });
    let child = 0;
    parent.stdout.on("data", (chunk) => {
      child = Number(chunk);
    });
    const stat = (pid: number | undefined) => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.[0];
    await waitFor("the parent to stop", () => child > 0 && stat(parent.pid) === "T", { timeout: 60_000 });
    await shell(`record_process it ${child}`);
    expect(await lives()).toBe("yes");
    process.kill(child, "SIGKILL");
    await waitFor("the child to end", () => stat(child) === "Z", { timeout: 60_000 });
    expect(await lives()).toBe("no");
    parent.kill("SIGKILL");
  });
});

test("the start time is read behind a name with blanks and brackets", async () => {
  const copy = join(state, "a) 1 (b");
  writeFileSync(copy, readFileSync("/bin/sleep"), { mode: 0o755 });
  const child = spawn(copy, ["60"], { stdio: "ignore" });
  await waitFor("the process", () => readFileSync(`/proc/${child.pid}/comm`, "utf8").startsWith("a) 1"), {
    timeout: 60_000,
  });
  const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ").at(-1)?.split(" ");
  expect((await shell(`process_start_time ${child.pid}`)).stdout).toBe(`${fields?.[19]}\n`);
  child.kill("SIGKILL");
});

test("one region at a time holds the lock, until its process ends", async () => {
  mkdirSync(state, { recursive: true });
  const holder = spawn(
    "bash",
    ["-c", `source "${LOCAL}/lib.sh"; TOWLINE_CACHE=${state}; lock_region 0 && echo held; sleep 60`],
    {
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    },
  );
  await new Promise((resolve) => holder.stdout.once("data", resolve));
  expect((await shell("lock_region 0 && echo held || echo taken")).stdout).toBe("taken\n");
  process.kill(-(holder.pid as number), "SIGKILL");
  expect((await shell("lock_region 5 && echo held || echo taken")).stdout).toBe("held\n");
});

describe("wrong usage is one sentence and exit code 2", () => {
  test.each([
    [["--prot", "1"], 'towline: npm start: unknown option "--prot" (npm start -- --help lists what is allowed)\n'],
    [
      ["--rollout", "--max-unavailable", "0%"],
      'towline: npm start: --max-unavailable: should be a number of hosts or a percentage such as 25%, but is "0%" (npm start -- --help lists what is allowed)\n',
    ],
    [
      ["--port"],
      'towline: npm start: --port: should be a number from 1 to 65532, but is "" (npm start -- --help lists what is allowed)\n',
    ],
    [
      ["--port", "65533"],
      'towline: npm start: --port: should be a number from 1 to 65532, but is "65533" (npm start -- --help lists what is allowed)\n',
    ],
  ])("npm start -- %j", async (args, stderr) => {
    expect(await run(join(LOCAL, "start"), args)).toEqual({ code: 2, stdout: "", stderr });
  });

  test("npm run local without a command shows how it is used", async () => {
    const { code, stdout, stderr } = await run(join(LOCAL, "exec"), []);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("Usage: npm run local -- COMMAND [ARGUMENT...]\n");
  });
});

describe("the machine's switch for forwarding", () => {
  const places = (lines: string) =>
    shell(`FORWARDING=${state}/switch FORWARDING_STATE=${state}/forwarding\n${lines}\ncat "$FORWARDING"`);
  beforeEach(() => writeFileSync(join(state, "switch"), "0\n"));

  test("goes back to what it was with the last region, not with the first", async () => {
    const first = await places(
      "use_place 1; forwarding_on; use_place 2; forwarding_on; use_place 1; forwarding_off ''",
    );
    expect(first).toMatchObject({ code: 0, stdout: "1\n" });
    expect(await places("use_place 2; forwarding_off ''; forwarding_off ''")).toMatchObject({ code: 0, stdout: "0\n" });
  });

  test("goes back also after a region in the same place that was killed", async () => {
    expect(await places("forwarding_on; forwarding_on; forwarding_off ''")).toMatchObject({ code: 0, stdout: "0\n" });
  });

  test("is left alone by a region that never had it", async () => {
    expect(await places("forwarding_off ''")).toMatchObject({ code: 0, stdout: "0\n" });
  });
});

test.each(["", "10", "-1", "x"])("a place is a digit, 0 where it is not given: %j", async (place) => {
  const result = await run("bash", ["-c", `TOWLINE_PLACE='${place}'; source "${LOCAL}/lib.sh"; echo "$TOWLINE_STATE"`]);
  if (place === "") expect(result.stdout).toBe("/run/towline\n");
  else expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining(`but is "${place}"`) });
});
