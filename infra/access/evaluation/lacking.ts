import { type AnyStatement, listed } from "./document";
import { coversAll, type Deed, touches } from "./reach";

/**
 * What of some statements a policy that bounds them is sure to leave nothing of, as `action on resource`. A bound that grants something under a
 * condition may grant it: only what it never does is told.
 */
export function lacking(needed: readonly AnyStatement[], bound: readonly AnyStatement[]): string[] {
  const allows = bound.filter(({ Effect }) => Effect === "Allow");
  const isRefused = refusedBy(bound);
  return lostOf(needed, (deed) => !allows.some((statement) => touches(statement, deed)) || isRefused(deed));
}

/** What of some statements others refuse, as `action on resource`. */
export function refused(needed: readonly AnyStatement[], by: readonly AnyStatement[]): string[] {
  return lostOf(needed, refusedBy(by));
}

/** The first of such a list, and how many more there are; undefined where there is none. */
export function firstOf([first, ...others]: readonly string[]): string | undefined {
  return first === undefined || others.length === 0 ? first : `${first} and ${others.length} more`;
}

function refusedBy(statements: readonly AnyStatement[]): (deed: Deed) => boolean {
  const denies = statements.filter(({ Effect }) => Effect === "Deny");
  return (deed) => denies.some((statement) => coversAll(statement, deed));
}

function lostOf(needed: readonly AnyStatement[], isLost: (deed: Deed) => boolean): string[] {
  return needed
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap(({ Action, Resource }) =>
      listed(Action).flatMap((action) => listed(Resource).map((resource) => ({ action, resource }))),
    )
    .filter(isLost)
    .map(({ action, resource }) => `${action} on ${resource}`);
}
