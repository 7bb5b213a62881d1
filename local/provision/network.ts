import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
  DescribeSecurityGroupsCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import type { Clients } from "../region/clients";
import { ACCOUNT } from "../region/place";
import { type Create, type Inputs, list, tagList, text } from "./resource";

/** awsx's Vpc is one remote component: here become subnets what its own program would make of it in AWS. */
const vpc: Create = async ({ clients }, inputs) => {
  const cidr = text(inputs, "cidrBlock");
  const made = await clients.ec2.send(new CreateVpcCommand({ CidrBlock: cidr }));
  const vpcId = made.Vpc?.VpcId as string;
  const zones = (inputs.numberOfAvailabilityZones as number | undefined) ?? 3;
  const range = (index: number) => subnetRange(cidr, 2 * zones, index);
  const [publicSubnetIds, privateSubnetIds]: [string[], string[]] = [[], []];
  for (let zone = 0; zone < zones; zone++) {
    publicSubnetIds.push(await subnet(clients, vpcId, range(zone), zone));
    privateSubnetIds.push(await subnet(clients, vpcId, range(zones + zone), zone));
  }
  for (const endpoint of list(inputs, "vpcEndpointSpecs")) {
    const ServiceName = text(endpoint, "serviceName");
    await clients.ec2.send(new CreateVpcEndpointCommand({ VpcId: vpcId, ServiceName, VpcEndpointType: "Gateway" }));
  }
  return { id: vpcId, state: { vpcId, publicSubnetIds, privateSubnetIds } };
};

/** One of `count` equal parts of a VPC's range, such as `10.0.64.0/18`. */
export function subnetRange(cidr: string, count: number, index: number): string {
  const [network = "", prefix] = cidr.split("/");
  const length = Number(prefix) + Math.ceil(Math.log2(count));
  const first = network.split(".").reduce((address, octet) => address * 256 + Number(octet), 0);
  const start = first + index * 2 ** (32 - length);
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(start / 2 ** shift) % 256);
  return `${octets.join(".")}/${length}`;
}

async function subnet(clients: Clients, VpcId: string, CidrBlock: string, zone: number): Promise<string> {
  const AvailabilityZone = `${clients.region}${"abcdef"[zone]}`;
  const made = await clients.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone }));
  return made.Subnet?.SubnetId as string;
}

/** One in the route tables of a network that was there. */
const endpoint: Create = async ({ clients }, inputs) => {
  const made = await clients.ec2.send(
    new CreateVpcEndpointCommand({
      VpcId: text(inputs, "vpcId"),
      ServiceName: text(inputs, "serviceName"),
      VpcEndpointType: text(inputs, "vpcEndpointType") as "Gateway",
      RouteTableIds: [...list<string>(inputs, "routeTableIds")],
      TagSpecifications: [{ ResourceType: "vpc-endpoint", Tags: tagList(inputs) }],
    }),
  );
  return { id: made.VpcEndpoint?.VpcEndpointId as string };
};

const securityGroup: Create = async ({ clients }, inputs, name) => {
  const settings = { GroupName: name, Description: text(inputs, "description"), VpcId: text(inputs, "vpcId") };
  const made = await clients.ec2.send(new CreateSecurityGroupCommand(settings));
  const GroupId = made.GroupId as string;
  // Somebody else's load balancer has no security groups here.
  const IpPermissions = list(inputs, "ingress")
    .map(permission)
    .filter(({ IpRanges, UserIdGroupPairs }) => IpRanges.length + UserIdGroupPairs.length > 0);
  if (IpPermissions.length)
    await clients.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  return { id: GroupId, state: { arn: `arn:aws:ec2:${clients.region}:${ACCOUNT}:security-group/${GroupId}` } };
};

/** AWS makes it with the VPC, with rules of its own: whoever declares it has these taken away. */
const defaultSecurityGroup: Create = async ({ clients }, inputs) => {
  const Filters = [
    { Name: "vpc-id", Values: [text(inputs, "vpcId")] },
    { Name: "group-name", Values: ["default"] },
  ];
  const { SecurityGroups } = await clients.ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  const [group] = SecurityGroups ?? [];
  const GroupId = group?.GroupId as string;
  const { IpPermissions = [], IpPermissionsEgress = [] } = group ?? {};
  if (IpPermissions.length) await clients.ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  if (IpPermissionsEgress.length)
    await clients.ec2.send(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: IpPermissionsEgress }));
  return { id: GroupId, state: { arn: `arn:aws:ec2:${clients.region}:${ACCOUNT}:security-group/${GroupId}` } };
};

function permission(rule: Inputs) {
  return {
    IpProtocol: text(rule, "protocol"),
    FromPort: rule.fromPort as number,
    ToPort: rule.toPort as number,
    IpRanges: list<string>(rule, "cidrBlocks").map((CidrIp) => ({ CidrIp })),
    Ipv6Ranges: list<string>(rule, "ipv6CidrBlocks").map((CidrIpv6) => ({ CidrIpv6 })),
    UserIdGroupPairs: list<string>(rule, "securityGroups").map((GroupId) => ({ GroupId })),
  };
}

/** The VPC and its fences. */
export const networkResources: Readonly<Record<string, Create>> = {
  "awsx:ec2:Vpc": vpc,
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": defaultSecurityGroup,
  "aws:ec2/securityGroup:SecurityGroup": securityGroup,
  "aws:ec2/vpcEndpoint:VpcEndpoint": endpoint,
};
