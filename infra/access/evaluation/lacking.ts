import { type AnyStatement, listed } from "./document";
import { coversAll, touches } from "./reach";

/**
 * What of some statements a policy that bounds them is sure to leave nothing of, as `action on resource`. A bound that grants something under a
 * condition may grant it: only what it never does is told.
 */
export function lacking(needed: readonly AnyStatement[], bound: readonly AnyStatement[]): string[] {
  const [allows, denies] = [bound.filter(({ Effect }) => Effect === "Allow"), refusals(bound)];
  return deedsOf(needed).flatMap((deed) => {
    const granted = allows.some((statement) => touches(statement, deed));
    return granted && !denies.some((statement) => coversAll(statement, deed))
      ? []
      : [`${deed.action} on ${deed.resource}`];
  });
}

/** What of some statements others refuse, as `action on resource`. */
export function refused(needed: readonly AnyStatement[], by: readonly AnyStatement[]): string[] {
  const denies = refusals(by);
  return deedsOf(needed)
    .filter((deed) => denies.some((statement) => coversAll(statement, deed)))
    .map(({ action, resource }) => `${action} on ${resource}`);
}

function refusals(statements: readonly AnyStatement[]): AnyStatement[] {
  return statements.filter(({ Effect }) => Effect === "Deny");
}

function deedsOf(needed: readonly AnyStatement[]): { readonly action: string; readonly resource: string }[] {
  return needed
    .filter(({ Effect }) => Effect === "Allow")
    .flatMap(({ Action, Resource }) =>
      listed(Action).flatMap((action) => listed(Resource).map((resource) => ({ action, resource }))),
    );
}
