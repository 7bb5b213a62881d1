import type { ExistingNetworkConfig } from "../config";
import { type Fault, NETWORK } from "../config/fault";

/** A subnet as AWS describes it. */
export interface Subnet {
  readonly vpcId: string;
  readonly ownerId: string;
  readonly availabilityZone: string;
}

type Subnets = ReadonlyMap<string, Subnet>;

/** Keys of a network that list subnets. */
export const LISTS = ["publicSubnetIds", "privateSubnetIds"] as const;

/** Finds subnets that are not there, of another VPC, or of another account than the file says. */
export function placeFaults(network: ExistingNetworkConfig, subnets: Subnets, account: string): Fault[] {
  const faults = LISTS.flatMap((key) =>
    network[key].flatMap((id, index) => {
      const sentence = misplaced(network.vpcId, id, subnets.get(id));
      return sentence === undefined ? [] : [{ path: [NETWORK, key, index], sentence }];
    }),
  );
  return faults.length > 0 ? faults : ownerFaults(network, subnets, account);
}

function misplaced(vpcId: string, id: string, subnet: Subnet | undefined): string | undefined {
  if (subnet === undefined)
    return `should be a subnet of the stack's account and region, or one that is shared with it there, but AWS knows no ${id}. Name another, or have it shared.`;
  if (subnet.vpcId === vpcId) return undefined;
  return `should be a subnet of ${vpcId}, but ${id} is one of ${subnet.vpcId}. Name another one, or change vpcId.`;
}

function ownerFaults({ vpcId, ownerId }: ExistingNetworkConfig, subnets: Subnets, account: string): Fault[] {
  const [owner = account] = [...subnets.values()].map((subnet) => subnet.ownerId);
  if (owner === (ownerId ?? account)) return [];
  const path = [NETWORK, "ownerId"];
  if (owner === account)
    return [
      {
        path,
        sentence: `should be absent, since ${vpcId} is of the stack's own account, but is ${ownerId}. Remove it.`,
      },
    ];
  const fix = `Write "ownerId: '${owner}'", and see docs/groups.md for what that account has to make.`;
  if (ownerId === undefined)
    return [
      {
        path,
        sentence: `is missing; it should say which account shares ${vpcId} with the stack's, which is ${owner}. ${fix}`,
      },
    ];
  return [
    { path, sentence: `should be the account that ${vpcId} belongs to, which is ${owner}, but is ${ownerId}. ${fix}` },
  ];
}

/** Finds lists of subnets that all lie in one zone, and those of the load balancer that it would not take together. @param internal whether that is in the private ones */
export function zoneFaults(network: ExistingNetworkConfig, subnets: Subnets, internal = false): Fault[] {
  return LISTS.flatMap((key): Fault[] => {
    const zones = network[key].map((id) => subnets.get(id)?.availabilityZone);
    const [zone] = zones;
    if (zone === undefined) return [];
    if (new Set(zones).size === 1) {
      const sentence = `should hold subnets of at least two zones, but all are in ${zone}. Name one of another zone.`;
      return [{ path: [NETWORK, key], sentence }];
    }
    return key === (internal ? "privateSubnetIds" : "publicSubnetIds") ? crowdedZones(key, network[key], zones) : [];
  });
}

/** Elastic Load Balancing takes one subnet of each zone. */
function crowdedZones(key: string, ids: readonly string[], zones: readonly (string | undefined)[]): Fault[] {
  return ids.flatMap((id, index) => {
    const first = zones.indexOf(zones[index]);
    if (first === index) return [];
    const sentence = `should be a subnet of a zone that the list does not hold yet, since a load balancer takes one of each, but ${id} is in ${zones[index]}, as ${ids[first]} is. Remove one of the two.`;
    return [{ path: [NETWORK, key, index], sentence }];
  });
}

/** Hosts find each other, and AWS, by names. */
export function namesOffFaults(
  vpcId: string,
  attributes: { readonly enableDnsSupport: boolean; readonly enableDnsHostnames: boolean },
): Fault[] {
  const switches = [
    ["enableDnsSupport", "--enable-dns-support"],
    ["enableDnsHostnames", "--enable-dns-hostnames"],
  ] as const;
  return switches
    .filter(([attribute]) => !attributes[attribute])
    .map(([attribute, option]) => ({
      path: [NETWORK, "vpcId"],
      sentence: `should be a VPC with names, by which hosts find each other, but ${vpcId} has ${attribute} off. Switch it on: aws ec2 modify-vpc-attribute --vpc-id ${vpcId} ${option}`,
    }));
}
