import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../errors";
import { type AutoScaling, hasEnded, type RefreshState } from "./auto-scaling";
import { type Patience, persist } from "./persist";
import { type GroupSight, type Plan, planOf, type Wanted } from "./plan";
import { type Preferences, wayBack } from "./preferences";

/** Launches that may fail before the new template is held to be at fault: one may be the zone's, or the spot market's. */
const FAILED_LAUNCHES = 2;

/** How a replacement ended. */
export interface Replacement {
  /** `went-back`: the old template is everywhere again; `failed`: there was none to go back to, or that failed too. */
  readonly outcome: "replaced" | "went-back" | "failed";
  /** Versions of the launch template: what it was to be, and what was before (null where nothing else was). */
  readonly version: string;
  readonly previous: string | null;
  /** Why it went wrong; "" where it did not. */
  readonly reason: string;
  readonly seconds: number;
}

/** Its `timeout` is when it is given up, and gone back on; its `pause` is between two looks. */
export interface ReplaceOptions extends Patience, Wanted {
  readonly preferences: Preferences;
}

/**
 * Replaces the instances of a group by new ones, and goes back where that fails. A refresh that is under way already, such as the one
 * that `pulumi up` starts, is followed in its place, forward or back; so an interrupted command can be repeated.
 * @throws UserError where AWS refuses to begin, or where there is nothing to cancel; InputError where `to` is no earlier version
 */
export async function replaceGroup(group: AutoScaling, options: ReplaceOptions): Promise<Replacement> {
  const started = Date.now();
  const sight = await group.look();
  const plan = planOf(sight, await group.underWay(), options);
  const { version, previous } = plan;
  const end = (outcome: Replacement["outcome"], reason: string): Replacement => ({
    ...{ outcome, version, previous, reason },
    seconds: Math.round((Date.now() - started) / 1000),
  });

  const fault = await goForward(group, sight, plan, options);
  if (fault === "") return end("replaced", "");
  const problem = await goBack(group, sight, plan, options);
  if (problem !== "") return end("failed", `${fault}; going back failed too: ${problem}`);
  return end(previous === null ? "failed" : "went-back", fault);
}

/** @returns why the group has to go back; "" when every instance is replaced */
async function goForward(group: AutoScaling, sight: GroupSight, plan: Plan, options: ReplaceOptions): Promise<string> {
  const since = new Date();
  if (plan.action === "go-back") return "cancelled by hand";
  if (plan.action === "follow-back") return "it was going back already";
  const id = plan.refresh ?? (await group.start(sight, plan.version, options.preferences));
  return refusal(() => follow(group, id, options, since));
}

/** @returns what went wrong; "" when every instance has the previous template, or there is none and nothing is under way */
async function goBack(
  group: AutoScaling,
  sight: GroupSight,
  { action, refresh, previous }: Plan,
  options: ReplaceOptions,
): Promise<string> {
  const show = (text: string, step: string) => options.show(`going back to version ${previous}: ${text}`, step);
  const under = action === "follow-back" ? refresh : null;
  const begin = (version: string) => group.start(sight, version, wayBack(options.preferences));
  return refusal(async () => {
    if (under === null) await stop(group, options);
    if (previous === null) return "";
    const id = under ?? (await persist(options, () => begin(previous)));
    return follow(group, id, { ...options, show }, new Date());
  });
}

/** What went wrong by what `work` says, or by AWS having refused it for good. */
async function refusal(work: () => Promise<string>): Promise<string> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
}

/** @returns what went wrong; "" when all is replaced */
async function follow(group: AutoScaling, id: string, options: ReplaceOptions, since: Date): Promise<string> {
  const deadline = Date.now() + options.timeout * 1000;
  const look = async () => {
    const state = await group.state(id);
    return { state, failed: hasEnded(state) ? [] : await group.failedLaunches(since) };
  };
  for (;;) {
    const { state, failed } = await persist({ ...options, timeout: (deadline - Date.now()) / 1000 }, look);
    if (state.status === "Successful") return "";
    if (hasEnded(state)) return state.reason || `the refresh ended as ${state.status}`;
    options.show(describe(state), `${state.status} ${state.percent}`);
    if (failed.length >= FAILED_LAUNCHES) return `${failed.length} new hosts failed: ${failed[0]}`;
    if (Date.now() > deadline) return `it took longer than ${options.timeout} s`;
    await sleep((options.pause ?? 5) * 1000);
  }
}

/** Waits until nothing is under way any more: Auto Scaling starts no second refresh before. */
async function stop(group: AutoScaling, options: ReplaceOptions): Promise<void> {
  let asked = false;
  const hasStopped = async () => {
    const state = await group.underWay();
    if (state === undefined) return true;
    options.show("stopping", "stopping");
    // Refused, it may have ended by itself meanwhile: the next look tells.
    if (!asked && state.status !== "Cancelling") await group.cancel();
    asked = true;
    return false;
  };
  while (!(await persist(options, hasStopped))) await sleep((options.pause ?? 5) * 1000);
}

function describe({ status, percent, left }: RefreshState): string {
  if (status === "Baking") return "all hosts are new; watching them for a while";
  return `${status === "Pending" ? "beginning" : `${percent} %`}, ${left} ${left === 1 ? "host" : "hosts"} left`;
}
