import {
  AssociateRouteTableCommand,
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateNatGatewayCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import { STSClient } from "@aws-sdk/client-sts";
import { type Cloud, offlineCloud } from "../../infra/synth";
import { invoke } from "../../local/answers/invokes";
import { createResource } from "../../local/provision";
import type { Context } from "../../local/provision/resource";
import type { Clients } from "../../local/region/clients";
import { Moto } from "../cli/moto";
import { one, stackOf } from "../infra/stack-of";

/** A network that somebody else made in moto: what a stack in it asks is asked there, and what it makes in it is made there. */
jest.setTimeout(300_000);
const region = "eu-west-1";
const groups = { web: { packages: ["hello"], size: { min: 2, max: 4 }, http: { port: 6000 } } };
let moto: Moto;
let clients: Clients;
let network: { vpcId: string; publicSubnetIds: string[]; privateSubnetIds: string[] };
let privateTable: string;

beforeAll(async () => {
  moto = await Moto.start();
  const credentials = { accessKeyId: "AKIATEST", secretAccessKey: "test" };
  const settings = { endpoint: moto.url, region, credentials };
  clients = { region, ec2: new EC2Client(settings), sts: new STSClient(settings) } as unknown as Clients;
  await makeNetwork();
});
afterAll(() => moto.stop());

async function makeNetwork(): Promise<void> {
  const { ec2 } = clients;
  const made = await ec2.send(new CreateVpcCommand({ CidrBlock: "172.20.0.0/16" }));
  const VpcId = made.Vpc?.VpcId as string;
  const subnet = async (index: number): Promise<string> => {
    const place = { CidrBlock: `172.20.${index}.0/24`, AvailabilityZone: `${region}${index % 2 === 0 ? "a" : "b"}` };
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, ...place }));
    return Subnet?.SubnetId as string;
  };
  const publicSubnetIds = [await subnet(0), await subnet(1)];
  const privateSubnetIds = [await subnet(2), await subnet(3)];
  const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand({}));
  const InternetGatewayId = InternetGateway?.InternetGatewayId as string;
  await ec2.send(new AttachInternetGatewayCommand({ VpcId, InternetGatewayId }));
  const { NatGateway } = await ec2.send(
    new CreateNatGatewayCommand({ SubnetId: publicSubnetIds[0] as string, ConnectivityType: "private" }),
  );
  const table = async (SubnetIds: string[], out: object): Promise<string> => {
    const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }));
    const RouteTableId = RouteTable?.RouteTableId as string;
    await ec2.send(new CreateRouteCommand({ RouteTableId, DestinationCidrBlock: "0.0.0.0/0", ...out }));
    for (const SubnetId of SubnetIds) await ec2.send(new AssociateRouteTableCommand({ RouteTableId, SubnetId }));
    return RouteTableId;
  };
  await table(publicSubnetIds, { GatewayId: InternetGatewayId });
  privateTable = await table(privateSubnetIds, { NatGatewayId: NatGateway?.NatGatewayId });
  network = { vpcId: VpcId, publicSubnetIds, privateSubnetIds };
}

/** Networks in moto, all else nowhere. */
function cloud(): Cloud {
  const offline = offlineCloud(region);
  const context = { clients } as unknown as Context;
  const ofNetworks = /^aws:ec2\/(securityGroup|vpcEndpoint):/;
  return {
    create: async (registration) => {
      const { type, name, inputs } = registration;
      if (!ofNetworks.test(type)) return offline.create(registration);
      const { id, state } = await createResource(context, type, name, inputs);
      return { id, state: { ...inputs, ...state } };
    },
    invoke: (call) =>
      /^aws:ec2\/get(?!Ami)|:getCallerIdentity$/.test(call.token)
        ? invoke(clients, call.token, call.args)
        : offline.invoke(call),
  };
}

const build = () => stackOf(groups, { "towline:network": network }, "qa", { cloud: cloud() });

it("is refused while its names are off, and nothing is made in it", async () => {
  await expect(build()).rejects.toThrow(
    `towline:network/vpcId: should be a VPC with names, by which hosts find each other, but ${network.vpcId} has enableDnsHostnames off.`,
  );
  expect((await clients.ec2.send(new DescribeVpcEndpointsCommand({}))).VpcEndpoints).toEqual([]);
});

it("takes a stack, whose hosts reach S3 by an endpoint in their route table, and takes it again", async () => {
  const EnableDnsHostnames = { Value: true };
  await clients.ec2.send(new ModifyVpcAttributeCommand({ VpcId: network.vpcId, EnableDnsHostnames }));
  const stack = await build();
  const { VpcEndpoints } = await clients.ec2.send(new DescribeVpcEndpointsCommand({}));
  expect(VpcEndpoints).toEqual([
    expect.objectContaining({
      VpcId: network.vpcId,
      ServiceName: "com.amazonaws.eu-west-1.s3",
      VpcEndpointType: "Gateway",
      RouteTableIds: [privateTable],
    }),
  ]);
  expect(one(stack, "aws:autoscaling/group:Group").inputs.vpcZoneIdentifiers).toEqual(network.privateSubnetIds);
  const { SecurityGroups = [] } = await clients.ec2.send(
    new DescribeSecurityGroupsCommand({ Filters: [{ Name: "group-name", Values: ["web-security-group"] }] }),
  );
  const [{ VpcId, IpPermissions } = {}] = SecurityGroups;
  expect(VpcId).toBe(network.vpcId);
  expect(IpPermissions?.flatMap(({ IpRanges }) => IpRanges?.map(({ CidrIp }) => CidrIp)).sort()).toEqual([
    "172.20.2.0/24",
    "172.20.3.0/24",
  ]);
  // Now there are route tables with an endpoint of S3, the stack's own: checks that looks at them find no fault.
  const offline = offlineCloud(region);
  const again = await stackOf(groups, { "towline:network": network }, "qa", {
    cloud: { create: (registration) => offline.create(registration), invoke: cloud().invoke },
  });
  expect(again.map(({ urn }) => urn)).toEqual(stack.map(({ urn }) => urn));
});

it("is refused to another stack that does not name that endpoint", async () => {
  const other = stackOf(groups, { "towline:network": network }, "other", { cloud: cloud() });
  await expect(other).rejects.toThrow(
    /s3EndpointId: is missing; it should name vpce-[0-9a-f]+, the endpoint of S3 that route tables of hosts lead to already/,
  );
});
