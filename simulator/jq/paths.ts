import { at, each, set } from "./access";
import { compare, fail, kindOf, type Table, type Value } from "./values";

// Looked up once: where tests run, each look at a global costs more than what it is for.
const { isArray } = Array;

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
  if (isArray(value)) return value.filter((_, i) => i !== (key as number) && i !== (key as number) + value.length);
  if (typeof value !== "object" || typeof key !== "string") return fail(`Cannot delete field at ${kindOf(key)}`);
  const { [key]: _, ...rest } = value as Table;
  return rest;
}

/** A copy of `value` in which `change` has been applied to what stands at each path; one of which nothing becomes is gone. */
export function updated(value: Value, paths: readonly Path[], change: (before: Value) => Value | undefined): Value {
  const gone: Path[] = [];
  const made = paths.reduce<Value>((known, path) => {
    const next = change(getPath(known, path));
    if (next === undefined) gone.push(path);
    return next === undefined ? known : changed(known, path, () => next);
  }, value);
  return gone.length === 0 ? made : without(made, gone);
}

/** What stands in a value, each with its key. */
export function entriesOf(value: Value): Iterable<readonly [Value, Value]> {
  if (value === null) return [];
  if (isArray(value)) return value.entries();
  return Object.entries(typeof value === "object" ? (value as Table) : each(value));
}

/** A value, and all that stands in it. */
export function recursed(value: Value, path: Path, emit: (path: Path, value: Value) => void): void {
  emit(path, value);
  if (typeof value !== "object") return;
  for (const [key, one] of entriesOf(value)) recursed(one, [...path, key], emit);
}
