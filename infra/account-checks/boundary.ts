import { getCallerIdentity } from "@pulumi/aws";
import type { AnyStatement } from "../access/evaluation/document";
import { lacking } from "../access/evaluation/lacking";
import { jobStatements } from "../access/job-policy";
import { ownStatements } from "../access/own-statements";
import { partitionOf } from "../access/place";
import { tellToLook } from "../access/poll-access";
import { narrowBoundary } from "../boundary";
import type { StackConfig } from "../config";
import { type Fault, ROLES } from "../config/fault";
import { plannedHostStatements } from "../config/policy-faults";
import { managedPolicy } from "../managed-policy";
import { hostRoleName, nudgeName, publisherName } from "../names";

/**
 * Holds the boundary of the stack's roles against what is known of them beforehand: of hosts, of who publishes and of who tells hosts to look. What functions do
 * hangs on what AWS makes up, and is held against it in the program's run.
 */
export async function boundaryFaults(config: StackConfig): Promise<Fault[]> {
  const arn = config.roles?.boundary;
  const bound = arn === undefined ? undefined : await managedPolicy(arn);
  if (arn === undefined || bound === undefined) return [];
  const { accountId } = await getCallerIdentity();
  return plannedRoles(config, accountId).flatMap(([role, needed]) => {
    const sentence = narrowBoundary(arn, role, lacking(needed, bound));
    return sentence === undefined ? [] : [{ path: [ROLES, "boundary"], sentence }];
  });
}

type Planned = readonly [role: string, needed: readonly AnyStatement[]];

function plannedRoles(config: StackConfig, account: string): Planned[] {
  const { stack, region } = config;
  const place = { partition: partitionOf(region), region, account };
  const planned = Object.entries(config.groups).map(
    ([name, group]): Planned => [
      hostRoleName(stack, name),
      [...plannedHostStatements(config, name, group, account), ...ownStatements(group)],
    ],
  );
  if (config.publisher?.trustedArns !== undefined) {
    const needed = jobStatements("publisher", { config, place, source: undefined, types: [] });
    planned.push([publisherName(stack), needed]);
  }
  return [...planned, [nudgeName(stack), tellToLook(place, stack)]];
}
