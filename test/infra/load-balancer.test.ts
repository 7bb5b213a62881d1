import type { Declared } from "../../infra/synth";
import { CERTIFICATE as certificateArn, WEB_ACL as webAclArn } from "./arns";
import { errorsOf, valid } from "./config-fixtures";
import { one, stackOf } from "./stack-of";

const web = { packages: ["hello"], size: { min: 2, max: 4 }, http: { port: 6000 } };
const FIREWALL = "aws:ec2/securityGroup:SecurityGroup";
const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const PLACE = "Pulumi.staging.yaml: towline:loadBalancer";
const balanced = (loadBalancer: object, sections: object = {}) =>
  stackOf({ web }, { "towline:loadBalancer": loadBalancer, ...sections });
const refused = (loadBalancer: object) => errorsOf(valid({ "towline:loadBalancer": loadBalancer }));
const subnets = (stack: readonly Declared[]) => one(stack, "pulumi:pulumi:Stack").outputs ?? {};
const firewallOf = (stack: readonly Declared[]) => one(stack, FIREWALL, "load-balancer-security-group").inputs;

describe("an internal load balancer", () => {
  let stack: Declared[];
  beforeAll(async () => {
    const sections = { "towline:protect": { webAclArn }, "towline:audit": {} };
    stack = await balanced({ internal: true, certificateArn }, sections);
  });

  it("is in the private subnets, without a public address, and gives its place to another of its name", () => {
    const { inputs, options } = one(stack, BALANCER);
    const { privateSubnetIds } = subnets(stack) as { privateSubnetIds: string[] };
    expect(privateSubnetIds).toHaveLength(2);
    expect(inputs).toMatchObject({ name: "towline-qa", internal: true, subnets: privateSubnetIds });
    expect(options).toMatchObject({ deleteBeforeReplace: true });
  });

  it("lets in the network, and nobody else", () => {
    const { ingress, egress, description } = firewallOf(stack);
    expect(description).toBe("HTTP from the network to the load balancer, and from it to the instances");
    expect(ingress).toEqual([
      { description: "HTTP", protocol: "tcp", fromPort: 80, toPort: 80, cidrBlocks: ["10.0.0.0/16"] },
      { description: "HTTPS", protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/16"] },
    ]);
    expect(egress).toEqual([
      { description: "Instances", protocol: "tcp", fromPort: 6000, toPort: 6000, cidrBlocks: ["10.0.0.0/16"] },
    ]);
  });

  it("has its requests logged, a web ACL before it, and is not deleted by mistake", () => {
    expect(one(stack, BALANCER).inputs).toMatchObject({
      enableDeletionProtection: true,
      accessLogs: { enabled: true, bucket: "acme-qa-logs", prefix: "load-balancer" },
    });
    expect(one(stack, "aws:wafv2/webAclAssociation:WebAclAssociation").inputs).toMatchObject({ webAclArn });
  });

  it("stays in the private subnets where hosts are in the public ones", async () => {
    const without = await balanced({ internal: true }, { "towline:network": { nat: "none" } });
    const { privateSubnetIds } = subnets(without);
    expect(one(without, BALANCER).inputs.subnets).toEqual(privateSubnetIds);
  });
});

describe("who may connect to the load balancer", () => {
  it.each([{}, { internal: true }])("can be said by ranges: %j", async (scheme) => {
    const { ingress } = firewallOf(await balanced({ ...scheme, from: ["10.0.0.0/8", "192.0.2.0/24"] }));
    expect(ingress).toEqual([expect.objectContaining({ fromPort: 80, cidrBlocks: ["10.0.0.0/8", "192.0.2.0/24"] })]);
  });

  it("changes no description, which EC2 would make another security group for", async () => {
    const [before, after] = [await balanced({}), await balanced({ from: ["192.0.2.0/24"] })];
    expect(firewallOf(after).description).toBe(firewallOf(before).description);
  });

  it("is the world where nothing says otherwise", async () => {
    expect(firewallOf(await balanced({})).ingress).toEqual([expect.objectContaining({ cidrBlocks: ["0.0.0.0/0"] })]);
  });

  it.each<[object, string]>([
    [{ internal: false }, 'internal: should be true, or left out, but is false. Write for example "internal: true".'],
    [{ from: [] }, 'from: should be a list of 1 to 30 IPv4 ranges, but is []. Write for example "from: [10.0.0.0/8]".'],
    [
      { from: ["10.0.0.1/8"] },
      'from/0: should be an IPv4 range of /8 or smaller with no bits set beyond its prefix, but is "10.0.0.1/8". Write for example "from: [10.0.0.0/8]".',
    ],
    [
      { from: ["10.0.0.0/8", "10.0.0.0/8"] },
      "from/1: should be a range the list does not hold yet, but is 10.0.0.0/8 again. Remove it.",
    ],
    [
      { scheme: "internal" },
      "scheme: is not a key towline knows. Allowed here: internal, from, listenerArn, certificateArn, domain, zone, httpOnly.",
    ],
  ])("is refused where it is written so: %j", (loadBalancer, sentence) => {
    expect(refused(loadBalancer)).toEqual([`${PLACE}/${sentence}`]);
  });

  it("may be as many ranges as a security group has rules for, at both ports", async () => {
    const from = Array.from({ length: 30 }, (_, index) => `10.${index}.0.0/16`);
    const { ingress } = firewallOf(await balanced({ from, certificateArn }));
    expect((ingress as { cidrBlocks: string[] }[]).flatMap(({ cidrBlocks }) => cidrBlocks)).toHaveLength(60);
  });
});
