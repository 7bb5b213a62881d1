import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Bill, billOf, type Line } from "../../../cli/cost/bill";
import { METER_NAMES } from "../../../cli/cost/meters";
import { PRICE_TABLES } from "../../../cli/cost/price-tables";
import { type PriceTable, parsePrices, pricesOf } from "../../../cli/cost/prices";
import { usageOf } from "../../../cli/cost/resources";
import { main } from "../../../cli/main";
import { parseStackConfig, readStackFile, type StackConfig } from "../../../infra/config";
import { type Declared, synthesize } from "../../../infra/synth";
import { WEB_ACL } from "../../infra/arns";
import { valid } from "../../infra/config-fixtures";
import { NETWORK, SHARED } from "../../infra/network-cloud";
import { one, stackOf } from "../../infra/stack-of";

const root = resolve(__dirname, "../../..");

/** Round prices, no two of which are alike where they could be taken for each other. */
const PRICES: PriceTable = {
  region: "eu-west-1",
  date: "2026-01-31",
  source: "made up",
  instances: { "t3.small": 0.02, "t3.medium": 0.04 },
  meters: {
    volumeStorage: 0.1,
    loadBalancer: 0.03,
    loadBalancerCapacity: 0.01,
    natGateway: 0.05,
    publicAddress: 0.005,
    objectStorage: 0.02,
    objectReads: 0.0004,
    objectWrites: 0.006,
    objectEvents: 2,
    key: 1,
    keyRequests: 0.03,
    functionRequests: 0.2,
    functionComputeArm: 0.00001,
    functionComputeX86: 0.00002,
    topicRequests: 0.7,
    queueRequests: 0.4,
    alarm: 0.15,
    metric: 0.3,
    logIngestion: 0.6,
    logDelivery: 0.3,
    logStorage: 0.09,
    trailEvents: 0.11,
    hostedZone: 0.55,
    nameQueries: 0.8,
    registeredInstance: 0.12,
  },
};

function lineOf({ lines }: Bill, resource: string, what: string): Line {
  const [found, ...others] = lines.filter((line) => line.resource === resource && line.what === what);
  if (found === undefined || others.length > 0) throw new Error(`not exactly one line is ${resource}: ${what}`);
  return found;
}

/** What a line costs a month, at the groups' smallest and largest. */
const monthly = (bill: Bill, resource: string, what: string) => lineOf(bill, resource, what).monthly;
const always = (amount: number) => ({ min: amount, max: amount });

describe("the bill of the stack", () => {
  let declared: Record<string, Declared[]>;
  const bill = (stack: string, prices: PriceTable): Bill =>
    billOf(usageOf(declared[stack] ?? [], readStackFile(stack, root)), prices);

  beforeAll(async () => {
    const withKey = { config: { "towline:signingKey": join(root, "infra/synth/placeholder.asc") } };
    declared = { staging: await synthesize("staging", withKey), prod: await synthesize("prod", withKey) };
  });

  it.each([
    // One NAT gateway for 730 hours, and one in each of two zones, at 0.05 and 0.005 for the address.
    ["staging", "network-vpc", "NAT gateways", always(36.5)],
    ["prod", "network-vpc", "NAT gateways", always(73)],
    ["prod", "network-vpc", "public IPv4 of NAT gateways", always(7.3)],
    // 2 to 4 hosts x 730 hours x 0.02.
    ["prod", "web-fleet", "t3.small on demand", { min: 29.2, max: 58.4 }],
    // 2 to 4 hosts x 8 GiB x 0.1.
    ["prod", "web-fleet", "root volumes, 8 GiB each", { min: 1.6, max: 3.2 }],
    ["prod", "load-balancer-alb", "application load balancer", always(21.9)],
    ["prod", "load-balancer-alb", "load balancer capacity", always(7.3)],
    // Two zones.
    ["prod", "load-balancer-alb", "public IPv4 of the load balancer", always(7.3)],
    // 2 to 4 hosts x 4 requests a minute x 43,800 minutes x 0.0004 per 1,000.
    [
      "prod",
      "repository-bucket",
      "polls of web: InRelease, control.json, policy.json, settings of hello",
      { min: 0.14016, max: 0.28032 },
    ],
    // (10 listed versions + 20 a month) x 0.05 GB x 0.02.
    ["prod", "repository-bucket", "packages, 50 MB each", always(0.03)],
    // 20 releases x (100 writes + 2 to 4 hosts x 6) x 0.006 per 1,000, and 2 per 1,000,000 events.
    ["prod", "repository-bucket", "writes of releases", { min: 0.01344, max: 0.01488 }],
    ["prod", "nudge-bucket-notification", "events of written objects", { min: 0.00448, max: 0.00496 }],
    ["prod", "repository-settings-key", "key", always(1)],
    // 2 to 4 hosts x 50 reads x 0.03 per 10,000.
    ["prod", "repository-settings-key", "decryptions", { min: 0.0003, max: 0.0006 }],
    ["prod", "notifier-failures", "alarm", always(0.15)],
    // 2 to 4 hosts x 100 events x 1 s x 256 of 1,024 MB x 0.00001.
    ["prod", "notifier-function", "compute, 256 MB", { min: 0.0005, max: 0.001 }],
    ["prod", "registry-namespace", "private hosted zone prod.internal", always(0.55)],
    ["prod", "registry-web", "registered hosts of web", { min: 0.24, max: 0.48 }],
  ])("%s holds, for %s, %s", (stack, resource, what, expected) => {
    expect(monthly(bill(stack, PRICES), resource, what)).toEqual(expected);
  });

  it.each(["staging", "prod"])("%s sums up its lines, all of which the built-in prices know", (stack) => {
    const { lines, total, notPriced, unknownInstanceTypes } = bill(stack, pricesOf("eu-west-1", undefined));
    const sum = (side: "min" | "max") => lines.reduce((so, line) => so + (line.monthly?.[side] ?? Number.NaN), 0);
    expect(total).toEqual({ min: Number(sum("min").toFixed(2)), max: Number(sum("max").toFixed(2)) });
    expect({ notPriced, unknownInstanceTypes }).toEqual({ notPriced: 0, unknownInstanceTypes: [] });
  });

  it("prod holds each line as its quantity at a price for a unit", () => {
    expect(
      lineOf(
        bill("prod", PRICES),
        "repository-bucket",
        "polls of web: InRelease, control.json, policy.json, settings of hello",
      ),
    ).toEqual({
      resource: "repository-bucket",
      what: "polls of web: InRelease, control.json, policy.json, settings of hello",
      quantity: { min: 350.4, max: 700.8 },
      unit: "1,000 requests",
      price: 0.0004,
      monthly: { min: 0.14016, max: 0.28032 },
    });
  });

  it("prod has the dearest resource first, and what has no price before all others", () => {
    const stranger = { ...one(declared.prod ?? [], "aws:kms/key:Key"), type: "aws:new/thing:Thing", name: "stranger" };
    const config = readStackFile("prod", root);
    const { lines, total, notPriced } = billOf(usageOf([...(declared.prod ?? []), stranger], config), PRICES);
    expect(lines.slice(0, 3).map(({ resource }) => resource)).toEqual(["stranger", "network-vpc", "network-vpc"]);
    expect(lines[0]).toEqual({
      resource: "stranger",
      what: "aws:new/thing:Thing",
      quantity: always(1),
      unit: null,
      price: null,
      monthly: null,
    });
    expect({ total, notPriced }).toEqual({ total: bill("prod", PRICES).total, notPriced: 1 });
  });

  it("counts a public address for each host in place of NAT gateways", () => {
    const config = readStackFile("staging", root);
    const fleets = (declared.staging ?? []).filter(({ type }) => type === "aws:autoscaling/group:Group");
    const without = billOf(usageOf(fleets, { ...config, network: { ...config.network, nat: "none" } }), PRICES);
    expect(monthly(without, "web-fleet", "public IPv4 of hosts")).toEqual({ min: 7.3, max: 14.6 });
    const what = billOf(usageOf(fleets, config), PRICES).lines.map((line) => line.what);
    expect(what).not.toContain("public IPv4 of hosts");
  });
});

describe("a stack in a network that is there", () => {
  const groups = { web: { packages: ["hello"], size: { min: 1, max: 1 }, http: { port: 6000 } } };

  it.each([{}, SHARED])("pays for no NAT gateway, address of one or endpoint: %j", async (more) => {
    const section = { "towline:network": { ...NETWORK, ...more } };
    const qa = parseStackConfig("qa", valid({ "towline:groups": groups, ...section }));
    const { lines, notPriced } = billOf(usageOf(await stackOf(groups, section), qa), PRICES);
    expect(lines.filter(({ resource }) => /^network|^registry-association/.test(resource))).toEqual([]);
    expect(notPriced).toBe(0);
  });
});

describe("a stack with everything a stack can have", () => {
  const single = { packages: ["hello"], size: { min: 1, max: 1 } };
  const groups = {
    web: {
      packages: ["hello", "mail"],
      size: { min: 2, max: 4 },
      http: { port: 6000 },
      uses: ["jobs", "db"],
      rootVolume: {
        size: 20,
        kmsKey: "arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012",
      },
      warmPool: { min: 1, max: 5 },
      scaling: { cpu: 50, requestsPerTarget: 1000 },
      access: { sshFrom: ["203.0.113.0/24"] },
    },
    api: {
      packages: ["hello"],
      size: { min: 2, max: 6 },
      http: { port: 7000, paths: ["/api/*"], priority: 1 },
      rollout: { alarms: ["api-errors"] },
      alternativeTypes: ["t3.medium"],
      spot: { percent: 50, onDemand: 1 },
    },
    jobs: {
      packages: ["hello"],
      size: { min: 0, max: 3 },
      instanceType: "t3.medium",
      channel: "feature-x",
      policies: ["arn:aws:iam::123456789012:policy/jobs"],
      scaling: {
        steps: { depth: { namespace: "AWS/SQS", metric: "Depth", up: [{ at: 100, by: 1 }], down: [{ at: 1, by: 1 }] } },
        schedule: { night: { cron: "0 0 * * *", min: 0, max: 1 } },
      },
    },
    idle: { packages: ["hello"], size: { min: 2, max: 4 }, warmPool: { min: 0 } },
    db: { ...single, volume: { size: 100, mountPoint: "/srv/data" } },
    edge: {
      ...single,
      packages: ["hello", "mail"],
      processes: { mail: "none" },
      http: { port: 8080 },
      elasticIp: {},
    },
  };
  const sections = {
    "towline:loadBalancer": { domain: "app.example.com", zone: "example.com" },
    "towline:protect": {
      webAclArn: WEB_ACL,
    },
    "towline:audit": {},
    "towline:publisher": { trustedArns: ["arn:aws:iam::123456789012:root"], promoteFromBucket: "acme-staging" },
    "towline:slackCommand": { jenkins: { url: "https://jenkins.example.com" }, allow: { users: ["U0123456789"] } },
  };
  const config: StackConfig = parseStackConfig(
    "qa",
    valid({ "towline:repository": { bucket: "acme-qa" }, "towline:groups": groups, ...sections }),
  );
  let declared: Declared[];
  let bill: Bill;

  beforeAll(async () => {
    declared = await stackOf(groups, sections);
    bill = billOf(usageOf(declared, config), PRICES);
  });

  it("declares, with those in networks that are there, every type of resource that is made anywhere in the program", async () => {
    const { db } = groups;
    const networks = [NETWORK, { ...NETWORK, ...SHARED }];
    const others = await Promise.all(networks.map((network) => stackOf({ db }, { "towline:network": network })));
    const files = readdirSync(join(root, "infra"), { recursive: true, encoding: "utf8" });
    const sources = files.filter((file) => file.endsWith(".ts")).map((file) => readFileSync(join(root, "infra", file)));
    const made = sources.flatMap((source) =>
      [...String(source).matchAll(/\bnew (awsx?)\.(\w+)\.(\w+)\(/g)].map(([, provider, module, name = ""]) =>
        provider === "awsx"
          ? `awsx:${module}:${name}`
          : `aws:${module}/${name[0]?.toLowerCase()}${name.slice(1)}:${name}`,
      ),
    );
    const types = new Set(
      [declared, ...others]
        .flat()
        .map(({ type }) => type)
        .filter((type) => /^awsx?:/.test(type)),
    );
    expect([...types].sort()).toEqual([...new Set(made)].sort());
  });

  // Where this fails, give the new type its price or its place among what is free, in cli/cost/resources.ts.
  it("has a price for everything, or knows that it is free", () => {
    expect(bill.lines.filter((line) => line.monthly === null)).toEqual([]);
    expect(bill.notPriced).toBe(0);
  });

  it.each([
    // Spot: of 2 hosts 1 is the base and half of the other is rounded up to 1; of 6, 1 + 2.5 rounded up to 3.
    ["api-fleet", "t3.small on demand", { min: 29.2, max: 58.4 }],
    // The other 0 to 2 x 730 hours x 0.02 x 40 %.
    ["api-fleet", "t3.small spot", { min: 0, max: 11.68 }],
    // 0 to 3 hosts x 730 hours x 0.04.
    ["jobs-fleet", "t3.medium on demand", { min: 0, max: 87.6 }],
    // A pool of 5 holds 3 beside 2 that serve, and 1 beside 4: x 20 GiB x 0.1.
    ["web-fleet", "root volumes, 20 GiB each", { min: 4, max: 8 }],
    ["web-fleet", "root volumes of waiting hosts, 20 GiB each", { min: 6, max: 2 }],
    // Without a size of its own, a pool fills the group up to 4: 2 x 8 GiB x 0.1, and none.
    ["idle-fleet", "root volumes of waiting hosts, 8 GiB each", { min: 1.6, max: 0 }],
    ["db-volume", "data volume, 100 GiB", always(10)],
    ["edge-address", "public IPv4", always(3.65)],
    // Two alarms of AWS's own for each metric that is held; one for each direction of steps.
    ["web-cpu", "its alarms", always(0.3)],
    ["web-requests", "its alarms", always(0.3)],
    ["jobs-depth-up-alarm", "alarm", always(0.15)],
    ["jobs-depth-down-alarm", "alarm", always(0.15)],
    // 2 to 4 hosts x 2 names x 525,600 lookups (730 hours, every 5 s) x 0.8 per 1,000,000.
    ["registry-namespace", "DNS queries", { min: 1.68192, max: 3.36384 }],
    // 0 to 3 hosts x 5 objects x 43,800 minutes x 0.0004 per 1,000.
    [
      "repository-bucket",
      "polls of jobs: InRelease, InRelease of feature-x, control.json, policy.json, settings of hello",
      { min: 0, max: 0.2628 },
    ],
    // 2 to 4 hosts x 5 objects x 43,800 minutes x 0.0004 per 1,000.
    [
      "repository-bucket",
      "polls of web: InRelease, control.json, policy.json, settings of hello, settings of mail",
      { min: 0.1752, max: 0.3504 },
    ],
    // A package that runs by itself has no settings: 1 host x 4 objects x 43,800 minutes x 0.0004 per 1,000.
    ["repository-bucket", "polls of edge: InRelease, control.json, policy.json, settings of hello", always(0.07008)],
    // Two packages x (10 + 20) versions x 0.05 GB x 0.02.
    ["repository-bucket", "packages, 50 MB each", always(0.06)],
    // 8 to 19 hosts x 0.5 GB x 0.3.
    ["audit-flow-log", "delivery of flow logs", { min: 1.2, max: 2.85 }],
    // 10 to 23 settings that a host polls 43,800 times, and 5,320 to 6,880 writes of releases, x 0.11 per 100,000.
    ["audit-trail", "events of the trail", { min: 0.487652, max: 1.115708 }],
    // (8 to 19 hosts x 0.5 GB and 34 to 83 objects that a host polls x 0.03 GB) x 12 months x 0.02.
    ["logs-bucket", "logs, as many as are kept", { min: 1.2048, max: 2.8776 }],
    // Every five minutes, whatever the hosts do: 8,760 x 1 s x 256 of 1,024 MB x 0.00001.
    ["rollout-alarms-function", "compute, 256 MB", always(0.0219)],
    ["slack-command-undelivered", "requests of the dead-letter queue", always(0.0004)],
  ])("pays, for %s, %s", (resource, what, expected) => {
    expect(monthly(bill, resource, what)).toEqual(expected);
  });

  const changed = (type: string, name: string, inputs: object): (number | null)[] => {
    const resource = one(declared, type, name);
    const { lines } = billOf(usageOf([{ ...resource, inputs: { ...resource.inputs, ...inputs } }], config), PRICES);
    return lines.map((line) => line.monthly?.max ?? null);
  };
  const ebs = { encrypted: "true", volumeType: "gp3" };

  it.each([
    ["a volume with more operations than its size pays for", "ebs/volume:Volume", "db-volume", { iops: 3001 }],
    ["a volume with more throughput than its size pays for", "ebs/volume:Volume", "db-volume", { throughput: 126 }],
    ["a volume of another type", "ebs/volume:Volume", "db-volume", { type: "io2" }],
    [
      "root volumes with more operations than their size pays for",
      "ec2/launchTemplate:LaunchTemplate",
      "db-launch-template",
      { blockDeviceMappings: [{ ebs: { ...ebs, iops: 6000 } }] },
    ],
    [
      "a second volume of each host",
      "ec2/launchTemplate:LaunchTemplate",
      "db-launch-template",
      { blockDeviceMappings: [{ ebs }, { ebs }] },
    ],
    ["an alarm of high resolution", "cloudwatch/metricAlarm:MetricAlarm", "notifier-failures", { period: 10 }],
    ["scaling by prediction", "autoscaling/policy:Policy", "web-cpu", { policyType: "PredictiveScaling" }],
    ["a network load balancer", "lb/loadBalancer:LoadBalancer", "load-balancer-alb", { loadBalancerType: "network" }],
    [
      "a subscription by mail",
      "sns/topicSubscription:TopicSubscription",
      "notifier-subscription",
      { protocol: "email" },
    ],
    [
      "an endpoint that is charged",
      "ec2:Vpc",
      "network-vpc",
      {
        natGateways: { strategy: "None" },
        vpcEndpointSpecs: [{ serviceName: "com.amazonaws.eu-west-1.ssm", vpcEndpointType: "Interface" }],
      },
    ],
  ])("would not price %s by mistake", (_, type, name, inputs) => {
    expect(changed(type === "ec2:Vpc" ? "awsx:ec2:Vpc" : `aws:${type}`, name, inputs)).toEqual([null]);
  });

  it("prices a volume whose operations and throughput are the included ones", () => {
    expect(changed("aws:ebs/volume:Volume", "db-volume", { iops: 3000, throughput: 125 })).toEqual([10]);
  });
});

describe("a price table", () => {
  it.each(Object.entries(PRICE_TABLES))("of %s is of that region and says of when and where it is", (region, table) => {
    expect(table.region).toBe(region);
    expect(table.source).toMatch(/price pages of EC2, EBS, .* on demand, Linux/);
    // Reading it as a file checks everything else: a date that exists, and a price above 0 for every meter.
    expect(parsePrices(region, JSON.stringify(table))).toEqual(table);
  });

  it("has a type's sizes at twice the price of the one before", () => {
    const { instances } = pricesOf("eu-west-1", undefined);
    expect(["t3.nano", "t3.small", "t3.2xlarge", "m5.large", "m5.4xlarge"].map((type) => instances[type])).toEqual([
      0.0057, 0.0228, 0.3648, 0.107, 0.856,
    ]);
  });

  it("is shown whole in docs/cost.md", () => {
    const [, shown = ""] = /```json\n(.*?)```/s.exec(readFileSync(join(root, "docs/cost.md"), "utf8")) ?? [];
    expect(Object.keys(parsePrices("docs/cost.md", shown).meters).sort()).toEqual([...METER_NAMES].sort());
  });

  const { alarm: _alarm, ...withoutAlarm } = PRICES.meters;
  it.each([
    ["no JSON", "{", /^--prices p\.json: is not JSON: .*$/],
    ["no table", "[]", /^--prices p\.json: the table is \[\]; it .* \(docs\/cost\.md shows a whole file\)$/],
    [
      "a date that is none",
      JSON.stringify({ ...PRICES, date: "soon" }),
      '--prices p.json: date is "soon"; it must be the day the prices are of, such as 2026-01-31 (docs/cost.md shows a whole file)',
    ],
    [
      "no source",
      JSON.stringify({ ...PRICES, source: " " }),
      '--prices p.json: source is " "; it must say where the prices are from (docs/cost.md shows a whole file)',
    ],
    [
      "a price that is a text",
      JSON.stringify({ ...PRICES, instances: { "t3.small": "0.02" } }),
      '--prices p.json: instances/t3.small is "0.02"; it must be a price in USD, such as 0.0228 (docs/cost.md shows a whole file)',
    ],
    [
      "a meter missing",
      JSON.stringify({ ...PRICES, meters: withoutAlarm }),
      "--prices p.json: meters/alarm is missing; it must be a price in USD, such as 0.0228 per month (docs/cost.md shows a whole file)",
    ],
    [
      "a price of nothing",
      JSON.stringify({ ...PRICES, meters: { ...PRICES.meters, natGateway: 0 } }),
      "--prices p.json: meters/natGateway is 0; it must be above 0 per hour (docs/cost.md shows a whole file)",
    ],
    [
      "a key too many",
      JSON.stringify({ ...PRICES, currency: "EUR" }),
      "--prices p.json: currency is no key of a price table (allowed: region, date, source, instances, meters) (docs/cost.md shows a whole file)",
    ],
  ])("with %s is refused in one sentence", (_, text, message) => {
    expect(() => parsePrices("p.json", text)).toThrow(typeof message === "string" ? new Error(message) : message);
  });
});

describe("towline cost", () => {
  let folder: string;
  let output: string;
  let errors: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "towline-cost-"));
    output = "";
    errors = "";
    jest.spyOn(process.stdout, "write").mockImplementation((chunk) => {
      output += chunk;
      return true;
    });
    jest.spyOn(process.stderr, "write").mockImplementation((chunk) => {
      errors += chunk;
      return true;
    });
    writeFileSync(join(folder, "Pulumi.yaml"), "name: towline\n");
    writeFileSync(join(folder, "prices.json"), JSON.stringify(PRICES));
  });

  afterEach(() => {
    jest.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  function cost(group: object, region: string, ...args: string[]): Promise<number> {
    const groups = { web: { packages: ["hello"], size: { min: 1, max: 1 }, ...group } };
    const config = valid({ "aws:region": region, "towline:groups": groups });
    writeFileSync(join(folder, "Pulumi.qa.yaml"), JSON.stringify({ config }));
    return main(["-C", folder, "cost", "--stack", "qa", ...args]);
  }

  it("prints one table that ends with the sum, then the prices' date and source and what is assumed", async () => {
    const code = await cost({}, "eu-west-1", "--prices", join(folder, "prices.json"));
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    const lines = output.split("\n");
    expect(lines[0]?.split(/ {2,}/)).toEqual([
      ...["resource", "what", "quantity", "unit", "USD a unit", "USD at min", "USD at max"],
    ]);
    expect(lines.map((line) => line.split(/ {2,}/))).toContainEqual([
      ...["web-fleet", "t3.small on demand", "730", "hour", "0.02", "14.60", "14.60"],
    ]);
    const end = lines.indexOf("");
    const [, sum] = /^total +(\d+\.\d\d) +\1$/.exec(lines[end - 1] ?? "") ?? [];
    expect(lines.slice(end + 1, end + 4)).toEqual([
      `qa costs ${sum} USD a month.`,
      "Prices of eu-west-1 of 2026-01-31: made up.",
      "- A month has 730 hours. All groups are at size.min all month, or all at size.max; nothing is being replaced.",
    ]);
  });

  it("says of an instance type without a price that it is missing, in one sentence", async () => {
    const code = await cost({ instanceType: "x2iedn.32xlarge" }, "eu-west-1");
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    const lines = output.split("\n");
    expect(lines[1]?.split(/ {2,}/)).toEqual([
      ...["web-fleet", "x2iedn.32xlarge on demand", "not priced", "not priced", "not priced"],
    ]);
    expect(lines[lines.indexOf("") + 1]).toMatch(
      /^qa costs \d+\.\d\d USD a month, without the line that is "not priced"\.$/,
    );
    expect(lines[lines.indexOf("") + 2]).toBe(
      "eu-west-1's prices lack x2iedn.32xlarge: add what an hour costs with --prices FILE.",
    );
  });

  it("prints JSON with the lines, the sum, the prices and what is assumed", async () => {
    expect(await cost({ instanceType: "c5.large" }, "us-east-1", "--json")).toBe(0);
    const printed = JSON.parse(output);
    expect(printed).toEqual({
      stack: "qa",
      currency: "USD",
      lines: expect.any(Array),
      total: { min: expect.any(Number), max: expect.any(Number) },
      notPriced: 0,
      unknownInstanceTypes: [],
      prices: PRICE_TABLES["us-east-1"],
      assumptions: expect.arrayContaining([expect.stringMatching(/^A host polls every minute: /)]),
    });
    // 730 hours x 0.085.
    expect(printed.lines).toContainEqual({
      resource: "web-fleet",
      what: "c5.large on demand",
      quantity: always(730),
      unit: "hour",
      price: 0.085,
      monthly: always(62.05),
    });
  });

  it.each([
    [
      "a region without built-in prices",
      "eu-central-1",
      [],
      "there are no built-in prices of eu-central-1, only of eu-west-1 and us-east-1; " +
        "give your own with --prices FILE (docs/cost.md shows what it holds)",
    ],
    ["a file that is not there", "eu-west-1", ["nowhere.json"], "--prices nowhere.json: there is no such file"],
  ])("refuses %s in one sentence", async (_, region, file, message) => {
    expect(await cost({}, region, ...file.flatMap((name) => ["--prices", name]))).toBe(2);
    expect({ output, errors }).toEqual({ output: "", errors: `towline: ${message}\n` });
  });

  it("refuses prices of another region than the stack's", async () => {
    const file = join(folder, "prices.json");
    expect(await cost({}, "us-east-1", "--prices", file)).toBe(2);
    expect(errors).toBe(`towline: --prices ${file}: holds prices of eu-west-1, but the stack is in us-east-1\n`);
  });
});
