import type { Ast, Definition } from "../ast";
import type { Count } from "./count";

/** What a name means: a value, the filter that a caller gave, or a function: one that is written, or one whose text stands at each call. */
export type Meaning =
  | { readonly kind: "value"; readonly variable: string }
  | { readonly kind: "filter"; readonly ast: Ast; readonly scope: Scope }
  | Function_;

export interface Function_ {
  readonly kind: "function";
  readonly definition: Definition;
  /** In which its body is read; without its parameters. */
  scope: Scope;
  /** The name of the function that is written; undefined where it takes filters. */
  readonly written: string | undefined;
  /** How many values it gives. */
  count: Count;
}

/** By name and number of arguments, such as map/1; variables such as $x. */
export type Scope = ReadonlyMap<string, Meaning>;

/** Whether a parameter is a value, and no filter. */
export const isValue = (parameter: string): boolean => parameter.startsWith("$");

export const signature = (name: string, parameters: readonly unknown[]): string => `${name}/${parameters.length}`;

/** @param variable what holds the value of $name in the program that is written */
export function withVariable(scope: Scope, name: string, variable: string): Scope {
  return new Map(scope).set(`$${name}`, { kind: "value", variable });
}

/** A parameter such as $x is a filter of that name as well. */
export function withParameter(scope: Scope, parameter: string, variable: string): Scope {
  const meaning = { kind: "value", variable } as const;
  return new Map(scope).set(parameter, meaning).set(signature(parameter.slice(1), []), meaning);
}

export function withFilter(scope: Scope, parameter: string, ast: Ast, of: Scope): Scope {
  return new Map(scope).set(signature(parameter, []), { kind: "filter", ast, scope: of });
}

/** The scope after a definition, in which the function knows itself. @param written the name in the written program, where it gets one */
export function withFunction(
  scope: Scope,
  definition: Definition,
  written: string,
): { inner: Scope; meaning: Function_ } {
  const meaning: Function_ = {
    kind: "function",
    definition,
    scope,
    written: definition.parameters.every(isValue) ? written : undefined,
    count: "one",
  };
  const inner = new Map(scope).set(signature(definition.name, definition.parameters), meaning);
  meaning.scope = inner;
  return { inner, meaning };
}
