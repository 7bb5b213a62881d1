import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { LoadBalancerConfig, ProtectConfig } from "./config";
import { alias, domain } from "./load-balancer/domain";
import { firewall } from "./load-balancer/firewall";
import { listenerRule, type Route } from "./load-balancer/listener-rule";
import { LOG_PREFIX, type LogBucket } from "./log-bucket";
import type { Network } from "./network";
import type { Tags } from "./tags";

/** What clients speak: in the clear, and with a certificate. */
const [HTTP, HTTPS] = [80, 443];

/** Where requests come in, the stack's own or somebody else's. */
export interface Entrance {
  /** Security groups the instances accept requests from. */
  readonly securityGroupIds: pulumi.Input<pulumi.Input<string>[]>;
  /** What has to exist before the targets of a group are checked for health, by group. */
  readonly attachments: Readonly<Record<string, pulumi.Resource>>;
  /** How CloudWatch calls the load balancer. */
  readonly arnSuffix: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
}

export interface LoadBalancerArgs extends LoadBalancerConfig {
  /** Physical name, at most 32 characters. */
  readonly name: string;
  readonly network: Network;
  /** The groups that serve HTTP; one of them has neither hosts nor paths and gets every request that no other does. */
  readonly routes: readonly Route[];
  /** What keeps it from being deleted, and stands before it. @default nothing */
  readonly protect?: ProtectConfig | undefined;
  /** Where its requests are logged. @default nowhere */
  readonly logs?: LogBucket | undefined;
  readonly tags: Tags;
}

/** The address of a stack: an application load balancer in front of the groups that serve HTTP, for the world or, an internal one, for the network alone. */
export class LoadBalancer extends pulumi.ComponentResource implements Entrance {
  readonly securityGroupIds: pulumi.Output<string>[];
  readonly attachments: Readonly<Record<string, pulumi.Resource>>;
  readonly arnSuffix: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: LoadBalancerArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:LoadBalancer", name, {}, options);
    const named = ownName(args);
    const own = named && domain(name, { ...named, tags: args.tags }, this);
    const certificateArn = own?.certificateArn ?? args.certificateArn;
    const secure = certificateArn !== undefined;
    const internal = args.internal ?? false;
    const firewallArgs = { ...args, ports: secure ? [HTTP, HTTPS] : [HTTP], targetPorts: targetPorts(args.routes) };
    const securityGroup = firewall(name, firewallArgs, this);
    const balancer = new aws.lb.LoadBalancer(
      `${name}-alb`,
      {
        name: args.name,
        loadBalancerType: "application",
        internal,
        securityGroups: [securityGroup.id],
        subnets: internal ? args.network.privateSubnetIds : args.network.publicSubnetIds,
        dropInvalidHeaderFields: true,
        ...(args.protect && { enableDeletionProtection: true }),
        ...(args.logs && { accessLogs: { enabled: true, bucket: args.logs.bucket, prefix: LOG_PREFIX.loadBalancer } }),
        tags: args.tags,
      },
      {
        parent: this,
        ...(args.logs && { dependsOn: args.logs.ready }),
        // A public one that becomes internal, or the other way round, is another of the same name, and a target group is behind one at a time.
        deleteBeforeReplace: true,
      },
    );
    if (args.protect?.webAclArn !== undefined) {
      const association = { resourceArn: balancer.arn, webAclArn: args.protect.webAclArn };
      new aws.wafv2.WebAclAssociation(`${name}-web-acl`, association, { parent: this });
    }
    if (named && own) alias(name, { ...named, zoneId: own.zoneId }, balancer, this);
    const listener = secure
      ? this.listenSecurely(name, args, balancer.arn, certificateArn)
      : this.listen(name, args, balancer.arn, { type: "forward", targetGroupArn: defaultTarget(args.routes) });

    this.attachments = Object.fromEntries(
      args.routes.map((route) => [
        route.group,
        isDefault(route) ? listener : listenerRule(name, route, listener.arn, args.tags, this),
      ]),
    );
    this.securityGroupIds = [securityGroup.id];
    this.arnSuffix = balancer.arnSuffix;
    this.url = pulumi.interpolate`${secure ? "https" : "http"}://${named?.domain ?? balancer.dnsName}`;
    this.registerOutputs({ securityGroupId: securityGroup.id, url: this.url });
  }

  private listen(
    name: string,
    args: LoadBalancerArgs,
    loadBalancerArn: pulumi.Output<string>,
    action: aws.types.input.lb.ListenerDefaultAction,
    dependsOn?: pulumi.Resource,
  ): aws.lb.Listener {
    return new aws.lb.Listener(
      `${name}-http`,
      {
        loadBalancerArn,
        port: HTTP,
        protocol: "HTTP",
        defaultActions: [action],
        // The policy pack refuses requests in the clear where nobody has said that they are meant.
        tags: { ...args.tags, ...(args.httpOnly && { "towline:http-only": "meant" }) },
      },
      { parent: this, dependsOn },
    );
  }

  /** With a certificate, requests in the clear are only told where to go. */
  private listenSecurely(
    name: string,
    args: LoadBalancerArgs,
    loadBalancerArn: pulumi.Output<string>,
    certificateArn: pulumi.Input<string>,
  ): aws.lb.Listener {
    const listener = new aws.lb.Listener(
      `${name}-https`,
      {
        loadBalancerArn,
        port: HTTPS,
        protocol: "HTTPS",
        certificateArn,
        // TLS 1.2 and 1.3, with forward secrecy only.
        sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
        defaultActions: [{ type: "forward", targetGroupArn: defaultTarget(args.routes) }],
        tags: args.tags,
      },
      { parent: this },
    );
    const redirect = { port: String(HTTPS), protocol: "HTTPS", statusCode: "HTTP_301" };
    // Nobody is sent to a listener that is not there yet.
    this.listen(name, args, loadBalancerArn, { type: "redirect", redirect }, listener);
    return listener;
  }
}

function ownName({ domain, zone }: LoadBalancerConfig): { readonly domain: string; readonly zone: string } | undefined {
  return domain === undefined || zone === undefined ? undefined : { domain, zone };
}

function targetPorts(routes: readonly Route[]): number[] {
  return [...new Set(routes.map(({ http }) => http.port))];
}

function isDefault({ http }: Route): boolean {
  return http.hosts.length + http.paths.length === 0;
}

/** The configuration has exactly one such group wherever there is one that serves HTTP. */
function defaultTarget(routes: readonly Route[]): pulumi.Input<string> {
  const [route] = routes.filter(isDefault);
  if (route === undefined) throw new Error("no group serves the requests that no other does");
  return route.targetGroupArn;
}
