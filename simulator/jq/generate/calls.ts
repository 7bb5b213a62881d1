import type { Ast } from "../ast";
import { BUILTINS } from "../builtins";
import { defined, entered, itself, MOST_CALLS } from "./count";
import { type Generator, isTrue, type Place, type Writes } from "./generator";
import { places } from "./places";
import { isValue, type Scope, signature, withParameter } from "./scope";
import { often, once, type Sink } from "./writer";

export const variable: Writes<"variable"> = (_, ast, { scope }, sink) => {
  const meaning = scope.get(`$${ast.name}`);
  if (meaning?.kind !== "value") throw new Error(`the program has no $${ast.name} here`);
  sink.write(meaning.variable);
};

export const definition: Writes<"define"> = (to, ast, place, sink) =>
  to.filter(ast.body, { ...place, scope: define(to, ast, place.scope) }, sink);

/** Writes a function, unless its text stands at each call. @returns the scope in which it is known */
export function define(to: Generator, { definition }: Ast & { kind: "define" }, scope: Scope): Scope {
  const { inner, meaning } = defined(scope, definition, to.name());
  if (meaning.written === undefined) return inner;
  const input = to.name();
  const values = definition.parameters.map(() => to.name());
  const body = definition.parameters.reduce(
    (known, parameter, i) => withParameter(known, parameter, values[i] as string),
    inner,
  );
  const many = meaning.count === "many";
  const taken = many ? [input, ...values, "emit"] : [input, ...values];
  to.callback(`function ${meaning.written}(${taken.join(", ")})`, () => {
    const give = (value: string) => to.line(many ? `emit(${value});` : `return ${value};`);
    to.filter(definition.body, { input, scope: body, calls: 0 }, often(give));
  });
  return inner;
}

export const call: Writes<"call"> = (to, ast, place, sink) => {
  const meaning = place.scope.get(signature(ast.name, ast.args));
  if (meaning === undefined) builtin(to, ast, place, sink);
  else if (meaning.kind === "value") sink.write(meaning.variable);
  else if (meaning.kind === "filter") to.filter(meaning.ast, { ...place, scope: meaning.scope }, sink);
  else
    to.all(
      ast.args.filter((_, i) => isValue(meaning.definition.parameters[i] as string)),
      place,
      (values) => {
        if (meaning.written === undefined) {
          if (place.calls > MOST_CALLS) throw itself(ast.name);
          const scope = entered(meaning, ast, place.scope, values);
          to.filter(meaning.definition.body, { ...place, scope, calls: place.calls + 1 }, sink);
          return;
        }
        const given = [place.input, ...values].join(", ");
        if (meaning.count === "many") {
          const value = to.name();
          to.callback(`${meaning.written}(${given}, (${value}) =>`, () => sink.write(value), ");");
          return;
        }
        const value = to.value(`${meaning.written}(${given})`);
        to.given(meaning.count, value, () => sink.write(value));
      },
    );
};

type Builtin = (to: Generator, args: readonly Ast[], place: Place, sink: Sink) => void;

/** Functions of the language that take filters, or do not give one value. */
const SPECIAL: Readonly<Record<string, Builtin>> = {
  "empty/0": () => undefined,
  "any/2": found("true"),
  "all/2": found("false"),
  "isempty/1": (to, [from], place, sink) => {
    const empty = to.name();
    to.line(`let ${empty} = true;`);
    to.leavable((leave) =>
      to.filter(
        from as Ast,
        place,
        once(() => {
          to.line(`${empty} = false;`);
          leave();
        }),
      ),
    );
    sink.write(empty);
  },
  "first/1": (to, [from], place, sink) => {
    const found = to.name();
    to.line(`let ${found};`);
    to.leavable((leave) =>
      to.filter(
        from as Ast,
        place,
        once((value) => {
          to.line(`${found} = ${value};`);
          leave();
        }),
      ),
    );
    to.given("maybe", found, () => sink.write(found));
  },
  "limit/2": (to, [most, from], place, sink) =>
    to.filter(
      most as Ast,
      place,
      once((count) => to.block(`if (${count} > 0)`, () => first(to, count, from as Ast, place, sink))),
    ),
  "range/2": (to, args, place, sink) =>
    to.all(args, place, ([low, high]) => {
      const i = to.name();
      to.block(`for (let ${i} = ${low}; ${i} < ${high}; ${i}++)`, () => sink.write(to.value(i)));
    }),
  "path/1": (to, [of], place, sink) => places(to, of as Ast, place, to.value("[]"), (path) => sink.write(path)),
  "paths/0": (to, _, { input }, sink) => {
    const path = to.name();
    to.callback(
      `recursed(${input}, [], (${path}) =>`,
      () => {
        to.block(`if (${path}.length > 0)`, () => sink.write(path));
      },
      ");",
    );
  },
  "recurse/0": (to, _, { input }, sink) => {
    const value = to.name();
    to.callback(`recursed(${input}, [], (_, ${value}) =>`, () => sink.write(value), ");");
  },
};

/** `any` and `all`: the first value that tells ends the search. */
function found(telling: "true" | "false"): Builtin {
  return (to, [from, test], place, sink) => {
    const told = to.name();
    to.line(`let ${told} = ${telling === "true" ? "false" : "true"};`);
    to.leavable((leave) =>
      to.filter(
        from as Ast,
        place,
        once((input) =>
          to.filter(
            test as Ast,
            { ...place, input },
            once((value) =>
              to.block(`if ((${isTrue(value)}) === ${telling})`, () => {
                to.line(`${told} = ${telling};`);
                leave();
              }),
            ),
          ),
        ),
      ),
    );
    sink.write(told);
  };
}

/** The first values of a filter. */
function first(to: Generator, most: string, from: Ast, place: Place, sink: Sink): void {
  const said = to.value("[]");
  to.leavable((leave) =>
    to.filter(
      from,
      place,
      once((value) => to.block(`if (${said}.push(${value}) >= ${most})`, leave)),
    ),
  );
  to.loop(said, (one) => sink.write(one));
}

function builtin(to: Generator, ast: Ast & { kind: "call" }, place: Place, sink: Sink): void {
  const name = signature(ast.name, ast.args);
  const special = SPECIAL[name];
  if (special) special(to, ast.args, place, sink);
  else if (BUILTINS[name]) {
    const written = to.constant(`BUILTINS[${JSON.stringify(name)}]`);
    to.all(ast.args, place, (values) => sink.write(to.value(`${written}(${[place.input, ...values].join(", ")})`)));
  } else throw new Error(`the program calls ${name}, which simulator/jq does not know: add it to builtins.ts`);
}
