import { styleText } from "node:util";
import Table from "cli-table3";
import { total } from "./counts";
import type { Counts, Result } from "./suite";

const paint = (format: "green" | "red", text: string) => styleText(format, text, { stream: process.stdout });

/** One line when a suite ends, and what to look at where it failed. */
export function ended({ suite, seconds, passed, failed, skipped, log, trouble }: Result): string {
  const mark = failed > 0 ? paint("red", "✘") : paint("green", "✔");
  const line = `${mark} ${suite.title}: ${counted({ passed, failed, skipped })}  ${seconds.toFixed(1)} s`;
  return failed > 0 ? [line, ...trouble.map((one) => `    ${one}`), `    its log: ${log}`].join("\n") : line;
}

/** Where the time went. @param seconds of the whole run, and of the set-up before it */
export function times(results: readonly Result[], seconds: { readonly setUp: number; readonly all: number }): string {
  const table = new Table({
    head: ["suite", "seconds", "passed", "failed", "skipped"],
    style: { head: [], border: [] },
  });
  table.push(["set-up", seconds.setUp.toFixed(0), "", "", ""]);
  for (const result of results) {
    const { suite, passed, failed, skipped } = result;
    table.push([suite.title, result.seconds.toFixed(0), String(passed), String(failed), String(skipped)]);
  }
  table.push(["all, side by side", seconds.all.toFixed(0), "", "", ""]);
  return table.toString();
}

/** The last line: what continuous integration reads. */
export function closing(results: readonly Counts[]): string {
  return counted(total(results));
}

function counted({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
