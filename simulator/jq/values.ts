// Looked up once: where tests run, each look at a global costs more than what it is for.
const { isArray } = Array;

/** A value of jq. Nothing changes one once it is made. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };
export type Table = { readonly [key: string]: Value };

/** What `error` throws, and operations that cannot be done. No Error: programs catch many, and a stack costs more than a step. */
export class JqError {
  constructor(readonly value: Value) {}
}

const KINDS = ["null", "boolean", "number", "string", "array", "object"] as const;

export function kindOf(value: Value): (typeof KINDS)[number] {
  if (value === null || value === undefined) return "null";
  if (isArray(value)) return "array";
  return typeof value as "boolean" | "number" | "string" | "object";
}

export function truthy(value: Value): boolean {
  return value !== null && value !== false && value !== undefined;
}

/** @throws what a program may catch */
export function fail(what: string): never {
  throw new JqError(what);
}

export function keysOf(value: Table): string[] {
  return Object.keys(value).sort((one, other) => (one < other ? -1 : one > other ? 1 : 0));
}

/** Below 0, 0 or above 0: null, false, true, numbers, texts, arrays, objects, in this order. */
export function compare(one: Value, other: Value): number {
  if (one === other) return 0;
  const kinds = [rank(one), rank(other)] as const;
  if (kinds[0] !== kinds[1]) return kinds[0] - kinds[1];
  if (typeof one === "number" || typeof one === "string") return (one as string) < (other as string) ? -1 : 1;
  if (isArray(one)) return compareLists(one, other as readonly Value[]);
  if (typeof one === "object" && one !== null) {
    const keys = [keysOf(one as Table), keysOf(other as Table)] as const;
    return (
      compareLists(...keys) ||
      compareLists(
        keys[0].map((key) => (one as Table)[key] as Value),
        keys[1].map((key) => (other as Table)[key] as Value),
      )
    );
  }
  return 0;
}

function rank(value: Value): number {
  if (value === true) return 1.5;
  return KINDS.indexOf(kindOf(value));
}

function compareLists(one: readonly Value[], other: readonly Value[]): number {
  for (let i = 0; i < Math.min(one.length, other.length); i++) {
    const order = compare(one[i] as Value, other[i] as Value);
    if (order !== 0) return order;
  }
  return one.length - other.length;
}

export function equal(one: Value, other: Value): boolean {
  return one === other || (typeof one === "object" && one !== null && compare(one, other) === 0);
}

export function sorted(values: readonly Value[]): Value[] {
  return [...values].sort(compare);
}

export function textOf(value: Value): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function contains(one: Value, other: Value): boolean {
  if (kindOf(one) !== kindOf(other)) fail(`${kindOf(one)} and ${kindOf(other)} cannot have their containment checked`);
  if (typeof one === "string") return one.includes(other as string);
  if (isArray(one)) {
    return (other as readonly Value[]).every((wanted) =>
      one.some((has) => kindOf(has) === kindOf(wanted) && contains(has, wanted)),
    );
  }
  if (typeof one === "object" && one !== null) {
    return Object.entries(other as Table).every(([key, wanted]) => {
      const has = (one as Table)[key];
      return has !== undefined && kindOf(has) === kindOf(wanted) && contains(has, wanted);
    });
  }
  return equal(one, other);
}
