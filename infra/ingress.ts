import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "./config";
import { type Entrance, LoadBalancer } from "./load-balancer";
import type { Route } from "./load-balancer/listener-rule";
import type { LogBucket } from "./log-bucket";
import { loadBalancerName, targetGroupName } from "./names";
import type { Network } from "./network";
import { SharedListener } from "./shared-listener";
import { groupTags, stackTags } from "./tags";
import { TargetGroup } from "./target-group";

/** How requests reach a group. */
export interface Ingress {
  readonly targetGroupArn: pulumi.Output<string>;
  /** Port the instances listen on. */
  readonly port: number;
  /** Security groups the instances accept requests from. */
  readonly from: pulumi.Input<pulumi.Input<string>[]>;
  /** What has to exist before the instances are checked for health. */
  readonly attachment: pulumi.Resource | undefined;
  /** What CloudWatch counts the requests of one instance under. */
  readonly requestLabel: pulumi.Output<string>;
}

/** The public side of a stack. */
export interface PublicSide {
  readonly url: pulumi.Output<string>;
  /** By group. */
  readonly ingresses: ReadonlyMap<string, Ingress>;
}

/** Declares the stack's load balancer, or its rules at another's, and what is behind it; nothing where no group is. */
export function openToTheWorld(config: StackConfig, network: Network, logs?: LogBucket): PublicSide | undefined {
  const routes = Object.entries(config.groups).flatMap(([group, { http, elasticIp, tags }]) => {
    if (http === undefined || elasticIp !== undefined) return [];
    const name = targetGroupName(config.stack, group, http.port, config.loadBalancer.listenerArn !== undefined);
    const settings = { name, vpcId: network.vpcId, http, tags: groupTags(config.stack, group, tags) };
    return { group, http, targets: new TargetGroup(group, settings) };
  });
  if (routes.length === 0) return undefined;
  const entrance = entranceOf(
    config,
    network,
    routes.map(({ group, http, targets }) => ({ group, http, targetGroupArn: targets.arn })),
    logs,
  );
  const ingresses = routes.map(({ group, http, targets }): [string, Ingress] => [
    group,
    {
      targetGroupArn: targets.arn,
      port: http.port,
      from: entrance.securityGroupIds,
      attachment: entrance.attachments[group],
      requestLabel: pulumi.interpolate`${entrance.arnSuffix}/${targets.arnSuffix}`,
    },
  ]);
  return { url: entrance.url, ingresses: new Map(ingresses) };
}

function entranceOf(config: StackConfig, network: Network, routes: readonly Route[], logs?: LogBucket): Entrance {
  const tags = stackTags(config.stack);
  const { listenerArn } = config.loadBalancer;
  if (listenerArn !== undefined) return new SharedListener("load-balancer", { listenerArn, routes, tags });
  return new LoadBalancer("load-balancer", {
    ...config.loadBalancer,
    name: loadBalancerName(config.stack),
    network,
    protect: config.protect,
    logs,
    routes,
    tags,
  });
}
