import { settingsStatements } from "../access/env-access";
import { hostStatements } from "../access/host-policy";
import { ownStatements } from "../access/own-statements";
import { partitionOf } from "../access/place";
import { hostsTopicName, PROJECT, resourceName, targetGroupName } from "../names";
import { policyDocument, type Statement, trustPrincipals } from "../policy";
import { type Fault, GROUPS } from "./fault";
import { appsOf } from "./processes";
import type { GroupConfig, StackConfig } from "./types";

/** Characters that IAM takes (IAM and AWS STS quotas): of all a role's inline policies, and of the policy of who may assume it. */
const MOST_OF_ROLE = 10_240;
const MOST_OF_TRUST = 2048;

/** Finds policies that would be longer than IAM takes them, before anything is created. */
export function policyFaults(config: StackConfig): Fault[] {
  return [
    ...longTrust("publisher", config.publisher?.trustedArns),
    ...longTrust("channels", config.channels?.trustedArns),
    ...Object.entries(config.groups).flatMap(([name, group]) => longHostPolicy(config, name, group)),
  ];
}

function longTrust(section: "publisher" | "channels", trustedArns: readonly string[] | undefined): Fault[] {
  const length = trustedArns === undefined ? 0 : trustPrincipals(trustedArns).length;
  if (length <= MOST_OF_TRUST) return [];
  const sentence =
    `should make a trust policy of at most ${MOST_OF_TRUST} characters, as IAM takes it, but makes one of ${length}. ` +
    "Name fewer, for example one role that the others may assume.";
  return [{ path: [`${PROJECT}:${section}`, "trustedArns"], sentence }];
}

function longHostPolicy(config: StackConfig, name: string, group: GroupConfig): Fault[] {
  const length = hostPolicyLength(config, name, group);
  if (length <= MOST_OF_ROLE) return [];
  const towlines = policyDocument(plannedHostStatements(config, name, group)).length;
  const [key, fix] =
    towlines <= MOST_OF_ROLE
      ? [
          "policies",
          `Of these, ${towlines} are towline's own. Write fewer statements, or name managed policies in their place.`,
        ]
      : ["packages", "Name fewer packages, give them or the bucket shorter names, or make it several groups."];
  const sentence = `should make a policy of ${name}'s hosts of at most ${MOST_OF_ROLE} characters, as IAM takes it, but makes one of ${length}. ${fix}`;
  return [{ path: [GROUPS, name, key], sentence }];
}

/** The length of the policy of a group's hosts. */
export function hostPolicyLength(config: StackConfig, name: string, group: GroupConfig): number {
  return policyDocument([...plannedHostStatements(config, name, group), ...ownStatements(group)]).length;
}

/**
 * What towline will let a group's hosts do: the identifiers that AWS makes up are not known yet, but how long they are.
 *
 * @param account number of the AWS account, or one as long
 */
export function plannedHostStatements(
  config: StackConfig,
  name: string,
  group: GroupConfig,
  account = "0".repeat(12),
): Statement[] {
  const { region, stack, repository, loadBalancer } = config;
  const partition = partitionOf(region);
  const id = (length: number): string => "0".repeat(length);
  const arn = (service: string, resource: string): string =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`;
  const { http, volume, elasticIp } = group;
  const balanced = http !== undefined && elasticIp === undefined;
  const elsewhere = loadBalancer.listenerArn !== undefined;
  const bucketArn = `arn:${partition}:s3:::${repository.bucket}`;
  return [
    ...hostStatements({
      partition,
      account,
      region,
      bucketArn,
      stack,
      group: name,
      autoScalingGroup: resourceName(stack, name),
      topicArn: arn("sns", hostsTopicName(stack)),
      targetGroupArn: balanced
        ? arn("elasticloadbalancing", `targetgroup/${targetGroupName(stack, name, http.port, elsewhere)}/${id(16)}`)
        : undefined,
      volumeArn: volume && arn("ec2", `volume/vol-${id(17)}`),
      elasticIpArn: elasticIp && arn("ec2", `elastic-ip/eipalloc-${id(17)}`),
    }),
    ...settingsStatements({ region, bucketArn, keyArn: arn("kms", `key/${id(36)}`), apps: appsOf(group) }),
  ];
}
