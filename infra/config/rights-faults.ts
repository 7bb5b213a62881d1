import { type AnyStatement, listed } from "../access/evaluation/document";
import { firstOf, refused } from "../access/evaluation/lacking";
import { partitionOf } from "../access/place";
import { opens, type Reserve } from "../access/reserved";
import { type Fault, GROUPS, ROLES } from "./fault";
import { plannedHostStatements } from "./policy-faults";
import type { GroupConfig, StackConfig, StatementConfig } from "./types";

/** Finds rights that a stack must not give away, that keep it from its work, or that are of another part of AWS. */
export function rightsFaults(config: StackConfig): Fault[] {
  const { boundary } = config.roles ?? {};
  const reserve = reserveOf(config);
  return [
    ...(boundary === undefined ? [] : foreign(config, [ROLES, "boundary"], [boundary])),
    ...Object.entries(config.groups).flatMap(([name, group]) => groupRights(config, reserve, name, group)),
  ];
}

function groupRights(config: StackConfig, reserve: Reserve, name: string, group: GroupConfig): Fault[] {
  const { policies = [] } = group;
  const denies = policies.some((entry) => typeof entry !== "string" && entry.Effect === "Deny");
  const needed = denies ? plannedHostStatements(config, name, group) : [];
  return policies.flatMap((entry, index) => {
    const path = [GROUPS, name, "policies", index];
    if (typeof entry === "string") return foreign(config, path, [entry]);
    return [
      ...foreign(config, path, [...listed(entry.Resource), ...listed(entry.NotResource)]),
      ...(entry.Effect === "Allow" ? opened(reserve, path, entry) : hindered(needed, path, name, entry)),
    ];
  });
}

/** The ARNs of a partition are no other's. */
function foreign({ region }: StackConfig, path: readonly PropertyKey[], arns: readonly string[]): Fault[] {
  const partition = partitionOf(region);
  const other = arns.find((arn) => arn !== "*" && arn.split(":")[1] !== partition);
  if (other === undefined) return [];
  const sentence = `should be of the partition of ${region}, which is ${partition}, but is ${other}. Begin it with "arn:${partition}:".`;
  return [{ path, sentence }];
}

function opened(reserve: Reserve, path: readonly PropertyKey[], statement: StatementConfig): Fault[] {
  const what = opens(statement, reserve);
  return what === undefined ? [] : [{ path, sentence: `${mayNotOpen(what)} ${HOW_TO_SPARE}` }];
}

/** What towline keeps to itself in a stack. */
export function reserveOf({ region, stack, repository, roles }: StackConfig): Reserve {
  return { partition: partitionOf(region), stack, bucket: repository.bucket, path: roles?.path ?? "/" };
}

/** The beginning of a sentence about rights that are not a group's to give away. */
export function mayNotOpen(what: string): string {
  return `should leave alone what hosts have by exact prefixes, but opens ${what}, whatever its conditions.`;
}

const HOW_TO_SPARE = "Name the resources that are meant, or take the stack's out with NotResource.";

function hindered(
  needed: readonly AnyStatement[],
  path: readonly PropertyKey[],
  name: string,
  statement: AnyStatement,
): Fault[] {
  const first = firstOf(refused(needed, [statement]));
  if (first === undefined) return [];
  return [
    {
      path,
      sentence: `should leave ${name}'s hosts what they work with, but denies ${first}. Name other actions or resources, or add a Condition.`,
    },
  ];
}
