import { PROJECT } from "../names";
import type { StackConfig } from "./types";

/** What works, and is better known before it is used: a sentence each, with the fix. */
export function warningsOf(config: StackConfig): string[] {
  return [...inTheClear(config), ...ofTheOwner(config)];
}

/** In a shared network towline makes neither routes nor endpoints, and sees few of them. */
function ofTheOwner({ stack, region, network }: StackConfig): string[] {
  if (network.vpcId === undefined || network.ownerId === undefined) return [];
  const { vpcId, ownerId } = network;
  return [
    `${stack} lives in ${vpcId}, which the account ${ownerId} shares, and in which towline makes no route, endpoint or zone: have its owner make a gateway ` +
      `endpoint of S3 in the route tables of the hosts' subnets, a way out of these, and DNS hostnames, and let it ask for the groups' names: aws route53 ` +
      `associate-vpc-with-hosted-zone --hosted-zone-id <namesZoneId of the stack's outputs> --vpc VPCRegion=${region},VPCId=${vpcId}`,
  ];
}

function inTheClear({ stack, groups, loadBalancer }: StackConfig): string[] {
  const serving = Object.entries(groups).flatMap(([name, { http, elasticIp }]) => (http && !elasticIp ? name : []));
  const { certificateArn, domain, httpOnly, listenerArn } = loadBalancer;
  // What somebody else's listener speaks is asked of AWS.
  if (serving.length === 0 || (certificateArn ?? domain ?? httpOnly ?? listenerArn) !== undefined) return [];
  return [
    `${stack} serves ${serving.join(", ")} in the clear: whoever is on the way reads and changes what goes through its load balancer. ` +
      `Give it a name in Pulumi.${stack}.yaml ("${PROJECT}:loadBalancer: {domain: app.example.com, zone: example.com}") or a certificate in ACM ` +
      `("{certificateArn: arn:aws:acm:…}"), or say there that HTTP alone is meant ("${PROJECT}:loadBalancer: {httpOnly: true}").`,
  ];
}
