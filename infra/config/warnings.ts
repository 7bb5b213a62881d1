import { PROJECT } from "../names";
import type { StackConfig } from "./types";

/** What works, and is better known before it is used: a sentence each, with the fix. */
export function warningsOf({ stack, groups, loadBalancer }: StackConfig): string[] {
  const serving = Object.entries(groups).flatMap(([name, { http, elasticIp }]) => (http && !elasticIp ? name : []));
  if (serving.length === 0 || loadBalancer.certificateArn !== undefined || loadBalancer.httpOnly) return [];
  return [
    `${stack} serves ${serving.join(", ")} in the clear: whoever is on the way reads and changes what goes through its load balancer. ` +
      `Name a certificate in ACM in Pulumi.${stack}.yaml ("${PROJECT}:loadBalancer: {certificateArn: arn:aws:acm:…}"), or say there that ` +
      `HTTP alone is meant ("${PROJECT}:loadBalancer: {httpOnly: true}").`,
  ];
}
