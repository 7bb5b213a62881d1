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
  if (Array.isArray(value)) return "array";
  return typeof value as "boolean" | "number" | "string" | "object";
}

export function truthy(value: Value): boolean {
  return value !== null && value !== false && value !== undefined;
}

function fail(what: string): never {
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
  if (Array.isArray(one)) return compareLists(one, other as readonly Value[]);
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

/** `.[key]` */
export function at(value: Value, key: Value): Value {
  if (value === null) return null;
  if (typeof key === "string") {
    if (typeof value !== "object" || Array.isArray(value)) fail(`Cannot index ${kindOf(value)} with "${key}"`);
    const found = (value as Table)[key];
    // What every object of this language has, such as "constructor", is a function.
    return found === undefined || typeof found === "function" || key === "__proto__" ? null : found;
  }
  if (typeof key === "number" && Array.isArray(value)) {
    const index = Math.floor(key);
    return value[index < 0 ? value.length + index : index] ?? null;
  }
  if (Array.isArray(key) && Array.isArray(value)) return indices(value, key);
  return fail(`Cannot index ${kindOf(value)} with ${kindOf(key)}`);
}

export function indices(value: Value, wanted: Value): Value {
  if (value === null) return null;
  if (typeof value === "string" && typeof wanted === "string") {
    const found: number[] = [];
    for (let i = value.indexOf(wanted); wanted !== "" && i >= 0; i = value.indexOf(wanted, i + 1)) found.push(i);
    return found;
  }
  if (!Array.isArray(value)) return fail(`Cannot look for ${kindOf(wanted)} in ${kindOf(value)}`);
  const list = Array.isArray(wanted) ? wanted : [wanted];
  return value.flatMap((_, i) =>
    list.length > 0 && list.every((one, k) => i + k < value.length && equal(value[i + k] as Value, one)) ? [i] : [],
  );
}

export function slice(value: Value, from: Value, to: Value): Value {
  if (value === null) return null;
  if (typeof value !== "string" && !Array.isArray(value)) return fail(`Cannot index ${kindOf(value)} with object`);
  const bound = (one: Value, otherwise: number) => (one === null ? otherwise : (one as number));
  const [low, high] = [Math.floor(bound(from, 0)), Math.ceil(bound(to, value.length))];
  // Texts are counted in characters.
  return typeof value === "string" ? [...value].slice(low, high).join("") : value.slice(low, high);
}

export function each(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value;
  if (typeof value === "object" && value !== null) return Object.values(value as Table);
  return fail(`Cannot iterate over ${kindOf(value)}`);
}

export function contains(one: Value, other: Value): boolean {
  if (kindOf(one) !== kindOf(other)) fail(`${kindOf(one)} and ${kindOf(other)} cannot have their containment checked`);
  if (typeof one === "string") return one.includes(other as string);
  if (Array.isArray(one)) {
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

/** The operators between two values. */
export const OPERATORS: Readonly<Record<string, (one: Value, other: Value) => Value>> = {
  "==": equal,
  "!=": (one, other) => !equal(one, other),
  "<": (one, other) => compare(one, other) < 0,
  "<=": (one, other) => compare(one, other) <= 0,
  ">": (one, other) => compare(one, other) > 0,
  ">=": (one, other) => compare(one, other) >= 0,
  "+": (one, other) => {
    if (typeof one === "number" && typeof other === "number") return one + other;
    if (one === null) return other;
    if (other === null) return one;
    if (typeof one === "string" && typeof other === "string") return one + other;
    if (Array.isArray(one) && Array.isArray(other)) return [...one, ...other];
    if (kindOf(one) === "object" && kindOf(other) === "object") return { ...(one as Table), ...(other as Table) };
    return fail(`${kindOf(one)} and ${kindOf(other)} cannot be added`);
  },
  "-": (one, other) => {
    if (typeof one === "number" && typeof other === "number") return one - other;
    if (Array.isArray(one) && Array.isArray(other)) return one.filter((has) => !other.some((gone) => equal(has, gone)));
    return fail(`${kindOf(one)} and ${kindOf(other)} cannot be subtracted`);
  },
  "*": (one, other) => {
    if (typeof one === "number" && typeof other === "number") return one * other;
    if (kindOf(one) === "object" && kindOf(other) === "object") return merged(one as Table, other as Table);
    return fail(`${kindOf(one)} and ${kindOf(other)} cannot be multiplied`);
  },
  "/": (one, other) => {
    if (typeof one === "string" && typeof other === "string") return one === "" ? [] : one.split(other);
    if (typeof one !== "number" || typeof other !== "number" || other === 0)
      return fail(`${kindOf(one)} and ${kindOf(other)} cannot be divided`);
    return one / other;
  },
  "%": (one, other) => {
    if (typeof one !== "number" || typeof other !== "number" || Math.trunc(other) === 0)
      return fail(`${kindOf(one)} and ${kindOf(other)} cannot be divided`);
    return Math.trunc(one) % Math.abs(Math.trunc(other)) || 0;
  },
};

function merged(one: Table, other: Table): Table {
  const result: Record<string, Value> = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const before = result[key];
    result[key] =
      before !== undefined && kindOf(before) === "object" && kindOf(value) === "object"
        ? merged(before as Table, value as Table)
        : value;
  }
  return result;
}

export type Path = readonly Value[];

export function getPath(value: Value, path: Path): Value {
  let found = value;
  for (const key of path) {
    if (found === null) return null;
    found = at(found, key);
  }
  return found;
}

/** A copy of `value` in which `change` has been applied to what stands at `path`. */
export function changed(value: Value, path: Path, change: (before: Value) => Value, from = 0): Value {
  if (from === path.length) return change(value);
  const key = path[from] as Value;
  const next = changed(at(value, key), path, change, from + 1);
  return set(value, key, next);
}

/** A copy of `value` with `next` at `key`. */
export function set(value: Value, key: Value, next: Value): Value {
  if (typeof key === "string") {
    if (value !== null && kindOf(value) !== "object") fail(`Cannot index ${kindOf(value)} with "${key}"`);
    const copy: Record<string, Value> = { ...(value as Table) };
    copy[key] = next;
    return copy;
  }
  if (typeof key !== "number" || (value !== null && !Array.isArray(value)))
    return fail(`Cannot update ${kindOf(value)} at ${kindOf(key)}`);
  const copy = value === null ? [] : [...(value as readonly Value[])];
  const index = key < 0 ? copy.length + key : key;
  if (index < 0) fail("Out of bounds negative array index");
  while (copy.length < index) copy.push(null);
  copy[index] = next;
  return copy;
}

/** A copy of `value` without what stands at `paths`. */
export function without(value: Value, paths: readonly Path[]): Value {
  // From the last on, so that the indexes of an array stay right.
  return [...paths]
    .sort((one, other) => compare(other, one))
    .reduce<Value>((left, path) => (path.length === 0 ? null : cut(left, path, 0)), value);
}

function cut(value: Value, path: Path, from: number): Value {
  if (value === null) return null;
  const key = path[from] as Value;
  if (from < path.length - 1) {
    const inner = at(value, key);
    return inner === null ? value : changed(value, [key], () => cut(inner, path, from + 1));
  }
  if (Array.isArray(value))
    return value.filter((_, i) => i !== (key as number) && i !== (key as number) + value.length);
  if (typeof value !== "object" || typeof key !== "string") return fail(`Cannot delete field at ${kindOf(key)}`);
  const { [key]: _, ...rest } = value as Table;
  return rest;
}
