import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../errors";
import { progressLine, warn } from "../progress";
import { readIndex } from "../repository/index";
import { findPackage, type PackageVersion } from "../repository/package-version";
import { placeOf, type Shelf } from "../repository/suite";
import { groupsRunning } from "./groups";
import { readReportedFleet } from "./reports";
import { readVerdicts } from "./verdict";
import { judgeRollout, type RolloutState } from "./wait";

/** How a wait ended. */
export interface WaitResult {
  readonly outcome: "converged" | "failed" | "timed-out";
  readonly summary: string;
  /** Seconds it took. */
  readonly seconds: number;
}

/**
 * Follows a version on its way to the hosts, with a progress line.
 * @param timeout seconds
 * @param pause seconds between two looks
 * @throws InputError when the version is not published; UserError when nothing can be learnt at all.
 */
export async function followRollout(
  shelf: Shelf,
  wanted: PackageVersion,
  timeout: number,
  pause = 2,
): Promise<WaitResult> {
  const started = Date.now();
  const elapsed = () => Math.round((Date.now() - started) / 1000);
  const place = placeOf(shelf);
  findPackage((await readIndex(shelf.bucket, shelf.suite.repository))?.packages ?? [], wanted, place);
  const line = progressLine();
  try {
    let state = await look(shelf, wanted);
    for (;;) {
      if (state.outcome !== "waiting") return { outcome: state.outcome, summary: state.summary, seconds: elapsed() };
      line.show(`${place}: ${state.summary}, after ${elapsed()} s`, state.summary);
      const left = timeout * 1000 - (Date.now() - started);
      if (left <= 0) return { outcome: "timed-out", summary: state.summary, seconds: elapsed() };
      await sleep(Math.min(pause * 1000, left));
      state = await lookAgain(shelf, wanted, state);
    }
  } finally {
    line.end();
  }
}

async function look({ stack, bucket, suite }: Shelf, { name, version }: PackageVersion): Promise<RolloutState> {
  const groups = groupsRunning(stack, name, suite.channel);
  const index = (await readIndex(bucket, suite.repository))?.packages ?? [];
  const { instances, reports } = await readReportedFleet(stack, bucket);
  const verdicts = await readVerdicts(bucket, groups, name, [version]);
  return judgeRollout({
    package: name,
    version,
    listed: index.flatMap((entry) => (entry.name === name ? entry.version : [])),
    groups: groups.map((group) => ({ name: group, min: stack.config.groups[group]?.size.min ?? 0 })),
    instances,
    reports,
    verdicts: verdicts.get(version) ?? new Map(),
  });
}

/** Like `look`; what fails for a moment changes nothing about what was known. */
async function lookAgain(shelf: Shelf, wanted: PackageVersion, last: RolloutState): Promise<RolloutState> {
  try {
    return await look(shelf, wanted);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    warn(`${error.message}; trying again`);
    return last;
  }
}
