import type { ExistingNetworkConfig, GroupConfig } from "./types";

/** Whether some hosts live in the public subnets whatever the others do: only one of these leads from a fixed address to its host. */
export function hostsInPublic(groups: Readonly<Record<string, GroupConfig>>): boolean {
  return Object.values(groups).some(({ elasticIp }) => elasticIp !== undefined);
}

/** Subnets of a network that is there in which hosts live. */
export function hostSubnets(
  { nat, publicSubnetIds, privateSubnetIds }: ExistingNetworkConfig,
  inPublic: boolean,
): string[] {
  if (nat === "none") return [...publicSubnetIds];
  return [...privateSubnetIds, ...(inPublic ? publicSubnetIds : [])];
}
