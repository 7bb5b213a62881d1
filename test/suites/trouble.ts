/** Lines kept of the end of a log. */
const LAST = 40;
/** Names of tests or steps that are listed. */
const NAMED = 20;

/** What to look at first in the log of a suite that failed: the tests or steps it names, and its last lines. */
export function trouble(log: string): string[] {
  const lines = log.trimEnd().split("\n");
  const named = lines.filter((line) => /^\s*(✘|✕|●) /.test(line)).map((line) => line.trim());
  return [...new Set(named)].slice(0, NAMED).concat(["…", ...lines.slice(-LAST)]);
}
