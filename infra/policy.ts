import type { AnyStatement } from "./access/evaluation/document";

/** A statement of an IAM policy, in the order AWS's own documents write it. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, string | readonly string[]>>;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** What a statement holds under. */
export type Condition = NonNullable<Statement["Condition"]>;

/** A policy document as JSON. */
export function policyDocument(statements: readonly (Statement | AnyStatement)[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/**
 * The trust policy of a role that one AWS service may assume.
 *
 * @param account only on this account's behalf, of a service that says on whose it acts: EventBridge does ("Cross-service confused deputy
 * prevention" in its guide). EC2 and Lambda say nothing, and are handed roles of their own account alone (`iam:PassRole`).
 */
export function trustPolicy(service: string, account?: string): string {
  const Condition = account === undefined ? undefined : { StringEquals: { "aws:SourceAccount": account } };
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole", Condition }],
  });
}

/** The trust policy of a role that users and roles may assume. */
export function trustPrincipals(arns: readonly string[]): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: arns }, Action: "sts:AssumeRole" }],
  });
}

/** Refuses a bucket to everybody who belongs to another account, or to none, such as the anonymous; AWS's own services belong to none. */
export function refuseOtherAccounts(account: string, resources: readonly string[]): Statement {
  return {
    Sid: "RefuseOtherAccounts",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: resources,
    Condition: {
      StringNotEquals: { "aws:PrincipalAccount": account },
      BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
    },
  };
}

/** Refuses to let a bucket go. Whoever may change its policy takes this back first, which leaves a trace of its own. */
export function refuseDeletion(bucket: string): Statement {
  return { Sid: "RefuseDeletion", Effect: "Deny", Principal: "*", Action: "s3:DeleteBucket", Resource: bucket };
}

/** Refuses requests to a resource that do not come over TLS. */
export function refusePlainText(actions: string, resources: readonly string[]): Statement {
  return {
    Sid: "RefusePlainText",
    Effect: "Deny",
    Principal: "*",
    Action: actions,
    Resource: resources,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}
