import type { StackConfig } from "../config";
import { topicName } from "../names";
import type { Statement } from "../policy";
import { deployerStatements } from "./deployer-policy";
import { operatorStatements } from "./operator-policy";
import { managedPolicies } from "./own-statements";
import type { Place } from "./place";
import { writablePool } from "./pool-access";
import { publisherStatements } from "./publisher-policy";

/** Who works on a stack with the command line. */
export const JOBS = ["operator", "publisher", "promoter", "deployer"] as const;
export type Job = (typeof JOBS)[number];

export interface JobPolicyValues {
  readonly config: StackConfig;
  readonly place: Place;
  /** Bucket of the stack that a promoter's releases come from. */
  readonly source: string | undefined;
  /** Pulumi's types of what the stack's program declares, which a deployer makes. */
  readonly types: readonly string[];
}

/** What somebody needs for a job, by the statements that the stack's own roles are made of. */
export function jobStatements(job: Job, { config, place, source, types }: JobPolicyValues): Statement[] {
  const { stack, repository, roles } = config;
  const bucketOf = (name: string): string => `arn:${place.partition}:s3:::${name}`;
  const bucketArn = bucketOf(repository.bucket);
  if (job === "operator") return operatorStatements({ stack, place, bucketArn, rolePath: roles?.path });
  if (job === "deployer") {
    const managed = [...new Set(Object.values(config.groups).flatMap(managedPolicies))];
    const volumeKeys = [...new Set(Object.values(config.groups).flatMap(({ rootVolume }) => rootVolume?.kmsKey ?? []))];
    const { listenerArn } = config.loadBalancer;
    const named = { managedPolicies: managed, volumeKeys, listenerArn };
    return deployerStatements({ stack, place, bucketArn, types, roles, ...named });
  }
  return publisherStatements({
    stack,
    place,
    bucketArn,
    writablePool: writablePool(bucketArn, config),
    releaseDays: config.protect?.releaseDays,
    topicArn: `arn:${place.partition}:sns:${place.region}:${place.account}:${topicName(stack)}`,
    sourceArn: source === undefined ? undefined : bucketOf(source),
  });
}
