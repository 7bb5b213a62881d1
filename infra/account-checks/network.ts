import { ec2, getCallerIdentity } from "@pulumi/aws";
import { type ExistingNetworkConfig, hostsInPublic, type StackConfig } from "../config";
import type { Fault } from "../config/fault";
import { routeTableOf, tables } from "../route-tables";
import { namesOffFaults, placeFaults, type Subnet, zoneFaults } from "./network-places";
import { endpointFaults, outFaults, type Table } from "./network-routes";

/** Looks at a network that is there, as far as the account sees it, and finds what keeps hosts from living in it. */
export async function networkFaults({ network, region, groups, stack, loadBalancer }: StackConfig): Promise<Fault[]> {
  if (network.vpcId === undefined) return [];
  const subnets = await seeSubnets(network);
  // Nobody was asked, as in a synthesis without AWS.
  if (subnets === undefined) return [];
  const { accountId } = await getCallerIdentity();
  const misplaced = placeFaults(network, subnets, accountId);
  if (misplaced.length > 0) return misplaced;
  const inPublic = hostsInPublic(groups);
  const seen = await seeTables(network, region);
  return [
    ...zoneFaults(network, subnets, loadBalancer.internal),
    ...(await namesFaults(network)),
    ...outFaults(network, seen),
    ...endpointFaults({
      network,
      region,
      inPublic,
      tables: seen,
      other: await otherEndpoint(network, region, stack, seen),
    }),
  ];
}

/** The subnets by ID, as far as there are such; undefined where nobody is asked. */
async function seeSubnets(network: ExistingNetworkConfig): Promise<ReadonlyMap<string, Subnet> | undefined> {
  const values = [...network.publicSubnetIds, ...network.privateSubnetIds];
  const { ids }: { readonly ids?: string[] } = await ec2.getSubnets({ filters: [{ name: "subnet-id", values }] });
  if (ids === undefined) return undefined;
  return new Map(await Promise.all(ids.map(async (id) => [id, await ec2.getSubnet({ id })] as const)));
}

/** Whose a VPC is sees its attributes; of a shared one the provider finds no main route table, and fails. */
async function namesFaults({ vpcId, ownerId }: ExistingNetworkConfig): Promise<Fault[]> {
  return ownerId === undefined ? namesOffFaults(vpcId, await ec2.getVpc({ id: vpcId })) : [];
}

/** The route table of each subnet; none where the account does not see it. */
async function seeTables(
  { vpcId, publicSubnetIds, privateSubnetIds }: ExistingNetworkConfig,
  region: string,
): Promise<ReadonlyMap<string, Table>> {
  const { id: prefixList } = await ec2.getPrefixList({ name: `com.amazonaws.${region}.s3` });
  const toS3 = await tables(vpcId, "route.destination-prefix-list-id", prefixList);
  const known = new Map<string, Promise<Table>>();
  const see = (routeTableId: string): Promise<Table> => {
    const table =
      known.get(routeTableId) ??
      ec2.getRouteTable({ routeTableId }).then(({ routes }) => ({
        id: routeTableId,
        routes,
        // The provider leaves the routes to endpoints out.
        leadsToS3: toS3.includes(routeTableId),
      }));
    known.set(routeTableId, table);
    return table;
  };
  const entries = await Promise.all(
    [...publicSubnetIds, ...privateSubnetIds].map(async (subnet) => {
      const id = await routeTableOf(vpcId, subnet);
      return id === undefined ? [] : [[subnet, await see(id)] as const];
    }),
  );
  return new Map(entries.flat());
}

/** S3's endpoint that is in the tables already and not the stack's own; undefined where none is, or several are, which AWS then refuses itself. */
async function otherEndpoint(
  { vpcId, ownerId, s3EndpointId }: ExistingNetworkConfig,
  region: string,
  stack: string,
  seen: ReadonlyMap<string, Table>,
): Promise<string | undefined> {
  if (ownerId !== undefined || s3EndpointId !== undefined) return undefined;
  if (![...seen.values()].some(({ leadsToS3 }) => leadsToS3)) return undefined;
  try {
    const filters = [{ name: "vpc-endpoint-type", values: ["Gateway"] }];
    const { id, tags } = await ec2.getVpcEndpoint({ vpcId, serviceName: `com.amazonaws.${region}.s3`, filters });
    return tags["towline:stack"] === stack ? undefined : id;
  } catch {
    return undefined;
  }
}
