import { synthesize } from "../../infra/synth";
import { CERTIFICATE as certificateArn } from "../infra/arns";
import { one, placeholderKey, stackOf } from "../infra/stack-of";
import { constructed } from "./awsx";
import { violations } from "./violations";

const synthesized = (stack: string, config: object = {}) =>
  synthesize(stack, { config: { "towline:signingKey": placeholderKey, ...config } });

describe("the stack staging", () => {
  it("keeps every rule", async () => {
    expect(await violations(await synthesized("staging"))).toEqual([]);
  });
});

describe("the stack prod", () => {
  it("keeps every rule once it has a certificate, which is yours to make", async () => {
    expect(await violations(await synthesized("prod", { "towline:loadBalancer": { certificateArn } }))).toEqual([]);
    expect(await violations(await synthesized("prod"))).toEqual([
      expect.stringMatching(/^no-clear-text .*load-balancer-http/),
    ]);
  });
});

describe("a stack with everything a stack can have", () => {
  it("keeps every rule", async () => {
    const step = { namespace: "AWS/SQS", metric: "Depth", up: [{ at: 100, by: 1 }] };
    const group = {
      packages: ["hello"],
      size: { min: 1, max: 2 },
      alternativeTypes: ["t3a.small"],
      spot: { percent: 50 },
    };
    const groups = {
      web: { ...group, http: { port: 6000 }, rootVolume: { size: 20 }, rollout: { alarms: ["errors"] } },
      api: { ...group, http: { port: 7000, paths: ["/api/*"], priority: 1 }, scaling: { requestsPerTarget: 1000 } },
      worker: { ...group, scaling: { steps: { step }, schedule: { night: { cron: "0 0 * * *", min: 0, max: 1 } } } },
    };
    const [packages, size] = [["hello"], { min: 1, max: 1 }];
    const others = {
      db: { packages, size, volume: { size: 8, mountPoint: "/srv/db" }, uses: ["worker"] },
      edge: { packages, size, http: { port: 443 }, elasticIp: { ports: [443] } },
      spare: { packages, size: { min: 1, max: 2 }, warmPool: { min: 1 }, access: { sshFrom: ["203.0.113.0/24"] } },
    };
    const sections = {
      "towline:loadBalancer": { domain: "app.example.com", zone: "example.com" },
      "towline:publisher": { trustedArns: ["arn:aws:iam::123456789012:root"], promoteFromBucket: "acme-staging" },
      "towline:slackCommand": { jenkins: { url: "https://jenkins.example.com" }, allow: { users: ["U0123456789"] } },
    };
    expect(await violations(await stackOf({ ...groups, ...others }, sections))).toEqual([]);
  });
});

describe("a stack's network", () => {
  it("keeps every rule as the provider of awsx builds it", async () => {
    const vpc = one(await stackOf({ jobs: { packages: ["hello"], size: { min: 1, max: 1 } } }), "awsx:ec2:Vpc");
    expect(await violations(constructed(vpc.inputs))).toEqual([]);
  });

  it("is found by `tagged` where something of it has no tags", async () => {
    const vpc = { tags: { "towline:stack": "qa" }, vpcEndpointSpecs: [{ vpcEndpointType: "Gateway" }] };
    expect(await violations(constructed(vpc))).toEqual([
      "tagged aws:ec2/vpcEndpoint:VpcEndpoint: tags should hold towline:stack. Give it the stack's tags, or its group's.",
    ]);
  });
});
