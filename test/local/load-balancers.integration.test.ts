import { EC2Client } from "@aws-sdk/client-ec2";
import { DescribeLoadBalancersCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { STSClient } from "@aws-sdk/client-sts";
import { type Cloud, offlineCloud } from "../../infra/synth";
import { invoke } from "../../local/answers/invokes";
import { TargetGroups } from "../../local/fleet/target-groups";
import { createResource } from "../../local/provision";
import type { Context } from "../../local/provision/resource";
import type { Balancer } from "../../local/region/balancer";
import type { Clients } from "../../local/region/clients";
import { Moto } from "../cli/moto";
import { one, stackOf } from "../infra/stack-of";

/** Each way to reach a stack, made in moto as the local region makes it, with its own answers. */
jest.setTimeout(300_000);
const region = "eu-west-1";
let moto: Moto;
let clients: Clients;
beforeAll(async () => {
  moto = await Moto.start();
  const settings = { endpoint: moto.url, region, credentials: { accessKeyId: "AKIATEST", secretAccessKey: "test" } };
  clients = {
    region,
    ec2: new EC2Client(settings),
    elb: new ElasticLoadBalancingV2Client(settings),
    sts: new STSClient(settings),
  } as unknown as Clients;
});
afterAll(() => moto.stop());

const contextOf = () =>
  ({ clients, listeners: [], rules: [], targetGroups: new TargetGroups({} as Balancer) }) as unknown as Context;

/** What leads requests to a stack in moto, all else nowhere. */
function cloud(context: Context): Cloud {
  const offline = offlineCloud(region);
  return {
    create: async (registration) => {
      const { type, name, inputs } = registration;
      if (!/^(aws:(acm|lb|route53)\/|aws:ec2\/securityGroup:|awsx:ec2:Vpc)/.test(type))
        return offline.create(registration);
      const { id, state } = await createResource(context, type, name, inputs);
      return { id, state: { ...inputs, ...state } };
    },
    invoke: (call) =>
      /^aws:(lb|route53)\/|:getCallerIdentity$/.test(call.token)
        ? invoke(clients, call.token, call.args)
        : offline.invoke(call),
  };
}

const web = { packages: ["hello"], size: { min: 2, max: 4 } };

it("an internal load balancer with a name is one, whose certificate and records are told", async () => {
  const context = contextOf();
  const loadBalancer = { internal: true, domain: "app.example.com", zone: "example.com" };
  const groups = { web: { ...web, http: { port: 6000 } } };
  const stack = await stackOf(groups, { "towline:loadBalancer": loadBalancer }, "qa", { cloud: cloud(context) });
  const { LoadBalancers } = await clients.elb.send(new DescribeLoadBalancersCommand({ Names: ["towline-qa"] }));
  expect(LoadBalancers?.[0]?.Scheme).toBe("internal");
  expect(context.listeners).toHaveLength(1);
  expect(one(stack, "pulumi:pulumi:Stack").outputs?.url).toBe("https://app.example.com");
});

it("a stack behind somebody else's listener has its rules, and hosts that nothing but the network reaches", async () => {
  const context = contextOf();
  const listenerArn = `arn:aws:elasticloadbalancing:${region}:123456789012:listener/app/shared/0123456789abcdef/fedcba9876543210`;
  const groups = { api: { ...web, http: { port: 7000, paths: ["/api/*"], priority: 7 } } };
  await stackOf(groups, { "towline:loadBalancer": { listenerArn } }, "qb", { cloud: cloud(context) });
  expect(context.listeners).toEqual([]);
  expect(context.rules).toEqual([
    {
      priority: 7,
      hosts: [],
      paths: ["/api/*"],
      targetGroupArn: expect.stringContaining("targetgroup/qb-api-7000-x/"),
    },
  ]);
});
