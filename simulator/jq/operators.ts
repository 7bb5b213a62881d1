import { compare, equal, fail, kindOf, type Table, type Value } from "./values";

// Looked up once: where tests run, each look at a global costs more than what it is for.
const { isArray } = Array;
const { trunc, abs } = Math;

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
    if (isArray(one) && isArray(other)) return [...one, ...other];
    if (kindOf(one) === "object" && kindOf(other) === "object") return { ...(one as Table), ...(other as Table) };
    return fail(`${kindOf(one)} and ${kindOf(other)} cannot be added`);
  },
  "-": (one, other) => {
    if (typeof one === "number" && typeof other === "number") return one - other;
    if (isArray(one) && isArray(other)) return one.filter((has) => !other.some((gone) => equal(has, gone)));
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
    if (typeof one !== "number" || typeof other !== "number" || trunc(other) === 0)
      return fail(`${kindOf(one)} and ${kindOf(other)} cannot be divided`);
    return trunc(one) % abs(trunc(other)) || 0;
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
