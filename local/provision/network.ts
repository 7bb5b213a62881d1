import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  CreateVpcEndpointCommand,
} from "@aws-sdk/client-ec2";
import type { Clients } from "../region/clients";
import { type Create, type Inputs, list, text } from "./resource";

/** awsx's Vpc is one remote component: here become subnets what its own program would make of it in AWS. */
const vpc: Create = async ({ clients }, inputs) => {
  const cidr = text(inputs, "cidrBlock");
  const made = await clients.ec2.send(new CreateVpcCommand({ CidrBlock: cidr }));
  const vpcId = made.Vpc?.VpcId as string;
  const zones = (inputs.numberOfAvailabilityZones as number | undefined) ?? 3;
  const [publicSubnetIds, privateSubnetIds]: [string[], string[]] = [[], []];
  for (let zone = 0; zone < zones; zone++) {
    publicSubnetIds.push(await subnet(clients, vpcId, subnetRange(cidr, zone), zone));
    privateSubnetIds.push(await subnet(clients, vpcId, subnetRange(cidr, zones + zone), zone));
  }
  for (const endpoint of list(inputs, "vpcEndpointSpecs")) {
    const ServiceName = text(endpoint, "serviceName");
    await clients.ec2.send(new CreateVpcEndpointCommand({ VpcId: vpcId, ServiceName, VpcEndpointType: "Gateway" }));
  }
  return { id: vpcId, state: { vpcId, publicSubnetIds, privateSubnetIds } };
};

/** The n-th /24 of a VPC's range. */
export function subnetRange(cidr: string, index: number): string {
  const [first, second] = cidr.split(".");
  return `${first}.${second}.${index}.0/24`;
}

async function subnet(clients: Clients, VpcId: string, CidrBlock: string, zone: number): Promise<string> {
  const AvailabilityZone = `${clients.region}${"abc"[zone]}`;
  const made = await clients.ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock, AvailabilityZone }));
  return made.Subnet?.SubnetId as string;
}

const securityGroup: Create = async ({ clients }, inputs, name) => {
  const settings = { GroupName: name, Description: text(inputs, "description"), VpcId: text(inputs, "vpcId") };
  const made = await clients.ec2.send(new CreateSecurityGroupCommand(settings));
  const GroupId = made.GroupId as string;
  const IpPermissions = list(inputs, "ingress").map(permission);
  if (IpPermissions.length)
    await clients.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
  return { id: GroupId, state: { arn: `arn:aws:ec2:${clients.region}:123456789012:security-group/${GroupId}` } };
};

function permission(rule: Inputs) {
  return {
    IpProtocol: text(rule, "protocol"),
    FromPort: rule.fromPort as number,
    ToPort: rule.toPort as number,
    IpRanges: list<string>(rule, "cidrBlocks").map((CidrIp) => ({ CidrIp })),
    UserIdGroupPairs: list<string>(rule, "securityGroups").map((GroupId) => ({ GroupId })),
  };
}

/** The VPC and its fences. */
export const networkResources: Readonly<Record<string, Create>> = {
  "awsx:ec2:Vpc": vpc,
  "aws:ec2/securityGroup:SecurityGroup": securityGroup,
};
