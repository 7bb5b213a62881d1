import { route53 } from "@pulumi/aws";
import type { StackConfig } from "../config";
import { type Fault, LOAD_BALANCER } from "../config/fault";
import { isInZone, outsideZone } from "../config/load-balancer-checks";
import { zoneQuery } from "../load-balancer/domain";
import { loadBalancerName } from "../names";
import { foundOr, NOTHING_THERE } from "./refusal";

/** Finds that a domain's zone is not there, is no public one or another's, or has a record already for somebody else. */
export async function zoneFaults({ stack, loadBalancer: { domain, zone } }: StackConfig): Promise<Fault[]> {
  if (domain === undefined || zone === undefined) return [];
  const found = await lookUp(zone);
  if (typeof found === "string") return [{ path: [LOAD_BALANCER, "zone"], sentence: found }];
  const name = found.name?.replace(/\.$/, "");
  if (found.privateZone)
    return [
      {
        path: [LOAD_BALANCER, "zone"],
        sentence: `should be a public zone, in which those who issue certificates look, but ${zone} is a private one. Name a public one.`,
      },
    ];
  if (name !== undefined && !isInZone(domain, name))
    return [{ path: [LOAD_BALANCER, "domain"], sentence: outsideZone(domain, name) }];
  const taken = await recordOfAnother(found.zoneId, domain, loadBalancerName(stack));
  return taken === undefined ? [] : [{ path: [LOAD_BALANCER, "domain"], sentence: taken }];
}

type Zone = Pick<route53.GetZoneResult, "zoneId" | "privateZone"> & { readonly name?: string };

/** A zone, or the sentence for one that cannot be told. */
function lookUp(zone: string): Promise<Zone | string> {
  return foundOr<Zone>(
    () => route53.getZone(zoneQuery(zone)),
    [
      [
        /multiple .*(matched|found)/i,
        `should be one public zone of Route 53, but the account has several called ${zone}. Name the one that is meant by its ID, as in "zone: Z0123456789ABCDEFGHIJ".`,
      ],
      [
        NOTHING_THERE,
        `should be a public zone of Route 53 in the stack's account, but there is no ${zone}. Make it there, or name another.`,
      ],
    ],
  );
}

/** The sentence for a name that leads elsewhere; undefined where it leads nowhere, or to the stack's own load balancer. */
async function recordOfAnother(zoneId: string, domain: string, balancer: string): Promise<string | undefined> {
  const nameRegex = `^${domain.replaceAll(".", "\\.")}\\.?$`;
  const { resourceRecordSets } = await route53.getRecords({ zoneId, nameRegex });
  const own = new RegExp(`^(dualstack\\.)?(internal-)?${balancer}-\\d+\\.`);
  const other = resourceRecordSets.find(
    ({ type, aliasTarget }) => type === "CNAME" || (type === "A" && !own.test(aliasTarget?.dnsName ?? "")),
  );
  if (other === undefined) return undefined;
  const target = other.aliasTarget?.dnsName || other.resourceRecords?.map(({ value }) => value).join(" and ");
  return `should be a name without a record of its own, but ${domain} leads to ${target} already (${other.type}). Remove that record, or take another name.`;
}
