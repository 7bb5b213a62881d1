import { ConfigError } from "../../infra/config";
import type { Declared } from "../../infra/synth";
import { extremes, type Length, STACKS, sections } from "./extremes";
import { stackOf } from "./stack-of";

/** What AWS lets a resource of each type be called; each service's API reference has its own, at the operation that creates it. */
const ALLOWED: Readonly<Record<string, RegExp>> = {
  "aws:autoscaling/group:Group": /^[\x20-\x7e]{1,255}$/,
  "aws:autoscaling/lifecycleHook:LifecycleHook": /^[A-Za-z0-9/_-]{1,255}$/,
  // CloudTrail, "Naming requirements".
  "aws:cloudtrail/trail:Trail": /^(?!.*[._-]{2})[A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9]$/,
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
  // Route 53, "DNS domain name format".
  "aws:route53/record:Record": /^(?=.{1,255}$)([a-z0-9_-]{1,63}\.)+[a-z0-9-]{1,63}\.?$/,
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": /^(?!arn:)[!-~]{1,253}$/,
  // A label of the DNS name.
  "aws:servicediscovery/service:Service": /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/,
  "aws:sns/topic:Topic": /^[A-Za-z0-9_-]{1,256}$/,
  // AWS's own begin with AWS-, amazon or amzn.
  "aws:ssm/document:Document": /^(?!aws|amazon|amzn)[A-Za-z0-9_.-]{3,128}$/i,
  "aws:sqs/queue:Queue": /^[A-Za-z0-9_-]{1,80}$/,
};

/** The same where the provider appends 26 characters of its own to a prefix. */
const ALLOWED_PREFIXES: Readonly<Record<string, RegExp>> = {
  // EC2 takes 128 characters in all.
  "aws:ec2/launchTemplate:LaunchTemplate": /^[A-Za-z0-9().\-/_]{3,102}$/,
  // EC2 takes 255, and keeps sg- for identifiers.
  "aws:ec2/securityGroup:SecurityGroup": /^(?!sg-)[A-Za-z0-9 ._:/()#,@[\]+=&;{}!$*-]{1,229}$/i,
};

/**
 * The same where the program gives no name: Pulumi makes one of the resource's name in the program, a hyphen and seven digits.
 * Types that are not here have no name, only an identifier of AWS's.
 */
const ALLOWED_LOGICAL: Readonly<Record<string, RegExp>> = {
  "aws:autoscaling/policy:Policy": /^[\x20-\x7e]{1,247}$/,
  "aws:cloudwatch/eventTarget:EventTarget": /^[.A-Za-z0-9_-]{1,56}$/,
  "aws:ec2/securityGroup:SecurityGroup": /^(?!sg-)[A-Za-z0-9 ._:/()#,@[\]+=&;{}!$*-]{1,247}$/i,
  "aws:iam/rolePolicy:RolePolicy": /^[\w+=,.@-]{1,120}$/,
  // The ID of the statement it adds to the function's policy.
  "aws:lambda/permission:Permission": /^[A-Za-z0-9_-]{1,92}$/,
};

/** Names of parts of a resource, by their places. */
const ALLOWED_PARTS = { scheduledAction: /^[\x20-\x7e]{1,255}$/ };

/** What is wrong with what a resource is called. */
function misnamed({ type, name, inputs }: Declared): string[] {
  const isWrong = (given: unknown, allowed?: RegExp): string[] =>
    typeof given === "string" && allowed?.test(given) ? [] : [`${type} ${name}: ${String(given)}`];
  if (inputs.name !== undefined) return isWrong(inputs.name, ALLOWED[type]);
  if (inputs.namePrefix !== undefined) return isWrong(inputs.namePrefix, ALLOWED_PREFIXES[type]);
  if (inputs.scheduledActionName !== undefined)
    return isWrong(inputs.scheduledActionName, ALLOWED_PARTS.scheduledAction);
  return ALLOWED_LOGICAL[type] === undefined ? [] : isWrong(name, ALLOWED_LOGICAL[type]);
}

function named(stack: readonly Declared[]): string[] {
  return stack.flatMap(({ type, inputs }) => {
    // The registry's services are named within their stack's domain, and the load balancer's domain is its own to name.
    if (type.startsWith("aws:servicediscovery/service") || type.startsWith("aws:route53/")) return [];
    const name = inputs.name ?? inputs.bucket ?? inputs.namePrefix ?? inputs.scheduledActionName;
    // What belongs to a bucket or a fleet repeats its name.
    if (typeof name !== "string" || (type.startsWith("aws:s3/") && type !== "aws:s3/bucket:Bucket")) return [];
    return [`${type} ${inputs.autoscalingGroupName ?? ""} ${name}`];
  });
}

let stacks: Readonly<Record<Length, Declared[]>>;
beforeAll(async () => {
  stacks = await extremes();
});

describe.each(Object.keys(STACKS) as Length[])("the physical names of the %s stack and group names", (length) => {
  it("are all ones that AWS allows", () => {
    expect(stacks[length].flatMap(misnamed)).toEqual([]);
    const hooks = stacks[length].flatMap(({ inputs }) => (inputs.initialLifecycleHooks ?? []) as { name: string }[]);
    expect(hooks.filter(({ name }) => !ALLOWED["aws:autoscaling/lifecycleHook:LifecycleHook"]?.test(name))).toEqual([]);
    expect(hooks).toHaveLength(12);
  });

  it("are held to a rule for each type", () => {
    const typesWith = (key: string): string[] =>
      [...new Set(stacks[length].filter(({ inputs }) => inputs[key] !== undefined).map(({ type }) => type))].sort();
    expect(typesWith("name")).toEqual(Object.keys(ALLOWED).sort());
    expect(typesWith("namePrefix")).toEqual(Object.keys(ALLOWED_PREFIXES).sort());
    const types = new Set(stacks[length].map(({ type }) => type));
    expect(Object.keys(ALLOWED_LOGICAL).filter((type) => !types.has(type))).toEqual([]);
  });

  it("leave tags as long, and as many, as AWS takes them", () => {
    const all = stacks[length].flatMap(({ inputs }) => {
      const { tags = {} } = inputs;
      return [Array.isArray(tags) ? tags.map(({ key, value }) => [key, value]) : Object.entries(tags as object)];
    });
    expect(all.filter((tags) => tags.length > 50)).toEqual([]);
    expect(all.flat().filter(([key, value]) => key.length > 128 || value.length > 256)).toEqual([]);
  });
});

describe("stacks in one account and region", () => {
  it("share no name of one type, however short or long they are", () => {
    const both = [...named(stacks.longest), ...named(stacks.shortest)];
    expect(both.filter((name, index) => both.indexOf(name) !== index)).toEqual([]);
    expect(both.length).toBeGreaterThan(100);
  });

  it("share none where groups are called like parts of a stack, and like each other's parts", async () => {
    const step = { namespace: "AWS/SQS", metric: "Depth", up: [{ at: 100, by: 1 }], down: [{ at: 10, by: 1 }] };
    const scaling = { cpu: 60, steps: { up: step }, schedule: { night: { cron: "0 0 * * *", min: 0, max: 1 } } };
    const worker = { packages: ["hello"], size: { min: 0, max: 1 }, scaling };
    const names = ["a", "a-up", "a-host", "notifier", "registry", "undelivered", "nudge", "publisher", "load-balancer"];
    const groups = {
      ...Object.fromEntries(names.map((name) => [name, worker])),
      "a-60": { ...worker, http: { port: 60 } },
    };
    const short = named(await stackOf(groups, sections, "a"));
    const long = named(await stackOf(groups, sections, "ab"));
    const both = [...short, ...long];
    expect(both.filter((name, index) => both.indexOf(name) !== index)).toEqual([]);
    expect(short.length).toBeGreaterThan(40);
    expect(long).toHaveLength(short.length);
  });
});

describe("a group's name", () => {
  it("leaves no room for one letter more, which the configuration says before AWS does", async () => {
    const web = { packages: ["hello"], size: { min: 0, max: 1 }, http: { port: 60000 } };
    const longer = stackOf({ ["h".repeat(10)]: web }, {}, STACKS.longest);
    await expect(longer).rejects.toThrow(ConfigError);
  });

  it("may be one that EC2 keeps for the identifiers of its own", async () => {
    const stack = await stackOf({ sg: { packages: ["hello"], size: { min: 0, max: 1 } } });
    expect(stack.flatMap(misnamed)).toEqual([]);
  });
});
