import { setTimeout as sleep } from "node:timers/promises";

/**
 * Milliseconds until a wait is given up. It ends what hangs and judges no speed: a host that takes a version in ten seconds takes over a minute
 * where twenty programs want each processor.
 */
const PATIENCE = 900_000;

export interface WaitOptions {
  /** Milliseconds until giving up. @default a quarter of an hour */
  readonly timeout?: number;
  /** Milliseconds between two looks. @default 100 */
  readonly interval?: number;
}

/**
 * Looks until `check` returns something other than undefined or false, and returns that.
 * @throws Error naming what was waited for, after the timeout.
 */
export async function waitFor<T>(
  what: string,
  check: () => Promise<T | undefined | false> | T | undefined | false,
  { timeout = PATIENCE, interval = 100 }: WaitOptions = {},
): Promise<T> {
  const end = Date.now() + timeout;
  for (;;) {
    const found = await check();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited ${Math.round(timeout / 1000)} s in vain for ${what}`);
    await sleep(interval);
  }
}
