import { logBucketName, NAME_LIMITS, PROJECT, targetGroupName } from "../names";
import { allowanceFaults } from "./allowances";
import { architectureFaults, instanceTypes } from "./architecture-faults";
import { attachmentFaults } from "./attachment-faults";
import { commandFaults } from "./command-faults";
import { type Fault, GROUPS, NETWORK } from "./fault";
import { DOMAIN } from "./formats";
import { loadBalancerFaults } from "./load-balancer-faults";
import { machineFaults } from "./machine-faults";
import { openingFaults } from "./opening-faults";
import { policyFaults } from "./policy-faults";
import { rightsFaults } from "./rights-faults";
import { alarmFaults, rolloutFaults } from "./rollout-faults";
import type { GroupConfig, StackConfig } from "./types";
import { usesFaults } from "./uses";

/** Finds what in a configuration does not go together, or with AWS. */
export function faultsOf(config: StackConfig): Fault[] {
  return [
    ...alarmFaults(config),
    ...commandFaults(config),
    ...loadBalancerFaults(config),
    ...longBucket(config),
    ...foreignNamespace(config),
    ...nowhereInside(config),
    ...Object.keys(config.groups).flatMap((name) => groupFaults(config, name)),
    ...usesFaults(config.groups),
    ...openingFaults(config),
    ...rightsFaults(config),
    ...policyFaults(config),
  ];
}

/** The bucket of the logs has a name made of the stack's. */
function longBucket({ audit, repository: { bucket } }: StackConfig): Fault[] {
  const excess = audit === undefined ? 0 : logBucketName(bucket).length - NAME_LIMITS.bucket;
  if (excess <= 0) return [];
  return [
    {
      path: [`${PROJECT}:repository`, "bucket"],
      sentence:
        `should be a name that leaves that of the bucket for ${PROJECT}:audit's logs, "${logBucketName(bucket)}", at most ${NAME_LIMITS.bucket} ` +
        `characters long, but that has ${excess + NAME_LIMITS.bucket}. Shorten it by ${excess}, or leave audit out.`,
    },
  ];
}

/** An internal load balancer is in the private subnets. */
function nowhereInside({ loadBalancer, network }: StackConfig): Fault[] {
  if (!loadBalancer.internal || network.vpcId === undefined || network.privateSubnetIds.length > 0) return [];
  return [
    {
      path: [NETWORK, "privateSubnetIds"],
      sentence: `is missing; it should say where the internal load balancer is. Write for example "privateSubnetIds: [subnet-0a1b2c3d, subnet-4e5f6a7b]", or take internal out of ${PROJECT}:loadBalancer.`,
    },
  ];
}

/** The namespace of a stack called `ec2` or `compute` would be AWS's own, unless it is given another. */
function foreignNamespace({ stack, registry: { namespace } }: StackConfig): Fault[] {
  if (DOMAIN.test(namespace)) return [];
  return [
    {
      path: [`${PROJECT}:registry`, "namespace"],
      sentence: `should be given in a stack called ${stack}, since ${namespace}, the default, is AWS's own. Write for example "namespace: ${stack}.towline.internal".`,
    },
  ];
}

function groupFaults(config: StackConfig, name: string): Fault[] {
  const group = config.groups[name] as GroupConfig;
  return [
    ...longName(config, name, group),
    ...architectureFaults(config, name, group),
    ...repeatedTypes(name, group),
    ...attachmentFaults(name, group),
    ...allowanceFaults(config, name, group),
    ...machineFaults(config, name, group),
    ...rolloutFaults(name, group),
  ];
}

function longName({ stack, loadBalancer }: StackConfig, group: string, { http, elasticIp }: GroupConfig): Fault[] {
  const balanced = http !== undefined && elasticIp === undefined;
  const name = balanced ? targetGroupName(stack, group, http.port, loadBalancer.listenerArn !== undefined) : "";
  const excess = name.length - NAME_LIMITS.targetGroup;
  if (excess <= 0) return [];
  const sentence =
    `should be a name that leaves its target group's, "${name}", at most ${NAME_LIMITS.targetGroup} ` +
    `characters long, but that has ${name.length}. Shorten it by ${excess}.`;
  return [{ path: [GROUPS, group], sentence }];
}

/** Auto Scaling refuses a type that is in the list of types twice. */
function repeatedTypes(name: string, group: GroupConfig): Fault[] {
  const all = instanceTypes(name, group);
  return all
    .filter(({ type }, index) => all.findIndex((other) => other.type === type) !== index)
    .map(({ path, type }) => ({
      path,
      sentence: `should be a type the group does not have yet, but is "${type}" again. Remove it here, or in __base__, whose list comes first.`,
    }));
}
