import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import type { GroupConfig, StackConfig } from "./config";
import { autoScalingGroup, scalingEvents } from "./group/auto-scaling-group";
import { hostStatements } from "./group/host-policy";
import { hostRole } from "./group/host-role";
import { launchTemplate } from "./group/launch-template";
import { scaleFleet } from "./group/scaling";
import { securityGroup } from "./group/security-group";
import { hostEnvironment } from "./host-environment";
import type { Ingress } from "./ingress";
import { hostRoleName, resourceName } from "./names";
import type { Network } from "./network";
import { policyDocument } from "./policy";
import type { Repository } from "./repository";
import { groupTags } from "./tags";
import { renderUserData } from "./user-data";

export interface GroupArgs {
  /** Configuration of the whole stack. */
  readonly config: StackConfig;
  readonly account: Account;
  readonly network: Network;
  readonly repository: Repository;
  /** Topic for the events of the group. */
  readonly topicArn: pulumi.Output<string>;
  /** How requests reach the group; absent where it serves no HTTP. */
  readonly ingress?: Ingress;
  /** Armored public key of the repository. */
  readonly signingKey: string;
  /** What an instance runs on its first boot. */
  readonly installScript: string;
}

/** A group of instances that run the same packages. */
export class Group extends pulumi.ComponentResource {
  /** Physical name of the Auto Scaling group. */
  readonly autoScalingGroupName: pulumi.Output<string>;

  constructor(name: string, group: GroupConfig, args: GroupArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:Group", name, {}, options);
    const { config, ingress, topicArn } = args;
    const physicalName = resourceName(config.stack, name);
    const tags = groupTags(config.stack, name, group.tags);

    const role = hostRole(name, { name: hostRoleName(config.stack, name), policy: hostPolicy(name, args), tags }, this);
    const firewall = securityGroup(
      name,
      {
        vpcId: args.network.vpcId,
        http: ingress,
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
        rootVolumeSize: group.rootVolume?.size,
        instanceProfileArn: role.profile.arn,
        securityGroupId: firewall.id,
        userData: userData(name, group, args),
        tags,
      },
      this,
    );
    const fleet = autoScalingGroup(
      name,
      {
        name: physicalName,
        group,
        launchTemplate: template,
        subnetIds: args.network.privateSubnetIds,
        targetGroupArn: ingress?.targetGroupArn,
        tags,
        dependsOn: [role.policy, ...(ingress?.attachment ? [ingress.attachment] : [])],
      },
      this,
    );
    scalingEvents(name, fleet, topicArn, this);
    if (group.scaling) {
      const { scaling } = group;
      scaleFleet(name, { fleet, scaling, name: physicalName, requestLabel: ingress?.requestLabel, tags }, this);
    }

    this.autoScalingGroupName = fleet.name;
    this.registerOutputs({ autoScalingGroupName: this.autoScalingGroupName });
  }
}

function hostPolicy(group: string, args: GroupArgs): pulumi.Output<string> {
  const { account, config, ingress, repository, topicArn } = args;
  return pulumi
    .all([account.partition, account.id, repository.bucketArn, topicArn, ingress?.targetGroupArn])
    .apply(([partition, id, bucketArn, topic, targetGroupArn]) =>
      policyDocument(
        hostStatements({
          partition,
          account: id,
          region: config.region,
          bucketArn,
          group,
          autoScalingGroup: resourceName(config.stack, group),
          topicArn: topic,
          targetGroupArn,
        }),
      ),
    );
}

function userData(name: string, group: GroupConfig, args: GroupArgs): pulumi.Output<string> {
  const { config, ingress, signingKey, installScript, topicArn } = args;
  return pulumi.all([topicArn, ingress?.targetGroupArn]).apply(([topic, targetGroupArn]) =>
    renderUserData({
      environment: hostEnvironment(config, name, group, { topicArn: topic, targetGroupArn }),
      signingKey,
      installScript,
    }),
  );
}
