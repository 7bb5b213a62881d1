import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { isZoneId } from "../config";
import type { Tags } from "../tags";

export interface DomainArgs {
  /** Name that clients know the load balancer by. */
  readonly domain: string;
  /** Public zone of Route 53 that it is in: the zone's name, or its ID. */
  readonly zone: string;
  readonly tags: Tags;
}

/** A name, with a certificate that shows it is the stack's. */
export interface Domain {
  readonly zoneId: pulumi.Output<string>;
  /** Known once the certificate is issued. */
  readonly certificateArn: pulumi.Output<string>;
}

/** Seconds that an answer about who owns the name is kept. */
const VALIDATION_TTL = 60;

/** Declares a certificate for a name, and the record by which its authority sees that the name's zone is ours, now and at each renewal. */
export function domain(name: string, args: DomainArgs, parent: pulumi.Resource): Domain {
  const { zoneId } = aws.route53.getZoneOutput(zoneQuery(args.zone), { parent });
  const certificate = new aws.acm.Certificate(
    `${name}-certificate`,
    { domainName: args.domain, validationMethod: "DNS", tags: args.tags },
    { parent },
  );
  const asked = certificate.domainValidationOptions.apply(([first]) => {
    if (first === undefined) throw new Error(`ACM asks for no record of ${args.domain}`);
    return first;
  });
  const record = new aws.route53.Record(
    `${name}-validation`,
    {
      zoneId,
      name: asked.resourceRecordName,
      type: asked.resourceRecordType,
      records: [asked.resourceRecordValue],
      ttl: VALIDATION_TTL,
      // All certificates of an account for one name ask for the same record, such as that of a stack in another region.
      allowOverwrite: true,
    },
    { parent },
  );
  const issued = new aws.acm.CertificateValidation(
    `${name}-certificate-issued`,
    { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
    { parent },
  );
  return { zoneId, certificateArn: issued.certificateArn };
}

/** Declares that a name leads to a load balancer. A record that is somebody else's is not taken over. */
export function alias(
  name: string,
  args: Pick<DomainArgs, "domain"> & { readonly zoneId: pulumi.Input<string> },
  balancer: aws.lb.LoadBalancer,
  parent: pulumi.Resource,
): void {
  new aws.route53.Record(
    `${name}-alias`,
    {
      zoneId: args.zoneId,
      name: args.domain,
      type: "A",
      aliases: [{ name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: false }],
    },
    { parent },
  );
}

/** How Route 53 is asked for a public zone. */
export function zoneQuery(zone: string): aws.route53.GetZoneArgs {
  return isZoneId(zone) ? { zoneId: zone } : { name: zone, privateZone: false };
}
