import { BUILTINS, PRELUDE } from "./builtins";
import {
  alternative,
  assign,
  combined,
  type Filter,
  type Frame,
  type Places,
  pipe,
  product,
  recursed,
  search,
  single,
} from "./filter";
import { type Ast, type Definition, type Pattern, parse } from "./parse";
import {
  at,
  changed,
  each,
  getPath,
  JqError,
  OPERATORS,
  type Path,
  set,
  slice,
  type Table,
  textOf,
  truthy,
  type Value,
  without,
} from "./values";

/** How many variables a function has. */
interface Space {
  size: number;
}

/** What a name means: a place in the frame, a function, or the filter that a caller gave. */
type Meaning =
  | { readonly kind: "variable"; readonly place: number }
  | { readonly kind: "function"; readonly definition: Definition; readonly scope: () => Scope; readonly free: boolean }
  | { readonly kind: "filter"; readonly ast: Ast; readonly scope: Scope };
type Scope = ReadonlyMap<string, Meaning>;

/**
 * A program of jq as a function of this language: the answers it gives to an input, in order.
 * It knows the part of jq that core.jq needs, and refuses any other when it is compiled.
 * @throws Error where the program is not understood; the function throws Error where the program fails
 */
export function compile(program: string): (input: unknown) => unknown[] {
  const ast = parse(`${PRELUDE}\n${program}`);
  const space = { size: 0 };
  const filter = new Compiler().filter(ast, new Map(), space);
  return (input) => {
    const said: Value[] = [];
    try {
      filter.many(input as Value, new Array(space.size), (value) => said.push(value));
    } catch (error) {
      throw error instanceof JqError ? new Error(`the program failed: ${textOf(error.value)}`) : error;
    }
    return said;
  };
}

class Compiler {
  private readonly shared = new Map<Definition, { filter: Filter | undefined; readonly space: Space }>();

  filter(ast: Ast, scope: Scope, space: Space): Filter {
    switch (ast.kind) {
      case "identity":
        return single((input) => input);
      case "literal": {
        const value = ast.value as Value;
        return single(() => value);
      }
      case "variable": {
        const place = this.place(ast.name, scope);
        return single((_, frame) => frame[place] as Value);
      }
      case "text": {
        return combined(
          ast.parts.map((part) => this.filter(part, scope, space)),
          (parts) => parts.map(textOf).join(""),
        );
      }
      case "index":
        return this.index(ast, scope, space);
      case "slice":
        return combined(
          [ast.of, ast.from, ast.to].map((part) => this.filter(part, scope, space)),
          ([of, from, to]) => slice(of as Value, from as Value, to as Value),
        );
      case "each": {
        const of = this.filter(ast.of, scope, space);
        return {
          many: (input, frame, emit) =>
            of.many(input, frame, (value) => {
              for (const one of each(value)) emit(one);
            }),
        };
      }
      case "pipe":
        return pipe(this.filter(ast.left, scope, space), this.filter(ast.right, scope, space));
      case "comma": {
        const [left, right] = [this.filter(ast.left, scope, space), this.filter(ast.right, scope, space)];
        return {
          many: (input, frame, emit) => {
            left.many(input, frame, emit);
            right.many(input, frame, emit);
          },
        };
      }
      case "attempt":
        return this.attempt(ast, scope, space);
      case "alternative":
        return alternative(this.filter(ast.left, scope, space), this.filter(ast.right, scope, space));
      case "and":
      case "or": {
        const stop = ast.kind === "or";
        const [left, right] = [this.filter(ast.left, scope, space), this.filter(ast.right, scope, space)];
        if (left.one && right.one) {
          const [one, other] = [left.one, right.one];
          return single((input, frame) => (truthy(one(input, frame)) === stop ? stop : truthy(other(input, frame))));
        }
        return {
          many: (input, frame, emit) =>
            left.many(input, frame, (value) => {
              if (truthy(value) === stop) emit(stop);
              else right.many(input, frame, (other) => emit(truthy(other)));
            }),
        };
      }
      case "binary": {
        const operate = OPERATORS[ast.operator] as (one: Value, other: Value) => Value;
        const [left, right] = [this.filter(ast.left, scope, space), this.filter(ast.right, scope, space)];
        if (left.one && right.one) {
          const [one, other] = [left.one, right.one];
          if (ast.right.kind === "literal" && typeof ast.right.value === "string") {
            const given = ast.right.value;
            if (ast.operator === "==") return single((input, frame) => one(input, frame) === given);
            if (ast.operator === "!=") return single((input, frame) => one(input, frame) !== given);
          }
          return single((input, frame) => operate(one(input, frame), other(input, frame)));
        }
        return {
          many: (input, frame, emit) =>
            right.many(input, frame, (other) => left.many(input, frame, (one) => emit(operate(one, other)))),
        };
      }
      case "negation":
        return combined([this.filter(ast.of, scope, space)], ([value]) => -(value as number));
      case "if":
        return this.condition(ast, scope, space);
      case "list":
        return this.list(ast.of && this.filter(ast.of, scope, space));
      case "object":
        return this.object(ast.entries, scope, space);
      case "as": {
        const of = this.filter(ast.of, scope, space);
        const [inner, bind] = this.pattern(ast.pattern, scope, space);
        const body = this.filter(ast.body, inner, space);
        const many: Filter["many"] = (input, frame, emit) =>
          of.many(input, frame, (value) => {
            bind(value, frame, input);
            body.many(input, frame, emit);
          });
        if (!of.one || !body.one) return { many };
        const [source, one] = [of.one, body.one];
        return single((input, frame) => {
          bind(source(input, frame), frame, input);
          return one(input, frame);
        });
      }
      case "reduce":
      case "foreach":
        return this.fold(ast, scope, space);
      case "define":
        return this.filter(ast.body, this.define(ast.definition, scope), space);
      case "update":
        return this.update(ast, scope, space);
      case "call":
        return this.call(ast, scope, space);
    }
  }

  private place(name: string, scope: Scope): number {
    const meaning = scope.get(`$${name}`);
    if (meaning?.kind !== "variable") throw new Error(`the program has no $${name} here`);
    return meaning.place;
  }

  private index(ast: Ast & { kind: "index" }, scope: Scope, space: Space): Filter {
    const of = this.filter(ast.of, scope, space);
    if (ast.key.kind === "literal" && of.one) {
      const [one, key] = [of.one, ast.key.value as Value];
      return single((input, frame) => at(one(input, frame), key));
    }
    const key = this.filter(ast.key, scope, space);
    if (of.one && key.one) {
      const [one, name] = [of.one, key.one];
      return single((input, frame) => at(one(input, frame), name(input, frame)));
    }
    return combined([of, key], ([value, name]) => at(value as Value, name as Value));
  }

  private attempt(ast: Ast & { kind: "attempt" }, scope: Scope, space: Space): Filter {
    const of = this.filter(ast.of, scope, space);
    const failed = ast.failed && this.filter(ast.failed, scope, space);
    const many: Filter["many"] = (input, frame, emit) => {
      // What fails behind this filter is not its fault.
      const said: Value[] = [];
      let fault: JqError | undefined;
      try {
        of.many(input, frame, (value) => said.push(value));
      } catch (error) {
        if (!(error instanceof JqError)) throw error;
        fault = error;
      }
      for (const value of said) emit(value);
      if (fault) failed?.many(fault.value, frame, emit);
    };
    if (!of.one || !failed?.one) return { many };
    const [one, other] = [of.one, failed.one];
    return single((input, frame) => {
      try {
        return one(input, frame);
      } catch (error) {
        if (!(error instanceof JqError)) throw error;
        return other(error.value, frame);
      }
    });
  }

  private condition(ast: Ast & { kind: "if" }, scope: Scope, space: Space): Filter {
    const [when, then, otherwise] = [ast.when, ast.then, ast.otherwise].map((part) =>
      this.filter(part, scope, space),
    ) as [Filter, Filter, Filter];
    if (when.one) {
      const test = when.one;
      if (then.one && otherwise.one) {
        const [one, other] = [then.one, otherwise.one];
        return single((input, frame) => (truthy(test(input, frame)) ? one(input, frame) : other(input, frame)));
      }
      return {
        many: (input, frame, emit) => (truthy(test(input, frame)) ? then : otherwise).many(input, frame, emit),
      };
    }
    return {
      many: (input, frame, emit) =>
        when.many(input, frame, (value) => (truthy(value) ? then : otherwise).many(input, frame, emit)),
    };
  }

  private list(of: Filter | undefined): Filter {
    if (!of) return single(() => []);
    return single((input, frame) => {
      const made: Value[] = [];
      of.many(input, frame, (value) => made.push(value));
      return made;
    });
  }

  private object(entries: readonly (readonly [Ast, Ast])[], scope: Scope, space: Space): Filter {
    if (entries.every(([key]) => key.kind === "literal" && typeof key.value === "string")) {
      const names = entries.map(([key]) => (key as Ast & { kind: "literal" }).value as string);
      return combined(
        entries.map(([, value]) => this.filter(value, scope, space)),
        (values) => {
          const made: Record<string, Value> = {};
          for (let i = 0; i < values.length; i++) made[names[i] as string] = values[i] as Value;
          return made;
        },
      );
    }
    const filters = entries.flatMap(([key, value]) => [
      this.filter(key, scope, space),
      this.filter(value, scope, space),
    ]);
    return combined(filters, (parts) => {
      const made: Record<string, Value> = {};
      for (let i = 0; i < parts.length; i += 2) {
        const key = parts[i];
        if (typeof key !== "string") throw new JqError(`Object keys must be strings, not ${textOf(key as Value)}`);
        made[key] = parts[i + 1] as Value;
      }
      return made;
    });
  }

  /** The scope in which a pattern's variables are known, and what binds them. */
  private pattern(
    pattern: Pattern,
    scope: Scope,
    space: Space,
  ): [Scope, (value: Value, frame: Frame, input: Value) => void] {
    if (pattern.kind === "variable") {
      const place = space.size++;
      const inner = new Map(scope).set(`$${pattern.name}`, { kind: "variable", place });
      return [
        inner,
        (value, frame) => {
          frame[place] = value;
        },
      ];
    }
    let inner = scope;
    const parts: ((value: Value, frame: Frame, input: Value) => void)[] = [];
    pattern.items.forEach((item, i) => {
      const [key, one, whole] =
        pattern.kind === "array"
          ? ([undefined, item as Pattern, undefined] as const)
          : (item as readonly [Ast, Pattern, string | undefined]);
      const name = key && this.filter(key, inner, space);
      let also: ((value: Value, frame: Frame, input: Value) => void) | undefined;
      if (whole !== undefined) [inner, also] = this.pattern({ kind: "variable", name: whole }, inner, space);
      const [next, bind] = this.pattern(one, inner, space);
      inner = next;
      parts.push((value, frame, input) => {
        const found = at(value, name ? (name.one as NonNullable<Filter["one"]>)(input, frame) : i);
        also?.(found, frame, input);
        bind(found, frame, input);
      });
    });
    return [
      inner,
      (value, frame, input) => {
        for (const part of parts) part(value, frame, input);
      },
    ];
  }

  private fold(ast: Ast & { kind: "reduce" | "foreach" }, scope: Scope, space: Space): Filter {
    const of = this.filter(ast.of, scope, space);
    const first = this.filter(ast.first, scope, space);
    const [inner, bind] = this.pattern(ast.pattern, scope, space);
    const next = this.filter(ast.next, inner, space);
    const step = (before: Value, frame: Frame): Value => {
      if (next.one) return next.one(before, frame);
      let last: Value = null;
      next.many(before, frame, (value) => (last = value));
      return last;
    };
    if (ast.kind === "foreach") {
      const out = this.filter(ast.out, inner, space);
      return {
        many: (input, frame, emit) =>
          first.many(input, frame, (begin) => {
            let known = begin;
            of.many(input, frame, (value) => {
              bind(value, frame, input);
              known = step(known, frame);
              out.many(known, frame, emit);
            });
          }),
      };
    }
    const reduced = (begin: Value, input: Value, frame: Frame): Value => {
      let known = begin;
      of.many(input, frame, (value) => {
        bind(value, frame, input);
        known = step(known, frame);
      });
      return known;
    };
    if (first.one) {
      const begin = first.one;
      return single((input, frame) => reduced(begin(input, frame), input, frame));
    }
    return {
      many: (input, frame, emit) => first.many(input, frame, (begin) => emit(reduced(begin, input, frame))),
    };
  }

  private define(definition: Definition, scope: Scope): Scope {
    const free =
      definition.parameters.every((name) => name.startsWith("$")) &&
      [...scope.values()].every((meaning) => meaning.kind === "function" && meaning.free !== undefined) &&
      ![...scope.keys()].some((name) => name.startsWith("$"));
    const inner: Map<string, Meaning> = new Map(scope);
    inner.set(`${definition.name}/${definition.parameters.length}`, {
      kind: "function",
      definition,
      scope: () => inner,
      free,
    });
    return inner;
  }

  private call(ast: Ast & { kind: "call" }, scope: Scope, space: Space): Filter {
    const name = `${ast.name}/${ast.args.length}`;
    const meaning = scope.get(name);
    if (meaning?.kind === "filter") return this.filter(meaning.ast, meaning.scope, space);
    if (meaning?.kind === "variable") return single((_, frame) => frame[meaning.place] as Value);
    if (meaning?.kind === "function") {
      return meaning.free ? this.shareable(meaning, ast, scope, space) : this.inlined(meaning, ast, scope, space);
    }
    const args = () => ast.args.map((arg) => this.filter(arg, scope, space));
    const native = BUILTINS[name];
    if (native) {
      const filters = args();
      if (filters.length === 0) return single((input) => native(input));
      const [first, second] = filters;
      if (first?.one && filters.length === 1) {
        const { one } = first;
        return single((input, frame) => native(input, one(input, frame)));
      }
      if (first?.one && second?.one && filters.length === 2) {
        const [one, other] = [first.one, second.one];
        return single((input, frame) => native(input, one(input, frame), other(input, frame)));
      }
      return combined([single((input) => input), ...filters], (parts) => native(...(parts as [Value, ...Value[]])));
    }
    switch (name) {
      case "empty/0":
        return { many: () => undefined };
      case "any/2":
      case "all/2": {
        const [from, test] = args() as [Filter, Filter];
        const wanted = ast.name === "any";
        const met = pipe(from, test);
        return single((input, frame) => {
          let found = false;
          try {
            met.many(input, frame, (value) => {
              found ||= truthy(value) === wanted;
            });
          } catch (error) {
            // What comes after the one that is found is not looked at.
            if (!found || !(error instanceof JqError)) throw error;
          }
          return found === wanted;
        });
      }
      case "first/1": {
        const [from] = args() as [Filter];
        return {
          many: (input, frame, emit) => {
            const found = search((take) => from.many(input, frame, take));
            if (found !== undefined) emit(found);
          },
        };
      }
      case "isempty/1": {
        const [from] = args() as [Filter];
        return single((input, frame) => search((take) => from.many(input, frame, () => take(true))) === undefined);
      }
      case "limit/2": {
        const [count, from] = args() as [Filter, Filter];
        return {
          many: (input, frame, emit) =>
            count.many(input, frame, (most) => {
              const said: Value[] = [];
              if ((most as number) > 0)
                search((take) =>
                  from.many(input, frame, (value) => said.push(value) >= (most as number) && take(true)),
                );
              for (const value of said) emit(value);
            }),
        };
      }
      case "range/2": {
        const [from, to] = args() as [Filter, Filter];
        return {
          many: (input, frame, emit) =>
            from.many(input, frame, (low) =>
              to.many(input, frame, (high) => {
                for (let i = low as number; i < (high as number); i++) emit(i);
              }),
            ),
        };
      }
      case "path/1": {
        const places = this.places(ast.args[0] as Ast, scope, space);
        return { many: (input, frame, emit) => places(input, frame, [], (path) => emit(path)) };
      }
      case "paths/0":
        return { many: (input, _, emit) => recursed(input, [], (path) => path.length > 0 && emit(path)) };
      case "recurse/0":
        return { many: (input, _, emit) => recursed(input, [], (__, value) => emit(value)) };
      default:
        throw new Error(`the program calls ${name}, which simulator/jq does not know: add it to builtins.ts`);
    }
  }

  /** A function that knows nothing of its caller but values is compiled once. */
  private shareable(
    meaning: Meaning & { kind: "function" },
    ast: Ast & { kind: "call" },
    scope: Scope,
    space: Space,
  ): Filter {
    const { definition } = meaning;
    let known = this.shared.get(definition);
    if (known === undefined) {
      known = { filter: undefined, space: { size: 0 } };
      this.shared.set(definition, known);
      let inner = meaning.scope();
      for (const parameter of definition.parameters) inner = this.value(parameter, inner, known.space)[0];
      known.filter = this.filter(definition.body, inner, known.space);
    }
    const called = known;
    // While it is compiled, it calls itself.
    const body = called.filter ?? { many: (...args: Parameters<Filter["many"]>) => called.filter?.many(...args) };
    const { many, one } = body;
    const args = ast.args.map((arg) => this.filter(arg, scope, space));
    const ones = args.flatMap((arg) => arg.one ?? []);
    if (ones.length === args.length) {
      const framed = (input: Value, frame: Frame): Frame => {
        const own: Frame = new Array(called.space.size);
        for (let i = 0; i < ones.length; i++) own[i] = (ones[i] as NonNullable<Filter["one"]>)(input, frame);
        return own;
      };
      if (one) return single((input, frame) => one(input, framed(input, frame)));
      return { many: (input, frame, emit) => many(input, framed(input, frame), emit) };
    }
    return {
      many: (input, frame, emit) =>
        product(args, input, frame, (values) => {
          const own: Frame = new Array(called.space.size);
          for (let i = 0; i < values.length; i++) own[i] = values[i] as Value;
          many(input, own, emit);
        }),
    };
  }

  /** The scope of a function's body for one call of it, and the values that are bound for it. */
  private entered(
    meaning: Meaning & { kind: "function" },
    ast: Ast & { kind: "call" },
    scope: Scope,
    space: Space,
  ): { inner: Scope; bound: [number, Filter][] } {
    let inner = meaning.scope();
    const bound: [number, Filter][] = [];
    meaning.definition.parameters.forEach((parameter, i) => {
      const arg = ast.args[i] as Ast;
      if (parameter.startsWith("$")) {
        const [next, place] = this.value(parameter, inner, space);
        bound.push([place, this.filter(arg, scope, space)]);
        inner = next;
      } else {
        inner = new Map(inner).set(`${parameter}/0`, { kind: "filter", ast: arg, scope });
      }
    });
    return { inner, bound };
  }

  private value(parameter: string, scope: Scope, space: Space): [Scope, number] {
    const place = space.size++;
    const meaning = { kind: "variable", place } as const;
    return [new Map(scope).set(parameter, meaning).set(`${parameter.slice(1)}/0`, meaning), place];
  }

  /** Names of the functions that are being compiled at their callers. */
  private readonly under: string[] = [];

  private inlined(
    meaning: Meaning & { kind: "function" },
    ast: Ast & { kind: "call" },
    scope: Scope,
    space: Space,
  ): Filter {
    if (this.under.filter((name) => name === ast.name).length > 20)
      throw new Error(`the program calls ${ast.name} from itself, which simulator/jq does not know`);
    this.under.push(ast.name);
    const { inner, bound } = this.entered(meaning, ast, scope, space);
    const body = this.filter(meaning.definition.body, inner, space);
    this.under.pop();
    if (bound.length === 0) return body;
    return {
      many: (input, frame, emit) =>
        product(
          bound.map(([, arg]) => arg),
          input,
          frame,
          (values) => {
            assign(bound, values, frame);
            body.many(input, frame, emit);
          },
        ),
    };
  }

  private update(ast: Ast & { kind: "update" }, scope: Scope, space: Space): Filter {
    const right = this.filter(ast.right, scope, space);
    const places = this.places(ast.left, scope, space);
    const keys = this.keys(ast.left, scope, space);
    const { operator } = ast;
    const at = (input: Value, frame: Frame): Path[] => {
      if (keys) return [keys.map((key) => key(input, frame))];
      const paths: Path[] = [];
      places(input, frame, [], (path) => paths.push(path));
      return paths;
    };
    if (operator === "|=") {
      const { one } = right;
      if (one && keys)
        return single((input, frame) => changed(input, at(input, frame)[0] as Path, (before) => one(before, frame)));
      return single((input, frame) => {
        const gone: Path[] = [];
        const made = at(input, frame).reduce<Value>((known, path) => {
          const next = search((take) => right.many(getPath(known, path), frame, take));
          if (next === undefined) gone.push(path);
          return next === undefined ? known : changed(known, path, () => next);
        }, input);
        return gone.length === 0 ? made : without(made, gone);
      });
    }
    const operate: (before: Value, given: Value) => Value =
      operator === "="
        ? (_, given) => given
        : operator === "//="
          ? (before, given) => (truthy(before) ? before : given)
          : (OPERATORS[operator.slice(0, -1)] as (before: Value, given: Value) => Value);
    const apply = (input: Value, frame: Frame, given: Value) =>
      at(input, frame).reduce<Value>((known, path) => changed(known, path, (before) => operate(before, given)), input);
    if (right.one) {
      const { one } = right;
      const [key] = keys ?? [];
      if (key && keys?.length === 1) {
        return single((input, frame) => {
          const name = key(input, frame);
          const given = one(input, frame);
          return set(input, name, operator === "=" ? given : operate(getPath(input, [name]), given));
        });
      }
      return single((input, frame) => apply(input, frame, one(input, frame)));
    }
    return {
      many: (input, frame, emit) => right.many(input, frame, (given) => emit(apply(input, frame, given))),
    };
  }

  /** The keys of a place such as .a[$b].c, where there is just one. */
  private keys(ast: Ast, scope: Scope, space: Space): ((input: Value, frame: Frame) => Value)[] | undefined {
    if (ast.kind === "identity") return [];
    if (ast.kind !== "index") return undefined;
    const before = this.keys(ast.of, scope, space);
    const { one } = this.filter(ast.key, scope, space);
    return before && one && [...before, one];
  }

  private places(ast: Ast, scope: Scope, space: Space): Places {
    switch (ast.kind) {
      case "identity":
        return (input, _, path, emit) => emit(path, input);
      case "index": {
        const of = this.places(ast.of, scope, space);
        const key = this.filter(ast.key, scope, space);
        return (input, frame, path, emit) =>
          key.many(input, frame, (name) =>
            of(input, frame, path, (before, value) => emit([...before, name], at(value, name))),
          );
      }
      case "each": {
        const of = this.places(ast.of, scope, space);
        return (input, frame, path, emit) =>
          of(input, frame, path, (before, value) => {
            if (Array.isArray(value)) for (const [i, one] of value.entries()) emit([...before, i], one);
            else if (value !== null) {
              each(value);
              for (const [name, one] of Object.entries(value as Table)) emit([...before, name], one);
            }
          });
      }
      case "pipe": {
        const [left, right] = [this.places(ast.left, scope, space), this.places(ast.right, scope, space)];
        return (input, frame, path, emit) =>
          left(input, frame, path, (before, value) => right(value, frame, before, emit));
      }
      case "comma": {
        const [left, right] = [this.places(ast.left, scope, space), this.places(ast.right, scope, space)];
        return (input, frame, path, emit) => {
          left(input, frame, path, emit);
          right(input, frame, path, emit);
        };
      }
      case "attempt": {
        const of = this.places(ast.of, scope, space);
        return (input, frame, path, emit) => {
          const said: [Path, Value][] = [];
          try {
            of(input, frame, path, (...one) => said.push(one));
          } catch (error) {
            if (!(error instanceof JqError)) throw error;
          }
          for (const one of said) emit(...one);
        };
      }
      case "alternative": {
        const [left, right] = [this.places(ast.left, scope, space), this.places(ast.right, scope, space)];
        return (input, frame, path, emit) => {
          const said: [Path, Value][] = [];
          left(input, frame, path, (...one) => truthy(one[1]) && said.push(one));
          if (said.length === 0) right(input, frame, path, emit);
          for (const one of said) emit(...one);
        };
      }
      case "if": {
        const when = this.filter(ast.when, scope, space);
        const [then, otherwise] = [this.places(ast.then, scope, space), this.places(ast.otherwise, scope, space)];
        return (input, frame, path, emit) =>
          when.many(input, frame, (value) => (truthy(value) ? then : otherwise)(input, frame, path, emit));
      }
      case "as": {
        const of = this.filter(ast.of, scope, space);
        const [inner, bind] = this.pattern(ast.pattern, scope, space);
        const body = this.places(ast.body, inner, space);
        return (input, frame, path, emit) =>
          of.many(input, frame, (value) => {
            bind(value, frame, input);
            body(input, frame, path, emit);
          });
      }
      case "call":
        return this.called(ast, scope, space);
      default:
        throw new Error(`the program means a place by ${ast.kind}, which simulator/jq does not know`);
    }
  }

  private called(ast: Ast & { kind: "call" }, scope: Scope, space: Space): Places {
    const name = `${ast.name}/${ast.args.length}`;
    const meaning = scope.get(name);
    if (meaning?.kind === "filter") return this.places(meaning.ast, meaning.scope, space);
    if (meaning?.kind === "function") {
      const { inner, bound } = this.entered(meaning, ast, scope, space);
      const body = this.places(meaning.definition.body, inner, space);
      return (input, frame, path, emit) =>
        product(
          bound.map(([, arg]) => arg),
          input,
          frame,
          (values) => {
            assign(bound, values, frame);
            body(input, frame, path, emit);
          },
        );
    }
    if (name === "empty/0") return () => undefined;
    if (name === "recurse/0") return (input, _, path, emit) => recursed(input, path, emit);
    if (name === "getpath/1") {
      const path = this.filter(ast.args[0] as Ast, scope, space);
      return (input, frame, before, emit) =>
        path.many(input, frame, (keys) => emit([...before, ...(keys as Path)], getPath(input, keys as Path)));
    }
    throw new Error(`the program means a place by ${name}, which simulator/jq does not know`);
  }
}
