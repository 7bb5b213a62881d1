import { readFileSync } from "node:fs";
import path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import {
  bundleEndings,
  bundleNotifier,
  bundleRegistry,
  bundleRolloutAlarms,
  bundleSlackCommand,
} from "../lambda/bundle";
import { writablePool } from "./access/pool-access";
import { currentAccount } from "./account";
import { Alarms, type Watched } from "./alarms";
import { Audit } from "./audit";
import { readBoundary } from "./boundary";
import { type Bundler, bundleOf } from "./bundle-archive";
import { ChannelPublisher } from "./channels";
import { alarmsByGroup, hostsInPublic, type StackConfig } from "./config";
import { Endings } from "./endings";
import type { FunctionSettings } from "./function";
import { buildGroups } from "./groups";
import { openToTheWorld } from "./ingress";
import { LogBucket } from "./log-bucket";
import {
  alarmName,
  channelSuite,
  channelsName,
  deadLetterQueueName,
  endingsName,
  type FunctionKind,
  hostsTopicName,
  notifierName,
  nudgeName,
  publisherName,
  registryName,
  rolloutAlarmsName,
  settingsKeyAlias,
  slackCommandName,
  stackPrefix,
  topicName,
} from "./names";
import { Network } from "./network";
import { Notifier } from "./notifier";
import { Nudge } from "./nudge";
import { Publisher } from "./publisher";
import { Registry } from "./registry";
import { Repository } from "./repository";
import type { RoleSettings } from "./role";
import { RolloutAlarms } from "./rollout-alarms";
import { ROOT } from "./root";
import { readSigningKey } from "./signing-key";
import { SlackCommand } from "./slack-command";
import { stackTags } from "./tags";
import { Topic } from "./topic";

/** Days that logs of functions are kept where no `audit` says so. */
const KEEP_LOG = 30;

/** What a stack tells whoever asks for its outputs. */
export interface StackOutputs {
  /** Address of the groups that serve HTTP; absent where none does. */
  readonly url?: pulumi.Output<string>;
  readonly bucket: pulumi.Output<string>;
  readonly topicArn: pulumi.Output<string>;
  /** Address to give Slack as the request URL of its commands; absent where there are none. */
  readonly slackCommandUrl?: pulumi.Output<string>;
  /** Role to publish with; absent where nobody is trusted to assume it. */
  readonly publisherRoleArn?: pulumi.Output<string>;
  /** Role to publish to channels with; absent where nobody is trusted to assume it. */
  readonly channelsRoleArn?: pulumi.Output<string>;
  /** Addresses of the groups that have one of their own, by group; absent where none does. */
  readonly addresses?: Readonly<Record<string, pulumi.Output<string>>>;
  /** Physical names of the Auto Scaling groups, by group. */
  readonly groups: Readonly<Record<string, pulumi.Output<string>>>;
  /** What a program of another stack's lets in, such as to its database: the security groups of hosts, by group. */
  readonly securityGroups: Readonly<Record<string, pulumi.Output<string>>>;
  /** Zone of the groups' names, which the owner of a shared VPC associates with it; absent where the VPC is the account's own. */
  readonly namesZoneId?: pulumi.Output<string>;
  readonly vpcId: pulumi.Output<string>;
  readonly publicSubnetIds: pulumi.Output<string[]>;
  readonly privateSubnetIds: pulumi.Output<string[]>;
}

/** Declares everything a stack consists of. Holds no state of its own: it can run any number of times in a process. */
export function buildStack(config: StackConfig): StackOutputs {
  const { stack, region } = config;
  const signingKey = readSigningKey(ROOT, config.signingKey, stack);
  const followed = Object.values(config.groups).some(({ channel }) => channel !== undefined);
  const channelsKey =
    config.channels && followed ? readSigningKey(ROOT, config.channels.signingKey, stack, "channels") : undefined;
  const installScript = readFileSync(path.join(ROOT, "userdata", "install.sh"), "utf8");
  const tags = stackTags(stack);
  const account = currentAccount();

  const { protect, audit } = config;
  const logDays = audit?.logDays ?? KEEP_LOG;
  const roles = roleSettings(config);
  const functionOf = (kind: FunctionKind, name: string, bundler: Bundler): FunctionSettings => ({
    name,
    deadLetterQueueName: deadLetterQueueName(stack, kind),
    logDays,
    roles,
    bundle: bundleOf(bundler),
    tags,
  });
  const network = new Network("network", {
    region,
    network: config.network,
    hostsInPublic: hostsInPublic(config.groups),
    closeDefaultGroup: protect !== undefined,
    tags,
  });
  const repository = new Repository("repository", {
    bucket: config.repository.bucket,
    settingsKeyAlias: settingsKeyAlias(stack),
    region,
    account,
    protect,
    tags,
  });
  const logs =
    audit &&
    new LogBucket("logs", {
      stack,
      repositoryBucket: config.repository.bucket,
      repositoryArn: repository.bucketArn,
      days: audit.logDays,
      region,
      account,
      tags,
    });
  if (logs) new Audit("audit", { stack, logs, network, repository, tags });
  const topic = new Topic("events", {
    name: topicName(stack),
    account,
    region,
    alarmPrefix: stackPrefix(stack),
    tags,
  });
  const hostsTopic = new Topic("host-events", {
    name: hostsTopicName(stack),
    account,
    region,
    alarmPrefix: undefined,
    tags,
  });
  new Notifier("notifier", {
    ...functionOf("notifier", notifierName(stack), bundleNotifier),
    topicArn: topic.arn,
    hostsTopicArn: hostsTopic.arn,
    slack: config.slack,
    links: [...config.slack.links, ...(config.slackCommand ? [config.slackCommand.jenkins.url] : [])],
    groupPrefix: stackPrefix(stack),
    repository,
    region,
    account,
  });

  const { bucket, bucketArn } = repository;
  new Nudge("nudge", {
    name: nudgeName(stack),
    stack,
    bucket,
    suite: config.repository.suite,
    region,
    account,
    roles,
    tags,
  });
  const pool = bucketArn.apply((arn) => writablePool(arn, config));
  const publisher =
    config.publisher?.trustedArns &&
    new Publisher("publisher", {
      trustedArns: config.publisher.trustedArns,
      promoteFromBucket: config.publisher.promoteFromBucket,
      name: publisherName(stack),
      releaseDays: protect?.releaseDays,
      stack,
      bucketArn,
      writablePool: pool,
      topicArn: topic.arn,
      region,
      account,
      roles,
      tags,
    });
  const trusted = config.channels?.trustedArns;
  const channelPublisher =
    trusted &&
    new ChannelPublisher("channels", {
      name: channelsName(stack),
      trustedArns: trusted,
      bucketArn,
      writablePool: pool,
      suite: config.repository.suite,
      roles,
      tags,
    });
  const slackCommand =
    config.slackCommand &&
    new SlackCommand("slack-command", {
      ...functionOf("slack-command", slackCommandName(stack), bundleSlackCommand),
      stack,
      command: config.slackCommand,
      botTokenParameter: config.slack.botTokenParameter,
      topicArn: topic.arn,
      region,
      account,
    });

  const registry = new Registry("registry", {
    ...functionOf("registry", registryName(stack), bundleRegistry),
    stack,
    region,
    account,
    namespace: config.registry.namespace,
    vpcId: network.namesVpcId,
    askedFrom: network.shared ? network.vpcId : undefined,
    groups: Object.keys(config.groups),
  });
  const watchedByGroup = alarmsByGroup(config);
  const rolloutAlarms =
    Object.keys(watchedByGroup).length > 0 &&
    new RolloutAlarms("rollout-alarms", {
      ...functionOf("rollout-alarms", rolloutAlarmsName(stack), bundleRolloutAlarms),
      alarms: watchedByGroup,
      repository,
      region,
      account,
    });
  new Endings("endings", {
    ...functionOf("endings", endingsName(stack), bundleEndings),
    stack,
    repository,
    suites: followedSuites(config),
    validDays: config.repository.validDays,
    topicArn: topic.arn,
    region,
    account,
  });
  new Alarms("alarms", {
    functions: {
      endings: watched(stack, "endings", "The function that looks for what ends soon", endingsName(stack)),
      notifier: watched(stack, "notifier", "The notifier", notifierName(stack)),
      registry: watched(stack, "registry", "The registry of services", registryName(stack)),
      ...(rolloutAlarms && {
        "rollout-alarms": watched(
          stack,
          "rollout-alarms",
          "The function of the rollouts' alarms",
          rolloutAlarmsName(stack),
        ),
      }),
      ...(slackCommand && {
        "slack-command": watched(stack, "slack-command", "The Slack command", slackCommandName(stack)),
      }),
    },
    topicArn: topic.arn,
    tags,
  });

  const publicSide = openToTheWorld(config, network, logs);
  const shared = {
    config,
    account,
    roles,
    network,
    repository,
    topicArn: topic.arn,
    hostsTopicArn: hostsTopic.arn,
    signingKey,
    channelsKey,
    installScript,
  };
  // Who launches before the registry listens is in no name.
  const groups = buildGroups(shared, publicSide, { dependsOn: [registry, ...network.ready] });
  const addresses = [...groups].flatMap(([name, { address }]) => (address === undefined ? [] : [[name, address]]));
  return {
    ...(publicSide && { url: publicSide.url }),
    ...(slackCommand && { slackCommandUrl: slackCommand.url }),
    ...(publisher && { publisherRoleArn: publisher.roleArn }),
    ...(channelPublisher && { channelsRoleArn: channelPublisher.roleArn }),
    bucket,
    topicArn: topic.arn,
    ...(addresses.length > 0 && { addresses: Object.fromEntries(addresses) }),
    groups: Object.fromEntries([...groups].map(([name, group]) => [name, group.autoScalingGroupName])),
    securityGroups: Object.fromEntries([...groups].map(([name, group]) => [name, group.securityGroupId])),
    ...(network.shared && { namesZoneId: registry.zoneId }),
    vpcId: network.vpcId,
    publicSubnetIds: network.publicSubnetIds,
    privateSubnetIds: network.privateSubnetIds,
  };
}

function roleSettings({ stack, roles }: StackConfig): RoleSettings {
  return {
    path: roles?.path,
    boundary: roles?.boundary === undefined ? undefined : readBoundary(stack, roles.boundary),
  };
}

/** The main suite, and those of the channels that groups follow. */
function followedSuites({ repository, groups }: StackConfig): string[] {
  const channels = Object.values(groups).flatMap(({ channel }) => channel ?? []);
  return [repository.suite, ...[...new Set(channels)].sort().map((channel) => channelSuite(repository.suite, channel))];
}

/** What to watch of a function. */
function watched(stack: string, kind: FunctionKind, title: string, functionName: string): Watched {
  return {
    title,
    names: { failures: alarmName(stack, kind, "failures"), undelivered: alarmName(stack, kind, "undelivered") },
    functionName,
    deadLetterQueue: deadLetterQueueName(stack, kind),
  };
}
