import { styleText } from "node:util";

/** Prints one line about work under way to standard error, so that standard output holds results alone. */
export function progress(message: string): void {
  process.stderr.write(`${styleText("dim", message, { stream: process.stderr })}\n`);
}

/** A line about work under way that changes while the work goes on. */
export interface ProgressLine {
  /**
   * Shows what the work is at. On a terminal the line is written over; elsewhere one is added when the step is another.
   * @param step @default text
   */
  show(text: string, step?: string | number): void;
  /** Ends the line; what is printed next stands below it. */
  end(): void;
}

/** A stream that may be a terminal. */
type Screen = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** A progress line, on standard error unless said. */
export function progressLine(screen: Screen = process.stderr): ProgressLine {
  let last: string | number | undefined;
  const write = (before: string, text: string, after: string) =>
    screen.write(`${before}${styleText("dim", text, { stream: screen })}${after}`);
  return {
    show(text, step = text) {
      if (screen.isTTY) write("\r\u001b[2K", text.slice(0, (screen.columns ?? 80) - 1), "");
      else if (step !== last) write("", text, "\n");
      last = step;
    },
    end() {
      if (screen.isTTY && last !== undefined) screen.write("\n");
      last = undefined;
    },
  };
}

/** Prints one line about something the user may not expect to standard error. */
export function warn(message: string): void {
  process.stderr.write(`${styleText("yellow", "warning:", { stream: process.stderr })} ${message}\n`);
}

/** Prints a result to standard output: as JSON for scripts, else as the given lines. */
export function printResult(json: boolean | undefined, value: unknown, lines: readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : `${lines.join("\n")}\n`);
}
