import { isPublicName, isZoneId } from "./formats";
import { type Context, report } from "./report";
import type { HttpConfig, LoadBalancerConfig } from "./types";

/** Checks of how the load balancer is reached, and what it chooses groups by. */

/** Elastic Load Balancing takes at most five values in all the conditions of a rule. */
const RULE_VALUES = 5;

export function ruleIsWhole({ hosts, paths, priority }: HttpConfig, context: Context): void {
  const values = hosts.length + paths.length;
  if (values > RULE_VALUES) {
    const key = hosts.length > 0 ? "hosts" : "paths";
    report(
      context,
      [key],
      `should hold, with hosts and paths counted together, at most ${RULE_VALUES}, but they are ${values}. Use * in some.`,
    );
  }
  if (values === 0 && priority !== undefined) {
    report(
      context,
      ["priority"],
      `should come with hosts or paths: a group without gets what no other does. Add some, or remove priority.`,
    );
  }
}

/** Each says in its own way what the load balancer speaks. */
export function meansOneOrTheOther({ certificateArn, domain, httpOnly }: LoadBalancerConfig, context: Context): void {
  if (certificateArn !== undefined && domain !== undefined)
    report(
      context,
      ["certificateArn"],
      `should not come with domain, for which the stack gets a certificate of its own. Remove one of the two.`,
    );
  const other = certificateArn === undefined ? "domain" : "certificateArn";
  if (httpOnly === undefined || (certificateArn ?? domain) === undefined) return;
  report(context, ["httpOnly"], `should not come with ${other}, with which HTTP is not alone. Remove one of the two.`);
}

/** Of what is another's load balancer, the stack has the listener's rules alone. */
export function leavesListenerAlone({ listenerArn, httpOnly: _, ...own }: LoadBalancerConfig, context: Context): void {
  if (listenerArn === undefined) return;
  for (const key of Object.keys(own))
    report(
      context,
      [key],
      "should not come with listenerArn, whose load balancer is not the stack's. Remove one of the two.",
    );
}

/** A zone that is named by its ID is asked for its name before anything is made. */
export function namesDomainInZone({ domain, zone }: LoadBalancerConfig, context: Context): void {
  if (domain === undefined && zone === undefined) return;
  if (zone === undefined)
    report(
      context,
      ["zone"],
      `is missing; with domain it should be the public zone of Route 53 that ${domain} is in. Write for example "zone: ${domain?.replace(/^[^.]+\.(?=.*\.)/, "")}".`,
    );
  else if (domain === undefined)
    report(
      context,
      ["domain"],
      `is missing; with zone it should be the name that clients are to use. Write for example "domain: app.${isZoneId(zone) ? "example.com" : zone}".`,
    );
  else if (isPublicName(zone) && !isInZone(domain, zone)) report(context, ["domain"], outsideZone(domain, zone));
}

/** Whether a name is a zone's, or one in it. */
export function isInZone(domain: string, zone: string): boolean {
  return domain === zone || domain.endsWith(`.${zone}`);
}

/** The sentence for a name that is in another zone. */
export function outsideZone(domain: string, zone: string): string {
  return `should be a name in ${zone}, which is the zone, but is "${domain}". Write for example "domain: app.${zone}", or name another zone.`;
}
