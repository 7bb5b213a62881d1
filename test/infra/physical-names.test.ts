import { ConfigError } from "../../infra/config";
import type { Declared } from "../../infra/synth";
import { stackOf } from "./stack-of";

/** What AWS lets a resource of each type be called; each service's API reference has its own. */
const ALLOWED: Readonly<Record<string, RegExp>> = {
  "aws:autoscaling/group:Group": /^[\x20-\x7e]{1,255}$/,
  "aws:cloudwatch/eventRule:EventRule": /^[.A-Za-z0-9_-]{1,64}$/,
  "aws:cloudwatch/logGroup:LogGroup": /^[.A-Za-z0-9_/#-]{1,512}$/,
  "aws:cloudwatch/metricAlarm:MetricAlarm": /^[\x20-\x7e]{1,255}$/,
  "aws:iam/instanceProfile:InstanceProfile": /^[\w+=,.@-]{1,128}$/,
  "aws:iam/role:Role": /^[\w+=,.@-]{1,64}$/,
  // The prefix alias/aws/ is AWS's own.
  "aws:kms/alias:Alias": /^alias\/(?!aws\/)[A-Za-z0-9/_-]{1,250}$/,
  "aws:lambda/function:Function": /^[A-Za-z0-9_-]{1,64}$/,
  "aws:lb/loadBalancer:LoadBalancer": /^(?!internal-)(?!-)[A-Za-z0-9-]{1,32}(?<!-)$/,
  "aws:lb/targetGroup:TargetGroup": /^(?!-)[A-Za-z0-9-]{1,32}(?<!-)$/,
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": /^[!-~]{1,1024}$/,
  // A label of the DNS name.
  "aws:servicediscovery/service:Service": /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$/,
  "aws:sns/topic:Topic": /^[A-Za-z0-9_-]{1,256}$/,
  "aws:sqs/queue:Queue": /^[A-Za-z0-9_-]{1,80}$/,
};

/** The provider appends 26 characters to a prefix, and EC2 takes 128 in all. */
const TEMPLATE_PREFIX = /^[A-Za-z0-9().\-/_]{3,102}$/;

/** Pulumi appends a hyphen and seven digits where the program gives no name; the strictest of those types are IAM's, with 128. */
const LOGICAL_NAME = 120;

const step = { namespace: "AWS/SQS", metric: "Depth", up: [{ at: 100, by: 1 }], down: [{ at: 10, by: 1 }] };
const scaling = {
  cpu: 60,
  steps: { ["s".repeat(32)]: step },
  schedule: { night: { cron: "0 0 * * *", min: 0, max: 1 } },
};
const worker = { packages: ["hello"], size: { min: 0, max: 1 }, scaling };
const everything = {
  "towline:publisher": { trustedArns: ["arn:aws:iam::123456789012:root"] },
  "towline:slackCommand": { jenkins: { url: "https://jenkins.example.com" }, allow: { users: ["U0123456789"] } },
};

function named(stack: readonly Declared[]): string[] {
  return stack.flatMap(({ type, inputs }) => {
    // The registry's services are named within their stack's domain.
    if (type.startsWith("aws:servicediscovery/service")) return [];
    const name = inputs.name ?? inputs.namePrefix ?? inputs.scheduledActionName;
    return typeof name === "string" ? [`${type} ${inputs.autoscalingGroupName ?? ""} ${name}`] : [];
  });
}

describe("the physical names of the longest stack and group names", () => {
  const longStack = "s".repeat(16);
  const groups = {
    ["g".repeat(32)]: worker,
    // Of a group with http, its target group's name is what limits it: 16 + 1 + 9 + 1 + 5.
    ["h".repeat(9)]: { ...worker, http: { port: 60000 } },
    ["i".repeat(9)]: { ...worker, http: { port: 60000, paths: ["/i/*"], priority: 1 } },
  };

  it("are all ones that AWS allows", async () => {
    const stack = await stackOf(groups, everything, longStack);
    const wrong = stack.flatMap(({ type, inputs, name }) => {
      if (inputs.name === undefined) return [];
      return ALLOWED[type]?.test(String(inputs.name)) ? [] : [`${type} ${name}: ${String(inputs.name)}`];
    });
    expect(wrong).toEqual([]);
    const seen = new Set(stack.filter(({ inputs }) => inputs.name !== undefined).map(({ type }) => type));
    expect([...seen].sort()).toEqual(Object.keys(ALLOWED).sort());
    for (const { inputs, name } of stack) {
      if (inputs.namePrefix !== undefined) expect(inputs.namePrefix).toMatch(TEMPLATE_PREFIX);
      expect(name.length).toBeLessThanOrEqual(LOGICAL_NAME);
    }
  }, 30_000);

  it("leave no room for one letter more, which the configuration says before AWS does", async () => {
    const longer = stackOf({ ["h".repeat(10)]: { ...worker, http: { port: 60000 } } }, {}, longStack);
    await expect(longer).rejects.toThrow(ConfigError);
  });
});

describe("stacks in one account and region", () => {
  // Groups called like parts of a stack, and like each other's parts.
  const names = ["a", "a-up", "a-host", "notifier", "registry", "undelivered", "nudge"];
  const groups = Object.fromEntries(names.map((name) => [name, worker]));
  const web = { "a-60": { ...worker, http: { port: 60 } } };

  it("share no name of one type, within a stack or between two", async () => {
    const short = named(await stackOf({ ...groups, ...web }, everything, "a"));
    const long = named(await stackOf({ ...groups, ...web }, everything, "ab"));
    const both = [...short, ...long];
    expect(both.filter((name, index) => both.indexOf(name) !== index)).toEqual([]);
    expect(short.length).toBeGreaterThan(40);
    expect(long).toHaveLength(short.length);
  }, 30_000);
});
