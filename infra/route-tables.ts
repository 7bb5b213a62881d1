import { ec2 } from "@pulumi/aws";

/** Asks AWS for the route table of a subnet: its own, or else the VPC's main one; undefined where the account sees neither, as it may in a shared VPC. */
export async function routeTableOf(vpcId: string, subnetId: string): Promise<string | undefined> {
  const own = await tables(vpcId, "association.subnet-id", subnetId);
  return own[0] ?? (await tables(vpcId, "association.main", "true"))[0];
}

/** IDs of a VPC's route tables by one of EC2's filters (DescribeRouteTables). */
export async function tables(vpcId: string, name: string, value: string): Promise<readonly string[]> {
  const { ids } = await ec2.getRouteTables({ vpcId, filters: [{ name, values: [value] }] });
  return ids;
}
