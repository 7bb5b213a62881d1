import { type GroupConfig, parseStackConfig } from "../../infra/config";
import { hostPolicyLength } from "../../infra/config/policy-faults";
import type { Declared } from "../../infra/synth";
import { ENUMERATIONS, valuesAt } from "./acceptable/enumerations";
import { type PolicyKind, policyFaults } from "./acceptable/policy-faults";
import { errorsOf, type GroupRaw, type Raw, valid } from "./config-fixtures";
import { extremes, type Length, STACKS } from "./extremes";
import { all, one, stackOf } from "./stack-of";

/** The policies of a stack, by type and place, with whom they are for. */
const POLICIES: Readonly<Record<string, readonly [property: string, kind: PolicyKind]>> = {
  "aws:iam/role:Role": ["assumeRolePolicy", "trust"],
  "aws:iam/rolePolicy:RolePolicy": ["policy", "identity"],
  "aws:kms/key:Key": ["policy", "resource"],
  "aws:s3/bucketPolicy:BucketPolicy": ["policy", "resource"],
  "aws:sns/topicPolicy:TopicPolicy": ["policy", "resource"],
  "aws:sqs/queuePolicy:QueuePolicy": ["policy", "resource"],
};

let stacks: Readonly<Record<Length, Declared[]>>;
beforeAll(async () => {
  stacks = await extremes();
});

describe.each(Object.keys(STACKS) as Length[])("in the stack of the %s names", (length) => {
  it("all policies are such as IAM takes", () => {
    const faults = stacks[length].flatMap(({ type, name, inputs }) => {
      const [property, kind] = POLICIES[type] ?? [];
      if (property === undefined || kind === undefined) return [];
      return policyFaults(String(inputs[property]), kind).map((fault) => `${type} ${name}: ${fault}`);
    });
    expect(faults).toEqual([]);
    const withPolicy = stacks[length].filter((entry) => /Statement/.test(JSON.stringify(entry.inputs)));
    expect([...new Set(withPolicy.map(({ type }) => type))].sort()).toEqual(Object.keys(POLICIES));
  });

  it.each(Object.entries(ENUMERATIONS))("%s has values that AWS documents", (type, places) => {
    const resources = all(stacks[length], type);
    for (const [place, allowed] of Object.entries(places)) {
      const values = resources.flatMap(({ inputs }) => valuesAt(inputs, place));
      // A place at which nothing is found is misspelt here, or gone from the program.
      expect({ [place]: values.length }).not.toEqual({ [place]: 0 });
      expect({ [place]: values.filter((value) => !allowed.includes(value)) }).toEqual({ [place]: [] });
    }
  });

  it("event patterns hold fields that events have", () => {
    const rules = all(stacks[length], "aws:cloudwatch/eventRule:EventRule").map(({ inputs }) => inputs);
    const patterns = rules.flatMap(({ eventPattern }) => (eventPattern === undefined ? [] : [eventPattern]));
    const fields = patterns.flatMap((pattern) => Object.keys(JSON.parse(String(pattern))));
    expect(patterns).toHaveLength(5);
    expect(rules.flatMap(({ scheduleExpression }) => scheduleExpression ?? [])).toEqual([
      "rate(60 minutes)",
      "rate(5 minutes)",
    ]);
    expect([...new Set(fields)].sort()).toEqual(["detail", "detail-type", "source"]);
  });
});

describe("a policy that IAM would refuse", () => {
  const right = { Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::acme/*" };
  const cases: [string, PolicyKind, object, string][] = [
    ["without a resource", "identity", { Resource: undefined }, "Read has no Resource"],
    ["with a principal", "identity", { Principal: "*" }, "Read has Principal"],
    ["with an unknown part", "identity", { Resources: "*" }, "Read has Resources"],
    ["with an effect in small letters", "identity", { Effect: "allow" }, "Read has the effect allow"],
    ["with a hyphen in its name", "identity", { Sid: "Re-ad" }, "Re-ad has a Sid of other characters"],
    ["with no action", "identity", { Action: [] }, "Read has an empty Action"],
    ["with an action of no service", "identity", { Action: "GetObject" }, "Read has the action GetObject"],
    ["with a bucket in a region", "identity", { Resource: "arn:aws:s3:eu-west-1::a" }, "has the resource arn:aws:s3:e"],
    ["with a topic in no account", "identity", { Resource: "arn:aws:sns:eu-west-1::a" }, "has the resource arn:aws:sn"],
    ["with something undefined in an ARN", "identity", { Resource: "undefined/*" }, "has the resource undefined/*"],
    ["with an unknown operator", "identity", { Condition: { StringIs: {} } }, "Read has the operator StringIs"],
    [
      "with an unknown condition key",
      "identity",
      { Condition: { Bool: { "aws:SecureTransports": "true" } } },
      "Read has the condition key aws:SecureTransports",
    ],
    ["for nobody", "resource", {}, "Read has no Principal"],
    ["for no service", "resource", { Principal: { Service: "sns" } }, "Read has the principal Service sns"],
    ["for a role with a resource", "trust", { Principal: "*" }, "Read has Resource"],
  ];

  it.each(cases)("is found: one %s", (_name, kind, change, fault) => {
    const document = { Version: "2012-10-17", Statement: [{ ...right, ...change }] };
    expect(policyFaults(JSON.stringify(document), kind)).toEqual([expect.stringContaining(fault)]);
  });

  it("is found: one of another version, without statements, or with two of one name", () => {
    expect(policyFaults('{"Version":"2008-10-17","Statement":[]}', "identity")).toEqual(["the version is 2008-10-17"]);
    expect(policyFaults('{"Version":"2012-10-17","Statement":[]}', "identity")).toEqual(["there is no statement"]);
    const twice = { Version: "2012-10-17", Id: "x", Statement: [right, right] };
    expect(policyFaults(JSON.stringify(twice), "identity")).toEqual(["the document has Id", "Read is there twice"]);
    const once = { Version: "2012-10-17", Statement: [right] };
    expect(policyFaults(JSON.stringify(once), "identity")).toEqual([]);
  });
});

describe("a stack of as many groups and packages as are allowed, all with long names", () => {
  /** Most characters of a text that is written at a place, with where the limit is from. */
  const LIMITS: readonly [type: string, place: string, limit: number][] = [
    // IAM, "IAM and AWS STS quotas": all inline policies of a role, of which it has one here; trust policies.
    ["aws:iam/rolePolicy:RolePolicy", "policy", 10_240],
    ["aws:iam/role:Role", "assumeRolePolicy", 2048],
    // EventBridge, "Amazon EventBridge quotas".
    ["aws:cloudwatch/eventRule:EventRule", "eventPattern", 2048],
    // Lambda, "Lambda quotas": all variables of a function.
    ["aws:lambda/function:Function", "environment/variables", 4096],
    // EC2, "User data", encoded in base64 here: 16 KB before.
    ["aws:ec2/launchTemplate:LaunchTemplate", "userData", (16_384 * 4) / 3],
    // KMS, "Resource quotas"; S3, "Bucket policies"; SNS, "SetTopicAttributes".
    ["aws:kms/key:Key", "policy", 32_768],
    ["aws:s3/bucketPolicy:BucketPolicy", "policy", 20_480],
    ["aws:sns/topicPolicy:TopicPolicy", "policy", 30_720],
  ];

  /** The most of something that the configuration accepts. */
  const most = (limit: number, accepted: (count: number) => boolean): number => {
    const counts = Array.from({ length: limit }, (_, index) => limit - index);
    return counts.find(accepted) ?? 0;
  };
  const named = (count: number, length: number): string[] =>
    Array.from({ length: count }, (_, index) => `${"n".repeat(length - 3)}${index + 100}`);

  const group = { size: { min: 0, max: 1 } };
  const attached = { volume: { size: 1, mountPoint: "/srv" }, elasticIp: { ports: [80] } };
  const single = (length: number): GroupRaw => ({ ...group, ...attached, packages: named(24, length) });
  const bucket = { "towline:repository": { bucket: "b".repeat(63) } };
  const trust = (count: number) => ({
    "towline:publisher": { trustedArns: named(count, 64).map((name) => `arn:aws:iam::123456789012:role/${name}`) },
  });
  const command = (count: number) => ({
    "towline:slackCommand": {
      jenkins: { url: "https://jenkins.example.com" },
      allow: { users: named(count, 11).map((name) => name.replaceAll("n", "U")), userGroup: "S0123456789" },
    },
    "towline:slack": { botTokenParameter: `/${"p".repeat(500)}`, channel: "C0123456789" },
  });
  const accepts = (groups: Raw, sections: Raw): boolean =>
    errorsOf(valid({ ...bucket, ...sections, "towline:groups": groups }), STACKS.longest).length === 0;

  it("stays within what AWS takes of policies, patterns, variables and user data", async () => {
    const groupNames = named(40, 32);
    const longest = most(64, (length) => accepts({ [groupNames[0] ?? ""]: single(length) }, {}));
    const web = { ...group, packages: ["hello"] };
    const sections = {
      ...bucket,
      ...trust(most(50, (count) => accepts({ web }, trust(count)))),
      ...command(most(400, (count) => accepts({ web }, command(count)))),
    };
    const others = { ...group, packages: named(24, longest) };
    const watched = (count: number): Record<string, GroupRaw> =>
      Object.fromEntries(
        groupNames.map((name) => [name, { ...group, packages: ["hello"], rollout: { alarms: named(1, count) } }]),
      );
    const alarms = named(
      1,
      most(200, (count) => accepts(watched(count), {})),
    );
    const groups = Object.fromEntries(
      groupNames.map((name, index) => [name, { ...(index === 0 ? single(longest) : others), rollout: { alarms } }]),
    );
    const stack = await stackOf(groups, sections, STACKS.longest);
    for (const [type, place, limit] of LIMITS) {
      const texts = all(stack, type)
        .flatMap(({ inputs }) => valuesAt(inputs, place))
        .map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
      expect({ [type]: texts.length }).not.toEqual({ [type]: 0 });
      expect({ [type]: texts.filter((text) => Buffer.byteLength(text) > limit) }).toEqual({ [type]: [] });
    }
  });

  it.each<[string, GroupRaw]>([
    ["with a disk and an address", attached],
    ["behind the load balancer", { http: { port: 6000 } }],
    ["without any of these", {}],
  ])("has host policies as long as the configuration counts them before: a group %s", async (_, change) => {
    const groups = { web: { ...group, packages: ["hello", "other"], ...change } };
    const config = parseStackConfig(
      "qa",
      valid({ "towline:repository": { bucket: "acme-qa" }, "towline:groups": groups }),
    );
    const { inputs } = one(await stackOf(groups), "aws:iam/rolePolicy:RolePolicy", "web-role-policy");
    expect(hostPolicyLength(config, "web", config.groups.web as GroupConfig)).toBe(String(inputs.policy).length);
  });
});
