import {
  DescribeManagedPrefixListsCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcAttributeCommand,
  DescribeVpcEndpointsCommand,
  type Filter,
  type Route,
} from "@aws-sdk/client-ec2";
import type { Clients } from "../region/clients";

type Values = Readonly<Record<string, unknown>>;
type LookUp = (clients: Clients, args: Values) => Promise<Values>;

/** A filter that moto does not know. */
const BY_PREFIX_LIST = "route.destination-prefix-list-id";

/** What a stack program asks of a network that is there, answered as the AWS provider does. */
export const networkLookUps: Readonly<Record<string, LookUp>> = {
  "aws:ec2/getSubnets:getSubnets": async ({ ec2 }, args) => {
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters: filters(args) }));
    return { ...args, ids: Subnets.map(({ SubnetId }) => SubnetId) };
  },
  "aws:ec2/getSubnet:getSubnet": async ({ ec2 }, args) => {
    const { Subnets: [subnet] = [] } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [String(args.id)] }));
    const { AvailabilityZone: availabilityZone, CidrBlock: cidrBlock, OwnerId: ownerId, VpcId: vpcId } = subnet ?? {};
    return { ...args, availabilityZone, cidrBlock, ownerId, vpcId };
  },
  "aws:ec2/getVpc:getVpc": async ({ ec2 }, args) => {
    const of = (Attribute: "enableDnsHostnames" | "enableDnsSupport") =>
      ec2.send(new DescribeVpcAttributeCommand({ VpcId: String(args.id), Attribute }));
    const [hostnames, support] = await Promise.all([of("enableDnsHostnames"), of("enableDnsSupport")]);
    return {
      ...args,
      enableDnsHostnames: hostnames.EnableDnsHostnames?.Value === true,
      enableDnsSupport: support.EnableDnsSupport?.Value === true,
    };
  },
  "aws:ec2/getRouteTables:getRouteTables": async ({ ec2 }, args) => {
    const all = [...filters(args), ...named("vpc-id", args.vpcId)];
    const Filters = all.filter(({ Name }) => Name !== BY_PREFIX_LIST);
    const lists = all.filter(({ Name }) => Name === BY_PREFIX_LIST).flatMap(({ Values = [] }) => Values);
    const { RouteTables = [] } = await ec2.send(new DescribeRouteTablesCommand({ Filters }));
    const found = RouteTables.filter(
      ({ Routes = [] }) =>
        lists.length === 0 ||
        Routes.some(({ DestinationPrefixListId = "" }) => lists.includes(DestinationPrefixListId)),
    );
    return { ...args, ids: found.map(({ RouteTableId }) => RouteTableId) };
  },
  "aws:ec2/getRouteTable:getRouteTable": async ({ ec2 }, args) => {
    const RouteTableIds = [String(args.routeTableId)];
    const { RouteTables: [table] = [] } = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds }));
    // The provider leaves out the VPC's own route, and those to endpoints.
    const routes = (table?.Routes ?? []).filter(({ GatewayId = "" }) => !/^(local$|vpce-)/.test(GatewayId));
    return { ...args, id: args.routeTableId, routes: routes.map(route) };
  },
  "aws:ec2/getPrefixList:getPrefixList": async ({ ec2 }, args) => {
    const Filters = named("prefix-list-name", args.name);
    const { PrefixLists: [list] = [] } = await ec2.send(new DescribeManagedPrefixListsCommand({ Filters }));
    return { ...args, id: list?.PrefixListId };
  },
  "aws:ec2/getVpcEndpoint:getVpcEndpoint": async ({ ec2 }, args) => {
    const Filters = [...filters(args), ...named("vpc-id", args.vpcId), ...named("service-name", args.serviceName)];
    const { VpcEndpoints = [] } = await ec2.send(new DescribeVpcEndpointsCommand({ Filters }));
    const [endpoint, ...others] = VpcEndpoints;
    if (endpoint === undefined || others.length > 0) throw new Error(`${VpcEndpoints.length} endpoints match, not one`);
    const tags = (endpoint.Tags ?? []).map(({ Key = "", Value }) => [Key, Value]);
    return { ...args, id: endpoint.VpcEndpointId, tags: Object.fromEntries(tags) };
  },
};

function filters({ filters: given = [] }: Values): Filter[] {
  return (given as { name: string; values: string[] }[]).map(({ name: Name, values: Values }) => ({ Name, Values }));
}

function named(Name: string, value: unknown): Filter[] {
  return value === undefined ? [] : [{ Name, Values: [String(value)] }];
}

function route({ DestinationCidrBlock, GatewayId, NatGatewayId, DestinationPrefixListId }: Route) {
  return {
    cidrBlock: DestinationCidrBlock ?? "",
    gatewayId: GatewayId ?? "",
    natGatewayId: NatGatewayId ?? "",
    destinationPrefixListId: DestinationPrefixListId ?? "",
  };
}
