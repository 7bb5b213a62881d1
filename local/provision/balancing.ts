import {
  type Action,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ModifyLoadBalancerAttributesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { type Create, type Inputs, list, number, tagList, text } from "./resource";

const loadBalancer: Create = async ({ clients }, inputs) => {
  const settings = {
    Name: text(inputs, "name"),
    Scheme: inputs.internal === true ? ("internal" as const) : ("internet-facing" as const),
    Subnets: [...list<string>(inputs, "subnets")],
    SecurityGroups: [...list<string>(inputs, "securityGroups")],
    Tags: tagList(inputs),
  };
  const made = (await clients.elb.send(new CreateLoadBalancerCommand(settings))).LoadBalancers?.[0];
  const arn = made?.LoadBalancerArn as string;
  const arnSuffix = arn.slice(arn.indexOf("app/"));
  const Attributes = attributes(inputs);
  if (Attributes.length)
    await clients.elb.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn: arn, Attributes }));
  return { id: arn, state: { arn, arnSuffix, dnsName: made?.DNSName, zoneId: made?.CanonicalHostedZoneId } };
};

/** What is set once it is there. */
function attributes(inputs: Inputs): { Key: string; Value: string }[] {
  const logs = inputs.accessLogs as { enabled: boolean; bucket: string; prefix: string } | undefined;
  return [
    ...(inputs.enableDeletionProtection === true ? [{ Key: "deletion_protection.enabled", Value: "true" }] : []),
    ...Object.entries(logs ?? {}).map(([key, value]) => ({ Key: `access_logs.s3.${key}`, Value: String(value) })),
  ];
}

interface HealthCheck {
  readonly path: string;
  readonly matcher: string;
  readonly interval: number;
  readonly timeout: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}

const targetGroup: Create = async ({ clients, targetGroups }, inputs) => {
  const [name, port] = [text(inputs, "name"), number(inputs, "port")];
  const health = inputs.healthCheck as HealthCheck;
  const made = await clients.elb.send(
    new CreateTargetGroupCommand({
      Name: name,
      Port: port,
      Protocol: text(inputs, "protocol") as "HTTP",
      VpcId: text(inputs, "vpcId"),
      TargetType: text(inputs, "targetType") as "instance",
      HealthCheckPath: health.path,
      HealthCheckIntervalSeconds: health.interval,
      HealthCheckTimeoutSeconds: health.timeout,
      HealthyThresholdCount: health.healthyThreshold,
      UnhealthyThresholdCount: health.unhealthyThreshold,
      Matcher: { HttpCode: health.matcher },
    }),
  );
  const arn = made.TargetGroups?.[0]?.TargetGroupArn as string;
  const { path: healthPath, matcher, interval, unhealthyThreshold } = health;
  targetGroups.add({
    arn,
    port,
    deregistrationDelay: number(inputs, "deregistrationDelay"),
    backend: { name, healthPath, matcher, interval, unhealthyThreshold },
  });
  return { id: arn, state: { arn, name, arnSuffix: arn.slice(arn.indexOf("targetgroup/")) } };
};

const listener: Create = async ({ clients, listeners }, inputs) => {
  const loadBalancerArn = text(inputs, "loadBalancerArn");
  const [action = {}] = list(inputs, "defaultActions");
  const made = await clients.elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: loadBalancerArn,
      Port: number(inputs, "port"),
      // The stack's certificate is in AWS: HAProxy gets the requests in the clear.
      Protocol: "HTTP",
      DefaultActions: [defaultAction(action)],
    }),
  );
  if (action.type === "forward") listeners.push({ loadBalancerArn, targetGroupArn: text(action, "targetGroupArn") });
  const arn = made.Listeners?.[0]?.ListenerArn as string;
  return { id: arn, state: { arn } };
};

function defaultAction(action: Inputs): Action {
  if (action.type === "forward") return { Type: "forward", TargetGroupArn: text(action, "targetGroupArn") };
  const redirect = action.redirect as { port: string; protocol: string; statusCode: "HTTP_301" };
  const RedirectConfig = {
    Port: redirect.port,
    Protocol: redirect.protocol as "HTTPS",
    StatusCode: redirect.statusCode,
  };
  return { Type: "redirect", RedirectConfig };
}

const listenerRule: Create = async ({ clients, listeners, rules }, inputs) => {
  const [action = {}] = list(inputs, "actions");
  const [priority, targetGroupArn] = [number(inputs, "priority"), text(action, "targetGroupArn")];
  const values = (key: string) =>
    list(inputs, "conditions").flatMap(
      (condition) => (condition[key] as { values: string[] } | undefined)?.values ?? [],
    );
  const [hosts, paths] = [values("hostHeader"), values("pathPattern")];
  const listenerArn = text(inputs, "listenerArn");
  rules.push({ priority, hosts, paths, targetGroupArn });
  // Of a stack without a listener of its own, somebody else's is in AWS alone; HAProxy stands for it.
  if (listeners.length === 0) {
    const arn = `${listenerArn.replace(":listener/", ":listener-rule/")}/${priority}`;
    return { id: arn, state: { arn } };
  }
  const made = await clients.elb.send(
    new CreateRuleCommand({
      ListenerArn: listenerArn,
      Priority: priority,
      Conditions: [
        ...(hosts.length ? [{ Field: "host-header", Values: hosts }] : []),
        ...(paths.length ? [{ Field: "path-pattern", Values: paths }] : []),
      ],
      Actions: [{ Type: "forward", TargetGroupArn: targetGroupArn }],
      Tags: tagList(inputs),
    }),
  );
  const arn = made.Rules?.[0]?.RuleArn as string;
  return { id: arn, state: { arn } };
};

/** The load balancer and the groups behind it. */
export const balancingResources: Readonly<Record<string, Create>> = {
  "aws:lb/loadBalancer:LoadBalancer": loadBalancer,
  "aws:lb/targetGroup:TargetGroup": targetGroup,
  "aws:lb/listener:Listener": listener,
  "aws:lb/listenerRule:ListenerRule": listenerRule,
};
