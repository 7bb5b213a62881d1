import {
  CreateAutoScalingGroupCommand,
  DescribePoliciesCommand,
  type MixedInstancesPolicy,
  PutLifecycleHookCommand,
  PutNotificationConfigurationCommand,
  PutScalingPolicyCommand,
  type PutScalingPolicyCommandInput,
  PutScheduledUpdateGroupActionCommand,
} from "@aws-sdk/client-auto-scaling";
import { CreateLaunchTemplateCommand, type RequestLaunchTemplateData } from "@aws-sdk/client-ec2";
import { type Create, type Inputs, list, number, text } from "./resource";

const launchTemplate: Create = async ({ clients }, inputs, name) => {
  const LaunchTemplateName = `${(inputs.namePrefix as string | undefined) ?? name}local`;
  const LaunchTemplateData = launchTemplateData(inputs);
  const made = await clients.ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName, LaunchTemplateData }));
  const template = made.LaunchTemplate;
  return {
    id: template?.LaunchTemplateId as string,
    state: { latestVersion: template?.LatestVersionNumber, name: LaunchTemplateName },
  };
};

function launchTemplateData(inputs: Inputs): RequestLaunchTemplateData {
  const metadata = inputs.metadataOptions as { httpTokens: "required"; httpPutResponseHopLimit: number };
  const profile = inputs.iamInstanceProfile as { arn: string };
  return {
    ImageId: text(inputs, "imageId"),
    InstanceType: text(inputs, "instanceType") as "t3.small",
    IamInstanceProfile: { Arn: profile.arn },
    KeyName: inputs.keyName as string | undefined,
    ...networkOf(inputs),
    UserData: text(inputs, "userData"),
    MetadataOptions: { HttpTokens: metadata.httpTokens, HttpPutResponseHopLimit: metadata.httpPutResponseHopLimit },
  };
}

/** Security groups stand with the network interface where one is described. */
function networkOf(inputs: Inputs): Pick<RequestLaunchTemplateData, "SecurityGroupIds" | "NetworkInterfaces"> {
  const [described] = list(inputs, "networkInterfaces");
  if (described === undefined) return { SecurityGroupIds: [...list<string>(inputs, "vpcSecurityGroupIds")] };
  return {
    NetworkInterfaces: [
      {
        DeviceIndex: 0,
        AssociatePublicIpAddress: described.associatePublicIpAddress === "true",
        Groups: [...list<string>(described, "securityGroups")],
      },
    ],
  };
}

const group: Create = async ({ clients }, inputs) => {
  const AutoScalingGroupName = text(inputs, "name");
  if (inputs.warmPool !== undefined)
    throw new Error("the local region keeps no stopped instances: leave warmPool out of the groups it is to run");
  await clients.autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName,
      MinSize: number(inputs, "minSize"),
      MaxSize: number(inputs, "maxSize"),
      ...launchSource(inputs),
      VPCZoneIdentifier: list<string>(inputs, "vpcZoneIdentifiers").join(","),
      TargetGroupARNs: [...list<string>(inputs, "targetGroupArns")],
      HealthCheckType: text(inputs, "healthCheckType"),
      HealthCheckGracePeriod: inputs.healthCheckGracePeriod as number | undefined,
      LifecycleHookSpecificationList: list(inputs, "initialLifecycleHooks").map(hook),
      // Nobody runs a region for a day: maxInstanceLifetime has nothing to do here, and the maintenance that goes with it.
      TerminationPolicies: inputs.terminationPolicies as string[] | undefined,
      Tags: list(inputs, "tags").map((tag) => ({
        Key: text(tag, "key"),
        Value: text(tag, "value"),
        PropagateAtLaunch: tag.propagateAtLaunch === true,
        ResourceId: AutoScalingGroupName,
        ResourceType: "auto-scaling-group",
      })),
    }),
  );
  return { id: AutoScalingGroupName, state: { name: AutoScalingGroupName } };
};

interface MixedInstances {
  readonly launchTemplate: {
    readonly launchTemplateSpecification: { readonly launchTemplateId: string; readonly version: string };
    readonly overrides: readonly { readonly instanceRequirements?: object }[];
  };
}

/** Of several types, the first is always to be had here; where a host must have something, the template's type has it. */
function launchSource(inputs: Inputs) {
  const mixed = inputs.mixedInstancesPolicy as MixedInstances | undefined;
  const { launchTemplateSpecification: source, overrides } = mixed?.launchTemplate ?? {};
  if (source && overrides?.some(({ instanceRequirements }) => instanceRequirements))
    return { LaunchTemplate: { LaunchTemplateId: source.launchTemplateId, Version: source.version } };
  const template = inputs.launchTemplate as { id: string; version: string } | undefined;
  if (template) return { LaunchTemplate: { LaunchTemplateId: template.id, Version: template.version } };
  return { MixedInstancesPolicy: capitalised(inputs.mixedInstancesPolicy) as MixedInstancesPolicy };
}

/** Pulumi's names of properties begin with a small letter, those of AWS with a capital one. */
function capitalised(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(capitalised);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.charAt(0).toUpperCase() + key.slice(1), capitalised(inner)]),
  );
}

function hook(declared: Inputs) {
  return {
    LifecycleHookName: text(declared, "name"),
    LifecycleTransition: text(declared, "lifecycleTransition"),
    HeartbeatTimeout: declared.heartbeatTimeout as number | undefined,
    DefaultResult: declared.defaultResult as string | undefined,
  };
}

const policy: Create = async ({ clients }, inputs, name) => {
  const { autoscalingGroupName: _, ...settings } = inputs;
  const AutoScalingGroupName = text(inputs, "autoscalingGroupName");
  const policy = capitalised(settings) as Partial<PutScalingPolicyCommandInput>;
  await clients.autoScaling.send(new PutScalingPolicyCommand({ ...policy, AutoScalingGroupName, PolicyName: name }));
  // moto misspells the ARN in its answer to the first command.
  const command = new DescribePoliciesCommand({ AutoScalingGroupName, PolicyNames: [name] });
  const made = (await clients.autoScaling.send(command)).ScalingPolicies?.[0];
  return { id: name, state: { arn: made?.PolicyARN, name } };
};

const schedule: Create = async ({ clients }, inputs) => {
  const ScheduledActionName = text(inputs, "scheduledActionName");
  const settings = {
    AutoScalingGroupName: text(inputs, "autoscalingGroupName"),
    Recurrence: text(inputs, "recurrence"),
    TimeZone: text(inputs, "timeZone"),
    MinSize: number(inputs, "minSize"),
    MaxSize: number(inputs, "maxSize"),
  };
  await clients.autoScaling.send(new PutScheduledUpdateGroupActionCommand({ ScheduledActionName, ...settings }));
  return { id: ScheduledActionName };
};

const notification: Create = async ({ clients }, inputs) => {
  for (const AutoScalingGroupName of list<string>(inputs, "groupNames")) {
    const settings = {
      TopicARN: text(inputs, "topicArn"),
      NotificationTypes: [...list<string>(inputs, "notifications")],
    };
    await clients.autoScaling.send(new PutNotificationConfigurationCommand({ AutoScalingGroupName, ...settings }));
  }
  return { id: text(inputs, "topicArn") };
};

const lifecycleHook: Create = async ({ clients }, inputs) => {
  const AutoScalingGroupName = text(inputs, "autoscalingGroupName");
  await clients.autoScaling.send(new PutLifecycleHookCommand({ AutoScalingGroupName, ...hook(inputs) }));
  return { id: text(inputs, "name") };
};

/** Auto Scaling groups and what their instances are made from. */
export const computeResources: Readonly<Record<string, Create>> = {
  "aws:ec2/launchTemplate:LaunchTemplate": launchTemplate,
  "aws:autoscaling/group:Group": group,
  "aws:autoscaling/lifecycleHook:LifecycleHook": lifecycleHook,
  "aws:autoscaling/policy:Policy": policy,
  "aws:autoscaling/schedule:Schedule": schedule,
  "aws:autoscaling/notification:Notification": notification,
};
