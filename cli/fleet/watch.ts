import { setTimeout as sleep } from "node:timers/promises";
import { isDenied } from "../aws";
import { UserError } from "../errors";
import { warn } from "../progress";
import { timestamp } from "../time";
import type { StackStatus } from "./look";
import { changedLines, statusLines } from "./status-lines";

/** A stream that may be a terminal. */
type Screen = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Home, and nothing below. */
const CLEAR = "\u001b[H\u001b[2J";

/**
 * Shows a stack until it is interrupted: drawn anew on a terminal, elsewhere once and then a line for each change.
 * @param interval seconds between two looks
 * @throws UserError where it may not look; another failure is told, and the next look tries again
 */
export async function watchStatus(
  stack: string,
  look: () => Promise<StackStatus>,
  interval: number,
  screen: Screen = process.stdout,
): Promise<never> {
  let last: StackStatus | undefined;
  for (;;) {
    try {
      const now = await look();
      const lines = last && !screen.isTTY ? changedLines(last, now) : statusLines(stack, now, screen.isTTY === true);
      const moment = timestamp();
      if (screen.isTTY) screen.write(`${CLEAR}${stack} at ${moment}; Ctrl-C ends this\n${lines.join("\n")}\n`);
      else for (const line of lines) screen.write(`${last ? `${moment} ` : ""}${line}\n`);
      last = now;
    } catch (error) {
      if (!(error instanceof UserError) || isDenied(error)) throw error;
      warn(`${error.message}; the next look tries again`);
    }
    await sleep(interval * 1000);
  }
}
