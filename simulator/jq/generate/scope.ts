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

/** What names mean, by name and number of arguments, such as map/1; variables such as $x. */
export class Scope {
  constructor(
    private readonly functions: ReadonlyMap<string, Meaning> = new Map(),
    /** Those that a function or a binding adds: few, while functions are many. */
    private readonly inner: ReadonlyMap<string, Meaning> = new Map(),
  ) {}

  get(name: string): Meaning | undefined {
    return this.inner.get(name) ?? this.functions.get(name);
  }

  with(name: string, meaning: Meaning): Scope {
    return new Scope(this.functions, new Map(this.inner).set(name, meaning));
  }

  withDefinition(name: string, meaning: Meaning): Scope {
    const inner = new Map(this.inner);
    inner.delete(name);
    return new Scope(new Map(this.functions).set(name, meaning), inner);
  }
}

/** Whether a parameter is a value, and no filter. */
export const isValue = (parameter: string): boolean => parameter.startsWith("$");

export const signature = (name: string, parameters: readonly unknown[]): string => `${name}/${parameters.length}`;

/** @param variable what holds the value of $name in the program that is written */
export function withVariable(scope: Scope, name: string, variable: string): Scope {
  return scope.with(`$${name}`, { kind: "value", variable });
}

/** A parameter such as $x is a filter of that name as well. */
export function withParameter(scope: Scope, parameter: string, variable: string): Scope {
  const meaning = { kind: "value", variable } as const;
  return scope.with(parameter, meaning).with(signature(parameter.slice(1), []), meaning);
}

export function withFilter(scope: Scope, parameter: string, ast: Ast, of: Scope): Scope {
  return scope.with(signature(parameter, []), { kind: "filter", ast, scope: of });
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
  const inner = scope.withDefinition(signature(definition.name, definition.parameters), meaning);
  meaning.scope = inner;
  return { inner, meaning };
}
