import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { deployerStatements } from "../../infra/access/deployer-policy";
import { policyDocument } from "../../infra/policy";
import { apiNeeds } from "../../local/iam/api-needs";
import type { Facts, Needed } from "../../local/iam/authorization";
import { Decisions } from "../../local/iam/decisions";
import { Policies } from "../../local/iam/policies";
import { roleSession } from "../../local/iam/principal";
import { s3Needs } from "../../local/iam/s3-needs";
import { parseCall } from "../../local/region/front";
import { extremes } from "../infra/extremes";
import { one } from "../infra/stack-of";

/**
 * What a deployer may do. The calls of `pulumi up`, of a second preview, of changes and of `pulumi destroy` are those that version 5.100 of the AWS
 * provider made of moto, of the stack `qa` with all that a stack can have (fixtures/README.md).
 */

const [REGION, ACCOUNT] = ["eu-west-1", "123456789012"];
const PLACE = { partition: "aws", region: REGION, account: ACCOUNT };
const DEPLOYER = roleSession(`arn:aws:iam::${ACCOUNT}:role/deployer`, "ada");

const certificateArn = (id: string) => `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/${id}`;
const OWN_CERTIFICATE = "00000000-0000-4000-8000-000000000002";

const OTHERS_KEY = "00000000-0000-4000-8000-000000000001";

interface Recorded {
  readonly phase: string;
  readonly service: string;
  readonly method: string;
  readonly url: string;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
const { calls, tagged } = JSON.parse(readFileSync(join(__dirname, "fixtures/provider-calls.json"), "utf8")) as {
  calls: Recorded[];
  /** What was made with the stack's tag, by AWS's numbers. */
  tagged: string[];
};

const policies = new Policies();
const decisions = new Decisions(policies);
beforeAll(async () => {
  const stack = (await extremes()).longest ?? [];
  const types = stack.map(({ type }) => type);
  // Whoever makes a key gives it this policy; what AWS decides of it, it decides with it.
  const document = String(one(stack, "aws:kms/key:Key").inputs.policy);
  for (const id of ["new", ...tagged, OTHERS_KEY]) policies.putOn(facts.key(id) ?? "", document);
  const statements = deployerStatements({ stack: "qa", place: PLACE, bucketArn: "arn:aws:s3:::acme-qa", types });
  policies.put("deployer", "towline", policyDocument(statements));
});

const facts: Facts = {
  instance: () => undefined,
  instancesWith: () => [],
  key: (name) => (name.startsWith("arn:") ? name : `arn:aws:kms:${REGION}:${ACCOUNT}:key/${name}`),
  alias: () => undefined,
  template: () => undefined,
  keyOfParameter: () => undefined,
  boundary: () => undefined,
  roleArn: (name) => `arn:aws:iam::${ACCOUNT}:role/${name}`,
  tags: (id): Record<string, string> => ([...tagged, OWN_CERTIFICATE].includes(id) ? { "towline:stack": "qa" } : {}),
};

async function needsOf({ service, method, url, target, headers = {}, body = "" }: Recorded, known = facts) {
  const host = service === "s3" ? `s3.${REGION}.amazonaws.com` : `${service}.${REGION}.amazonaws.com`;
  const incoming = { method, url, headers: { host, ...headers, ...(target && { "x-amz-target": target }) } };
  if (service === "s3") return s3Needs(incoming, body);
  const call = parseCall({ region: REGION, service }, incoming as unknown as IncomingMessage, Buffer.from(body));
  return apiNeeds(call, known);
}

/** What of a call is refused, or why nobody can tell. */
async function refused(call: Recorded): Promise<string[]> {
  const needed = await needsOf(call);
  if (needed === undefined)
    return [`local/iam does not know ${call.service} ${call.method} ${call.url} ${call.target ?? call.body}`];
  return denied(needed);
}

async function denied(needed: readonly Needed[]): Promise<string[]> {
  const found: string[] = [];
  for (const one of needed)
    if (!(await decisions.allows(DEPLOYER, one, { "aws:RequestedRegion": REGION })))
      found.push(`${one.action} on ${one.resource} with ${JSON.stringify(one.context)}`);
  return found;
}

test.each(["up", "change", "destroy"])("all that the provider asks for in the phase '%s' is allowed", async (phase) => {
  const asked = calls.filter((call) => call.phase === phase);
  const found = new Set((await Promise.all(asked.map(refused))).flat());
  expect([...found]).toEqual([]);
});

/** A call of an API as the front reads it. */
const query = (service: string, Action: string, fields: Readonly<Record<string, string>>): Recorded => ({
  ...{ phase: "", service, method: "POST", url: "/" },
  body: new URLSearchParams({ Action, ...fields }).toString(),
});
const json = (service: string, action: string, fields: object): Recorded => ({
  ...{ phase: "", service, method: "POST", url: "/", target: `X.${action}`, body: JSON.stringify(fields) },
});
const rest = (method: string, url: string, fields: object = {}): Recorded => ({
  ...{ phase: "", service: "lambda", method, url: `/2015-03-31${url}`, body: JSON.stringify(fields) },
});
const object = (method: string, url: string): Recorded => ({ phase: "", service: "s3", method, url });

const ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess";
const ADMIN_ROLE = `arn:aws:iam::${ACCOUNT}:role/admin`;
const PROD_ROLE = `arn:aws:iam::${ACCOUNT}:role/towline-prod-web-host`;
const ids = { lt: "lt-0123456789abcdef0", sg: "sg-0123456789abcdef0", volume: "vol-0123456789abcdef0" };

/** What would get a deployer of one stack further than the stack, by the way to it. */
const ESCALATIONS: readonly (readonly [what: string, call: Recorded])[] = [
  ["makes a role of any name", query("iam", "CreateRole", { RoleName: "admin" })],
  ["gives another role rights", query("iam", "PutRolePolicy", { RoleName: "admin", PolicyName: "p" })],
  ["gives another stack's role rights", query("iam", "PutRolePolicy", { RoleName: "towline-prod-publisher" })],
  [
    "attaches a policy of AWS's own to a role of the stack",
    query("iam", "AttachRolePolicy", { RoleName: "towline-qa-web-host", PolicyArn: ADMIN }),
  ],
  ["lets itself assume another role", query("iam", "UpdateAssumeRolePolicy", { RoleName: "admin" })],
  ["takes a role's boundary away", query("iam", "DeleteRolePermissionsBoundary", { RoleName: "towline-qa-nudge" })],
  ["changes a managed policy", query("iam", "CreatePolicyVersion", { PolicyArn: `arn:aws:iam::${ACCOUNT}:policy/p` })],
  ["gives a user a policy", query("iam", "AttachUserPolicy", { UserName: "ada", PolicyArn: ADMIN })],
  ["makes itself a key", query("iam", "CreateAccessKey", { UserName: "ada" })],
  ["hands a function another role", rest("POST", "/functions", { FunctionName: "towline-qa-x", Role: ADMIN_ROLE })],
  [
    "changes a function's role to another",
    rest("PUT", "/functions/towline-qa-notifier/configuration", { Role: PROD_ROLE }),
  ],
  [
    "puts another role into a profile",
    query("iam", "AddRoleToInstanceProfile", { InstanceProfileName: "towline-qa-web-host", RoleName: "admin" }),
  ],
  [
    "has EventBridge act in another role",
    json("events", "PutTargets", { Rule: "towline-qa-nudge", Targets: [{ Id: "1", Arn: "a", RoleArn: ADMIN_ROLE }] }),
  ],
  ["changes another stack's function", rest("PUT", "/functions/towline-prod-notifier/code")],
  ["calls another stack's function", rest("POST", "/functions/towline-prod-registry/invocations")],
  [
    "lets somebody call another's function",
    rest("POST", "/functions/billing/policy", { Action: "lambda:InvokeFunction" }),
  ],
  ["runs a shell on hosts", json("ssm", "SendCommand", { DocumentName: "AWS-RunShellScript", InstanceIds: [] })],
  ["runs even the stack's document", json("ssm", "SendCommand", { DocumentName: "towline-qa-poll", InstanceIds: [] })],
  ["changes another stack's document", json("ssm", "UpdateDocument", { Name: "towline-prod-poll" })],
  ["reads a secret", json("ssm", "GetParameter", { Name: "/towline/qa/slack-webhook" })],
  ["reads settings", object("GET", "/acme-qa/env/hello.env")],
  ["writes an index", object("PUT", "/acme-qa/dists/stable/InRelease")],
  ["opens another stack's bucket", object("PUT", "/acme-prod?policy=")],
  ["removes another stack's bucket", object("DELETE", "/acme-prod")],
  [
    "changes another stack's group",
    query("autoscaling", "UpdateAutoScalingGroup", { AutoScalingGroupName: "towline-prod-web" }),
  ],
  [
    "removes another stack's group",
    query("autoscaling", "DeleteAutoScalingGroup", { AutoScalingGroupName: "towline-prod-web" }),
  ],
  [
    "changes a template that is not the stack's",
    query("ec2", "CreateLaunchTemplateVersion", { LaunchTemplateId: ids.lt }),
  ],
  [
    "opens a security group that is not the stack's",
    query("ec2", "AuthorizeSecurityGroupIngress", { GroupId: ids.sg }),
  ],
  ["copies a disk that is not the stack's", query("ec2", "CreateSnapshot", { VolumeId: ids.volume })],
  ["tags what is not the stack's", query("ec2", "CreateTags", { "ResourceId.1": ids.volume })],
  ["removes a key that is not the stack's", json("kms", "ScheduleKeyDeletion", { KeyId: OTHERS_KEY })],
  ["changes the policy of one", json("kms", "PutKeyPolicy", { KeyId: OTHERS_KEY })],
  [
    "opens another stack's topic",
    query("sns", "SetTopicAttributes", { TopicArn: `arn:aws:sns:${REGION}:${ACCOUNT}:towline-prod` }),
  ],
  [
    "removes another stack's queue",
    json("sqs", "DeleteQueue", { QueueUrl: `https://sqs/${ACCOUNT}/towline-prod-notifier-undelivered` }),
  ],
  ["ends another stack's trail", json("cloudtrail", "StopLogging", { Name: "towline-prod" })],
  [
    "removes a certificate that is not the stack's",
    json("acm", "DeleteCertificate", { CertificateArn: certificateArn("other") }),
  ],
  [
    "takes a certificate that is not the stack's for it",
    json("acm", "AddTagsToCertificate", {
      CertificateArn: certificateArn("other"),
      Tags: [{ Key: "towline:stack", Value: "prod" }],
    }),
  ],
  ["takes another stack's names", json("servicediscovery", "DeleteNamespace", { Id: "ns-prod" })],
];

test.each(ESCALATIONS)("a deployer of one stack may not: %s", async (_, call) => {
  const needed = await needsOf(call);
  expect(needed?.length).toBeGreaterThan(0);
  expect(await denied(needed ?? [])).not.toEqual([]);
});

test("what such calls are refused for is not their form: the same of the stack's own is allowed", async () => {
  const own: readonly Recorded[] = [
    query("iam", "CreateRole", { RoleName: "towline-qa-x" }),
    query("iam", "PutRolePolicy", { RoleName: "towline-qa-web-host", PolicyName: "p" }),
    rest("POST", "/functions", { FunctionName: "towline-qa-x", Role: `arn:aws:iam::${ACCOUNT}:role/towline-qa-x` }),
    rest("PUT", "/functions/towline-qa-notifier/code"),
    object("PUT", "/acme-qa?policy="),
    query("autoscaling", "UpdateAutoScalingGroup", { AutoScalingGroupName: "towline-qa-web" }),
    json("ssm", "UpdateDocument", { Name: "towline-qa-poll" }),
    json("acm", "RequestCertificate", { DomainName: "a.b", Tags: [{ Key: "towline:stack", Value: "qa" }] }),
    ...["AddTagsTo", "Delete", "Describe", "ListTagsFor", "RemoveTagsFrom"].map((verb) =>
      json("acm", `${verb}Certificate`, { CertificateArn: certificateArn(OWN_CERTIFICATE) }),
    ),
    json("sqs", "DeleteQueue", { QueueUrl: `https://sqs/${ACCOUNT}/towline-qa-notifier-undelivered` }),
  ];
  expect((await Promise.all(own.map(refused))).flat()).toEqual([]);
});

describe("within a boundary of the stack's roles", () => {
  const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/workloads`;
  const MANAGED = `arn:aws:iam::${ACCOUNT}:policy/team-queues`;
  const bounded = new Policies();
  const within = new Decisions(bounded);
  beforeAll(async () => {
    const types = ((await extremes()).longest ?? []).map(({ type }) => type);
    const values = { stack: "qa", place: PLACE, bucketArn: "arn:aws:s3:::acme-qa", types, managedPolicies: [MANAGED] };
    bounded.put(
      "deployer",
      "towline",
      policyDocument(deployerStatements({ ...values, roles: { boundary: BOUNDARY } })),
    );
  });

  /** @param boundary of the role that is there */
  const may = async (call: Recorded, boundary?: string): Promise<boolean> => {
    const needed = await needsOf(call, { ...facts, boundary: () => boundary });
    const circumstances = { "aws:RequestedRegion": REGION };
    const decided = (needed ?? []).map((one) => within.allows(DEPLOYER, one, circumstances));
    return decided.length > 0 && (await Promise.all(decided)).every(Boolean);
  };
  const RoleName = "towline-qa-x";
  const create = (PermissionsBoundary?: string) =>
    query("iam", "CreateRole", { RoleName, ...(PermissionsBoundary && { PermissionsBoundary }) });
  const rights = query("iam", "PutRolePolicy", { RoleName, PolicyName: "p" });
  const attach = (PolicyArn: string) => query("iam", "AttachRolePolicy", { RoleName, PolicyArn });
  const rebound = (PermissionsBoundary: string) =>
    query("iam", "PutRolePermissionsBoundary", { RoleName, PermissionsBoundary });

  test("roles are made, and given rights, that have it", async () => {
    expect(await may(create(BOUNDARY))).toBe(true);
    expect(await may(rights, BOUNDARY)).toBe(true);
    expect(await may(attach(MANAGED), BOUNDARY)).toBe(true);
    expect(await may(rebound(BOUNDARY), ADMIN)).toBe(true);
  });

  test("none is made without it, nor given rights, nor rid of it: a deployer gets no further than the boundary", async () => {
    expect(await may(create())).toBe(false);
    expect(await may(create(ADMIN))).toBe(false);
    expect(await may(rights)).toBe(false);
    expect(await may(rights, ADMIN)).toBe(false);
    expect(await may(attach(ADMIN), BOUNDARY)).toBe(false);
    expect(await may(attach(MANAGED))).toBe(false);
    expect(await may(rebound(ADMIN), BOUNDARY)).toBe(false);
    expect(await may(query("iam", "DeleteRolePermissionsBoundary", { RoleName }), BOUNDARY)).toBe(false);
    expect(await may(query("iam", "CreatePolicyVersion", { PolicyArn: BOUNDARY }))).toBe(false);
  });
});
