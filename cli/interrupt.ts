import type { ChildProcess } from "node:child_process";

const GRACE_MILLISECONDS = 5000;
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** What leaves nothing behind when a signal ends the run. */
type Cleanup = () => void | Promise<void>;

const children = new Map<ChildProcess, NodeJS.Signals>();
const cleanups = new Set<Cleanup>();
let interruption: Promise<void> | undefined;

/** Whether a signal has ended this run: what fails from then on is a consequence and not worth a message. */
export function interrupted(): boolean {
  return interruption !== undefined;
}

/**
 * Has a child process ended together with this one when a signal arrives.
 * @param ends the signal that ends it
 */
export function trackChild(child: ChildProcess, ends: NodeJS.Signals = "SIGTERM"): void {
  children.set(child, ends);
  const forget = () => children.delete(child);
  child.once("close", forget);
  child.once("error", forget);
}

/** Runs `cleanup` if a signal ends this run; call the returned function once it is no longer needed. */
export function onInterrupt(cleanup: Cleanup): () => void {
  cleanups.add(cleanup);
  return () => cleanups.delete(cleanup);
}

/** From now on SIGINT, SIGTERM and SIGHUP end the children first, then clean up, then exit with 128 + signal. */
export function handleSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      interruption ??= end(EXIT_CODES[signal]);
    });
  }
}

async function end(exitCode: number): Promise<void> {
  const closed = [...children.keys()].map((child) => new Promise((resolve) => child.once("close", resolve)));
  for (const [child, ends] of children) child.kill(ends);
  await withinGrace(Promise.all(closed));
  for (const child of children.keys()) child.kill("SIGKILL");
  // The last thing made is the first thing cleaned.
  for (const cleanup of [...cleanups].reverse()) await withinGrace(cleanup());
  process.exit(exitCode);
}

function withinGrace(work: unknown): Promise<unknown> {
  return Promise.race([work, new Promise((resolve) => setTimeout(resolve, GRACE_MILLISECONDS))]);
}
