import type { Ast } from "../ast";
import { count } from "./count";
import type { Generator, Place, Writes } from "./generator";
import { places } from "./places";
import { isPlain, isTable } from "./values";
import { once } from "./writer";

type Update = Ast & { kind: "update" };

/** `=`, `|=` and those such as `+=`: a copy of the input in which places hold something else. */
export const update: Writes<"update"> = (to, ast, place, sink) => {
  const keys = keysOf(ast.left, place);
  if (ast.operator !== "|=") {
    to.filter(
      ast.right,
      place,
      once((given) => {
        const next = (before: string) => operated(to, ast, before, given);
        sink.write(keys ? atKeys(to, keys, place, next) : atPlaces(to, ast, place, next));
      }),
    );
  } else if (keys && count(ast.right, place.scope) === "one") {
    sink.write(
      atKeys(to, keys, place, (input) => {
        const next = to.name();
        to.line(`let ${next};`);
        to.filter(ast.right, { ...place, input }, to.into(next));
        return next;
      }),
    );
  } else {
    sink.write(
      atPlaces(to, ast, place, (input) => {
        const next = to.name();
        to.line(`let ${next};`);
        to.leavable((leave) =>
          to.filter(
            ast.right,
            { ...place, input },
            once((value) => {
              to.line(`${next} = ${value};`);
              leave();
            }),
          ),
        );
        return next;
      }),
    );
  }
};

/** What an operator makes of what stands in a place, and of what is given. */
function operated(to: Generator, { operator }: Update, before: string, given: string): string {
  if (operator === "=") return given;
  if (operator === "//=") return to.value(`truthy(${before}) ? ${before} : ${given}`);
  return to.value(`${to.constant(`OPERATORS["${operator.slice(0, -1)}"]`)}(${before}, ${given})`);
}

/** The keys of a place such as .a[$b].c, where there is just one. */
function keysOf(ast: Ast, { scope }: Place): readonly Ast[] | undefined {
  if (ast.kind === "identity") return [];
  if (ast.kind !== "index" || count(ast.key, scope) !== "one") return undefined;
  const before = keysOf(ast.of, { scope } as Place);
  return before && [...before, ast.key];
}

/** @param next writes what comes in the place of a value. @returns the changed copy */
function atKeys(to: Generator, keys: readonly Ast[], place: Place, next: (before: string) => string): string {
  const given = keys.map((key) => {
    const name = to.name();
    to.line(`let ${name};`);
    to.filter(key, place, to.into(name));
    return name;
  });
  const values = [place.input];
  for (const key of given) values.push(to.value(`at(${values.at(-1)}, ${key})`));
  let made = next(values.at(-1) as string);
  for (let i = given.length - 1; i >= 0; i--) {
    const [of, key, ast] = [values[i] as string, given[i], keys[i]];
    const named = ast?.kind === "literal" && isPlain(ast.value);
    const copy = `set(${of}, ${key}, ${made})`;
    made = to.value(named ? `${isTable(of)} ? { ...${of}, ${JSON.stringify(ast.value)}: ${made} } : ${copy}` : copy);
  }
  return made;
}

/** In every place that the left side means, one after the other; one for which there is no next value goes. */
function atPlaces(to: Generator, ast: Update, place: Place, next: (before: string) => string): string {
  const [paths, before] = [to.value("[]"), to.name()];
  places(to, ast.left, place, to.value("[]"), (path) => to.line(`${paths}.push(${path});`));
  const change = to.name();
  to.callback(`const ${change} = (${before}) =>`, () => to.line(`return ${next(before)};`), ";");
  return to.value(`updated(${place.input}, ${paths}, ${change})`);
}
