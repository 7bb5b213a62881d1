import { at, each, set, slice } from "./access";
import { BUILTINS } from "./builtins";
import { OPERATORS } from "./operators";
import { entriesOf, getPath, recursed, updated } from "./paths";
import { fail, JqError, kindOf, textOf, truthy, type Value } from "./values";

/** What a program that was written calls, by the names it has there. */
export const RUNTIME = {
  // By a name of its own: where tests run, each look at a global costs more than what it is for.
  isArray: Array.isArray,
  at,
  each,
  set,
  slice,
  getPath,
  entriesOf,
  recursed,
  updated,
  textOf,
  truthy,
  OPERATORS,
  BUILTINS,
  /** The key of an object. */
  keyOf: (key: Value): string =>
    typeof key === "string" ? key : fail(`Object keys must be strings, not ${textOf(key)}`),
  negated: (value: Value): number =>
    typeof value === "number" ? -value : fail(`${kindOf(value)} (${textOf(value)}) cannot be negated`),
  /** What a program that failed gave as the reason. Any other fault is one of this language. */
  valueOf: (fault: unknown): Value => {
    if (fault instanceof JqError) return fault.value;
    throw fault;
  },
};
