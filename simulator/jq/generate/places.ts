import type { Ast } from "../ast";
import { bind } from "./bindings";
import { entered, itself, MOST_CALLS } from "./count";
import { type Generator, isTrue, type Place } from "./generator";
import { isValue, signature } from "./scope";
import { once } from "./writer";

/** What is done with where a filter points to: its path, and what stands there. */
type PlaceSink = (path: string, value: string) => void;
type Points<K extends Ast["kind"]> = (
  to: Generator,
  ast: Ast & { readonly kind: K },
  place: Place,
  /** The variable with the path of the input. */
  path: string,
  sink: PlaceSink,
) => void;

const POINTS: { readonly [K in Ast["kind"]]?: Points<K> } = {
  identity: (_, __, { input }, path, sink) => sink(path, input),
  index: (to, ast, place, path, sink) =>
    to.filter(
      ast.key,
      place,
      once((key) =>
        places(to, ast.of, place, path, (before, value) =>
          sink(to.value(`[...${before}, ${key}]`), to.value(`at(${value}, ${key})`)),
        ),
      ),
    ),
  each: (to, ast, place, path, sink) =>
    places(to, ast.of, place, path, (before, value) => {
      const [key, one] = [to.name(), to.name()];
      to.block(`for (const [${key}, ${one}] of entriesOf(${value}))`, () =>
        sink(to.value(`[...${before}, ${key}]`), one),
      );
    }),
  pipe: (to, ast, place, path, sink) =>
    places(to, ast.left, place, path, (before, input) => places(to, ast.right, { ...place, input }, before, sink)),
  comma: (to, ast, place, path, sink) =>
    joined(to, sink, (each) => {
      places(to, ast.left, place, path, each);
      places(to, ast.right, place, path, each);
    }),
  if: (to, ast, place, path, sink) =>
    joined(to, sink, (each) =>
      to.filter(
        ast.when,
        place,
        once((when) => {
          to.block(`if (${isTrue(when)})`, () => places(to, ast.then, place, path, each));
          to.block("else", () => places(to, ast.otherwise, place, path, each));
        }),
      ),
    ),
  attempt: (to, ast, place, path, sink) => {
    const said = to.value("[]");
    to.block("try", () => collect(to, ast.of, place, path, said, () => "true"));
    to.block("catch (fault)", () => to.line("valueOf(fault);"));
    eachOf(to, said, sink);
  },
  alternative: (to, ast, place, path, sink) =>
    joined(to, sink, (each) => {
      const said = to.value("[]");
      collect(to, ast.left, place, path, said, isTrue);
      eachOf(to, said, each);
      to.block(`if (${said}.length === 0)`, () => places(to, ast.right, place, path, each));
    }),
  as: (to, ast, place, path, sink) =>
    to.filter(
      ast.of,
      place,
      once((value) => bind(to, ast.pattern, value, place, (inner) => places(to, ast.body, inner, path, sink))),
    ),
  call: (to, ast, place, path, sink) => {
    const name = signature(ast.name, ast.args);
    const meaning = place.scope.get(name);
    if (meaning?.kind === "filter") places(to, meaning.ast, { ...place, scope: meaning.scope }, path, sink);
    else if (meaning?.kind === "function") {
      if (place.calls > MOST_CALLS) throw itself(ast.name);
      const { body, parameters } = meaning.definition;
      const values = ast.args.filter((_, i) => isValue(parameters[i] as string));
      to.all(values, place, (given) => {
        const scope = entered(meaning, ast, place.scope, given);
        places(to, body, { ...place, scope, calls: place.calls + 1 }, path, sink);
      });
    } else if (name === "recurse/0") {
      const [one, value] = [to.name(), to.name()];
      to.callback(`recursed(${place.input}, ${path}, (${one}, ${value}) =>`, () => sink(one, value), ");");
    } else if (name === "getpath/1")
      to.filter(
        ast.args[0] as Ast,
        place,
        once((keys) => sink(to.value(`[...${path}, ...${keys}]`), to.value(`getPath(${place.input}, ${keys})`))),
      );
    else if (name !== "empty/0") throw unknown(name);
  },
};

/** Writes where a filter points to, as `path(…)` has it. @param path the variable with the path of the input */
export function places(to: Generator, ast: Ast, place: Place, path: string, sink: PlaceSink): void {
  const points = POINTS[ast.kind] as Points<Ast["kind"]> | undefined;
  if (points === undefined) throw unknown(ast.kind);
  points(to, ast, place, path, sink);
}

function unknown(what: string): Error {
  return new Error(`the program means a place by ${what}, which simulator/jq does not know`);
}

/** Writes what is done with each place just once, as a function. */
function joined(to: Generator, sink: PlaceSink, branches: (each: PlaceSink) => void): void {
  const [name, path, value] = [to.name(), to.name(), to.name()];
  to.callback(`const ${name} = (${path}, ${value}) =>`, () => sink(path, value), ";");
  branches((...given) => to.line(`${name}(${given.join(", ")});`));
}

/** Keeps places in a list. @param test which of them, by what stands there */
function collect(
  to: Generator,
  ast: Ast,
  place: Place,
  path: string,
  list: string,
  test: (value: string) => string,
): void {
  places(to, ast, place, path, (...found) => to.line(`if (${test(found[1])}) ${list}.push([${found.join(", ")}]);`));
}

function eachOf(to: Generator, list: string, sink: PlaceSink): void {
  const [path, value] = [to.name(), to.name()];
  to.block(`for (const [${path}, ${value}] of ${list})`, () => sink(path, value));
}
