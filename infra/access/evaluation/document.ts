/** A value, or several. */
export type OneOrMore = string | readonly string[];

/** A statement as IAM takes it, whoever wrote it. */
export interface AnyStatement {
  readonly Sid?: string | undefined;
  readonly Effect: "Allow" | "Deny";
  /** What it is about: actions, or all others. */
  readonly Action?: OneOrMore | undefined;
  readonly NotAction?: OneOrMore | undefined;
  /** What with: resources, or all others. */
  readonly Resource?: OneOrMore | undefined;
  readonly NotResource?: OneOrMore | undefined;
  readonly Condition?: Readonly<Record<string, unknown>> | undefined;
}

/** The statements of a policy's document, of which AWS may write a single one without a list. */
export function statementsIn(document: string): AnyStatement[] {
  const { Statement } = JSON.parse(document) as { Statement?: AnyStatement | AnyStatement[] };
  return Statement === undefined ? [] : [Statement].flat();
}

export function listed(value: OneOrMore | undefined): readonly string[] {
  return value === undefined ? [] : [value].flat();
}
