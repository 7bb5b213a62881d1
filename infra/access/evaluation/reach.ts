import { arnCovered, arnsMeet } from "./arns";
import { type AnyStatement, listed } from "./document";
import { covered, meet } from "./patterns";

/** Something that is done to resources, both as patterns; `harmless` are actions of the pattern that do not count. */
export interface Deed {
  readonly action: string;
  readonly harmless?: readonly string[];
  readonly resource: string;
}

/**
 * True where a statement speaks of some of a deed: of an action and of a resource that both fit. Conditions are not looked at: they make it less, and when is
 * known only to AWS.
 */
export function touches(statement: AnyStatement, deed: Deed): boolean {
  return touchesAction(statement, deed) && touchesResource(statement, deed.resource);
}

/** True where a statement speaks of all of a deed, whatever the circumstances. */
export function coversAll({ Condition, ...statement }: AnyStatement, { action, resource }: Deed): boolean {
  if (Condition !== undefined && Object.keys(Condition).length > 0) return false;
  const { Action, NotAction, Resource, NotResource } = statement;
  const actions =
    NotAction === undefined
      ? covered(caseless(action), listed(Action).map(caseless))
      : !listed(NotAction).some((each) => meet(caseless(each), caseless(action)));
  if (!actions) return false;
  // What a variable stands for is known only to AWS: a statement is not sure to cover what it says with one.
  if (NotResource === undefined)
    return arnCovered(
      anything(resource),
      listed(Resource).filter((each) => !VARIABLE.test(each)),
    );
  return !listed(NotResource).some((each) => arnsMeet(anything(each), anything(resource)));
}

function touchesAction({ Action, NotAction }: AnyStatement, { action, harmless = [] }: Deed): boolean {
  const [wanted, spared] = [caseless(action), harmless.map(caseless)];
  if (NotAction !== undefined) return !covered(wanted, [...listed(NotAction).map(caseless), ...spared]);
  return listed(Action).some((each) => meet(caseless(each), wanted) && !covered(caseless(each), spared));
}

function touchesResource({ Resource, NotResource }: AnyStatement, resource: string): boolean {
  if (NotResource === undefined) return listed(Resource).some((each) => arnsMeet(anything(each), anything(resource)));
  return !arnCovered(
    anything(resource),
    listed(NotResource).filter((each) => !VARIABLE.test(each)),
  );
}

/** IAM compares actions whatever their case, and resources by it. */
function caseless(action: string): string {
  return action.toLowerCase();
}

const VARIABLE = /\$\{[^*?$}][^}]*\}/;

/** A policy's variables stand for anything; `${*}`, `${?}` and `${$}` for the letter, which is as good as any here. */
function anything(resource: string): string {
  return resource.replace(/\$\{[^}]*\}/g, "*");
}
