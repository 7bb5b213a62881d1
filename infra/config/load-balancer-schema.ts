import { z } from "zod";
import { isAddressRange } from "./address-ranges";
import { namesRangesOnce } from "./attachment-checks";
import { expecting, text } from "./expectations";
import * as format from "./formats";
import { leavesListenerAlone, meansOneOrTheOther, namesDomainInZone } from "./load-balancer-checks";

/** Ranges of one listener's port, of which there are two: EC2 takes 60 rules in a security group. */
const MOST_RANGES = 30;

/** How the load balancer is reached. */
export const loadBalancer = expecting(
  z
    .strictObject({
      internal: expecting(z.literal(true), "true, or left out", "internal: true").optional(),
      from: expecting(
        z
          .array(
            expecting(
              z.string().refine(isAddressRange),
              "an IPv4 range of /8 or smaller with no bits set beyond its prefix",
              "from: [10.0.0.0/8]",
            ),
          )
          .min(1)
          .max(MOST_RANGES)
          .superRefine(namesRangesOnce),
        `a list of 1 to ${MOST_RANGES} IPv4 ranges`,
        "from: [10.0.0.0/8]",
      ).optional(),
      listenerArn: text(
        format.LISTENER,
        "the ARN of a listener of an application load balancer",
        "listenerArn: arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shared/0123456789abcdef/0123456789abcdef",
      ).optional(),
      certificateArn: text(
        format.CERTIFICATE,
        "the ARN of a certificate in ACM",
        "certificateArn: arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
      ).optional(),
      domain: text(
        format.PUBLIC_NAME,
        "a DNS name of at most 64 characters in lower-case letters, digits, hyphens and dots",
        "domain: app.example.com",
      ).optional(),
      zone: text(format.ZONE, "the name of a public zone of Route 53, or its ID", "zone: example.com").optional(),
      httpOnly: expecting(z.literal(true), "true, or left out", "httpOnly: true").optional(),
    })
    .superRefine(leavesListenerAlone)
    .superRefine(meansOneOrTheOther)
    .superRefine(namesDomainInZone),
  "a map with listenerArn, internal, from, certificateArn, domain and zone, or httpOnly",
  "towline:loadBalancer: {certificateArn: arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012}",
);
