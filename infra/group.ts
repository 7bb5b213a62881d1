import * as pulumi from "@pulumi/pulumi";
import { settingsStatements } from "./access/env-access";
import { hostStatements } from "./access/host-policy";
import { managedPolicies, ownStatements } from "./access/own-statements";
import type { Account } from "./account";
import { appsOf, type GroupConfig, rolloutPolicyOf, type StackConfig } from "./config";
import { type Attachments, attachments } from "./group/attachments";
import { autoScalingGroup, scalingEvents } from "./group/auto-scaling-group";
import { hostRole } from "./group/host-role";
import { launchTemplate } from "./group/launch-template";
import { rolloutPolicyObject } from "./group/rollout-policy";
import { scaleFleet } from "./group/scaling";
import { securityGroup } from "./group/security-group";
import { volumeGrants } from "./group/volume-grants";
import { hostEnvironment } from "./host-environment";
import type { Ingress } from "./ingress";
import { hostRoleName, resourceName } from "./names";
import type { Network } from "./network";
import { readOwnScript } from "./own-script";
import { policyDocument } from "./policy";
import type { Repository } from "./repository";
import type { RoleSettings } from "./role";
import { ROOT } from "./root";
import { groupTags } from "./tags";
import { renderUserData } from "./user-data";

export interface GroupArgs {
  /** Configuration of the whole stack. */
  readonly config: StackConfig;
  readonly account: Account;
  /** What the role of its hosts has in common with the stack's others. */
  readonly roles: RoleSettings;
  readonly network: Network;
  readonly repository: Repository;
  /** Topic for what Auto Scaling does to the group. Hosts are told it, and publish to the one beside it. */
  readonly topicArn: pulumi.Output<string>;
  /** Topic for what hosts say of themselves. */
  readonly hostsTopicArn: pulumi.Output<string>;
  /** How requests reach the group; absent where it serves no HTTP. */
  readonly ingress?: Ingress;
  /** Security groups of the groups that use this one. */
  readonly users: readonly pulumi.Output<string>[];
  /** Armored public key of the repository. */
  readonly signingKey: string;
  /** The same of the stack's channels; absent where that key signs them too, or no group follows one. */
  readonly channelsKey: string | undefined;
  /** What an instance runs on its first boot. */
  readonly installScript: string;
}

/** A group of instances that run the same packages. */
export class Group extends pulumi.ComponentResource {
  /** Physical name of the Auto Scaling group. */
  readonly autoScalingGroupName: pulumi.Output<string>;
  /** What the groups that it uses know it by. */
  readonly securityGroupId: pulumi.Output<string>;
  /** The group's own public address; absent where it has none. */
  readonly address?: pulumi.Output<string>;

  constructor(name: string, group: GroupConfig, args: GroupArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:Group", name, {}, options);
    const { config, ingress, topicArn } = args;
    const physicalName = resourceName(config.stack, name);
    const tags = groupTags(config.stack, name, group.tags);

    const own = attachments(name, { group, network: args.network, tags }, this);

    const { stack } = config;
    const { bucket } = args.repository;
    const rollout = rolloutPolicyObject(name, { bucket, stack, group: name, policy: rolloutPolicyOf(group) }, this);

    const role = hostRole(
      name,
      {
        name: hostRoleName(config.stack, name),
        policy: hostPolicy(name, group, args, own),
        managedPolicies: managedPolicies(group),
        settings: args.roles,
        tags,
      },
      this,
    );
    const firewall = securityGroup(
      name,
      {
        namePrefix: `${physicalName}-`,
        group,
        used: group.uses.flatMap((used) => config.groups[used] ?? []),
        network: args.network,
        loadBalancer: ingress?.from,
        users: args.users,
        tags,
      },
      this,
    );
    const template = launchTemplate(
      name,
      {
        namePrefix: `${physicalName}-`,
        image: group.image,
        instanceType: group.instanceType,
        rootVolume: group.rootVolume,
        imdsHopLimit: group.imdsHopLimit,
        instanceProfileArn: role.profile.arn,
        securityGroupId: firewall.id,
        publicAddress: group.elasticIp !== undefined || config.network.nat === "none",
        keyPair: group.access?.keyPair,
        userData: userData(name, group, args, own),
        tags,
      },
      this,
    );
    const grants = volumeGrants(name, { group, account: args.account }, this);
    const fleet = autoScalingGroup(
      name,
      {
        name: physicalName,
        group,
        launchTemplate: template,
        subnetIds: own.subnetIds,
        targetGroupArn: ingress?.targetGroupArn,
        tags,
        dependsOn: [...role.policies, ...grants, rollout, ...(ingress?.attachment ? [ingress.attachment] : [])],
      },
      this,
    );
    scalingEvents(name, fleet, topicArn, this);
    if (group.scaling) {
      const { scaling } = group;
      scaleFleet(name, { fleet, scaling, name: physicalName, requestLabel: ingress?.requestLabel, tags }, this);
    }

    this.autoScalingGroupName = fleet.name;
    this.securityGroupId = firewall.id;
    if (own.elasticIp) this.address = own.elasticIp.publicIp;
    this.registerOutputs({ autoScalingGroupName: this.autoScalingGroupName });
  }
}

function hostPolicy(name: string, group: GroupConfig, args: GroupArgs, own: Attachments): pulumi.Output<string> {
  const { account, config, ingress, repository, hostsTopicArn } = args;
  return pulumi
    .all([
      account.partition,
      account.id,
      repository.bucketArn,
      hostsTopicArn,
      ingress?.targetGroupArn,
      own.volume?.arn,
      own.elasticIp?.arn,
      repository.settingsKeyArn,
    ])
    .apply(([partition, id, bucketArn, topic, targetGroupArn, volumeArn, elasticIpArn, keyArn]) =>
      policyDocument([
        ...hostStatements({
          partition,
          account: id,
          region: config.region,
          bucketArn,
          stack: config.stack,
          group: name,
          autoScalingGroup: resourceName(config.stack, name),
          topicArn: topic,
          targetGroupArn,
          volumeArn,
          elasticIpArn,
        }),
        ...settingsStatements({ region: config.region, bucketArn, keyArn, apps: appsOf(group) }),
        ...ownStatements(group),
      ]),
    );
}

function userData(name: string, group: GroupConfig, args: GroupArgs, own: Attachments): pulumi.Output<string> {
  const { config, ingress, signingKey, channelsKey, installScript, topicArn } = args;
  const key = `Pulumi.${config.stack}.yaml: towline:groups/${name}/userData`;
  const ownScript = group.userData === undefined ? undefined : readOwnScript(ROOT, group.userData, key);
  return pulumi
    .all([topicArn, ingress?.targetGroupArn, own.volume?.id, own.elasticIp?.allocationId])
    .apply(([topic, targetGroupArn, volumeId, elasticIp]) =>
      renderUserData({
        environment: hostEnvironment(config, name, group, { topicArn: topic, targetGroupArn, volumeId, elasticIp }),
        signingKey,
        channelsKey: group.channel === undefined ? undefined : channelsKey,
        installScript,
        ownScript,
      }),
    );
}
