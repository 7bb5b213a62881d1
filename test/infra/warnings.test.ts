import { parseStackConfig } from "../../infra/config";
import { warningsOf } from "../../infra/config/warnings";
import { CERTIFICATE as certificateArn } from "./arns";
import { errorsOf, valid, web } from "./config-fixtures";

const of = (change: Record<string, unknown>) => warningsOf(parseStackConfig("prod", valid(change)));
const worker = { packages: ["hello"], size: { min: 1, max: 1 } };

describe("a stack without a certificate", () => {
  it("is told what that means, and what to write", () => {
    expect(of({})).toEqual([
      "prod serves web in the clear: whoever is on the way reads and changes what goes through its load balancer. Name a certificate " +
        'in ACM in Pulumi.prod.yaml ("towline:loadBalancer: {certificateArn: arn:aws:acm:…}"), or say there that HTTP alone is meant ' +
        '("towline:loadBalancer: {httpOnly: true}").',
    ]);
  });

  it.each([
    ["has one", { "towline:loadBalancer": { certificateArn } }],
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
