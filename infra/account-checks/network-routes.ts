import { type ExistingNetworkConfig, hostSubnets } from "../config";
import { type Fault, NETWORK } from "../config/fault";
import { LISTS } from "./network-places";

/** Where a route leads, by the provider's keys; empty texts where it does not lead there. */
export type Route = Readonly<Partial<Record<"cidrBlock" | "gatewayId" | "destinationPrefixListId", string>>>;

/** A route table as far as it is looked at. */
export interface Table {
  readonly id: string;
  readonly routes: readonly Route[];
  /** Whether it has a route to an endpoint of S3. */
  readonly leadsToS3: boolean;
}

type Tables = ReadonlyMap<string, Table>;

const ANYWHERE = "0.0.0.0/0";

/** Finds subnets that nothing leads out of in the way that their list says: public ones by an internet gateway, private ones by anything else. */
export function outFaults(network: ExistingNetworkConfig, tables: Tables): Fault[] {
  return LISTS.flatMap((key) =>
    network[key].flatMap((id, index) => {
      const table = tables.get(id);
      const sentence = table && (key === "publicSubnetIds" ? notPublic(id, table) : noWayOut(id, table));
      return sentence === undefined ? [] : [{ path: [NETWORK, key, index], sentence }];
    }),
  );
}

function internetGateway({ routes }: Table): string | undefined {
  const ways = routes.filter(({ cidrBlock }) => cidrBlock === ANYWHERE);
  return ways.map(({ gatewayId = "" }) => gatewayId).find((id) => id.startsWith("igw-"));
}

function notPublic(id: string, table: Table): string | undefined {
  if (internetGateway(table) !== undefined) return undefined;
  return `should be a public subnet, but the route table of ${id}, ${table.id}, has no route of ${ANYWHERE} to an internet gateway. Add one there, or name another subnet.`;
}

function noWayOut(id: string, table: Table): string | undefined {
  const gateway = internetGateway(table);
  if (gateway !== undefined)
    return `should be a private subnet, but the route table of ${id}, ${table.id}, leads to the internet gateway ${gateway}, through which nobody gets without a public address. Name it in publicSubnetIds, or a subnet that leads to a NAT gateway.`;
  // Lists of ranges may hold all of them.
  const out = table.routes.some(
    ({ cidrBlock, destinationPrefixListId }) => cidrBlock === ANYWHERE || destinationPrefixListId,
  );
  if (out) return undefined;
  return `should lead out, as hosts fetch packages and ask AWS, but the route table of ${id}, ${table.id}, has no route of ${ANYWHERE}. Add one to a NAT gateway there, or name another subnet.`;
}

export interface EndpointValues {
  readonly network: ExistingNetworkConfig;
  readonly region: string;
  /** Whether hosts live in the public subnets, too. */
  readonly inPublic: boolean;
  readonly tables: Tables;
  /** An endpoint of S3 that is in the tables already and not the stack's. */
  readonly other: string | undefined;
}

/** Finds tables by which hosts would not reach the bucket through the network, without which their role has nothing of it. */
export function endpointFaults({ network, region, inPublic, tables, other }: EndpointValues): Fault[] {
  const { ownerId, s3EndpointId, vpcId } = network;
  const living = hostSubnets(network, inPublic);
  const seen = new Map(living.flatMap((id) => tables.get(id) ?? []).map((table) => [table.id, table]));
  const lacking = [...seen.values()].filter(({ leadsToS3 }) => !leadsToS3).map(({ id }) => id);
  if (other !== undefined && lacking.length < seen.size)
    return [
      {
        path: [NETWORK, "s3EndpointId"],
        sentence: `is missing; it should name ${other}, the endpoint of S3 that route tables of hosts lead to already, since a table takes only one. Write "s3EndpointId: ${other}".`,
      },
    ];
  const list = lacking.join(" and ");
  if (lacking.length === 0 || (ownerId === undefined && s3EndpointId === undefined)) return [];
  if (ownerId !== undefined)
    return [
      {
        path: [NETWORK, "vpcId"],
        sentence: `should lead hosts to S3 by an endpoint, which only ${ownerId}, whose ${vpcId} is, can make, but ${list} ${has(lacking)} no route to one. Have it made there: aws ec2 create-vpc-endpoint --vpc-id ${vpcId} --service-name com.amazonaws.${region}.s3 --route-table-ids ${lacking.join(" ")}`,
      },
    ];
  return [
    {
      path: [NETWORK, "s3EndpointId"],
      sentence: `should be an endpoint of S3 that hosts are led to, but ${list} ${has(lacking)} no route to one. Add it there: aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${s3EndpointId} --add-route-table-ids ${lacking.join(" ")}`,
    },
  ];
}

function has({ length }: readonly string[]): string {
  return length === 1 ? "has" : "have";
}
