import type { Ast, Definition } from "../ast";
import { type Function_, isValue, type Scope, signature, withFilter, withFunction, withParameter } from "./scope";

/** How many values a filter gives, where it does not fail: just one, one or none, or it is not known. */
export type Count = "one" | "maybe" | "many";

/** Calls within calls after which a function that takes filters calls itself. */
export const MOST_CALLS = 40;

/** Functions of the language itself of which it is not the arguments that say it. */
const BUILTIN: Readonly<Record<string, Count>> = {
  "empty/0": "maybe",
  "first/1": "maybe",
  "any/2": "one",
  "all/2": "one",
  "isempty/1": "one",
  "limit/2": "many",
  "range/2": "many",
  "path/1": "many",
  "paths/0": "many",
  "recurse/0": "many",
};

/** Of a filter for each of the values that others give. */
function most(...counts: readonly Count[]): Count {
  return counts.includes("many") ? "many" : counts.includes("maybe") ? "maybe" : "one";
}

/** @param calls how many calls of functions that take filters are around it */
export function count(ast: Ast, scope: Scope, calls = 0): Count {
  const all = (...parts: readonly Ast[]) => most(...parts.map((part) => count(part, scope, calls)));
  switch (ast.kind) {
    case "each":
    case "comma":
    case "foreach":
      return "many";
    case "text":
      return all(...ast.parts);
    case "index":
      return all(ast.of, ast.key);
    case "slice":
      return all(ast.of, ast.from, ast.to);
    case "pipe":
    case "and":
    case "or":
    case "binary":
      return all(ast.left, ast.right);
    case "alternative":
      return all(ast.left) === "maybe" ? all(ast.right) : all(ast.left, ast.right);
    case "attempt":
      return ast.failed ? all(ast.of, ast.failed) : most(all(ast.of), "maybe");
    case "update":
      return ast.operator === "|=" ? "one" : all(ast.right);
    case "negation":
      return all(ast.of);
    case "if":
      return all(ast.when, ast.then, ast.otherwise);
    case "reduce":
      return all(ast.first);
    case "as":
      return all(ast.of, ast.body);
    case "object":
      return all(...ast.entries.flat());
    case "define":
      return count(ast.body, defined(scope, ast.definition, "").inner, calls);
    case "call":
      return countOfCall(ast, scope, calls);
    default:
      return "one";
  }
}

function countOfCall(ast: Ast & { kind: "call" }, scope: Scope, calls: number): Count {
  const name = signature(ast.name, ast.args);
  const meaning = scope.get(name);
  const args = (which: readonly Ast[]) => most(...which.map((arg) => count(arg, scope, calls)));
  if (meaning === undefined) return BUILTIN[name] ?? args(ast.args);
  if (meaning.kind === "value") return "one";
  if (meaning.kind === "filter") return count(meaning.ast, meaning.scope, calls);
  const { parameters, body } = meaning.definition;
  const values = args(ast.args.filter((_, i) => isValue(parameters[i] as string)));
  if (meaning.written !== undefined) return most(values, meaning.count);
  if (calls > MOST_CALLS) throw itself(ast.name);
  return most(values, count(body, entered(meaning, ast, scope), calls + 1));
}

export function itself(name: string): Error {
  return new Error(`the program calls ${name} from itself with a filter, which simulator/jq does not know`);
}

/** The scope after a definition. @param written the name of the function in the program that is written */
export function defined(scope: Scope, definition: Definition, written: string): { inner: Scope; meaning: Function_ } {
  const { inner, meaning } = withFunction(scope, definition, written);
  if (meaning.written !== undefined) {
    const body = definition.parameters.reduce((known, parameter) => withParameter(known, parameter, ""), inner);
    // What it gives may hang on what it gives itself: at first as little as can be.
    for (let before: Count | undefined; before !== meaning.count; ) {
      before = meaning.count;
      meaning.count = count(definition.body, body);
    }
  }
  return { inner, meaning };
}

/** The scope of a function's body for one call of it. @param variables what holds the values of parameters such as $x */
export function entered(
  { definition, scope }: Function_,
  { args }: Ast & { kind: "call" },
  caller: Scope,
  variables: readonly string[] = [],
): Scope {
  const values = definition.parameters.filter(isValue);
  return definition.parameters.reduce<Scope>(
    (known, parameter, i) =>
      isValue(parameter)
        ? withParameter(known, parameter, variables[values.indexOf(parameter)] ?? "")
        : withFilter(known, parameter, args[i] as Ast, caller),
    scope,
  );
}
