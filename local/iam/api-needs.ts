import { isWildcardOnlyAction } from "@cloud-copilot/iam-simulate";
import type { ApiCall } from "../region/calls";
import { type Facts, type Mapping, type Needed, tagged } from "./authorization";
import { DEPLOY_NEEDS } from "./deploy-needs";
import { arn, group, on, queue } from "./deploy-resources";
import { ec2Needs } from "./ec2-needs";
import { launchNeeds } from "./launch-needs";
import { parameterArn } from "./resources";

/** Services whose actions begin otherwise in IAM than their signatures' scope. */
const PREFIXES: Readonly<Record<string, string>> = { monitoring: "cloudwatch" };

/**
 * What a call of a Query or JSON API needs (the Service Authorization Reference); undefined for one that has no counterpart here: add it below.
 */
export async function apiNeeds(call: ApiCall, facts: Facts): Promise<readonly Needed[] | undefined> {
  const prefix = PREFIXES[call.service] ?? call.service;
  const action = `${prefix}:${call.action}`;
  const ec2 = call.service === "ec2" ? ec2Needs(call, facts) : undefined;
  if (ec2 !== undefined) return ec2;
  const mapping = MAPPINGS[action];
  if (mapping !== undefined)
    return mapping(call, facts).map((needed) => ({ ...needed, action: needed.action || action }));
  const known = await isWildcardOnlyAction(prefix, call.action).catch(() => false);
  return known ? [{ action, resource: "*", context: {} }] : undefined;
}

const targetGroup: Mapping = ({ form }) => [on(form.get("TargetGroupArn") ?? "")];

function instance(call: ApiCall, facts: Facts, id: string, ...kinds: readonly string[]): Needed[] {
  const context = tagged(facts.instance(id)?.tags ?? {}, "aws:ResourceTag", "ec2:ResourceTag");
  return kinds.map((kind) => on(arn("ec2", call, `${kind}/${kind === "instance" ? id : "eni-0"}`), context));
}

/** Of all alarms, where it names none. */
const alarms: Mapping = (call) => {
  const named = (call.json?.AlarmNames as readonly string[] | undefined)?.[0] ?? call.form.get("AlarmNames.member.1");
  return [on(arn("cloudwatch", call, `alarm:${named ?? "*"}`))];
};

const volume: Mapping = (call, facts) => [
  on(arn("ec2", call, `volume/${call.form.get("VolumeId")}`)),
  ...instance(call, facts, call.form.get("InstanceId") ?? "", "instance"),
];

/** An interface has its instance's tags, as the launch template gives them. */
const address: Mapping = (call, facts) => [
  on(arn("ec2", call, `elastic-ip/${call.form.get("AllocationId")}`)),
  ...instance(call, facts, call.form.get("InstanceId") ?? "", "instance", "network-interface"),
];

const rebooted: Mapping = (call, facts) =>
  [...call.form]
    .filter(([name]) => name.startsWith("InstanceId."))
    .flatMap(([, id]) => instance(call, facts, id, "instance"));

/** The document, and each instance that the command goes to. */
const command: Mapping = (call, facts) => {
  const { DocumentName, InstanceIds, Targets } = (call.json ?? {}) as {
    DocumentName?: string;
    InstanceIds?: string[];
    Targets?: { Key: string; Values: string[] }[];
  };
  const tags = Object.fromEntries((Targets ?? []).map(({ Key, Values }) => [Key.replace(/^tag:/, ""), Values]));
  const ids = InstanceIds ?? facts.instancesWith(tags);
  return [
    // Those of AWS's own name no account; the library wants one.
    on(arn("ssm", call, `document/${DocumentName}`)),
    ...ids.map((id) =>
      on(
        arn("ec2", call, `instance/${id}`),
        tagged(facts.instance(id)?.tags ?? {}, "ssm:resourceTag", "aws:ResourceTag"),
      ),
    ),
  ];
};

/** A group, and what it launches from where the call says so. */
const launching: Mapping = (call, facts) => [...group(call, facts), ...launchNeeds(call, facts)];

/** Systems Manager decrypts on behalf of whoever asks, and says so. AWS's own key lets the whole account use it by way of Systems Manager. */
const parameter: Mapping = (call, facts) => {
  const resource = parameterArn(call, String(call.json?.Name));
  const key = call.json?.WithDecryption === true ? facts.keyOfParameter(resource) : undefined;
  const context = {
    "kms:ViaService": `ssm.${call.region}.amazonaws.com`,
    "kms:EncryptionContext:PARAMETER_ARN": resource,
  };
  return [on(resource), ...(key === undefined ? [] : [keyNeeded("kms:Decrypt", key, facts, context)])];
};

const topic: Mapping = ({ form }) => [on(form.get("TopicArn") ?? form.get("TargetArn") ?? "")];

const key: Mapping = (call, facts) => {
  const name = String(call.json?.KeyId);
  const asked = name.startsWith("alias/") ? { "kms:RequestAlias": name } : undefined;
  return [keyNeeded("", name, facts, asked)];
};

const service: Mapping = (call) => [on(arn("servicediscovery", call, `service/${call.json?.ServiceId}`))];

/** Something that is done with a key of KMS, by its ARN, its number or its alias. */
export function keyNeeded(
  action: string,
  name: string,
  facts: Facts,
  context: Readonly<Record<string, string>> = {},
): Needed {
  const resource = facts.key(name) ?? name;
  const alias = facts.alias(resource);
  const tags = tagged(facts.tags(resource.slice(resource.lastIndexOf("/") + 1)), "aws:ResourceTag");
  const known = { ...tags, ...context, ...(alias !== undefined && { "kms:ResourceAliases": alias }) };
  return { action, resource, context: known };
}

const MAPPINGS: Readonly<Record<string, Mapping>> = {
  ...DEPLOY_NEEDS,
  "autoscaling:CancelInstanceRefresh": group,
  "autoscaling:CompleteLifecycleAction": group,
  "autoscaling:CreateAutoScalingGroup": launching,
  "autoscaling:RecordLifecycleActionHeartbeat": group,
  "autoscaling:SetDesiredCapacity": group,
  "autoscaling:SetInstanceHealth": group,
  "autoscaling:StartInstanceRefresh": launching,
  "autoscaling:TerminateInstanceInAutoScalingGroup": group,
  "autoscaling:UpdateAutoScalingGroup": launching,
  "cloudwatch:PutMetricData": ({ form, json }) => [
    on("*", { "cloudwatch:namespace": String(json?.Namespace ?? form.get("Namespace")) }),
  ],
  "cloudwatch:DescribeAlarms": alarms,
  "ec2:AssociateAddress": address,
  "ec2:AttachVolume": volume,
  "ec2:DetachVolume": volume,
  "ec2:RebootInstances": rebooted,
  "elasticloadbalancing:DeregisterTargets": targetGroup,
  "elasticloadbalancing:RegisterTargets": targetGroup,
  "kms:DescribeKey": key,
  "servicediscovery:DeregisterInstance": service,
  "servicediscovery:ListInstances": (call) => [
    on("*", { "servicediscovery:ServiceArn": arn("servicediscovery", call, `service/${call.json?.ServiceId}`) }),
  ],
  "servicediscovery:RegisterInstance": service,
  "sns:Publish": topic,
  "sqs:ChangeMessageVisibility": queue,
  "sqs:DeleteMessage": queue,
  "sqs:GetQueueAttributes": queue,
  "sqs:GetQueueUrl": queue,
  "sqs:ReceiveMessage": queue,
  "sqs:SendMessage": queue,
  "ssm:GetParameter": parameter,
  // It gives no command away but to whoever may list all.
  "ssm:ListCommands": () => [on("*")],
  "ssm:SendCommand": command,
  "sts:AssumeRole": ({ form }) => [
    on(form.get("RoleArn") ?? "", { "sts:RoleSessionName": form.get("RoleSessionName") ?? "" }),
  ],
  "sts:GetCallerIdentity": () => [],
};
