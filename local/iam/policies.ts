import type { ApiCall } from "../region/calls";
import { ACCOUNT } from "../region/place";

/** A policy's document, parsed. */
export type Document = Readonly<Record<string, unknown>>;

/** The policies that decide about requests, as the stacks' programs have put them. */
export class Policies {
  /** Documents by role and name. */
  private readonly byRole = new Map<string, Map<string, Document>>();
  /** By the ARN of the bucket, topic or key, and of the role that it says who may assume. */
  private readonly byResource = new Map<string, Document>();
  private readonly aliases = new Map<string, string>();
  /** Grows with every change. */
  version = 0;

  /** What a role may do. */
  ofRole(role: string): { name: string; policy: Document }[] {
    return [...(this.byRole.get(role) ?? [])].map(([name, policy]) => ({ name, policy }));
  }

  /** The policy of a resource, or of the bucket that an object lies in; undefined where it has none. */
  ofResource(arn: string): Document | undefined {
    return this.byResource.get(arn.startsWith("arn:aws:s3:::") ? (arn.split("/")[0] as string) : arn);
  }

  /** ARN of a key of KMS by its ARN, its number or its alias. */
  key(name: string): string | undefined {
    if (name.startsWith("arn:")) return name;
    if (name.startsWith("alias/")) return this.aliases.get(name);
    return [...this.byResource.keys()].find((arn) => arn.endsWith(`:key/${name}`));
  }

  /** Alias of a key by its ARN. */
  alias(key: string): string | undefined {
    return [...this.aliases].find(([, arn]) => arn === key)?.[0];
  }

  put(role: string, name: string, document: string): void {
    const known = this.byRole.get(role) ?? new Map<string, Document>();
    this.byRole.set(role, known.set(name, JSON.parse(document) as Document));
    this.version++;
  }

  putOn(arn: string, document: string | undefined): void {
    if (document === undefined) this.byResource.delete(arn);
    else this.byResource.set(arn, JSON.parse(document) as Document);
    this.version++;
  }

  /** Follows a call that has been carried out. */
  follow(call: ApiCall, reply: string): void {
    FOLLOWED[`${call.service}:${call.action}`]?.(this, call, reply);
  }

  name(alias: string, arn: string): void {
    this.aliases.set(alias, arn);
  }

  remove(role: string, name: string): void {
    this.byRole.get(role)?.delete(name);
    this.version++;
  }
}

type Follow = (policies: Policies, call: ApiCall, reply: string) => void;

function field({ form }: ApiCall, name: string): string {
  return form.get(name) ?? "";
}

function trust(policies: Policies, call: ApiCall, document: string): void {
  policies.putOn(`arn:aws:iam::${ACCOUNT}:role/${field(call, "RoleName")}`, document);
}

/** Calls that change a policy, or what one is found by. */
const FOLLOWED: Readonly<Record<string, Follow>> = {
  "iam:CreateRole": (policies, call) => trust(policies, call, field(call, "AssumeRolePolicyDocument")),
  "iam:DeleteRolePolicy": (policies, call) => policies.remove(field(call, "RoleName"), field(call, "PolicyName")),
  "iam:PutRolePolicy": (policies, call) =>
    policies.put(field(call, "RoleName"), field(call, "PolicyName"), field(call, "PolicyDocument")),
  "iam:UpdateAssumeRolePolicy": (policies, call) => trust(policies, call, field(call, "PolicyDocument")),
  "kms:CreateAlias": (policies, { json, region }) =>
    policies.name(String(json?.AliasName), `arn:aws:kms:${region}:${ACCOUNT}:key/${json?.TargetKeyId}`),
  "kms:CreateKey": (policies, { json }, reply) =>
    policies.putOn((JSON.parse(reply) as { KeyMetadata: { Arn: string } }).KeyMetadata.Arn, String(json?.Policy)),
  "sns:SetTopicAttributes": (policies, call) => {
    if (field(call, "AttributeName") !== "Policy") return;
    policies.putOn(field(call, "TopicArn"), field(call, "AttributeValue"));
  },
};
