import type { GroupStatus } from "./group-status";
import type { IndexStatus } from "./index-status";
import type { StackStatus } from "./look";
import type { StatusRow } from "./status";

/** A host as `towline status --json` has it: with what holds for its group, and the indexes that hosts follow. */
export interface JsonRow extends StatusRow {
  readonly rollout: Omit<GroupStatus, "group"> | undefined;
  readonly indexes: readonly IndexStatus[];
}

/** The hosts of a stack as `towline status --json` has them. */
export function jsonRows(
  { rows, groups }: Pick<StackStatus, "rows" | "groups">,
  indexes: readonly IndexStatus[],
): JsonRow[] {
  const rollouts = new Map(groups.map(({ group, ...rollout }) => [group, rollout]));
  return rows.map((row) => ({ ...row, rollout: rollouts.get(row.group), indexes }));
}
