import { equal, fail, kindOf, type Table, type Value } from "./values";

// Looked up once: where tests run, each look at a global costs more than what it is for.
const { isArray } = Array;
const { floor, ceil } = Math;

/** `.[key]` */
export function at(value: Value, key: Value): Value {
  if (value === null) return null;
  if (typeof key === "string") {
    if (typeof value !== "object" || isArray(value)) fail(`Cannot index ${kindOf(value)} with "${key}"`);
    const found = (value as Table)[key];
    // What every object of this language has, such as "constructor", is a function.
    return found === undefined || typeof found === "function" || key === "__proto__" ? null : found;
  }
  if (typeof key === "number" && isArray(value)) {
    const index = floor(key);
    return value[index < 0 ? value.length + index : index] ?? null;
  }
  if (isArray(key) && isArray(value)) return indices(value, key);
  return fail(`Cannot index ${kindOf(value)} with ${kindOf(key)}`);
}

export function indices(value: Value, wanted: Value): Value {
  if (value === null) return null;
  if (typeof value === "string" && typeof wanted === "string") {
    const found: number[] = [];
    for (let i = value.indexOf(wanted); wanted !== "" && i >= 0; i = value.indexOf(wanted, i + 1)) found.push(i);
    return found;
  }
  if (!isArray(value)) return fail(`Cannot look for ${kindOf(wanted)} in ${kindOf(value)}`);
  if (typeof wanted !== "object") {
    const found: number[] = [];
    for (let i = 0; i < value.length; i++) if (value[i] === wanted) found.push(i);
    return found;
  }
  const list = isArray(wanted) ? wanted : [wanted];
  return value.flatMap((_, i) =>
    list.length > 0 && list.every((one, k) => i + k < value.length && equal(value[i + k] as Value, one)) ? [i] : [],
  );
}

export function slice(value: Value, from: Value, to: Value): Value {
  if (value === null) return null;
  if (typeof value !== "string" && !isArray(value)) return fail(`Cannot index ${kindOf(value)} with object`);
  const bound = (one: Value, otherwise: number) => (one === null ? otherwise : (one as number));
  const [low, high] = [floor(bound(from, 0)), ceil(bound(to, value.length))];
  // Texts are counted in characters.
  return typeof value === "string" ? [...value].slice(low, high).join("") : value.slice(low, high);
}

export function each(value: Value): readonly Value[] {
  if (isArray(value)) return value;
  if (typeof value === "object" && value !== null) return Object.values(value as Table);
  return fail(`Cannot iterate over ${kindOf(value)}`);
}

/** A copy of `value` with `next` at `key`. */
export function set(value: Value, key: Value, next: Value): Value {
  if (typeof key === "string") {
    if (value !== null && kindOf(value) !== "object") fail(`Cannot index ${kindOf(value)} with "${key}"`);
    const copy: Record<string, Value> = { ...(value as Table) };
    copy[key] = next;
    return copy;
  }
  if (typeof key !== "number" || (value !== null && !isArray(value)))
    return fail(`Cannot update ${kindOf(value)} at ${kindOf(key)}`);
  const copy = value === null ? [] : [...(value as readonly Value[])];
  const index = key < 0 ? copy.length + key : key;
  if (index < 0) fail("Out of bounds negative array index");
  while (copy.length < index) copy.push(null);
  copy[index] = next;
  return copy;
}
