import type { Ast } from "../ast";
import type { Writes } from "./generator";
import { often, once } from "./writer";

export const identity: Writes<"identity"> = (_, __, { input }, sink) => sink.write(input);

export const literal: Writes<"literal"> = (_, ast, __, sink) => sink.write(JSON.stringify(ast.value));

export const text: Writes<"text"> = (to, ast, place, sink) =>
  // Of several values, those of the last part go last.
  to.all([...ast.parts].reverse(), place, (values) =>
    sink.write(to.value(["''", ...[...values].reverse().map(asText)].join(" + "))),
  );

/** A value as a text; a literal may be one. */
const asText = (value: string): string =>
  value.startsWith('"') ? value : `(typeof ${value} === "string" ? ${value} : textOf(${value}))`;

/** Whether a key is a name that is not also one of every object's of this language, such as "constructor". */
export const isPlain = (key: unknown): boolean => typeof key === "string" && !(key in Object.prototype);

/** The test of whether a value is an object of the program. */
export const isTable = (value: string): string =>
  `typeof ${value} === "object" && ${value} !== null && !isArray(${value})`;

export const index: Writes<"index"> = (to, ast, place, sink) =>
  to.all([ast.of, ast.key], place, ([of = "", key = ""]) => {
    sink.write(to.value(indexed(of, key, ast.key)));
  });

/** What stands at a key, which a variable or literal holds. @param ast what the key is in the program */
export function indexed(of: string, key: string, ast: Ast): string {
  const name = ast.kind === "literal" ? ast.value : undefined;
  // The usual cases, where the program can be quick.
  if (isPlain(name)) return `${isTable(of)} ? (${of}[${key}] ?? null) : at(${of}, ${key})`;
  if (Number.isInteger(name) && (name as number) >= 0)
    return `isArray(${of}) ? (${of}[${key}] ?? null) : at(${of}, ${key})`;
  return `at(${of}, ${key})`;
}

export const slice: Writes<"slice"> = (to, ast, place, sink) =>
  to.all([ast.of, ast.from, ast.to], place, (values) => sink.write(to.value(`slice(${values.join(", ")})`)));

export const each: Writes<"each"> = (to, ast, place, sink) =>
  to.filter(
    ast.of,
    place,
    once((of) => to.loop(to.value(`each(${of})`), (one) => sink.write(one))),
  );

export const list: Writes<"list"> = (to, ast, place, sink) => {
  const made = to.value("[]");
  if (ast.of)
    to.filter(
      ast.of,
      place,
      often((value) => to.line(`${made}.push(${value});`)),
    );
  sink.write(made);
};

export const object: Writes<"object"> = (to, ast, place, sink) =>
  to.all(ast.entries.flat(), place, (values) => {
    const entries = ast.entries.map(([key], i) => {
      const [name, value] = [values[2 * i], values[2 * i + 1]];
      return key.kind === "literal" && isPlain(key.value) ? `${name}: ${value}` : `[keyOf(${name})]: ${value}`;
    });
    sink.write(to.value(`{ ${entries.join(", ")} }`));
  });

/** Operators that are quick between numbers, as this language has them. */
const OF_NUMBERS = ["+", "-", "<", "<=", ">", ">="];

export const binary: Writes<"binary"> = (to, ast, place, sink) =>
  to.all([ast.right, ast.left], place, ([other = "", one = ""]) => {
    const { operator } = ast;
    const operate = `${to.constant(`OPERATORS["${operator}"]`)}(${one}, ${other})`;
    if ((operator === "==" || operator === "!=") && [ast.left, ast.right].some(({ kind }) => kind === "literal"))
      sink.write(to.value(`${one} ${operator}= ${other}`));
    // Mostly texts, for which nothing has to be called.
    else if (operator === "==")
      sink.write(to.value(`${one} === ${other} || (typeof ${one} === "object" && ${operate})`));
    else if (operator === "!=")
      sink.write(to.value(`${one} !== ${other} && (typeof ${one} !== "object" || ${operate})`));
    else if (OF_NUMBERS.includes(operator))
      sink.write(
        to.value(
          `typeof ${one} === "number" && typeof ${other} === "number" ? ${one} ${operator} ${other} : ${operate}`,
        ),
      );
    else sink.write(to.value(operate));
  });

export const negation: Writes<"negation"> = (to, ast, place, sink) =>
  to.filter(
    ast.of,
    place,
    once((value) => sink.write(to.value(`negated(${value})`))),
  );
