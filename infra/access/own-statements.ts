import type { GroupConfig } from "../config";
import type { AnyStatement } from "./evaluation/document";

/** The statements of a group's `policies`, under names that none of towline's has. */
export function ownStatements({ policies = [] }: Pick<GroupConfig, "policies">): AnyStatement[] {
  return policies.flatMap((entry, index) =>
    typeof entry === "string" ? [] : [{ ...entry, Sid: `Policies${index + 1}${entry.Sid ?? ""}` }],
  );
}

/** The ARNs of its managed policies. */
export function managedPolicies({ policies = [] }: Pick<GroupConfig, "policies">): string[] {
  return policies.filter((entry) => typeof entry === "string");
}
