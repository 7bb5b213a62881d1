import type { Core } from "../../simulator/core";
import { timestamp } from "../time";
import type { Fact, GroupFacts, HostFacts } from "./facts";
import { factsTold } from "./facts-told";
import { type Outcome, outcomeOf } from "./outcome";
import { type Remedy, remediesOf } from "./remedies";

/** Why a host runs what it runs, and what it does next. */
export interface HostExplanation extends Omit<Outcome, "reads"> {
  readonly kind: "host";
  readonly stack: string;
  readonly group: string;
  readonly instance: string;
  /** The moment that is explained, as a timestamp. */
  readonly at: string;
  readonly lifecycle: string;
  readonly packages: Readonly<Record<string, string>>;
  /** When it last reported; null where it never did. */
  readonly reported: string | null;
  readonly facts: readonly Fact[];
  readonly remedies: readonly Remedy[];
  readonly unknown: readonly string[];
}

/** Explains one host of a group. */
export function explainHost(core: Core, stack: string, facts: GroupFacts, host: HostFacts): HostExplanation {
  const { reads, ...outcome } = outcomeOf(core, facts, host);
  return {
    kind: "host",
    ...{ stack, group: facts.group, instance: host.instance, at: timestamp(facts.now), lifecycle: host.lifecycle },
    packages: host.report?.packages ?? {},
    reported: host.report?.reported ?? null,
    ...outcome,
    facts: factsTold(facts, host, reads),
    remedies: remediesOf(core, stack, facts, host, { reads, ...outcome }),
    unknown: facts.unknown,
  };
}
