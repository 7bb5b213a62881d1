import type { ApiCall } from "../region/calls";
import type { Template } from "./resources";

/** One thing that a request needs to be allowed: a request may need several, such as a volume and an instance. */
export interface Needed {
  /** `s3:PutObject` … */
  readonly action: string;
  /** ARN; `*` for actions that take no resource. */
  readonly resource: string;
  /** What conditions may ask of the request, beside what they may ask of any. */
  readonly context: Readonly<Record<string, string>>;
}

/** What the region knows of resources that a request names. */
export interface Facts {
  /** An instance's tags, and the name of its Auto Scaling group; undefined where there is none. */
  instance(id: string): { readonly tags: Readonly<Record<string, string>>; readonly group: string } | undefined;
  /** Ids of the instances that have these tags. */
  instancesWith(tags: Readonly<Record<string, readonly string[]>>): readonly string[];
  /** ARN of a key by its ARN, its number or its alias; undefined where there is none. */
  key(name: string): string | undefined;
  /** A key's alias by its ARN; undefined where it has none. */
  alias(key: string): string | undefined;
  /** A launch template by its number or its name; undefined where there is none. */
  template(name: string): Template | undefined;
  /** Tags of a resource by the number that AWS made up. */
  tags(id: string): Readonly<Record<string, string>>;
  /** ARN of a role by its name. */
  roleArn(name: string): string;
  /** ARN of the policy that bounds a role; undefined where none does. */
  boundary(role: string): string | undefined;
  /** The key of the stack's own that a parameter is encrypted with; undefined where there is none. */
  keyOfParameter(arn: string): string | undefined;
}

/** Says what a call of a service needs. */
export type Mapping = (call: ApiCall, facts: Facts) => readonly Needed[];

/** A resource as a service's own condition keys and the global ones describe it. */
export function tagged(tags: Readonly<Record<string, string>>, ...prefixes: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => prefixes.map((prefix) => [`${prefix}/${key}`, value])),
  );
}
