import type { Core } from "../../simulator/core";
import { timestamp } from "../time";
import type { Fact, GroupFacts } from "./facts";
import { factsTold } from "./facts-told";
import { type Outcome, outcomeOf } from "./outcome";
import { type Remedy, remediesOf } from "./remedies";
import { sentence } from "./sentence";

/** Hosts that do the same for the same reason. */
export interface Alike {
  readonly instances: readonly string[];
  readonly does: Outcome["does"];
  readonly sentence: string;
  readonly remedies: readonly Remedy[];
}

/** Why a group's hosts run what they run, and what they do next. */
export interface GroupExplanation {
  readonly kind: "group";
  readonly stack: string;
  readonly group: string;
  readonly at: string;
  readonly hosts: readonly Alike[];
  /** Hosts in service that have not reported for long. */
  readonly silent: readonly string[];
  readonly facts: readonly Fact[];
  readonly unknown: readonly string[];
}

/** Explains all hosts of a group; what would change it is asked once for those that do the same. */
export function explainGroup(core: Core, stack: string, facts: GroupFacts): GroupExplanation {
  const outcomes = facts.hosts.map((host) => ({ host, outcome: outcomeOf(core, facts, host) }));
  const alike = [...Map.groupBy(outcomes, ({ outcome }) => `${outcome.does} ${sentence(outcome)}`).values()];
  return {
    kind: "group",
    ...{ stack, group: facts.group, at: timestamp(facts.now) },
    hosts: alike.flatMap((same) => {
      const [first] = same;
      if (first === undefined) return [];
      return [
        {
          instances: same.map(({ host }) => host.instance),
          does: first.outcome.does,
          sentence: sentence(first.outcome),
          remedies: remediesOf(core, stack, facts, first.host, first.outcome),
        },
      ];
    }),
    silent: outcomes.flatMap(({ host, outcome }) => (outcome.silent ? [host.instance] : [])),
    facts: factsTold(facts, undefined, [...new Set(outcomes.flatMap(({ outcome }) => outcome.reads))]),
    unknown: facts.unknown,
  };
}
