import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const LIBRARY = path.resolve(__dirname, "../../local/lib.sh");

// The machine's switch is a file here.
let folder: string;
let environment: Record<string, string>;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "towline-forwarding-"));
  writeFileSync(path.join(folder, "switch"), "0\n");
  environment = {
    PATH: process.env.PATH ?? "",
    TOWLINE_CACHE: folder,
    TOWLINE_FORWARDING: path.join(folder, "switch"),
    TOWLINE_FORWARDING_STATE: path.join(folder, "state"),
  };
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const forwards = () => readFileSync(path.join(folder, "switch"), "utf8").trim() === "1";

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(20);
}

/** What `npm start` does with the switch, in a place. */
async function started(place: number): Promise<ChildProcess> {
  const script = `source "$1"; watch_forwarding; forwarding_on; echo on; trap 'forwarding_off ""; exit' TERM; while :; do sleep 0.05; done`;
  const shell = spawn("bash", ["-c", script, "start", LIBRARY], {
    env: { ...environment, TOWLINE_PLACE: String(place) },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  await once(shell.stdout as NodeJS.ReadableStream, "data");
  return shell;
}

/** Kills the shell and all of its process group, as a terminal that goes away does. */
async function killed(shell: ChildProcess): Promise<void> {
  process.kill(-(shell.pid ?? 0), "SIGKILL");
  await once(shell, "exit");
}

test("the machine forwards no longer than npm start lives, however that ends", async () => {
  const shell = await started(0);
  expect(forwards()).toBe(true);
  await killed(shell);
  await until(() => !forwards());
  await until(() => !existsSync(path.join(folder, "state")));
});

test("it goes on forwarding while another region runs", async () => {
  const [first, second] = [await started(0), await started(1)];
  await killed(first);
  await until(() => !existsSync(path.join(folder, "state/place-0")));
  expect(forwards()).toBe(true);
  second.kill("SIGTERM");
  await once(second, "exit");
  expect(forwards()).toBe(false);
});

test("a region that was started in the place of a killed one keeps its forwarding", async () => {
  const shell = await started(0);
  const again = await started(0);
  await killed(shell);
  // What the first one's watcher does, and when it is done is not to be seen.
  const { pid } = shell;
  spawnSync("bash", ["-c", 'source "$1"; forwarding_off "$2"', "watch", LIBRARY, String(pid)], { env: environment });
  expect(forwards()).toBe(true);
  await killed(again);
  await until(() => !forwards());
});

test("a machine that forwarded before goes on", async () => {
  writeFileSync(path.join(folder, "switch"), "1\n");
  const shell = await started(0);
  await killed(shell);
  await until(() => !existsSync(path.join(folder, "state")));
  expect(forwards()).toBe(true);
});
