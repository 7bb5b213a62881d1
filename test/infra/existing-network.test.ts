import type { Declared } from "../../infra/synth";
import { violations } from "../policy/violations";
import { CERTIFICATE as certificateArn } from "./arns";
import { errorsOf, type GroupRaw, valid } from "./config-fixtures";
import { cloudWith, type FakeNetwork, NETWORK, OWN, PRIVATE, PUBLIC, toWorld, VPC, whole } from "./network-cloud";
import { all, one, stackOf } from "./stack-of";

const OTHER = "999999999999";
const size = { min: 1, max: 2 };
const groups = {
  web: { packages: ["hello"], size, http: { port: 6000 } },
  jobs: { packages: ["hello"], size, uses: ["web"] },
};
const build = (network: object, cloud: FakeNetwork = whole, others: object = {}, its: object = groups) =>
  stackOf(its, { "towline:network": network, ...others }, "qa", { cloud: cloudWith(cloud) });
const said = (network: object, cloud: FakeNetwork, its: object = groups): Promise<string[]> =>
  build(network, cloud, {}, its).then(
    () => [],
    (error: Error) => error.message.split("\n").map((line) => line.replace("Pulumi.qa.yaml: towline:network/", "")),
  );
const fleetOf = (stack: Declared[], name: string) => one(stack, "aws:autoscaling/group:Group", `${name}-fleet`).inputs;

/** The network with something else about some of its subnets and tables. */
function but(change: {
  subnets?: Readonly<Record<string, object>>;
  tables?: Readonly<Record<string, object>>;
  names?: object;
  endpoints?: FakeNetwork["endpoints"];
}): FakeNetwork {
  const each = <T>(things: Readonly<Record<string, T>>, changes: Readonly<Record<string, object>> = {}) =>
    Object.fromEntries(Object.entries(things).map(([id, thing]) => [id, { ...thing, ...changes[id] }]));
  return {
    names: { ...whole.names, ...change.names },
    subnets: each(whole.subnets, change.subnets),
    tables: each(whole.tables, change.tables),
    endpoints: change.endpoints ?? {},
  };
}
const allShared = but({ subnets: Object.fromEntries([...PUBLIC, ...PRIVATE].map((id) => [id, { ownerId: OTHER }])) });

describe("a stack in a network that is there", () => {
  let stack: Declared[];
  beforeAll(async () => {
    stack = await build(NETWORK, whole, { "towline:protect": {}, "towline:audit": {} });
  });

  it("has its hosts and its load balancer in the subnets that are named", () => {
    expect(fleetOf(stack, "web").vpcZoneIdentifiers).toEqual(PRIVATE);
    expect(one(stack, "aws:lb/loadBalancer:LoadBalancer").inputs.subnets).toEqual(PUBLIC);
    const firewalls = all(stack, "aws:ec2/securityGroup:SecurityGroup");
    expect(firewalls.map(({ inputs }) => inputs.vpcId)).toEqual([VPC, VPC, VPC]);
    expect(one(stack, "aws:lb/targetGroup:TargetGroup").inputs.vpcId).toBe(VPC);
    expect(one(stack, "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace").inputs.vpc).toBe(VPC);
  });

  it("makes an endpoint of S3 in the route tables of its hosts, before any host, and nothing else in it", () => {
    const endpoint = one(stack, "aws:ec2/vpcEndpoint:VpcEndpoint");
    expect(endpoint.inputs).toEqual({
      vpcId: VPC,
      serviceName: "com.amazonaws.eu-west-1.s3",
      vpcEndpointType: "Gateway",
      routeTableIds: ["rtb-main", "rtb-private"],
      tags: { "towline:stack": "qa" },
    });
    expect(one(stack, "towline:infra:Group", "web").dependencies).toContain(endpoint.urn);
    const kinds = stack.map(({ type }) => type).filter((type) => /^awsx?:ec2/.test(type));
    expect([...new Set(kinds)].sort()).toEqual([
      "aws:ec2/launchTemplate:LaunchTemplate",
      "aws:ec2/securityGroup:SecurityGroup",
      "aws:ec2/vpcEndpoint:VpcEndpoint",
    ]);
  });

  it("lets in, beside the load balancer, the ranges of its hosts' subnets and not all of the VPC's", () => {
    const { ingress } = one(stack, "aws:ec2/securityGroup:SecurityGroup", "web-security-group").inputs;
    expect(ingress).toContainEqual(
      expect.objectContaining({ description: "Hosts of the stack", cidrBlocks: ["172.31.3.0/24", "172.31.4.0/24"] }),
    );
    const balancer = one(stack, "aws:ec2/securityGroup:SecurityGroup", "load-balancer-security-group").inputs;
    expect(balancer.egress).toEqual([expect.objectContaining({ cidrBlocks: ["172.31.3.0/24", "172.31.4.0/24"] })]);
  });

  it("keeps every rule of the policy pack, and tells its outputs", async () => {
    const secure = await build(NETWORK, whole, { "towline:loadBalancer": { certificateArn } });
    expect(await violations(secure)).toEqual([]);
    const outputs = secure.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs;
    expect(outputs).toMatchObject({ vpcId: VPC, publicSubnetIds: PUBLIC, privateSubnetIds: PRIVATE });
    expect(outputs).not.toHaveProperty("namesZoneId");
  });

  it("is the same with the second `pulumi up`, when the endpoint is there", async () => {
    const tables = { "rtb-main": { s3: "vpce-own" }, "rtb-private": { s3: "vpce-own" } };
    const again = await build(NETWORK, but({ tables, endpoints: { "vpce-own": { "towline:stack": "qa" } } }), {
      "towline:protect": {},
      "towline:audit": {},
    });
    expect(again.map(({ urn, inputs }) => ({ urn, inputs }))).toEqual(
      stack.map(({ urn, inputs }) => ({ urn, inputs })),
    );
  });

  it("uses the endpoint that is named", async () => {
    const tables = { "rtb-main": { s3: "vpce-0a1b2c3d" }, "rtb-private": { s3: "vpce-0a1b2c3d" } };
    const named = await build({ ...NETWORK, s3EndpointId: "vpce-0a1b2c3d" }, but({ tables }));
    expect(all(named, "aws:ec2/vpcEndpoint:VpcEndpoint")).toEqual([]);
  });

  it("has hosts with a fixed address in its public subnets, which the endpoint serves then, too", async () => {
    const edge = { packages: ["hello"], size: { min: 1, max: 1 }, elasticIp: { ports: [443] } };
    const made = await build(NETWORK, whole, {}, { ...groups, edge });
    expect(fleetOf(made, "edge").vpcZoneIdentifiers).toEqual(PUBLIC);
    const { routeTableIds } = one(made, "aws:ec2/vpcEndpoint:VpcEndpoint").inputs;
    expect(routeTableIds).toEqual(["rtb-main", "rtb-private", "rtb-public"]);
  });

  it("has all hosts in the public subnets, with addresses, where nothing else is named and `nat: none` says so", async () => {
    const made = await build({ vpcId: VPC, publicSubnetIds: PUBLIC, nat: "none" });
    expect(fleetOf(made, "web").vpcZoneIdentifiers).toEqual(PUBLIC);
    const { networkInterfaces } = one(made, "aws:ec2/launchTemplate:LaunchTemplate", "web-launch-template").inputs;
    expect(networkInterfaces).toEqual([expect.objectContaining({ associatePublicIpAddress: "true" })]);
    expect(one(made, "aws:ec2/vpcEndpoint:VpcEndpoint").inputs.routeTableIds).toEqual(["rtb-public"]);
  });
});

describe("a stack in a network that another account shares", () => {
  it("makes its own things alone: names begin in an empty VPC beside it, which the owner lets the hosts ask", async () => {
    const led = { s3: "vpce-0a1b2c3d" };
    const cloud = cloudWith({
      ...but({ tables: { "rtb-main": led, "rtb-private": led } }),
      subnets: allShared.subnets,
    });
    const stack = await stackOf(groups, { "towline:network": { ...NETWORK, ownerId: OTHER } }, "qa", { cloud });
    expect(all(stack, "aws:ec2/vpcEndpoint:VpcEndpoint")).toEqual([]);
    const home = one(stack, "aws:ec2/vpc:Vpc");
    const names = one(stack, "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace");
    expect(names.inputs.vpc).toMatch(/^vpc-[0-9a-f]{17}$/);
    expect(names.propertyDependencies.vpc).toEqual([home.urn]);
    const association = one(stack, "aws:route53/vpcAssociationAuthorization:VpcAssociationAuthorization").inputs;
    expect(association).toEqual({ vpcId: VPC, zoneId: expect.stringMatching(/^Z/) });
    expect(stack.find(({ type }) => type === "pulumi:pulumi:Stack")?.outputs).toMatchObject({
      namesZoneId: association.zoneId,
    });
    // The provider fails where it looks for the main route table of a shared VPC.
    expect(cloud.asked).not.toContain("getVpc");
  });

  it("is taken where its account does not see the route tables, and told what to have made where it does", async () => {
    const network = { ...NETWORK, ownerId: OTHER };
    expect(await said(network, { ...allShared, tables: {} })).toEqual([]);
    expect(await said(network, allShared)).toEqual([
      `vpcId: should lead hosts to S3 by an endpoint, which only ${OTHER}, whose ${VPC} is, can make, but rtb-main and rtb-private have no route to one. Have it made there: aws ec2 create-vpc-endpoint --vpc-id ${VPC} --service-name com.amazonaws.eu-west-1.s3 --route-table-ids rtb-main rtb-private`,
    ]);
  });
});

describe("a network that hosts could not live in is refused before anything is made", () => {
  it.each<[string, object, FakeNetwork, string[]]>([
    [
      "a subnet that AWS does not know",
      { ...NETWORK, privateSubnetIds: ["subnet-0000000f", ...PRIVATE] },
      whole,
      [
        "privateSubnetIds/0: should be a subnet of the stack's account and region, or one that is shared with it there, but AWS knows no subnet-0000000f. Name another, or have it shared.",
      ],
    ],
    [
      "a subnet of another VPC",
      NETWORK,
      but({ subnets: { "subnet-00000002": { vpcId: "vpc-0000000f" } } }),
      [
        `publicSubnetIds/1: should be a subnet of ${VPC}, but subnet-00000002 is one of vpc-0000000f. Name another one, or change vpcId.`,
      ],
    ],
    [
      "another account's VPC without a word of it",
      NETWORK,
      allShared,
      [
        `ownerId: is missing; it should say which account shares ${VPC} with the stack's, which is ${OTHER}. Write "ownerId: '${OTHER}'", and see docs/groups.md for what that account has to make.`,
      ],
    ],
    [
      "another account's VPC under a third one's number",
      { ...NETWORK, ownerId: "111111111111" },
      allShared,
      [
        `ownerId: should be the account that ${VPC} belongs to, which is ${OTHER}, but is 111111111111. Write "ownerId: '${OTHER}'", and see docs/groups.md for what that account has to make.`,
      ],
    ],
    [
      "the account's own VPC as another's",
      { ...NETWORK, ownerId: OTHER },
      whole,
      [`ownerId: should be absent, since ${VPC} is of the stack's own account, but is ${OTHER}. Remove it.`],
    ],
    [
      "private subnets of one zone",
      NETWORK,
      but({ subnets: { "subnet-00000004": { availabilityZone: "eu-west-1a" } } }),
      [
        "privateSubnetIds: should hold subnets of at least two zones, but all are in eu-west-1a. Name one of another zone.",
      ],
    ],
    [
      "names that are off",
      NETWORK,
      but({ names: { enableDnsHostnames: false } }),
      [
        `vpcId: should be a VPC with names, by which hosts find each other, but ${VPC} has enableDnsHostnames off. Switch it on: aws ec2 modify-vpc-attribute --vpc-id ${VPC} --enable-dns-hostnames`,
      ],
    ],
    [
      "a private subnet without a way out",
      NETWORK,
      but({ tables: { "rtb-main": { routes: [] } } }),
      [
        "privateSubnetIds/0: should lead out, as hosts fetch packages and ask AWS, but the route table of subnet-00000003, rtb-main, has no route of 0.0.0.0/0. Add one to a NAT gateway there, or name another subnet.",
      ],
    ],
    [
      "a public subnet among the private ones",
      NETWORK,
      but({ tables: { "rtb-private": { routes: [toWorld] } } }),
      [
        "privateSubnetIds/1: should be a private subnet, but the route table of subnet-00000004, rtb-private, leads to the internet gateway igw-1, through which nobody gets without a public address. Name it in publicSubnetIds, or a subnet that leads to a NAT gateway.",
      ],
    ],
    [
      "a private subnet among the public ones",
      NETWORK,
      but({ subnets: { "subnet-00000001": { table: "rtb-private" } } }),
      [
        "publicSubnetIds/0: should be a public subnet, but the route table of subnet-00000001, rtb-private, has no route of 0.0.0.0/0 to an internet gateway. Add one there, or name another subnet.",
      ],
    ],
    [
      "an endpoint that leaves some hosts out",
      { ...NETWORK, s3EndpointId: "vpce-0a1b2c3d" },
      but({ tables: { "rtb-main": { s3: "vpce-0a1b2c3d" } } }),
      [
        "s3EndpointId: should be an endpoint of S3 that hosts are led to, but rtb-private has no route to one. Add it there: aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-0a1b2c3d --add-route-table-ids rtb-private",
      ],
    ],
    [
      "an endpoint that is there and not named",
      NETWORK,
      but({ tables: { "rtb-main": { s3: "vpce-0a1b2c3d" } }, endpoints: { "vpce-0a1b2c3d": {} } }),
      [
        's3EndpointId: is missing; it should name vpce-0a1b2c3d, the endpoint of S3 that route tables of hosts lead to already, since a table takes only one. Write "s3EndpointId: vpce-0a1b2c3d".',
      ],
    ],
  ])("%s", async (_, network, cloud, lines) => {
    expect(await said(network, cloud)).toEqual(lines);
  });

  it("two public subnets of one zone, which no load balancer takes together", async () => {
    const subnets = {
      ...whole.subnets,
      "subnet-00000005": whole.subnets["subnet-00000001"] as FakeNetwork["subnets"][string],
    };
    const network = { ...NETWORK, publicSubnetIds: [...PUBLIC, "subnet-00000005"] };
    expect(await said(network, { ...whole, subnets })).toEqual([
      "publicSubnetIds/2: should be a subnet of a zone that the list does not hold yet, since a load balancer takes one of each, but subnet-00000005 is in eu-west-1a, as subnet-00000001 is. Remove one of the two.",
    ]);
  });

  it("two private subnets of one zone, where the load balancer is internal", async () => {
    const third = "subnet-00000005";
    const subnets = { ...whole.subnets, [third]: whole.subnets["subnet-00000003"] as FakeNetwork["subnets"][string] };
    const network = { ...NETWORK, privateSubnetIds: [...PRIVATE, third] };
    expect(await said(network, { ...whole, subnets })).toEqual([]);
    const inside = build(network, { ...whole, subnets }, { "towline:loadBalancer": { internal: true } });
    await expect(inside).rejects.toThrow(
      /^Pulumi\.qa\.yaml: towline:network\/privateSubnetIds\/2: should be a subnet of a zone/,
    );
  });

  it("one without private subnets, where the load balancer is internal", () => {
    const network = { vpcId: VPC, publicSubnetIds: PUBLIC, nat: "none" };
    expect(errorsOf(valid({ "towline:network": network, "towline:loadBalancer": { internal: true } }))).toEqual([
      'Pulumi.staging.yaml: towline:network/privateSubnetIds: is missing; it should say where the internal load balancer is. Write for example "privateSubnetIds: [subnet-0a1b2c3d, subnet-4e5f6a7b]", or take internal out of towline:loadBalancer.',
    ]);
  });

  it("all that is wrong at once, and in a preview as well", async () => {
    const cloud = cloudWith(but({ names: { enableDnsSupport: false }, tables: { "rtb-main": { routes: [] } } }));
    const made: string[] = [];
    const watched = {
      invoke: cloud.invoke,
      create: (registration: Parameters<typeof cloud.create>[0]) => {
        made.push(registration.name);
        return cloud.create(registration);
      },
    };
    const failing = stackOf(groups, { "towline:network": NETWORK }, "qa", { cloud: watched, preview: true });
    await expect(failing).rejects.toThrow(/vpcId: should be .*\n.*privateSubnetIds\/0: should lead out/);
    expect(made).toEqual([]);
  });
});

describe("the section of a network that is there", () => {
  const lines = (network: GroupRaw) =>
    errorsOf(valid({ "towline:network": network })).map((line) =>
      line.replace("Pulumi.staging.yaml: towline:network/", ""),
    );

  it("is right with what it takes", () => {
    for (const more of [{}, { s3EndpointId: "vpce-0123456789abcdef0" }, { ownerId: OWN }]) {
      expect(lines({ ...NETWORK, ...more })).toEqual([]);
    }
  });

  it.each<[string, GroupRaw, string]>([
    [
      "an ID of something else",
      { vpcId: "subnet-0a1b2c3d" },
      'vpcId: should be the ID of a VPC, but is "subnet-0a1b2c3d". Write for example "vpcId: vpc-0a1b2c3d".',
    ],
    [
      "an ID in capitals",
      { vpcId: "vpc-0A1B2C3D" },
      'vpcId: should be the ID of a VPC, but is "vpc-0A1B2C3D". Write for example "vpcId: vpc-0a1b2c3d".',
    ],
    [
      "a subnet that is none",
      { publicSubnetIds: ["subnet-1", PUBLIC[0]] },
      'publicSubnetIds/0: should be the ID of a subnet, but is "subnet-1". Write for example "publicSubnetIds: [subnet-0a1b2c3d, subnet-4e5f6a7b]".',
    ],
    [
      "one subnet",
      { privateSubnetIds: PRIVATE.slice(0, 1) },
      'privateSubnetIds: should be a list of at least two IDs of subnets, but is ["subnet-00000003"]. Write for example "privateSubnetIds: [subnet-0a1b2c3d, subnet-4e5f6a7b]".',
    ],
    [
      "a subnet twice",
      { privateSubnetIds: [PRIVATE[0], PRIVATE[0]] },
      "privateSubnetIds/1: should be a subnet that is named once, but subnet-00000003 is in privateSubnetIds already. Remove one of the two.",
    ],
    [
      "a subnet in both lists",
      { privateSubnetIds: [PRIVATE[0], PUBLIC[1]] },
      "privateSubnetIds/1: should be a subnet that is named once, but subnet-00000002 is in publicSubnetIds already. Remove one of the two.",
    ],
    [
      "no private subnets",
      { privateSubnetIds: undefined },
      'privateSubnetIds: is missing; beside vpcId it should be a list of at least two IDs of subnets. Write for example "privateSubnetIds: [subnet-0a1b2c3d, subnet-4e5f6a7b]".',
    ],
    [
      "no VPC",
      { vpcId: undefined },
      'vpcId: is missing; with publicSubnetIds it should be the ID of the VPC that is there. Write for example "vpcId: vpc-0a1b2c3d", or remove publicSubnetIds.',
    ],
    [
      "a range beside it",
      { cidr: "10.0.0.0/16" },
      "cidr: should be absent beside vpcId, whose network is there already and stays as it is. Remove it, or vpcId.",
    ],
    [
      "zones beside it",
      { zones: 3 },
      "zones: should be absent beside vpcId, whose network is there already and stays as it is. Remove it, or vpcId.",
    ],
    [
      "NAT gateways beside it",
      { natGateways: "perZone" },
      "natGateways: should be absent beside vpcId, whose network is there already and stays as it is. Remove it, or vpcId.",
    ],
    [
      "an endpoint that is none",
      { s3EndpointId: "pl-0a1b2c3d" },
      's3EndpointId: should be the ID of a VPC endpoint, but is "pl-0a1b2c3d". Write for example "s3EndpointId: vpce-0a1b2c3d".',
    ],
    [
      "an account as a number",
      { ownerId: 123456789012 },
      "ownerId: should be the number of the account that shares the VPC, of 12 digits, in quotes, but is 123456789012. Write for example \"ownerId: '123456789012'\".",
    ],
  ])("is refused with %s", (_, change, line) => {
    expect(lines({ ...NETWORK, ...change })).toEqual([line]);
  });
});
