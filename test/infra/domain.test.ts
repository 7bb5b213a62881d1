import { type Cloud, type Declared, LookUpRefused, offlineCloud, UNKNOWN } from "../../infra/synth";
import { CERTIFICATE as certificateArn } from "./arns";
import { errorsOf, valid } from "./config-fixtures";
import { one, stackOf } from "./stack-of";

const web = { packages: ["hello"], size: { min: 2, max: 4 }, http: { port: 6000 } };
const NAMED = { domain: "app.example.com", zone: "example.com" };
const RECORD = "aws:route53/record:Record";
const LISTENER = "aws:lb/listener:Listener";
const PLACE = "towline:loadBalancer";
const named = (loadBalancer: object = NAMED, options: Parameters<typeof stackOf>[3] = {}) =>
  stackOf({ web }, { "towline:loadBalancer": loadBalancer }, "qa", options);

describe("a load balancer with a name", () => {
  let stack: Declared[];
  beforeAll(async () => {
    stack = await named();
  });
  const certificate = () => one(stack, "aws:acm/certificate:Certificate");
  const validation = () => one(stack, RECORD, "load-balancer-validation");
  const issued = () => one(stack, "aws:acm/certificateValidation:CertificateValidation");

  it("gets a certificate for it, by a record in its zone", () => {
    expect(certificate().inputs).toEqual({
      domainName: "app.example.com",
      validationMethod: "DNS",
      tags: { "towline:stack": "qa" },
    });
    const name = expect.stringMatching(/^_[0-9a-f]+\.app\.example\.com\.$/);
    const records = [expect.stringMatching(/^_[0-9a-f]+\.acm-validations\.aws\.$/)];
    expect(validation().inputs).toEqual({
      ...{ zoneId: "Z0123456789EXAMPLE", name, type: "CNAME", records, ttl: 60, allowOverwrite: true },
    });
    expect(validation().propertyDependencies.name).toContain(certificate().urn);
    expect(issued().propertyDependencies).toMatchObject({ validationRecordFqdns: [validation().urn] });
  });

  it("speaks HTTPS once that is issued, and sends who comes in the clear there", () => {
    const secure = one(stack, LISTENER, "load-balancer-https");
    expect(secure.inputs).toMatchObject({
      port: 443,
      protocol: "HTTPS",
      certificateArn: issued().inputs.certificateArn,
    });
    expect(secure.propertyDependencies.certificateArn).toContain(issued().urn);
    const plain = one(stack, LISTENER, "load-balancer-http");
    expect(plain.inputs.defaultActions).toEqual([
      { type: "redirect", redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" } },
    ]);
  });

  it("is found by it, and takes no record that is another's", () => {
    expect(one(stack, RECORD, "load-balancer-alias").inputs).toEqual({
      zoneId: "Z0123456789EXAMPLE",
      name: "app.example.com",
      type: "A",
      aliases: [
        {
          name: "towline-qa-1234567890.eu-west-1.elb.amazonaws.com",
          zoneId: "Z0123456789ELB",
          evaluateTargetHealth: false,
        },
      ],
    });
    expect(one(stack, "pulumi:pulumi:Stack").outputs?.url).toBe("https://app.example.com");
  });

  it("is the same in a zone that is named by its ID, and an internal one", async () => {
    const other = await named({ domain: "app.example.com", zone: "Z0123456789ABCDEFGHIJ", internal: true });
    expect(one(other, RECORD, "load-balancer-alias").inputs).toMatchObject({
      zoneId: "Z0123456789ABCDEFGHIJ",
      aliases: [{ name: "internal-towline-qa-1234567890.eu-west-1.elb.amazonaws.com" }],
    });
  });

  it("is whole in a preview, in which nobody knows what ACM will ask for", async () => {
    const preview = await named(NAMED, { preview: true });
    const { name, type, records } = one(preview, RECORD, "load-balancer-validation").inputs;
    expect([name, type, records]).toEqual([UNKNOWN, UNKNOWN, [UNKNOWN]]);
    expect(one(preview, LISTENER, "load-balancer-https").inputs.certificateArn).toBe(UNKNOWN);
  });
});

describe("a name of the load balancer", () => {
  it.each([
    { domain: "example.com", zone: "example.com" },
    { domain: "a.b.example.com", zone: "example.com" },
    { domain: "app.example.com", zone: "Z0123456789ABCDEFGHIJ" },
    { domain: `${"a".repeat(52)}.example.com`, zone: "example.com" },
  ])("may be %j", (loadBalancer) => {
    expect(errorsOf(valid({ [PLACE]: loadBalancer }))).toEqual([]);
  });

  it.each<[object, string]>([
    [
      { ...NAMED, certificateArn },
      "certificateArn: should not come with domain, for which the stack gets a certificate of its own. Remove one of the two.",
    ],
    [
      { ...NAMED, httpOnly: true },
      "httpOnly: should not come with domain, with which HTTP is not alone. Remove one of the two.",
    ],
    [
      { domain: "app.example.com" },
      'zone: is missing; with domain it should be the public zone of Route 53 that app.example.com is in. Write for example "zone: example.com".',
    ],
    [
      { domain: "example.com" },
      'zone: is missing; with domain it should be the public zone of Route 53 that example.com is in. Write for example "zone: example.com".',
    ],
    [
      { zone: "example.com" },
      'domain: is missing; with zone it should be the name that clients are to use. Write for example "domain: app.example.com".',
    ],
    [
      { domain: "app.example.org", zone: "example.com" },
      'domain: should be a name in example.com, which is the zone, but is "app.example.org". Write for example "domain: app.example.com", or name another zone.',
    ],
    [
      { domain: "anexample.com", zone: "example.com" },
      'domain: should be a name in example.com, which is the zone, but is "anexample.com". Write for example "domain: app.example.com", or name another zone.',
    ],
    [
      { ...NAMED, domain: `${"a".repeat(53)}.example.com` },
      `domain: should be a DNS name of at most 64 characters in lower-case letters, digits, hyphens and dots, but is "${"a".repeat(53)}.ex.... Write for example "domain: app.example.com".`,
    ],
    [
      { ...NAMED, domain: "https://app.example.com" },
      'domain: should be a DNS name of at most 64 characters in lower-case letters, digits, hyphens and dots, but is "https://app.example.com". Write for example "domain: app.example.com".',
    ],
    [
      { ...NAMED, domain: "*.example.com" },
      'domain: should be a DNS name of at most 64 characters in lower-case letters, digits, hyphens and dots, but is "*.example.com". Write for example "domain: app.example.com".',
    ],
    [
      { ...NAMED, zone: "/hostedzone/Z0123456789" },
      'zone: should be the name of a public zone of Route 53, or its ID, but is "/hostedzone/Z0123456789". Write for example "zone: example.com".',
    ],
  ])("is refused where it is written so: %j", (loadBalancer, sentence) => {
    expect(errorsOf(valid({ [PLACE]: loadBalancer }))).toEqual([`Pulumi.staging.yaml: ${PLACE}/${sentence}`]);
  });
});

describe("before anything is made, AWS is asked", () => {
  type Answers = Readonly<Record<string, object | Error>>;
  /** A cloud that answers some look-ups so, and refuses to make anything. */
  const asking = (answers: Answers): Cloud => {
    const offline = offlineCloud("eu-west-1");
    return {
      create: async ({ type }) => Promise.reject(new Error(`${type} was made`)),
      invoke: async (call) => {
        const known = answers[call.token.replace(/^.*:/, "")];
        if (known instanceof Error) throw new LookUpRefused(known.message);
        return known ?? offline.invoke(call);
      },
    };
  };
  const refused = (answers: Answers, loadBalancer: object = NAMED) => named(loadBalancer, { cloud: asking(answers) });
  const records = (...resourceRecordSets: object[]) => ({ getRecords: { zoneId: "Z1", resourceRecordSets } });
  const alias = (dnsName: string) => ({ name: "app.example.com.", type: "A", aliasTarget: { dnsName } });

  it.each<[string, Answers, object, string]>([
    [
      "for a zone that is not there",
      { getZone: new Error("invoking aws:route53/getZone:getZone: no matching Route 53 Hosted Zone found") },
      NAMED,
      `${PLACE}/zone: should be a public zone of Route 53 in the stack's account, but there is no example.com. Make it there, or name another.`,
    ],
    [
      "for a zone of which there are two",
      { getZone: new Error("multiple Route 53 Hosted Zones matched; use additional constraints") },
      NAMED,
      `${PLACE}/zone: should be one public zone of Route 53, but the account has several called example.com. Name the one that is meant by its ID, as in "zone: Z0123456789ABCDEFGHIJ".`,
    ],
    [
      "for a private zone",
      { getZone: { zoneId: "Z1", name: "example.com", privateZone: true } },
      { ...NAMED, zone: "Z1" },
      `${PLACE}/zone: should be a public zone, in which those who issue certificates look, but Z1 is a private one. Name a public one.`,
    ],
    [
      "for the name of a zone that is named by its ID",
      { getZone: { zoneId: "Z1", name: "example.org." } },
      { ...NAMED, zone: "Z1" },
      `${PLACE}/domain: should be a name in example.org, which is the zone, but is "app.example.com". Write for example "domain: app.example.org", or name another zone.`,
    ],
    [
      "for a record that leads elsewhere",
      records(alias("dualstack.shop-42.eu-west-1.elb.amazonaws.com.")),
      NAMED,
      `${PLACE}/domain: should be a name without a record of its own, but app.example.com leads to dualstack.shop-42.eu-west-1.elb.amazonaws.com. already (A). Remove that record, or take another name.`,
    ],
    [
      "for one that leads to another stack's load balancer",
      records(alias("towline-qa2-42.eu-west-1.elb.amazonaws.com.")),
      NAMED,
      `${PLACE}/domain: should be a name without a record of its own, but app.example.com leads to towline-qa2-42.eu-west-1.elb.amazonaws.com. already (A). Remove that record, or take another name.`,
    ],
    [
      "for another name of the name's",
      records({ name: "app.example.com.", type: "CNAME", resourceRecords: [{ value: "old.example.net" }] }),
      NAMED,
      `${PLACE}/domain: should be a name without a record of its own, but app.example.com leads to old.example.net already (CNAME). Remove that record, or take another name.`,
    ],
  ])("%s", async (_, answers, loadBalancer, sentence) => {
    await expect(refused(answers, loadBalancer)).rejects.toThrow(`Pulumi.qa.yaml: ${sentence}`);
  });

  it("and the stack's own record, of before or of another scheme, is none of another's", async () => {
    for (const own of ["towline-qa-42.x.", "dualstack.towline-qa-42.x.", "internal-towline-qa-42.x."])
      await expect(refused(records(alias(own), { type: "TXT" }))).rejects.toThrow("was made");
  });

  it("and what it refuses to say ends the run with its own words", async () => {
    await expect(refused({ getZone: new Error("AccessDenied: route53:ListHostedZones") })).rejects.toThrow(
      "AccessDenied",
    );
  });
});
