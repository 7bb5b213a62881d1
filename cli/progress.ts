import { styleText } from "node:util";

/** Prints one line about work under way to standard error, so that standard output holds results alone. */
export function progress(message: string): void {
  process.stderr.write(`${styleText("dim", message, { stream: process.stderr })}\n`);
}

/** Prints one line about something the user may not expect to standard error. */
export function warn(message: string): void {
  process.stderr.write(`${styleText("yellow", "warning:", { stream: process.stderr })} ${message}\n`);
}

/** Prints a result to standard output: as JSON for scripts, else as the given lines. */
export function printResult(json: boolean | undefined, value: unknown, lines: readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : `${lines.join("\n")}\n`);
}
