import { spawn } from "node:child_process";
import { appendFileSync, closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { getPriority, setPriority } from "node:os";
import { join } from "node:path";
import { REPORT } from "./list";
import type { Counts, Result, Suite } from "./suite";
import { trouble } from "./trouble";

/** Minutes after which a suite hangs rather than runs; several times what one takes on a busy machine. */
const LIMIT = 45;

/** Commands that run now, to be told when this process is to end. */
const running = new Set<number>();

/** Runs a suite, with its output in a log below `folder`. Never rejects: what goes wrong is in the result. */
export async function runSuite(suite: Suite, root: string, folder: string): Promise<Result> {
  const began = Date.now();
  const [log, report] = [join(folder, `${suite.name}.log`), join(folder, `${suite.name}.json`)];
  rmSync(report, { force: true });
  const exitCode = await execute(suite, root, log, report);
  const printed = readFileSync(log, "utf8");
  const traces = { exitCode, log: printed, report: read(report) };
  const counts = countsOf(suite, () => suite.count(traces));
  const failed = counts.failed > 0;
  return { suite, ...counts, seconds: (Date.now() - began) / 1000, log, trouble: failed ? trouble(printed) : [] };
}

/** A report that cannot be read is a failed test, not a failed run. */
function countsOf(suite: Suite, count: () => Counts): Counts {
  try {
    return count();
  } catch (error) {
    console.error(`${suite.title}: its report cannot be read: ${(error as Error).message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function execute(
  { command, env, niceness = 0, limit: minutes = LIMIT }: Suite,
  root: string,
  log: string,
  report: string,
): Promise<number> {
  const out = openSync(log, "w");
  const [program = "", ...args] = withParent(command.map((word) => word.replace(REPORT, report)));
  const child = spawn(program, args, { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", out, out] });
  closeSync(out);
  const { pid } = child;
  if (pid !== undefined) {
    running.add(pid);
    setPriority(pid, Math.min(19, getPriority() + niceness));
  }
  return new Promise((resolve) => {
    const limit = setTimeout(() => {
      appendFileSync(log, `\nIt did not end within ${minutes} minutes.\n`);
      child.kill("SIGTERM");
    }, minutes * 60_000);
    const end = (code: number) => {
      clearTimeout(limit);
      if (pid !== undefined) running.delete(pid);
      resolve(code);
    };
    child.once("error", () => end(127));
    child.once("exit", (code) => end(code ?? 1));
  });
}

/** On Linux the kernel ends a suite whose runner was killed. */
function withParent(command: readonly string[]): readonly string[] {
  return process.platform === "linux" ? ["setpriv", "--pdeathsig", "TERM", "--", ...command] : command;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

let stopped = false;

/** Whether no further suite may begin. */
export const isStopped = (): boolean => stopped;

/** Tells every running suite to end; each clears up after itself. */
export function endAll(): void {
  stopped = true;
  for (const pid of running) {
    try {
      process.kill(pid, "SIGTERM");
    } catch {
      // It has ended meanwhile.
    }
  }
}
