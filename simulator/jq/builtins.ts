import { each, indices } from "./access";
import { date, parseDate } from "./dates";
import { OPERATORS } from "./operators";
import { changed, getPath, type Path, without } from "./paths";
import {
  compare,
  contains,
  equal,
  JqError,
  keysOf,
  kindOf,
  sorted,
  type Table,
  textOf,
  truthy,
  type Value,
} from "./values";

// Looked up once: where tests run, each look at a global costs more than what it is for.
const { isArray } = Array;
const { hasOwn, keys } = Object;
const { floor } = Math;

const numbers = (one: Value): number => {
  if (typeof one !== "number") throw new JqError(`${kindOf(one)} number required`);
  return one;
};
const text = (one: Value): string => {
  if (typeof one !== "string") throw new JqError(`${kindOf(one)} is not a string`);
  return one;
};
const list = (one: Value): readonly Value[] => {
  if (!isArray(one)) throw new JqError(`${kindOf(one)} is not an array`);
  return one;
};
const plus = OPERATORS["+"] as (one: Value, other: Value) => Value;
const pairs = (input: Value) =>
  [...list(input)].sort((one, other) => compare((one as Value[])[0] as Value, (other as Value[])[0] as Value));

/** Functions of values: their input, and what their arguments give. */
export const BUILTINS: Readonly<Record<string, (input: Value, ...args: Value[]) => Value>> = {
  "not/0": (input) => !truthy(input),
  "length/0": (input) => {
    if (typeof input === "string") return [...input].length;
    if (typeof input === "number") return Math.abs(input);
    if (input === null) return 0;
    if (typeof input === "boolean") throw new JqError("boolean has no length");
    return isArray(input) ? input.length : keys(input).length;
  },
  "type/0": kindOf,
  "tostring/0": textOf,
  "tojson/0": (input) => JSON.stringify(input),
  "fromjson/0": (input) => {
    // Of an object that is not there: more often than any other.
    if (input === "") throw NOTHING;
    const before = parsed.get(text(input));
    if (before !== undefined) return before;
    try {
      const value = JSON.parse(text(input)) as Value;
      if (parsed.size > 2000) parsed.clear();
      parsed.set(text(input), value);
      return value;
    } catch {
      throw new JqError(`${textOf(input)} (while parsing it)`);
    }
  },
  "tonumber/0": (input) => {
    if (typeof input === "number") return input;
    if (typeof input !== "string" || !/^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(input))
      throw new JqError(`${textOf(input)} cannot be parsed as a number`);
    return Number(input);
  },
  "keys/0": (input) => (isArray(input) ? input.map((_, i) => i) : keysOf(input as Table)),
  "keys_unsorted/0": (input) => (isArray(input) ? input.map((_, i) => i) : keys(input as Table)),
  "has/1": (input, key) =>
    isArray(input) ? numbers(key) >= 0 && numbers(key) < input.length : hasOwn(input as Table, text(key)),
  "to_entries/0": (input) => {
    const table = input as Table;
    const made: Value[] = [];
    for (const key of keys(table)) made.push({ key, value: table[key] as Value });
    return made;
  },
  "from_entries/0": (input) => {
    const made: Record<string, Value> = {};
    for (const entry of each(input)) {
      const { key, k, name, value, v } = entry as Record<string, Value | undefined>;
      if (typeof key === "string") {
        made[key] = value ?? v ?? null;
        continue;
      }
      const named = [key, k, name].find((one) => one !== undefined && truthy(one)) ?? key ?? null;
      made[typeof named === "string" ? named : textOf(named)] = value ?? v ?? null;
    }
    return made;
  },
  "add/0": (input) => {
    const all = each(input);
    // Adding arrays one by one would copy the first over and over.
    if (all.length > 2 && all.every(isArray)) return (all as unknown as readonly (readonly Value[])[]).flat();
    return all.reduce<Value>(plus, null);
  },
  "join/1": (input, between) =>
    list(input)
      .map((one) => (one === null ? "" : textOf(one)))
      .join(text(between)),
  "split/1": (input, between) => (text(input) === "" ? [] : text(input).split(text(between))),
  "startswith/1": (input, start) => text(input).startsWith(text(start)),
  "endswith/1": (input, end) => text(input).endsWith(text(end)),
  "ltrimstr/1": (input, start) =>
    typeof input === "string" && typeof start === "string" && input.startsWith(start)
      ? input.slice(start.length)
      : input,
  "rtrimstr/1": (input, end) =>
    typeof input === "string" && typeof end === "string" && end !== "" && input.endsWith(end)
      ? input.slice(0, -end.length)
      : input,
  "explode/0": (input) => [...text(input)].map((one) => one.codePointAt(0) as number),
  "implode/0": (input) => String.fromCodePoint(...(list(input) as number[])),
  "ascii_downcase/0": (input) => text(input).replace(/[A-Z]/g, (one) => one.toLowerCase()),
  "ascii_upcase/0": (input) => text(input).replace(/[a-z]/g, (one) => one.toUpperCase()),
  "test/1": (input, pattern) => new RegExp(text(pattern), "u").test(text(input)),
  "contains/1": contains,
  "indices/1": indices,
  "floor/0": (input) => floor(numbers(input)),
  "ceil/0": (input) => Math.ceil(numbers(input)),
  "round/0": (input) => Math.round(numbers(input)),
  "sqrt/0": (input) => Math.sqrt(numbers(input)),
  "fabs/0": (input) => Math.abs(numbers(input)),
  "log2/0": (input) => Math.log2(numbers(input)),
  "pow/2": (_, base, exponent) => numbers(base) ** numbers(exponent),
  "min/0": (input) => extreme(list(input), -1),
  "max/0": (input) => extreme(list(input), 1),
  "sort/0": (input) => sorted(list(input)),
  "sorted_pairs/0": (input) => pairs(input).map((pair) => (pair as Value[])[1] as Value),
  "grouped_pairs/0": (input) => {
    const groups: Value[][] = [];
    let before: Value | undefined;
    for (const [key, value] of pairs(input) as [Value, Value][]) {
      if (before === undefined || !equal(before, key)) groups.push([]);
      groups.at(-1)?.push(value);
      before = key;
    }
    return groups;
  },
  "unique/0": (input) => sorted(list(input)).filter((one, i, all) => i === 0 || !equal(one, all[i - 1] as Value)),
  "reverse/0": (input) =>
    typeof input === "string" ? [...input].reverse().join("") : [...list(input ?? [])].reverse(),
  "flatten/0": (input) => (list(input) as unknown[]).flat(Number.POSITIVE_INFINITY) as Value,
  "flatten/1": (input, depth) => (list(input) as unknown[]).flat(numbers(depth)) as Value,
  "getpath/1": (input, path) => getPath(input, path as Path),
  "setpath/2": (input, path, value) => changed(input, path as Path, () => value),
  "delpaths/1": (input, paths) => without(input, paths as readonly Path[]),
  "strptime/1": (input, form) => parseDate(text(input), text(form)),
  "mktime/0": (input) => {
    const [year, month, day, hour, minute, second] = list(input) as number[];
    return Date.UTC(year as number, month, day, hour, minute, floor(second ?? 0)) / 1000;
  },
  "gmtime/0": (input) => date(numbers(input)),
  "strftime/1": (input, form) => formatted(typeof input === "number" ? date(input) : list(input), text(form)),
  "error/0": (input) => {
    throw new JqError(input);
  },
  "error/1": (_, what) => {
    throw new JqError(what);
  },
};

const NOTHING = new JqError("there is nothing to parse");

/** Objects read lately: all hosts read the same. */
const parsed = new Map<string, Value>();

function extreme(values: readonly Value[], sign: number): Value {
  let found = values[0] ?? null;
  for (let i = 1; i < values.length; i++) {
    const other = values[i] as Value;
    const order = typeof other === "number" && typeof found === "number" ? other - found : compare(other, found);
    if (order * sign >= 0) found = other;
  }
  return found;
}

const two = (value: Value) => String(floor(value as number)).padStart(2, "0");

function formatted(time: readonly Value[], form: string): string {
  const [year, month, day, hour, minute, second, weekday] = time as number[];
  const meant: Readonly<Record<string, string>> = {
    Y: String(year),
    m: two((month as number) + 1),
    d: two(day as number),
    H: two(hour as number),
    M: two(minute as number),
    S: two(second as number),
    u: String((weekday as number) || 7),
    w: String(weekday),
    "%": "%",
  };
  return form.replace(/%(.)/g, (_, letter: string) => {
    const found = meant[letter];
    if (found === undefined) throw new JqError(`strftime: %${letter} is not known here`);
    return found;
  });
}
