import type { Counts, Traces } from "./suite";

/** For a command that is one test: it passes where it exits with 0. */
export function asOne({ exitCode }: Traces): Counts {
  return exitCode === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

/** By jest's report (`--json --outputFile`). A file that could not be run counts as a failed test. */
export function byJest(traces: Traces): Counts {
  if (traces.report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(traces.report) as Record<string, number>;
  const of = (key: string) => report[key] ?? 0;
  return atLeastOne(traces, {
    passed: of("numPassedTests"),
    failed: of("numFailedTests") + of("numRuntimeErrorTestSuites"),
    skipped: of("numPendingTests") + of("numTodoTests"),
  });
}

/** By lines that begin with a mark (✔, ✘) or end with ": ok", as the story and the shell tests print them. */
export function byLines(traces: Traces): Counts {
  const count = (pattern: RegExp) => traces.log.split("\n").filter((line) => pattern.test(line)).length;
  return atLeastOne(traces, { passed: count(/^✔ |: ok$/), failed: count(/^✘ /), skipped: 0 });
}

/** A command that fails without saying of which test, or that ran none, has failed all the same. */
function atLeastOne({ exitCode }: Traces, counts: Counts): Counts {
  const lies = exitCode !== 0 || counts.passed === 0;
  return lies && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

export function total(all: readonly Counts[]): Counts {
  const sum = (key: keyof Counts) => all.reduce((soFar, counts) => soFar + counts[key], 0);
  return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped") };
}
