import type { Declared } from "../../infra/synth";
import { WEB_ACL } from "./arns";
import type { GroupRaw } from "./config-fixtures";
import { stackOf } from "./stack-of";

/** The longest and the shortest names that a configuration may have; the short stack's is the beginning of the long one's. */
export const STACKS = { longest: "s".repeat(16), shortest: "s" } as const;
export type Length = keyof typeof STACKS;

const single = { packages: ["hello"], size: { min: 0, max: 1 } };
const step = { namespace: "AWS/SQS", metric: "Depth", up: [{ at: 100, by: 1 }], down: [{ at: 10, by: 1 }] };
const night = { cron: "0 0 * * *", min: 0, max: 1 };

const policies = [
  "arn:aws:iam::123456789012:policy/team/queues",
  {
    Sid: "Work",
    Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage"],
    Resource: "arn:aws:sqs:eu-west-1:123456789012:jobs",
  },
];

/** Groups that have, between them, all that a group can have, with names of one letter. */
function shortest(scalingName: string): Record<string, GroupRaw> {
  const scaling = { cpu: 60, steps: { [scalingName]: step }, schedule: { [scalingName]: night } };
  return {
    g: { ...single, packages: ["hello", "other"], policies, scaling, warmPool: { min: 0, reuseOnScaleIn: true } },
    h: { ...single, http: { port: 60000 }, scaling: { ...scaling, requestsPerTarget: 100 } },
    i: { ...single, http: { port: 60000, hosts: ["*.example.com"], paths: ["/i/*"], priority: 1 } },
    j: { ...single, volume: { size: 1, mountPoint: "/srv" }, scaling },
    k: {
      ...single,
      allowFrom: [
        { ports: [53], ranges: ["10.1.0.0/16", "2001:db8::/32"], securityGroups: ["sg-0a1b2c3d"], protocol: "udp" },
      ],
      allowTo: [
        { ports: [587, { from: 8000, to: 8100 }], ranges: ["0.0.0.0/0"], securityGroups: ["123456789012/sg-0a1b2c3d"] },
      ],
      elasticIp: { ports: [80] },
      access: { keyPair: "operators", sshFrom: ["203.0.113.0/24"] },
    },
    l: {
      ...single,
      alternativeTypes: ["t3a.small"],
      spot: { percent: 50 },
      rootVolume: {
        kmsKey: "arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012",
      },
      refresh: { alarms: ["errors"] },
      rollout: { alarms: ["errors"] },
    },
  };
}

/** The same with the longest names: a group's behind the load balancer is limited by its target group's, 16 + 1 + 9 + 1 + 5. */
function longest(): Record<string, GroupRaw> {
  const groups = Object.entries(shortest("s".repeat(32)));
  return Object.fromEntries(groups.map(([name, group]) => [name.repeat(group.http === undefined ? 32 : 9), group]));
}

/** All that a stack can have beside groups. */
export const sections = {
  "towline:publisher": {
    trustedArns: ["arn:aws:iam::999999999999:root", "arn:aws:iam::999999999999:role/jenkins"],
    promoteFromBucket: "acme-source",
  },
  "towline:channels": { trustedArns: ["arn:aws:iam::999999999999:role/jenkins-branches"] },
  "towline:slackCommand": { jenkins: { url: "https://jenkins.example.com" }, allow: { users: ["U0123456789"] } },
  "towline:protect": {
    webAclArn: WEB_ACL,
  },
  "towline:audit": {},
  "towline:roles": { path: "/teams/shop/", boundary: "arn:aws:iam::123456789012:policy/workloads" },
  "towline:loadBalancer": { domain: "app.example.com", zone: "example.com" },
};

/** A stack that has all a stack can have, with names of one length. */
function extreme(length: Length): Promise<Declared[]> {
  return stackOf(length === "longest" ? longest() : shortest("s"), sections, STACKS[length]);
}

/** Both. */
export async function extremes(): Promise<Readonly<Record<Length, Declared[]>>> {
  return { longest: await extreme("longest"), shortest: await extreme("shortest") };
}
