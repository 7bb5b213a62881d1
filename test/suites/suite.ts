/** How many tests of a suite passed, failed and were left out. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What a suite left behind when it ended. */
export interface Traces {
  readonly exitCode: number;
  /** Everything it printed, of both streams. */
  readonly log: string;
  /** Text of the report file whose path it got in place of `REPORT`; undefined where it wrote none. */
  readonly report: string | undefined;
}

/** A part of `npm test` that runs as one command. */
export interface Suite {
  readonly name: string;
  readonly title: string;
  /** Program and arguments, from the project's folder; `REPORT` stands for a file to write results to. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Suites of one lane run one after the other, lanes side by side. */
  readonly lane: string;
  /** Whether it needs Linux, root and Debian's packages. */
  readonly region: boolean;
  /** Added to the niceness of this process: what waits for the clock goes before what only calculates. @default 0 */
  readonly niceness?: number;
  /** Minutes after which it hangs rather than runs. @default 45 */
  readonly limit?: number;
  readonly count: (traces: Traces) => Counts;
}

export interface Result extends Counts {
  readonly suite: Suite;
  readonly seconds: number;
  /** Path of the log. */
  readonly log: string;
  /** What to look at first, where it failed: names of tests or steps, and the last lines. */
  readonly trouble: readonly string[];
}
