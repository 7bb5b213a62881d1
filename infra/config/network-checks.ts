import { type Context, report } from "./report";

/** Checks of which keys of a network go together. */

interface NetworkKeys {
  readonly cidr?: string | undefined;
  readonly zones?: number | undefined;
  readonly nat?: "none" | undefined;
  readonly natGateways?: string | undefined;
  readonly vpcId?: string | undefined;
  readonly ownerId?: string | undefined;
  readonly publicSubnetIds?: readonly string[] | undefined;
  readonly privateSubnetIds?: readonly string[] | undefined;
  readonly s3EndpointId?: string | undefined;
}

export function hasGatewaysOrNone({ nat, natGateways }: NetworkKeys, context: Context): void {
  if (nat === undefined || natGateways !== "perZone") return;
  report(
    context,
    ["nat"],
    `should not come with "natGateways: ${natGateways}", which says the contrary. Remove one of the two.`,
  );
}

/** What towline would make of a network, and what it has to know of one that is there. */
const [MADE, THERE] = [
  ["cidr", "zones", "natGateways"],
  ["ownerId", "publicSubnetIds", "privateSubnetIds", "s3EndpointId"],
] as const;

export function isMadeOrThere(network: NetworkKeys, context: Context): void {
  if (network.vpcId === undefined) {
    const [named] = THERE.filter((key) => network[key] !== undefined);
    if (named === undefined) return;
    report(
      context,
      ["vpcId"],
      `is missing; with ${named} it should be the ID of the VPC that is there. Write for example "vpcId: vpc-0a1b2c3d", or remove ${named}.`,
    );
    return;
  }
  for (const key of MADE) {
    if (network[key] === undefined) continue;
    report(
      context,
      [key],
      `should be absent beside vpcId, whose network is there already and stays as it is. Remove it, or vpcId.`,
    );
  }
  const needed =
    network.nat === "none" ? (["publicSubnetIds"] as const) : (["publicSubnetIds", "privateSubnetIds"] as const);
  for (const key of needed) {
    if (network[key] !== undefined) continue;
    report(
      context,
      [key],
      `is missing; beside vpcId it should be a list of at least two IDs of subnets. Write for example "${key}: [subnet-0a1b2c3d, subnet-4e5f6a7b]".`,
    );
  }
}

export function namesSubnetsOnce({ publicSubnetIds = [], privateSubnetIds = [] }: NetworkKeys, context: Context): void {
  const known = new Map<string, string>();
  for (const [key, ids] of Object.entries({ publicSubnetIds, privateSubnetIds })) {
    ids.forEach((id, index) => {
      const where = known.get(id);
      if (where === undefined) known.set(id, key);
      else
        report(
          context,
          [key, index],
          `should be a subnet that is named once, but ${id} is in ${where} already. Remove one of the two.`,
        );
    });
  }
}
