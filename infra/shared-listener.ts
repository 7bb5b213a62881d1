import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Entrance } from "./load-balancer";
import { listenerRule, type Route } from "./load-balancer/listener-rule";
import type { Tags } from "./tags";

export interface SharedListenerArgs {
  readonly listenerArn: string;
  /** The groups that serve HTTP, all of which have hosts or paths. */
  readonly routes: readonly Route[];
  readonly tags: Tags;
}

const PORTS: Readonly<Record<string, number>> = { HTTP: 80, HTTPS: 443 };

/** Somebody else's load balancer, of whose listener the stack has the rules for its groups, and nothing else. */
export class SharedListener extends pulumi.ComponentResource implements Entrance {
  readonly securityGroupIds: pulumi.Output<string[]>;
  readonly attachments: Readonly<Record<string, pulumi.Resource>>;
  readonly arnSuffix: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: SharedListenerArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:SharedListener", name, {}, options);
    const { listenerArn, tags } = args;
    const listener = aws.lb.getListenerOutput({ arn: listenerArn }, { parent: this });
    const balancer = aws.lb.getLoadBalancerOutput({ arn: listener.loadBalancerArn }, { parent: this });
    this.attachments = Object.fromEntries(
      args.routes.map((route) => [route.group, listenerRule(name, route, listenerArn, tags, this)]),
    );
    this.securityGroupIds = balancer.securityGroups;
    this.arnSuffix = balancer.arnSuffix;
    this.url = pulumi
      .all([listener.protocol, listener.port, balancer.dnsName])
      .apply(([protocol, port, host]) => addressOf(protocol, port, host));
    this.registerOutputs({ url: this.url });
  }
}

function addressOf(protocol: string, port: number, host: string): string {
  return `${protocol.toLowerCase()}://${host}${port === PORTS[protocol] ? "" : `:${port}`}`;
}
