import type { ResourceValidationPolicy } from "@pulumi/policy";
import { type PolicyStatement, statementsOf } from "./statements";

/**
 * Actions that cannot be tied to a resource, as the Service Authorization Reference lists them, with the condition that
 * ties them instead where AWS has one.
 */
const WITHOUT_RESOURCE: ReadonlyMap<string, string | undefined> = new Map([
  ["autoscaling:DescribeAutoScalingGroups", undefined],
  ["autoscaling:DescribeAutoScalingInstances", undefined],
  // It takes alarms, but tells of composite ones only those who may see all.
  ["cloudwatch:DescribeAlarms", undefined],
  ["cloudwatch:PutMetricData", "cloudwatch:namespace"],
  ["ec2:DescribeInstances", undefined],
  ["ec2:DescribeVolumes", undefined],
  ["ec2messages:AcknowledgeMessage", undefined],
  ["ec2messages:DeleteMessage", undefined],
  ["ec2messages:FailMessage", undefined],
  ["ec2messages:GetEndpoint", undefined],
  ["ec2messages:GetMessages", undefined],
  ["ec2messages:SendReply", undefined],
  ["elasticloadbalancing:DescribeTargetHealth", undefined],
  // The key behind a SecureString is AWS's own, of an identifier nobody knows beforehand.
  ["kms:Decrypt", "kms:ViaService"],
  ["route53:ListHostedZonesByName", undefined],
  // It takes a service by condition only.
  ["servicediscovery:ListInstances", "servicediscovery:ServiceArn"],
  ["ssm:ListCommands", undefined],
  ["ssm:UpdateInstanceInformation", undefined],
  ["ssmmessages:CreateControlChannel", undefined],
  ["ssmmessages:CreateDataChannel", undefined],
  ["ssmmessages:OpenControlChannel", undefined],
  ["ssmmessages:OpenDataChannel", undefined],
]);

const WILDCARD = /[*?]/;

/** In a key's own policy, `*` is that key. */
const KEY = "aws:kms/key:Key";

export const noWildcards: ResourceValidationPolicy = {
  name: "no-wildcards",
  description: "Policies name the actions they allow, and the resource of each action that takes one.",
  validateResource: (args, report) => {
    for (const statement of statementsOf(args).filter(({ allows }) => allows)) {
      for (const action of statement.actions.filter((name) => WILDCARD.test(name))) {
        report(`The statement ${statement.sid} should name its actions one by one, but allows ${action}.`);
      }
      const unnamed = statement.resources.find(standsForAll);
      if (unnamed === undefined || args.type === KEY) continue;
      for (const action of statement.actions.filter((name) => !mayStandAlone(name, statement))) {
        report(`The statement ${statement.sid} should name the resources of ${action}, but allows it on ${unnamed}.`);
      }
    }
  },
};

export const noManagedPolicies: ResourceValidationPolicy = {
  name: "no-managed-policies",
  description: "Roles, users and groups hold the stack's own policies: AWS's allow more, and change without notice.",
  validateResource: ({ props }, report) => {
    const arns: unknown[] = [props.policyArn, ...(props.policyArns ?? []), ...(props.managedPolicyArns ?? [])];
    for (const arn of arns.filter((each) => /^arn:[^:]+:iam::aws:policy\//.test(String(each)))) {
      report(`A policy of the stack's own should be in place of ${arn}.`);
    }
  },
};

/** A wildcard may stand for a part of the name of a resource, not for all of it, nor for whose it is and where. */
function standsForAll(resource: string): boolean {
  const parts = resource.split(":");
  return WILDCARD.test(parts.slice(0, 5).join(":")) || /^[*?/:]+$/.test(parts.slice(5).join(":"));
}

function mayStandAlone(action: string, { conditionKeys }: PolicyStatement): boolean {
  if (!WITHOUT_RESOURCE.has(action)) return false;
  const condition = WITHOUT_RESOURCE.get(action);
  return condition === undefined || conditionKeys.includes(condition);
}
