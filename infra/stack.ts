import { readFileSync } from "node:fs";
import path from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { bundleNotifier, bundleSlackCommand } from "../lambda/bundle";
import { currentAccount } from "./account";
import type { HttpConfig, StackConfig } from "./config";
import { Group, type Ingress } from "./group";
import { LoadBalancer } from "./load-balancer";
import {
  deadLetterQueueName,
  loadBalancerName,
  notifierName,
  resourceName,
  slackCommandName,
  targetGroupName,
  topicName,
} from "./names";
import { Network } from "./network";
import { Notifier } from "./notifier";
import { Repository } from "./repository";
import { ROOT } from "./root";
import { readSigningKey } from "./signing-key";
import { SlackCommand } from "./slack-command";
import { groupTags, stackTags } from "./tags";
import { TargetGroup } from "./target-group";
import { Topic } from "./topic";

/** What a stack tells whoever asks for its outputs. */
export interface StackOutputs {
  /** Address of the group that serves HTTP; absent where none does. */
  readonly url?: pulumi.Output<string>;
  readonly bucket: pulumi.Output<string>;
  readonly topicArn: pulumi.Output<string>;
  /** Address to give Slack as the request URL of its commands; absent where there are none. */
  readonly slackCommandUrl?: pulumi.Output<string>;
  /** Physical names of the Auto Scaling groups, by group. */
  readonly groups: Readonly<Record<string, pulumi.Output<string>>>;
}

/** Declares everything a stack consists of. Holds no state of its own: it can run any number of times in a process. */
export function buildStack(config: StackConfig): StackOutputs {
  const { stack, region } = config;
  const signingKey = readSigningKey(ROOT, config.signingKey, stack);
  const installScript = readFileSync(path.join(ROOT, "userdata", "install.sh"), "utf8");
  const tags = stackTags(stack);
  const account = currentAccount();

  const network = new Network("network", { region, network: config.network, tags });
  const repository = new Repository("repository", { bucket: config.repository.bucket, tags });
  const topic = new Topic("events", { name: topicName(stack), accountId: account.id, tags });
  new Notifier("notifier", {
    name: notifierName(stack),
    deadLetterQueueName: deadLetterQueueName(stack),
    bundle: bundleNotifier(ROOT),
    topicArn: topic.arn,
    slack: config.slack,
    groupPrefix: resourceName(stack, ""),
    repository,
    region,
    account,
    tags,
  });

  const slackCommand =
    config.slackCommand &&
    new SlackCommand("slack-command", {
      name: slackCommandName(stack),
      bundle: bundleSlackCommand(ROOT),
      stack,
      command: config.slackCommand,
      botTokenParameter: config.slackCommand.allow.userGroup && config.slack.botTokenParameter,
      topicArn: topic.arn,
      region,
      account,
      tags,
    });

  const groups: Record<string, pulumi.Output<string>> = {};
  let url: pulumi.Output<string> | undefined;
  for (const [name, group] of Object.entries(config.groups)) {
    const ingress = group.http && openToTheWorld(config, name, group.http, network);
    url ??= ingress?.loadBalancer.url;
    const built = new Group(name, group, {
      config,
      account,
      network,
      repository,
      topicArn: topic.arn,
      ingress,
      signingKey,
      installScript,
    });
    groups[name] = built.autoScalingGroupName;
  }
  return {
    ...(url && { url }),
    ...(slackCommand && { slackCommandUrl: slackCommand.url }),
    bucket: repository.bucket,
    topicArn: topic.arn,
    groups,
  };
}

/** The configuration lets one group at most serve HTTP, so there is one load balancer at most. */
function openToTheWorld(config: StackConfig, group: string, http: HttpConfig, network: Network): Ingress {
  const targetGroup = new TargetGroup(group, {
    name: targetGroupName(config.stack, group, http.port),
    vpcId: network.vpcId,
    http,
    tags: groupTags(config.stack, group, config.groups[group]?.tags ?? {}),
  });
  const loadBalancer = new LoadBalancer("load-balancer", {
    name: loadBalancerName(config.stack),
    network,
    targetPort: http.port,
    targetGroupArn: targetGroup.arn,
    tags: stackTags(config.stack),
  });
  return { targetGroup, loadBalancer, port: http.port };
}
