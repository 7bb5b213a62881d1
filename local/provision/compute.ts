import {
  CreateAutoScalingGroupCommand,
  PutNotificationConfigurationCommand,
  PutScalingPolicyCommand,
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
    SecurityGroupIds: [...list<string>(inputs, "vpcSecurityGroupIds")],
    UserData: text(inputs, "userData"),
    MetadataOptions: { HttpTokens: metadata.httpTokens, HttpPutResponseHopLimit: metadata.httpPutResponseHopLimit },
  };
}

const group: Create = async ({ clients }, inputs) => {
  const AutoScalingGroupName = text(inputs, "name");
  const template = inputs.launchTemplate as { id: string; version: string };
  await clients.autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName,
      MinSize: number(inputs, "minSize"),
      MaxSize: number(inputs, "maxSize"),
      LaunchTemplate: { LaunchTemplateId: template.id, Version: template.version },
      VPCZoneIdentifier: list<string>(inputs, "vpcZoneIdentifiers").join(","),
      TargetGroupARNs: [...list<string>(inputs, "targetGroupArns")],
      HealthCheckType: text(inputs, "healthCheckType"),
      HealthCheckGracePeriod: inputs.healthCheckGracePeriod as number | undefined,
      LifecycleHookSpecificationList: list(inputs, "initialLifecycleHooks").map(hook),
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

function hook(declared: Inputs) {
  return {
    LifecycleHookName: text(declared, "name"),
    LifecycleTransition: text(declared, "lifecycleTransition"),
    HeartbeatTimeout: declared.heartbeatTimeout as number | undefined,
    DefaultResult: declared.defaultResult as string | undefined,
  };
}

const policy: Create = async ({ clients }, inputs, name) => {
  const tracking = inputs.targetTrackingConfiguration as {
    predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" };
    targetValue: number;
  };
  const made = await clients.autoScaling.send(
    new PutScalingPolicyCommand({
      AutoScalingGroupName: text(inputs, "autoscalingGroupName"),
      PolicyName: name,
      PolicyType: text(inputs, "policyType"),
      TargetTrackingConfiguration: {
        PredefinedMetricSpecification: {
          PredefinedMetricType: tracking.predefinedMetricSpecification.predefinedMetricType,
        },
        TargetValue: tracking.targetValue,
      },
    }),
  );
  return { id: name, state: { arn: made.PolicyARN, name } };
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

/** Auto Scaling groups and what their instances are made from. */
export const computeResources: Readonly<Record<string, Create>> = {
  "aws:ec2/launchTemplate:LaunchTemplate": launchTemplate,
  "aws:autoscaling/group:Group": group,
  "aws:autoscaling/policy:Policy": policy,
  "aws:autoscaling/notification:Notification": notification,
};
