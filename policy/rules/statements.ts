import type { ResourceValidationArgs } from "@pulumi/policy";

/** A statement of a policy document, its lists always lists. */
export interface PolicyStatement {
  readonly sid: string;
  readonly allows: boolean;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Who, in a policy that hangs on a resource; `*` is everybody. */
  readonly principals: readonly string[];
  /** Keys that a condition asks for, such as `kms:ViaService`. */
  readonly conditionKeys: readonly string[];
}

type OneOrMore = string | readonly string[];

interface Written {
  readonly Sid?: string;
  readonly Effect?: string;
  readonly Action?: OneOrMore;
  readonly NotAction?: OneOrMore;
  readonly Resource?: OneOrMore;
  readonly NotResource?: OneOrMore;
  readonly Principal?: "*" | Readonly<Record<string, OneOrMore>>;
  readonly NotPrincipal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What a resource lets somebody do: the statements of its `policy`, or of a role's policies, who may assume it too. */
export function statementsOf({ props }: ResourceValidationArgs): PolicyStatement[] {
  const inline = ((props.inlinePolicies ?? []) as { policy?: unknown }[]).map(({ policy }) => policy);
  return [props.policy, props.assumeRolePolicy, ...inline].flatMap((document) =>
    typeof document === "string" ? read(document) : [],
  );
}

/** `NotAction`, `NotResource` and `NotPrincipal` mean all but some, which is as good as all. */
function read(document: string): PolicyStatement[] {
  const { Statement } = JSON.parse(document) as { Statement: Written | readonly Written[] };
  const written = Array.isArray(Statement) ? (Statement as readonly Written[]) : [Statement as Written];
  return written.map((statement, index) => ({
    sid: statement.Sid ?? `number ${index + 1}`,
    allows: statement.Effect === "Allow",
    actions: statement.NotAction === undefined ? listed(statement.Action) : ["*"],
    resources: statement.NotResource === undefined ? listed(statement.Resource) : ["*"],
    principals: statement.NotPrincipal === undefined ? principals(statement.Principal) : ["*"],
    conditionKeys: Object.values(statement.Condition ?? {}).flatMap(Object.keys),
  }));
}

function principals(written: Written["Principal"]): string[] {
  return typeof written === "object" ? Object.values(written).flatMap(listed) : listed(written);
}

function listed(value: OneOrMore | undefined): string[] {
  return value === undefined ? [] : [value].flat();
}
