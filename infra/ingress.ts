import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "./config";
import { LoadBalancer } from "./load-balancer";
import type { LogBucket } from "./log-bucket";
import { loadBalancerName, targetGroupName } from "./names";
import type { Network } from "./network";
import { groupTags, stackTags } from "./tags";
import { TargetGroup } from "./target-group";

/** How requests reach a group. */
export interface Ingress {
  readonly targetGroupArn: pulumi.Output<string>;
  /** Port the instances listen on. */
  readonly port: number;
  /** Security group the instances accept requests from. */
  readonly from: pulumi.Output<string>;
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

/** Declares the stack's load balancer and what is behind it; nothing where no group is. */
export function openToTheWorld(config: StackConfig, network: Network, logs?: LogBucket): PublicSide | undefined {
  const routes = Object.entries(config.groups).flatMap(([group, { http, elasticIp, tags }]) => {
    if (http === undefined || elasticIp !== undefined) return [];
    const name = targetGroupName(config.stack, group, http.port);
    const settings = { name, vpcId: network.vpcId, http, tags: groupTags(config.stack, group, tags) };
    return { group, http, targets: new TargetGroup(group, settings) };
  });
  if (routes.length === 0) return undefined;
  const loadBalancer = new LoadBalancer("load-balancer", {
    ...config.loadBalancer,
    name: loadBalancerName(config.stack),
    network,
    protect: config.protect,
    logs,
    routes: routes.map(({ group, http, targets }) => ({ group, http, targetGroupArn: targets.arn })),
    tags: stackTags(config.stack),
  });
  const ingresses = routes.map(({ group, http, targets }): [string, Ingress] => [
    group,
    {
      targetGroupArn: targets.arn,
      port: http.port,
      from: loadBalancer.securityGroupId,
      attachment: loadBalancer.attachments[group],
      requestLabel: pulumi.interpolate`${loadBalancer.arnSuffix}/${targets.arnSuffix}`,
    },
  ]);
  return { url: loadBalancer.url, ingresses: new Map(ingresses) };
}
