import type { Given } from "./violations";

type Inputs = Given["inputs"];

/**
 * What the engine gets to see of `awsx:ec2:Vpc`: the component without the inputs it was declared with, and what its
 * provider makes of them, each with the tags that it gives it.
 */
export function constructed(declared: Inputs): Given[] {
  const tags = declared.tags as Inputs;
  const endpoints = declared.vpcEndpointSpecs as readonly Inputs[];
  const named = { Name: "network-vpc", ...tags };
  const numbered = { ...tags, Name: "network-vpc-1" };
  const subnet = { ...tags, Name: "network-vpc-private-1", SubnetType: "Private" };
  const made: [type: string, inputs: Inputs][] = [
    ["awsx:ec2:Vpc", {}],
    ["aws:ec2/vpc:Vpc", { cidrBlock: "10.0.0.0/16", tags: named }],
    ["aws:ec2/internetGateway:InternetGateway", { vpcId: "vpc-1", tags: named }],
    ["aws:ec2/subnet:Subnet", { cidrBlock: "10.0.0.0/19", tags: subnet }],
    ["aws:ec2/routeTable:RouteTable", { vpcId: "vpc-1", tags: subnet }],
    ["aws:ec2/routeTableAssociation:RouteTableAssociation", { subnetId: "subnet-1" }],
    ["aws:ec2/route:Route", { destinationCidrBlock: "0.0.0.0/0", natGatewayId: "nat-1" }],
    ["aws:ec2/eip:Eip", { tags: numbered }],
    ["aws:ec2/natGateway:NatGateway", { subnetId: "subnet-1", tags: numbered }],
    ...endpoints.map((spec): [string, Inputs] => ["aws:ec2/vpcEndpoint:VpcEndpoint", spec]),
  ];
  return made.map(([type, inputs]) => ({ type, inputs, urn: type }));
}
