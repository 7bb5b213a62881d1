import { z } from "zod";
import { isVpcRange } from "./address-ranges";
import { expecting, text, whole } from "./expectations";
import * as format from "./formats";
import { hasGatewaysOrNone, isMadeOrThere, namesSubnetsOnce } from "./network-checks";

function subnetIds(key: string) {
  return expecting(
    z.array(text(format.SUBNET_ID, "the ID of a subnet", `${key}: [subnet-0a1b2c3d, subnet-4e5f6a7b]`)).min(2),
    "a list of at least two IDs of subnets",
    `${key}: [subnet-0a1b2c3d, subnet-4e5f6a7b]`,
  );
}

/** A network that towline makes, or one that is there: which keys go together is said in network-checks.ts. */
export const network = z
  .strictObject({
    cidr: expecting(
      z.string().refine(isVpcRange),
      "an IPv4 network from /16 to /22 with no bits set beyond its prefix, and none of 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16 and from 224.0.0.0 up",
      "cidr: 10.0.0.0/16",
    ).optional(),
    zones: whole(2, 6, "zones: 2").optional(),
    natGateways: expecting(z.enum(["single", "perZone"]), "single or perZone", "natGateways: single").optional(),
    nat: expecting(z.literal("none"), "none, or left out", "nat: none").optional(),
    vpcId: text(format.VPC_ID, "the ID of a VPC", "vpcId: vpc-0a1b2c3d").optional(),
    ownerId: text(
      format.ACCOUNT_ID,
      "the number of the account that shares the VPC, of 12 digits, in quotes",
      "ownerId: '123456789012'",
    ).optional(),
    publicSubnetIds: subnetIds("publicSubnetIds").optional(),
    privateSubnetIds: subnetIds("privateSubnetIds").optional(),
    s3EndpointId: text(format.ENDPOINT_ID, "the ID of a VPC endpoint", "s3EndpointId: vpce-0a1b2c3d").optional(),
  })
  .superRefine(hasGatewaysOrNone)
  .superRefine(isMadeOrThere)
  .superRefine(namesSubnetsOnce);
