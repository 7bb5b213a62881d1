import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../errors";
import { progressLine, warn } from "../progress";
import { readIndex } from "../repository/index";
import { findPackage, type PackageVersion } from "../repository/package-version";
import { placeOf, type Shelf } from "../repository/suite";
import { groupsRunning } from "./groups";
import { type Milestone, milestoneBetween, type Reach, reachOf } from "./milestones";
import { readReportedFleet } from "./reports";
import { readVerdicts } from "./verdict";
import { judgeRollout, type RolloutState } from "./wait";

/** How a wait ended. */
export interface WaitResult {
  readonly outcome: "converged" | "failed" | "timed-out";
  readonly summary: string;
  /** Seconds it took. */
  readonly seconds: number;
  /** Hosts there should be. */
  readonly total: number;
}

/** What is known at one moment. */
interface Sight {
  readonly state: RolloutState;
  readonly reach: Reach;
}

/** How to follow a rollout. */
export interface FollowOptions {
  /** Seconds. */
  readonly timeout: number;
  /** Seconds between two looks. @default 2 */
  readonly pause?: number;
  /** Told of the points between beginning and end. @default nobody */
  readonly tell?: (milestone: Milestone, seconds: number) => Promise<void>;
}

/**
 * Follows a version on its way to the hosts, with a progress line.
 * @throws InputError when the version is not published; UserError when nothing can be learnt at all.
 */
export async function followRollout(
  shelf: Shelf,
  wanted: PackageVersion,
  { timeout, pause = 2, tell }: FollowOptions,
): Promise<WaitResult> {
  const started = Date.now();
  const elapsed = () => Math.round((Date.now() - started) / 1000);
  const place = placeOf(shelf);
  findPackage((await readIndex(shelf.bucket, shelf.suite.repository))?.packages ?? [], wanted, place);
  const line = progressLine();
  try {
    let sight = await look(shelf, wanted);
    for (;;) {
      const { outcome, summary } = sight.state;
      const { total } = sight.reach;
      if (outcome !== "waiting") return { outcome, summary, seconds: elapsed(), total };
      line.show(`${place}: ${summary}, after ${elapsed()} s`, summary);
      const left = timeout * 1000 - (Date.now() - started);
      if (left <= 0) return { outcome: "timed-out", summary, seconds: elapsed(), total };
      await sleep(Math.min(pause * 1000, left));
      const before = sight.reach;
      sight = await lookAgain(shelf, wanted, sight);
      const milestone = milestoneBetween(before, sight.reach);
      if (milestone) await tell?.(milestone, elapsed());
    }
  } finally {
    line.end();
  }
}

async function look({ stack, bucket, suite }: Shelf, { name, version }: PackageVersion): Promise<Sight> {
  const groups = groupsRunning(stack, name, suite.channel);
  const index = (await readIndex(bucket, suite.repository))?.packages ?? [];
  const { instances, reports } = await readReportedFleet(stack, bucket);
  const verdicts = await readVerdicts(bucket, groups, name, [version]);
  const rollout = {
    package: name,
    version,
    listed: index.flatMap((entry) => (entry.name === name ? entry.version : [])),
    groups: groups.map((group) => ({ name: group, min: stack.config.groups[group]?.size.min ?? 0 })),
    instances,
    reports,
    verdicts: verdicts.get(version) ?? new Map(),
  };
  return { state: judgeRollout(rollout), reach: reachOf(rollout) };
}

/** Like `look`; what fails for a moment changes nothing about what was known. */
async function lookAgain(shelf: Shelf, wanted: PackageVersion, last: Sight): Promise<Sight> {
  try {
    return await look(shelf, wanted);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    warn(`${error.message}; trying again`);
    return last;
  }
}
