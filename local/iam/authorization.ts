import type { ApiCall } from "../region/calls";

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
}

/** Says what a call of a service needs. */
export type Mapping = (call: ApiCall, facts: Facts) => readonly Needed[];

/** A resource as a service's own condition keys and the global ones describe it. */
export function tagged(tags: Readonly<Record<string, string>>, ...prefixes: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags).flatMap(([key, value]) => prefixes.map((prefix) => [`${prefix}/${key}`, value])),
  );
}
