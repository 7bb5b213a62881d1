import type { Ast } from "./ast";
import { binding, fold } from "./generate/bindings";
import { alternative, attempt, comma, condition, logic, pipe } from "./generate/branches";
import { call, define, definition, variable } from "./generate/calls";
import { Generator } from "./generate/generator";
import { Scope } from "./generate/scope";
import { update } from "./generate/updates";
import { binary, each, identity, index, list, literal, negation, object, slice, text } from "./generate/values";
import { once } from "./generate/writer";
import { parse } from "./parse";
import { PRELUDE } from "./prelude";
import { RUNTIME } from "./runtime";
import { JqError, textOf, type Value } from "./values";

type Run = (input: Value, emit: (value: Value) => void) => void;

/**
 * A program of jq as a function of this language: the answers it gives to an input, in order. It is written in JavaScript, where its
 * functions are functions and its filters loops and branches.
 * It knows the part of jq that core.jq needs, and refuses any other when it is compiled.
 * @throws Error where the program is not understood; the function throws Error where the program fails
 */
export function compile(program: string): (input: unknown) => unknown[] {
  const names = RUNTIME;
  const run = new Function(...Object.keys(names), written(program))(...Object.values(names)) as Run;
  return (input) => {
    const said: Value[] = [];
    try {
      run(input as Value, (value) => said.push(value));
    } catch (error) {
      throw error instanceof JqError ? new Error(`the program failed: ${textOf(error.value)}`) : error;
    }
    return said;
  };
}

/** The program in JavaScript. */
function written(program: string): string {
  const to = new Generator({
    identity,
    literal,
    variable,
    text,
    index,
    slice,
    each,
    pipe,
    comma,
    alternative,
    and: logic,
    or: logic,
    attempt,
    binary,
    update,
    negation,
    if: condition,
    reduce: fold,
    foreach: fold,
    as: binding,
    define: definition,
    list,
    object,
    call,
  });
  let ast: Ast = parse(`${PRELUDE}\n${program}`);
  let scope = new Scope();
  // Its functions are made once, and not each time it runs.
  for (; ast.kind === "define"; ast = ast.body) scope = define(to, ast, scope);
  to.callback("return (input, emit) =>", () =>
    to.filter(
      ast,
      { input: "input", scope, calls: 0 },
      once((value) => to.line(`emit(${value});`)),
    ),
  );
  return `"use strict";\n${to.text}`;
}
