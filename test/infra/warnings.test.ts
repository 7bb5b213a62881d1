import { parseStackConfig } from "../../infra/config";
import { warningsOf } from "../../infra/config/warnings";
import { CERTIFICATE as certificateArn } from "./arns";
import { errorsOf, valid, web } from "./config-fixtures";

const of = (change: Record<string, unknown>) => warningsOf(parseStackConfig("prod", valid(change)));
const worker = { packages: ["hello"], size: { min: 1, max: 1 } };

describe("a stack without a certificate", () => {
  it("is told what that means, and what to write", () => {
    expect(of({})).toEqual([
      "prod serves web in the clear: whoever is on the way reads and changes what goes through its load balancer. Give it a name " +
        'in Pulumi.prod.yaml ("towline:loadBalancer: {domain: app.example.com, zone: example.com}") or a certificate in ACM ' +
        '("{certificateArn: arn:aws:acm:…}"), or say there that HTTP alone is meant ' +
        '("towline:loadBalancer: {httpOnly: true}").',
    ]);
  });

  it.each([
    ["has one", { "towline:loadBalancer": { certificateArn } }],
    ["gets one for its name", { "towline:loadBalancer": { domain: "app.example.com", zone: "example.com" } }],
    ["says that HTTP alone is meant", { "towline:loadBalancer": { httpOnly: true } }],
    ["has nothing behind a load balancer", { "towline:groups": { worker } }],
    [
      "has only what serves on an address of its own",
      { "towline:groups": { edge: { ...worker, http: { port: 443 }, elasticIp: { ports: [443] } } } },
    ],
  ])("is told nothing where it %s", (_, change) => {
    expect(of(change)).toEqual([]);
  });

  it("names every group that is served so", () => {
    const api = { ...web, http: { port: 7000, paths: ["/api/*"], priority: 1 } };
    expect(of({ "towline:groups": { web, api } })[0]).toMatch(/^prod serves web, api in the clear: /);
  });
});

describe("a stack in a network that another account shares", () => {
  const network = {
    vpcId: "vpc-0a1b2c3d",
    publicSubnetIds: ["subnet-00000001", "subnet-00000002"],
    privateSubnetIds: ["subnet-00000003", "subnet-00000004"],
  };
  const groups = { "towline:groups": { worker } };

  it("is told what its owner has to make", () => {
    expect(of({ ...groups, "towline:network": { ...network, ownerId: "999999999999" } })).toEqual([
      "prod lives in vpc-0a1b2c3d, which the account 999999999999 shares, and in which towline makes no route, endpoint or zone: have its owner make a gateway " +
        "endpoint of S3 in the route tables of the hosts' subnets, a way out of these, and DNS hostnames, and let it ask for the groups' names: aws route53 " +
        "associate-vpc-with-hosted-zone --hosted-zone-id <namesZoneId of the stack's outputs> --vpc VPCRegion=eu-west-1,VPCId=vpc-0a1b2c3d",
    ]);
  });

  it("is told nothing of one of its own account", () => {
    expect(of({ ...groups, "towline:network": network })).toEqual([]);
  });
});

it("Pulumi's own log has the warning, and the stack is built all the same", async () => {
  const config = parseStackConfig("prod", valid());
  const said: string[] = [];
  jest.doMock("@pulumi/pulumi", () => ({ log: { warn: async (text: string) => void said.push(text) } }));
  jest.doMock("../../infra/config/pulumi", () => ({ readPulumiConfig: () => config }));
  jest.doMock("../../infra/program", () => ({ declareStack: async () => ({ built: true }) }));
  const program = require("../../infra/index") as () => Promise<unknown>;
  expect(await program()).toEqual({ built: true });
  expect(said).toEqual(warningsOf(config));
});

it("HTTP alone beside a certificate is refused", () => {
  expect(errorsOf(valid({ "towline:loadBalancer": { certificateArn, httpOnly: true } }))).toEqual([
    "Pulumi.staging.yaml: towline:loadBalancer/httpOnly: should not come with certificateArn, with which HTTP is not alone. Remove one of the two.",
  ]);
});
