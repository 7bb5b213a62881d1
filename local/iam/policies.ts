import type { ApiCall } from "../region/calls";
import { ACCOUNT } from "../region/place";

/** A policy's document, parsed. */
export type Document = Readonly<Record<string, unknown>>;

const NOTHING: Document = { Version: "2012-10-17", Statement: [] };

/** The policies that decide about requests, as the stacks' programs have put them. */
export class Policies {
  /** Documents by role and name. */
  private readonly byRole = new Map<string, Map<string, Document>>();
  /** Documents of the account's managed policies, by ARN. */
  private readonly managed = new Map<string, Document>();
  /** ARNs of managed policies by the role they are attached to, and of the one that bounds it. */
  private readonly attached = new Map<string, Set<string>>();
  private readonly boundaries = new Map<string, string>();
  /** By the ARN of the bucket, function, key, queue or topic, and of the role that it says who may assume. */
  private readonly byResource = new Map<string, Document>();
  private readonly aliases = new Map<string, string>();
  /** Grows with every change. */
  version = 0;

  /** What a role may do. */
  ofRole(role: string): { name: string; policy: Document }[] {
    const inline = [...(this.byRole.get(role) ?? [])].map(([name, policy]) => ({ name, policy }));
    return [...inline, ...[...(this.attached.get(role) ?? [])].flatMap((arn) => this.namedPolicy(arn))];
  }

  /** What bounds a role's rights, whatever its policies allow; undefined where nothing does. */
  boundaryOf(role: string): { name: string; policy: Document }[] | undefined {
    const arn = this.boundaries.get(role);
    // A policy that is not there leaves nothing.
    return arn === undefined ? undefined : [{ name: arn, policy: this.managed.get(arn) ?? NOTHING }];
  }

  private namedPolicy(arn: string): { name: string; policy: Document }[] {
    const policy = this.managed.get(arn);
    return policy === undefined ? [] : [{ name: arn, policy }];
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

  /** Makes a managed policy known. */
  manage(arn: string, document: string): void {
    this.managed.set(arn, JSON.parse(document) as Document);
    this.version++;
  }

  attach(role: string, arn: string): void {
    this.attached.set(role, new Set([...(this.attached.get(role) ?? []), arn]));
    this.version++;
  }

  detach(role: string, arn: string): void {
    this.attached.get(role)?.delete(arn);
    this.version++;
  }

  /** @param arn undefined to take the bound away */
  bound(role: string, arn: string | undefined): void {
    if (arn === undefined) this.boundaries.delete(role);
    else this.boundaries.set(role, arn);
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

/** Adds to what a function's policy lets others do with it, as Lambda writes it. */
function permit(policies: Policies, { region, json = {} }: ApiCall): void {
  const { FunctionName, StatementId, Action, Principal, SourceArn, SourceAccount } = json as Record<string, string>;
  const arn = `arn:aws:lambda:${region}:${ACCOUNT}:function:${FunctionName}`;
  const Condition = {
    ...(SourceArn && { ArnLike: { "AWS:SourceArn": SourceArn } }),
    ...(SourceAccount && { StringEquals: { "AWS:SourceAccount": SourceAccount } }),
  };
  const who = Principal?.includes(".amazonaws.com")
    ? { Service: Principal }
    : Principal === "*"
      ? "*"
      : { AWS: Principal };
  const added = { Sid: StatementId, Effect: "Allow", Principal: who, Action, Resource: arn, Condition };
  const known = (policies.ofResource(arn)?.Statement ?? []) as readonly object[];
  policies.putOn(arn, JSON.stringify({ Version: "2012-10-17", Statement: [...known, added] }));
}

function queueArn({ region, json, form }: ApiCall): string {
  const url = String(json?.QueueUrl ?? form.get("QueueUrl"));
  return `arn:aws:sqs:${region}:${ACCOUNT}:${url.slice(url.lastIndexOf("/") + 1)}`;
}

function trust(policies: Policies, call: ApiCall, document: string): void {
  policies.putOn(`arn:aws:iam::${ACCOUNT}:role${field(call, "Path") || "/"}${field(call, "RoleName")}`, document);
}

/** Calls that change a policy, or what one is found by. */
const FOLLOWED: Readonly<Record<string, Follow>> = {
  "iam:AttachRolePolicy": (policies, call) => policies.attach(field(call, "RoleName"), field(call, "PolicyArn")),
  "iam:CreatePolicy": (policies, call) => {
    const name = `${field(call, "Path") || "/"}${field(call, "PolicyName")}`;
    policies.manage(`arn:aws:iam::${ACCOUNT}:policy${name}`, field(call, "PolicyDocument"));
  },
  "iam:CreateRole": (policies, call) => {
    trust(policies, call, field(call, "AssumeRolePolicyDocument"));
    policies.bound(field(call, "RoleName"), field(call, "PermissionsBoundary") || undefined);
  },
  "iam:DeleteRolePermissionsBoundary": (policies, call) => policies.bound(field(call, "RoleName"), undefined),
  "iam:DeleteRolePolicy": (policies, call) => policies.remove(field(call, "RoleName"), field(call, "PolicyName")),
  "iam:DetachRolePolicy": (policies, call) => policies.detach(field(call, "RoleName"), field(call, "PolicyArn")),
  "iam:PutRolePermissionsBoundary": (policies, call) =>
    policies.bound(field(call, "RoleName"), field(call, "PermissionsBoundary")),
  "iam:PutRolePolicy": (policies, call) =>
    policies.put(field(call, "RoleName"), field(call, "PolicyName"), field(call, "PolicyDocument")),
  "iam:UpdateAssumeRolePolicy": (policies, call) => trust(policies, call, field(call, "PolicyDocument")),
  "kms:CreateAlias": (policies, { json, region }) =>
    policies.name(String(json?.AliasName), `arn:aws:kms:${region}:${ACCOUNT}:key/${json?.TargetKeyId}`),
  "kms:CreateKey": (policies, { json }, reply) =>
    policies.putOn((JSON.parse(reply) as { KeyMetadata: { Arn: string } }).KeyMetadata.Arn, String(json?.Policy)),
  "lambda:AddPermission": permit,
  "sqs:SetQueueAttributes": (policies, call) => {
    const { Policy } = (call.json?.Attributes ?? {}) as { Policy?: string };
    if (Policy !== undefined) policies.putOn(queueArn(call), Policy || undefined);
  },
  "sns:SetTopicAttributes": (policies, call) => {
    if (field(call, "AttributeName") !== "Policy") return;
    policies.putOn(field(call, "TopicArn"), field(call, "AttributeValue"));
  },
};
