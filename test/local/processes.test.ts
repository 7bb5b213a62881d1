import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const LIBRARY = path.resolve(__dirname, "../../local/lib.sh");

let state: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  state = mkdtempSync(path.join(tmpdir(), "towline-processes-"));
});

afterEach(() => {
  child?.kill("SIGKILL");
  child = undefined;
  rmSync(state, { recursive: true, force: true });
});

/** Runs a script with local/lib.sh, in a place whose state is a folder of the test's. */
function shell(script: string, ...words: string[]): string {
  const whole = `source "$1"; TOWLINE_STATE=$2; shift 2; ${script}`;
  const ran = spawnSync("bash", ["-c", whole, "lib", LIBRARY, state, ...words], {
    env: { PATH: process.env.PATH ?? "", TOWLINE_CACHE: state },
    encoding: "utf8",
  });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return ran.stdout.trim();
}

/** Starts a program, and waits for its first words. */
async function started(program: string, ...words: string[]): Promise<number> {
  child = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout as NodeJS.ReadableStream, "data");
  return child.pid as number;
}

const one = () => shell('recorded_process_lives one && echo lives || echo "has ended"');

test("a process lives while it is the one that was recorded", async () => {
  const pid = await started("sh", "-c", "echo; exec sleep 600");
  shell('record_process one "$1"', String(pid));
  expect(one()).toBe("lives");
  shell('printf "%s %s\\n" "$1" 1 >"$TOWLINE_STATE/one"', String(pid));
  expect(one()).toBe("has ended");
});

test("a process whose parent has not asked for it yet has ended", async () => {
  // The parent becomes a program that asks for no child of its own.
  await started("sh", "-c", 'sleep 600 & echo $! >"$0/child"; echo; exec sleep 600', state);
  const pid = Number(readFileSync(path.join(state, "child"), "utf8"));
  shell('record_process one "$1"', String(pid));
  expect(one()).toBe("lives");
  process.kill(pid, "SIGKILL");
  shell('until grep -q "^State:.Z" "/proc/$1/status"; do sleep 0.01; done', String(pid));
  expect(one()).toBe("has ended");
});

test("a process whose first thread has ended before the others still lives: a region's may be ending all of its hosts", async () => {
  const ends =
    "import ctypes,platform,threading,time;threading.Thread(target=time.sleep,args=(600,)).start();print(flush=True);";
  const exit = 'ctypes.CDLL(None).syscall({"x86_64":60,"aarch64":93}[platform.machine()],0)';
  const pid = await started("python3", "-c", ends + exit);
  shell('record_process one "$1"', String(pid));
  shell('until grep -q "^State:.Z" "/proc/$1/status"; do sleep 0.01; done', String(pid));
  expect(one()).toBe("lives");
});
