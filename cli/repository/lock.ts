import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { codeOf, UserError } from "../errors";
import { onInterrupt } from "../interrupt";

/** Who holds a lock. */
export interface LockHolder {
  readonly pid: number;
  /** When the process started, in clock ticks since boot: tells it from a later one with the same number. */
  readonly started: string;
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
}

/**
 * Runs `work` while holding the lock file of a folder; a lock whose process is gone is taken over.
 * @param what completes "another publisher of …" in the message
 * @throws UserError naming the holder when a live process has it.
 */
export async function withLock<T>(folder: string, what: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, "lock");
  take(path, what);
  const release = () => rmSync(path, { force: true });
  const done = onInterrupt(release);
  try {
    return await work();
  } finally {
    release();
    done();
  }
}

/** Whether the process that wrote a lock still runs on this machine. Locks of other machines count as live. */
export function isLive(holder: LockHolder): boolean {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (codeOf(error) === "ESRCH") return false;
    // EPERM: it runs, as another user.
  }
  return startOf(holder.pid) === holder.started;
}

/** A holder for this process. */
export function currentHolder(): LockHolder {
  return { pid: process.pid, started: startOf(process.pid), host: hostname(), since: new Date().toISOString() };
}

function take(path: string, what: string): void {
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, `${JSON.stringify(currentHolder())}\n`);
  try {
    // A link appears with its whole content or not at all, and never replaces another.
    for (;;) {
      try {
        linkSync(mine, path);
        return;
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error;
        discardStale(path, what);
      }
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

function discardStale(path: string, what: string): void {
  const text = readIfThere(path);
  if (text === undefined) return;
  const holder = parseHolder(path, text);
  if (isLive(holder)) {
    throw new UserError(
      `another publisher of ${what} is at work: process ${holder.pid} on ${holder.host} since ${holder.since} (${path}); wait for it`,
    );
  }
  // Moved before it is judged for good: another process may have taken the lock over a moment ago.
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return;
    throw error;
  }
  if (readFileSync(aside, "utf8") === text) rmSync(aside);
  else renameSync(aside, path);
}

function parseHolder(path: string, text: string): LockHolder {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && "pid" in value && "started" in value) return value as LockHolder;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UserError(`${path}: is no lock towline wrote; remove it if no towline publish runs`);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Field 22 of /proc/PID/stat (proc_pid_stat(5)); empty where there is no such process. */
function startOf(pid: number): string {
  const stat = readIfThere(`/proc/${pid}/stat`);
  // The second field, the command's name in brackets, may hold spaces.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
}
