import { createHash } from "node:crypto";
import { ACCOUNT } from "../region/place";
import { type Create, text } from "./resource";

/** The load balancer's certificate is in AWS: HAProxy gets the requests in the clear, whatever name they are for. */
const certificate: Create = async ({ clients }, inputs) => {
  const domainName = text(inputs, "domainName");
  const hex = createHash("sha256").update(domainName).digest("hex").slice(0, 12);
  const arn = `arn:aws:acm:${clients.region}:${ACCOUNT}:certificate/00000000-0000-4000-8000-${hex}`;
  const asked = {
    domainName,
    resourceRecordName: `_${hex}.${domainName}.`,
    resourceRecordType: "CNAME",
    resourceRecordValue: `_${hex}.acm-validations.aws.`,
  };
  return { id: arn, state: { arn, domainValidationOptions: [asked] } };
};

const validation: Create = async (_, inputs) => ({ id: text(inputs, "certificateArn") });

/** Nobody here asks for names of the world. */
const record: Create = async (_, inputs) => {
  const [zoneId, name, type] = [text(inputs, "zoneId"), text(inputs, "name"), text(inputs, "type")];
  return { id: `${zoneId}_${name}_${type}`, state: { fqdn: name } };
};

/** The name that clients know a load balancer by. */
export const domainResources: Readonly<Record<string, Create>> = {
  "aws:acm/certificate:Certificate": certificate,
  "aws:acm/certificateValidation:CertificateValidation": validation,
  "aws:route53/record:Record": record,
};
