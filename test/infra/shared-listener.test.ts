import { deployerStatements } from "../../infra/access/deployer-policy";
import { parseStackConfig } from "../../infra/config";
import { derivedPriority } from "../../infra/config/priority";
import { type Cloud, type Declared, LookUpRefused, offlineCloud } from "../../infra/synth";
import { CERTIFICATE as certificateArn, WEB_ACL as webAclArn } from "./arns";
import { errorsOf, type GroupRaw, valid } from "./config-fixtures";
import { all, one, stackOf } from "./stack-of";

const listenerArn =
  "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shared/0123456789abcdef/fedcba9876543210";
const RULE = "aws:lb/listenerRule:ListenerRule";
const group = { packages: ["hello"], size: { min: 2, max: 4 } };
const served = (http: object): GroupRaw => ({ ...group, http: { port: 6000, ...http } });
const shop = served({ hosts: ["shop.example.com"], priority: 20 });
const api = { ...served({ port: 7000, paths: ["/api/*"] }), scaling: { requestsPerTarget: 100 } };
const LOAD_BALANCER = "towline:loadBalancer";
const shared = { [LOAD_BALANCER]: { listenerArn } };

describe("a stack behind somebody else's listener", () => {
  let stack: Declared[];
  beforeAll(async () => {
    stack = await stackOf({ shop, api, jobs: group }, { ...shared, "towline:audit": {}, "towline:protect": {} });
  });

  it("has a rule for each of its groups, and of the load balancer nothing else", () => {
    const types = stack.map(({ type }) => type).filter((type) => type.startsWith("aws:lb/"));
    expect([...new Set(types)].sort()).toEqual([RULE, "aws:lb/targetGroup:TargetGroup"]);
    expect(one(stack, RULE, "load-balancer-shop").inputs).toEqual({
      listenerArn,
      priority: 20,
      conditions: [{ hostHeader: { values: ["shop.example.com"] } }],
      actions: [{ type: "forward", targetGroupArn: expect.stringContaining(":targetgroup/qa-shop-6000-x/") }],
      tags: { "towline:stack": "qa" },
    });
    const { http } = parseStackConfig("qa", valid({ "towline:groups": { api }, ...shared })).groups.api ?? {};
    expect(one(stack, RULE, "load-balancer-api").inputs.priority).toBe(http?.priority);
  });

  it("lets the load balancer in, and scales by what it counts", () => {
    const { ingress } = one(stack, "aws:ec2/securityGroup:SecurityGroup", "api-security-group").inputs;
    expect((ingress as object[])[0]).toMatchObject({
      description: "Load balancer",
      fromPort: 7000,
      securityGroups: ["sg-0123456789abcdef0"],
    });
    const [policy] = all(stack, "aws:autoscaling/policy:Policy");
    expect(JSON.stringify(policy?.inputs)).toMatch(
      /"resourceLabel":"app\/shared\/0123456789abcdef\/targetgroup\/qa-api-7000-x\//,
    );
  });

  it("has hosts checked once its rule is there, and says where they are reached", () => {
    expect(one(stack, "aws:autoscaling/group:Group", "shop-fleet").dependencies).toContain(
      one(stack, RULE, "load-balancer-shop").urn,
    );
    expect(one(stack, "pulumi:pulumi:Stack").outputs?.url).toBe(
      "https://shared-1234567890.eu-west-1.elb.amazonaws.com",
    );
  });

  it("is deployed by who may touch the stack's own rules of it alone", () => {
    const place = { partition: "aws", region: "eu-west-1", account: "123456789012" };
    const types = stack.map(({ type }) => type);
    const statements = deployerStatements({ stack: "qa", place, bucketArn: "arn:aws:s3:::b", types, listenerArn });
    const rules = `${listenerArn.replace(":listener/", ":listener-rule/")}/*`;
    const own = { "aws:ResourceTag/towline:stack": "qa" };
    const of = statements.filter(({ Action }) =>
      [Action].flat().some((name) => /^elasticloadbalancing:(?!Describe|.*TargetGroup|\*Tags)/.test(name)),
    );
    expect(of.map(({ Sid, Resource, Condition }) => [Sid, Resource, Condition?.StringEquals])).toEqual([
      ["AddRules", listenerArn, { "aws:RequestTag/towline:stack": "qa" }],
      ["TagRules", rules, { "aws:RequestTag/towline:stack": "qa", "elasticloadbalancing:CreateAction": "CreateRule" }],
      ["Rules", rules, own],
    ]);
    expect(JSON.stringify(statements)).not.toContain(":listener/app/towline-qa/");
  });
});

describe("a listener of somebody else's", () => {
  const refused = (loadBalancer: object, groups: object = { shop }, more: object = {}) =>
    errorsOf(valid({ "towline:groups": groups, [LOAD_BALANCER]: loadBalancer, ...more }));
  const another = "whose load balancer is not the stack's";

  it.each([{ listenerArn }, { listenerArn, httpOnly: true }])("may be %j", (loadBalancer) => {
    expect(refused(loadBalancer)).toEqual([]);
  });

  it.each<[object, string]>([
    ...[{ internal: true }, { from: ["10.0.0.0/8"] }, { certificateArn }].map((own): [object, string] => [
      own,
      `${Object.keys(own)[0]}: should not come with listenerArn, ${another}. Remove one of the two.`,
    ]),
    [
      { listenerArn: listenerArn.replace("eu-west-1", "us-east-1") },
      "listenerArn: should be a listener of the stack's region, which is eu-west-1, but is one of us-east-1. Name one in eu-west-1.",
    ],
    [
      { listenerArn: listenerArn.replace("/app/", "/net/") },
      `listenerArn: should be the ARN of a listener of an application load balancer, but is "${listenerArn.replace("/app/", "/net/").slice(0, 56)}.... Write for example "listenerArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shared/0123456789abcdef/0123456789abcdef".`,
    ],
    [
      { listenerArn: listenerArn.replace(/\/[^/]*$/, "").replace("listener", "loadbalancer") },
      expect.stringContaining("should be the ARN of a listener of an application load balancer") as unknown as string,
    ],
  ])("is refused with %j", (change, sentence) => {
    const expected = typeof sentence === "string" ? `Pulumi.staging.yaml: ${LOAD_BALANCER}/${sentence}` : sentence;
    expect(refused({ listenerArn, ...change })).toEqual([expected]);
  });

  it("is refused with a name, for which certificate and record would be the load balancer's", () => {
    expect(refused({ listenerArn, domain: "app.example.com", zone: "example.com" })).toEqual(
      ["domain", "zone"].map(
        (key) =>
          `Pulumi.staging.yaml: ${LOAD_BALANCER}/${key}: should not come with listenerArn, ${another}. Remove one of the two.`,
      ),
    );
  });

  it("is refused with a web ACL, and with a group that wants every request", () => {
    expect(refused({ listenerArn }, { shop }, { "towline:protect": { webAclArn } })).toEqual([
      "Pulumi.staging.yaml: towline:protect/webAclArn: should be absent with towline:loadBalancer/listenerArn, whose load balancer is not the stack's. Remove it, and have whose it is put it there.",
    ]);
    expect(refused({ listenerArn }, { shop, web: served({}) })).toEqual([
      'Pulumi.staging.yaml: towline:groups/web/http: should have hosts or paths, since the listener is not the stack\'s, nor are all its requests. Write for example "hosts: [web.example.com]".',
    ]);
  });

  it("has no room for a longer name of a target group than AWS takes", () => {
    const groups = { ["a".repeat(18)]: shop };
    expect(refused({ listenerArn }, groups)).toEqual([
      `Pulumi.staging.yaml: towline:groups/${"a".repeat(18)}: should be a name that leaves its target group's, "staging-${"a".repeat(18)}-6000-x", at most 32 characters long, but that has 33. Shorten it by 1.`,
    ]);
  });
});

describe("a priority that nobody wrote", () => {
  const of = (http: object, name = "api", stack = "qa") =>
    derivedPriority(stack, name, { hosts: [], paths: [], ...http } as never);

  it("is first for what says more: hosts and paths, hosts, paths; and of these the longer", () => {
    const order = [
      { hosts: ["*.example.com"], paths: ["/"] },
      { hosts: ["api.example.com"] },
      { hosts: ["*.example.com"] },
      { paths: ["/api/v1/*"] },
      { paths: ["/api/*", "/longer/one"] },
      { paths: ["/api*"] },
      { paths: ["*"] },
    ].map((http) => of(http));
    expect([...order].sort((one, other) => one - other)).toEqual(order);
  });

  it("is above those that people write, and one that there is, whatever the patterns are", () => {
    const all = [
      { hosts: ["a.b"], paths: [`/${"x".repeat(127)}`] },
      { paths: ["*"] },
      { hosts: [`${"x".repeat(125)}.b`] },
    ];
    for (const http of all)
      for (const name of ["a", "api", "b".repeat(32)]) {
        expect(of(http, name)).toBeGreaterThanOrEqual(10_000);
        expect(of(http, name)).toBeLessThanOrEqual(50_000);
      }
  });

  it("is moved by no other group, and seldom another stack's", () => {
    const alone = parseStackConfig("qa", valid({ "towline:groups": { web: served({}), api } }));
    const beside = parseStackConfig("qa", valid({ "towline:groups": { web: served({}), aaa: api, api } }));
    expect(beside.groups.api?.http?.priority).toBe(alone.groups.api?.http?.priority);
    expect(of({ paths: ["/api/*"] }, "api", "qa")).not.toBe(of({ paths: ["/api/*"] }, "api", "prod"));
  });

  it("is refused where another group has it already", () => {
    const taken = of({ paths: ["/api/*"] });
    const other = served({ paths: ["/other/*"], priority: taken });
    expect(errorsOf(valid({ "towline:groups": { web: served({}), other, api } }), "qa")).toEqual([
      `Pulumi.qa.yaml: towline:groups/api/http/priority: should be a number that no other group has, but other has ${taken} too. Change one of the two.`,
    ]);
  });
});

describe("before anything is made, AWS is asked of the listener", () => {
  type Answers = Readonly<Record<string, object | Error | ((args: Readonly<Record<string, unknown>>) => object)>>;
  const asking = (answers: Answers): Cloud => {
    const offline = offlineCloud("eu-west-1");
    return {
      create: async ({ type }) => Promise.reject(new Error(`${type} was made`)),
      invoke: async (call) => {
        const known = answers[call.token.replace(/^.*:/, "")];
        if (known instanceof Error) throw new LookUpRefused(known.message);
        if (known === undefined) return offline.invoke(call);
        return typeof known === "function" ? known(call.args) : known;
      },
    };
  };
  const run = (answers: Answers, loadBalancer: object = { listenerArn }, more: object = {}) =>
    stackOf({ shop, api }, { [LOAD_BALANCER]: loadBalancer, ...more }, "qa", { cloud: asking(answers) });
  const listener = { arn: listenerArn, loadBalancerArn: "arn:lb", protocol: "HTTPS", port: 443, tags: {} };
  const place = { getLoadBalancer: { vpcId: "vpc-0a1b2c3d" }, getVpc: { tags: { "towline:stack": "qa" } } };
  const nothing = new Error("no matching ELBv2 Listener Rule found");

  it.each<[string, Answers, string]>([
    [
      "one that is not there",
      { getListener: new Error("operation error: ListenerNotFound: One or more listeners not found") },
      `should be a listener that is there, but ${listenerArn} is not. Make it, or name another.`,
    ],
    [
      "one of another account",
      { getCallerIdentity: { accountId: "999999999999" } },
      "should be a listener of the stack's account, which is 999999999999, since only its owner may add rules, but is one of 123456789012. Name one of 999999999999.",
    ],
    [
      "one in use by another stack of towline's",
      { getListener: { ...listener, tags: { "towline:stack": "prod" } } },
      "should be a listener of no stack of towline's, with which it goes, but is in use by prod. Name one that is made apart.",
    ],
    [
      "the stack's own of before",
      { getListener: { ...listener, tags: { "towline:stack": "qa" } } },
      "should be a listener of no stack of towline's, with which it goes, but is in use by this one. Name one that is made apart.",
    ],
    [
      "one of HTTP",
      { getListener: { ...listener, protocol: "HTTP" } },
      'should be a listener of HTTPS, but is one of HTTP, where whoever is on the way reads along. Name another, or say that it is meant: "httpOnly: true".',
    ],
    [
      "one in another network",
      { getListener: listener, ...place, getVpc: { tags: {} } },
      "should be a listener in the stack's network, of which its load balancer reaches hosts, but is in vpc-0a1b2c3d. Name one whose load balancer is in the stack's, or make this the stack's (\"towline:network: {vpcId: vpc-0a1b2c3d, …}\").",
    ],
  ])("%s is refused", async (_, answers, sentence) => {
    await expect(run(answers)).rejects.toThrow(`Pulumi.qa.yaml: ${LOAD_BALANCER}/listenerArn: ${sentence}`);
  });

  it("a priority that another rule has is refused, derived or written, with whose it is", async () => {
    const rules: Record<number, object> = { 20: { arn: "arn:rule", tags: { "towline:stack": "prod" } } };
    const ruleAt = ({ priority }: Readonly<Record<string, unknown>>) =>
      rules[Number(priority)] ?? { arn: "arn:other", tags: {} };
    const derived = parseStackConfig("qa", valid({ "towline:groups": { api }, ...shared })).groups.api?.http?.priority;
    await expect(run({ getListener: listener, ...place, getListenerRule: ruleAt })).rejects.toThrow(
      [
        'Pulumi.qa.yaml: towline:groups/shop/http/priority: should be a number that no other rule of the listener has, but 20 is taken by the stack prod. Write for example "priority: 21".',
        `Pulumi.qa.yaml: towline:groups/api/http/priority: should be a number that no other rule of the listener has, but ${derived} is taken by arn:other. Write for example "priority: ${Number(derived) + 1}".`,
      ].join("\n"),
    );
  });

  it("one that is there, in the stack's network, with its own rules or none, is taken", async () => {
    const own = { arn: "arn:rule", tags: { "towline:stack": "qa" } };
    for (const getListenerRule of [nothing, own])
      await expect(run({ getListener: listener, ...place, getListenerRule })).rejects.toThrow("was made");
    const plain = { getListener: { ...listener, protocol: "HTTP" }, ...place, getListenerRule: nothing };
    await expect(run(plain, { listenerArn, httpOnly: true })).rejects.toThrow("was made");
  });

  it("of a network that the stack did not make, it is that one", async () => {
    const [publicSubnetIds, privateSubnetIds] = [
      ["subnet-0000000a", "subnet-0000000b"],
      ["subnet-0000000c", "subnet-0000000d"],
    ];
    const inNetwork = (vpcId: string) =>
      run({ getListener: listener, ...place, getListenerRule: nothing }, undefined, {
        "towline:network": { vpcId, publicSubnetIds, privateSubnetIds },
      });
    await expect(inNetwork("vpc-4e5f6a7b")).rejects.toThrow("but is in vpc-0a1b2c3d.");
    await expect(inNetwork("vpc-0a1b2c3d")).rejects.toThrow("was made");
  });

  it("and what it refuses to say ends the run with its own words", async () => {
    const refusal = new Error("AccessDenied: elasticloadbalancing:DescribeRules");
    await expect(run({ getListener: listener, ...place, getListenerRule: refusal })).rejects.toThrow("AccessDenied");
  });
});
