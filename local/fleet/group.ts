import {
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  type LaunchTemplateSpecification,
} from "@aws-sdk/client-auto-scaling";
import { DescribeInstancesCommand, DescribeLaunchTemplateVersionsCommand } from "@aws-sdk/client-ec2";
import { GetInstanceProfileCommand } from "@aws-sdk/client-iam";
import type { Clients } from "../region/clients";
import type { HostSpec } from "../region/host";

/** A group as moto keeps it. @throws Error when there is none of that name. */
export async function describeGroup(clients: Clients, name: string): Promise<AutoScalingGroup> {
  const found = await clients.autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }));
  const group = found.AutoScalingGroups?.[0];
  if (!group) throw new Error(`no Auto Scaling group is named ${name}`);
  return group;
}

export function instanceIds(group: AutoScalingGroup): string[] {
  return (group.Instances ?? []).map((instance) => instance.InstanceId as string);
}

/** How a group buys its next instance, given how many it has (MixedInstancesPolicy's InstancesDistribution, with its defaults). */
export function nextMarket(group: AutoScalingGroup, onDemand: number): HostSpec["market"] {
  const { OnDemandBaseCapacity: base = 0, OnDemandPercentageAboveBaseCapacity: percent = 100 } =
    group.MixedInstancesPolicy?.InstancesDistribution ?? {};
  const above = Math.max(0, (group.DesiredCapacity ?? 0) - base);
  return onDemand < base + Math.ceil((above * percent) / 100) ? "on-demand" : "spot";
}

/**
 * Everything an instance boots with but how it is bought: its address from EC2, user data and role from the group's launch template.
 * @param version of the template; without it, the one the group has
 */
export async function hostSpec(
  clients: Clients,
  group: AutoScalingGroup,
  id: string,
  version?: string,
): Promise<Omit<HostSpec, "market"> & { subnet: string; templateVersion: string }> {
  const described = await clients.ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  const instance = described.Reservations?.[0]?.Instances?.[0];
  const { data: template, number } = await launchTemplate(clients, group, version);
  if (!instance?.PrivateIpAddress) throw new Error(`EC2 knows no address of ${id}`);
  return {
    id,
    region: clients.region,
    address: instance.PrivateIpAddress,
    subnet: instance.SubnetId ?? "",
    vpc: instance.VpcId ?? "",
    zone: instance.Placement?.AvailabilityZone ?? "",
    roleArn: await roleArn(clients, template.IamInstanceProfile?.Arn, template.IamInstanceProfile?.Name),
    securityGroups: template.SecurityGroupIds ?? template.NetworkInterfaces?.[0]?.Groups ?? [],
    templateVersion: number,
    userData: Buffer.from(template.UserData ?? "", "base64").toString("utf8"),
    tags: Object.fromEntries((instance.Tags ?? []).map((tag) => [tag.Key ?? "", tag.Value ?? ""])),
  };
}

/** The launch template of a group, and its version. */
export function launchTemplateOf(group: AutoScalingGroup): LaunchTemplateSpecification {
  return group.LaunchTemplate ?? group.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification ?? {};
}

/** What a group launches its instances from, with another version of its template: parameters of UpdateAutoScalingGroup. */
export function launchSource(group: AutoScalingGroup, version: string) {
  const LaunchTemplateSpecification = { LaunchTemplateId: launchTemplateOf(group).LaunchTemplateId, Version: version };
  const mixed = group.MixedInstancesPolicy;
  if (mixed === undefined) return { LaunchTemplate: LaunchTemplateSpecification };
  return {
    MixedInstancesPolicy: { ...mixed, LaunchTemplate: { ...mixed.LaunchTemplate, LaunchTemplateSpecification } },
  };
}

async function launchTemplate(clients: Clients, group: AutoScalingGroup, version: string | undefined) {
  const { LaunchTemplateId, Version = "$Default" } = launchTemplateOf(group);
  const command = new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId, Versions: [version ?? Version] });
  const found = (await clients.ec2.send(command)).LaunchTemplateVersions?.[0];
  if (!found?.LaunchTemplateData) throw new Error(`${group.AutoScalingGroupName} has no launch template`);
  return { data: found.LaunchTemplateData, number: String(found.VersionNumber) };
}

async function roleArn(clients: Clients, arn: string | undefined, name: string | undefined): Promise<string> {
  const profile = name ?? arn?.slice(arn.lastIndexOf("/") + 1);
  const found = await clients.iam.send(new GetInstanceProfileCommand({ InstanceProfileName: profile }));
  const role = found.InstanceProfile?.Roles?.[0]?.Arn;
  if (!role) throw new Error(`the instance profile ${profile} holds no role`);
  return role;
}
