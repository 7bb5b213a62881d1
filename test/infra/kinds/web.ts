import { CERTIFICATE as certificateArn } from "../arns";
import { type Created, type Kinds, partsOf, plain, policyWith } from "./kind";

/** What the first group behind the load balancer brings along. */
const balanced = [
  "LoadBalancer load-balancer",
  "TargetGroup node",
  "ec2.SecurityGroup load-balancer-security-group",
  "lb.Listener load-balancer-http",
  "lb.LoadBalancer load-balancer-alb",
  "lb.TargetGroup node-targets",
];

// The offline cloud makes identifiers from names in the program, the same in each run.
const targetGroups = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup";
const node = (port: number): string => `${targetGroups}/qa-node-${port}/5866e79e3d0cdaee`;
const shop = `${targetGroups}/qa-shop-6000/36ce50f913788acb`;
const balancersSecurityGroup = "sg-b6888c322f7e9e91f";

/** Groups that take requests from a load balancer. */
export function web(created: Created): Kinds {
  return {
    "behind the load balancer": {
      node: { http: { port: 6000, healthPath: "/up", deregistrationDelay: 20 } },
      adds: balanced,
      makes: {
        "lb.LoadBalancer load-balancer-alb": { name: "towline-qa", loadBalancerType: "application", internal: false },
        "lb.Listener load-balancer-http": {
          port: 80,
          protocol: "HTTP",
          defaultActions: [{ type: "forward", targetGroupArn: created(node(6000)) }],
        },
        "lb.TargetGroup node-targets": {
          name: "qa-node-6000",
          port: 6000,
          protocol: "HTTP",
          targetType: "instance",
          deregistrationDelay: 20,
          healthCheck: {
            protocol: "HTTP",
            path: "/up",
            matcher: "200",
            interval: 5,
            timeout: 4,
            healthyThreshold: 2,
            unhealthyThreshold: 2,
          },
        },
        "autoscaling.Group node-fleet": {
          healthCheckType: "ELB",
          targetGroupArns: [created(node(6000))],
          // The 270 seconds that every host has, and those for its requests.
          initialLifecycleHooks: [{ name: "launch" }, { name: "terminate", heartbeatTimeout: 290 }],
        },
        "ec2.SecurityGroup node-security-group": {
          ingress: [
            {
              description: "Load balancer",
              protocol: "tcp",
              fromPort: 6000,
              toPort: 6000,
              securityGroups: [created(balancersSecurityGroup)],
            },
            {
              description: "Hosts of the stack",
              protocol: "tcp",
              fromPort: 6000,
              toPort: 6000,
              cidrBlocks: ["10.0.0.0/16"],
            },
          ],
        },
        "iam.RolePolicy node-role-policy": {
          policy: created(
            policyWith({
              Sid: "LeaveAndJoinLoadBalancer",
              Effect: "Allow",
              Action: ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"],
              Resource: node(6000),
            }),
          ),
        },
      },
      tells: {
        TOWLINE_HTTP_PORT: "6000",
        TOWLINE_HEALTH_PATH: "/up",
        TOWLINE_DRAIN_TIMEOUT: "20",
        TOWLINE_TARGET_GROUP_ARN: node(6000),
      },
    },

    "behind a load balancer with a certificate": {
      node: { http: { port: 6000 } },
      sections: { "towline:loadBalancer": { certificateArn } },
      adds: [...balanced, "lb.Listener load-balancer-https"],
      makes: {
        "lb.Listener load-balancer-https": {
          port: 443,
          protocol: "HTTPS",
          certificateArn,
          sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
          defaultActions: [{ type: "forward", targetGroupArn: created(node(6000)) }],
        },
        "lb.Listener load-balancer-http": {
          port: 80,
          protocol: "HTTP",
          defaultActions: [{ type: "redirect", redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" } }],
        },
        "ec2.SecurityGroup load-balancer-security-group": { ingress: [{ fromPort: 80 }, { fromPort: 443 }] },
        // Behind the load balancer nothing is encrypted.
        "lb.TargetGroup node-targets": { protocol: "HTTP", port: 6000 },
      },
    },

    "behind the load balancer for some hosts and paths": {
      node: { http: { port: 7000, hosts: ["api.example.com", "*.api.example.com"], paths: ["/v1/*"], priority: 20 } },
      beside: { shop: { ...plain, http: { port: 6000 } } },
      adds: [
        ...balanced,
        ...partsOf("shop"),
        "TargetGroup shop",
        "lb.ListenerRule load-balancer-node",
        "lb.TargetGroup shop-targets",
      ],
      makes: {
        "lb.Listener load-balancer-http": {
          defaultActions: [{ type: "forward", targetGroupArn: created(shop) }],
        },
        "lb.ListenerRule load-balancer-node": {
          priority: 20,
          conditions: [
            { hostHeader: { values: ["api.example.com", "*.api.example.com"] } },
            { pathPattern: { values: ["/v1/*"] } },
          ],
          actions: [{ type: "forward", targetGroupArn: created(node(7000)) }],
        },
        "ec2.SecurityGroup load-balancer-security-group": { egress: [{ fromPort: 6000 }, { fromPort: 7000 }] },
      },
    },
  };
}
