import { Core } from "../../simulator/core";
import { type Forecast, forecast, type Question, watched } from "../../simulator/forecast";
import { HOURS, POLLS } from "../cost/assumptions";
import type { PriceTable } from "../cost/prices";

/** What is said of a group's rollouts. */
export interface Answer {
  readonly hosts: number;
  readonly maxUnavailable: number | string;
  /** Seconds. */
  readonly bake: number;
  /** The longest time, in hours, for which a freeze of the group may keep a release waiting before it begins; 0 without one. */
  readonly frozenHours: number;
  /** Minutes until all hosts run a good version; null where that takes longer than was simulated. */
  readonly minutes: number | null;
  /** Hosts that run it by then. */
  readonly converged: number;
  /** The fewest hosts that served. */
  readonly floor: number;
  /** What was promised and not kept. */
  readonly broken: readonly string[];
  /** A version that is healthy nowhere: the hosts that it reaches, and minutes until all are where they were. */
  readonly bad: { readonly hosts: number; readonly minutes: number | null };
  /** Requests to the bucket for one host in a rollout. */
  readonly getsPerHost: number;
  readonly putsPerHost: number;
  /** In USD: a rollout, and a month of one host that finds nothing new. */
  readonly rolloutCost: number;
  readonly idleHostMonthCost: number;
}

/** A host reports every 15 minutes. */
const IDLE_PUTS = HOURS * 4;

/** Plays a good release and a bad one, published when no freeze is on. */
export function answer(asked: Question, { meters }: PriceTable): Answer {
  const core = new Core();
  const { freeze = [], ...rest } = asked.policy;
  const question = { ...asked, policy: rest };
  const [good, bad] = [forecast(core, question, "good"), forecast(core, question, "bad")];
  const cost = (gets: number, puts: number) => (gets * meters.objectReads + puts * meters.objectWrites) / 1000;
  const { hosts, policy } = question;
  return {
    hosts,
    maxUnavailable: policy.maxUnavailable ?? 1,
    bake: policy.bake ?? 0,
    frozenHours: Math.max(0, ...freeze.map(({ hours }) => hours)),
    minutes: minutes(good),
    converged: good.converged,
    floor: hosts - good.out,
    broken: [...good.broken, ...bad.broken],
    bad: { hosts: bad.reached, minutes: minutes(bad) },
    getsPerHost: hosts === 0 ? 0 : rounded((good.gets + good.aptGets) / hosts, 1),
    putsPerHost: hosts === 0 ? 0 : rounded(good.puts / hosts, 1),
    rolloutCost: rounded(cost(good.gets + good.aptGets, good.puts), 6),
    idleHostMonthCost: rounded(cost(POLLS * watched(core), IDLE_PUTS), 4),
  };
}

function minutes({ seconds }: Forecast): number | null {
  return seconds === undefined ? null : rounded(seconds / 60, 1);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
