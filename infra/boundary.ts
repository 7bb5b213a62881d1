import * as pulumi from "@pulumi/pulumi";
import { type AnyStatement, statementsIn } from "./access/evaluation/document";
import { firstOf, lacking } from "./access/evaluation/lacking";
import { ROLES } from "./config/fault";
import { managedPolicy } from "./managed-policy";

/** The managed policy that bounds what the roles of a stack may do. */
export interface Boundary {
  readonly arn: string;
  /** A check of a role's policy document, which it gives back. @throws RunError, where the boundary is sure to leave out something of it */
  checked(role: string): (document: string) => pulumi.Output<string>;
}

/** Asks AWS what a boundary allows. @param stack whose file names it */
export function readBoundary(stack: string, arn: string): Boundary {
  const bound = pulumi.output(managedPolicy(arn));
  return {
    arn,
    checked: (role) => (document) =>
      bound.apply((statements) => {
        if (statements) refuseTooNarrow({ stack, arn, role, document, statements });
        return document;
      }),
  };
}

interface Comparison {
  readonly stack: string;
  readonly arn: string;
  readonly role: string;
  /** The role's policy document. */
  readonly document: string;
  /** The boundary's. */
  readonly statements: readonly AnyStatement[];
}

/** @throws RunError, in one sentence that Pulumi shows as it is */
export function refuseTooNarrow({ stack, arn, role, document, statements }: Comparison): void {
  const sentence = narrowBoundary(arn, role, lacking(statementsIn(document), statements));
  if (sentence !== undefined) throw new pulumi.RunError(`Pulumi.${stack}.yaml: ${ROLES}/boundary: ${sentence}`);
}

/** The sentence for a boundary that leaves a role without some of what it does; undefined where it leaves it all. */
export function narrowBoundary(arn: string, role: string, lost: readonly string[]): string | undefined {
  const first = firstOf(lost);
  if (first === undefined) return undefined;
  return `should allow what the stack's roles do, but ${arn} leaves ${role} without ${first}. Allow it there, or name another boundary.`;
}
