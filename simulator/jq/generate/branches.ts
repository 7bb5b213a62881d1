import type { Ast } from "../ast";
import { count } from "./count";
import { type Generator, isTrue, type Place, type Writes } from "./generator";
import { often, once, type Sink } from "./writer";

export const pipe: Writes<"pipe"> = (to, ast, place, sink) => {
  const { left, right } = ast;
  if (left.kind === "list" && left.of && isLength(right, place)) {
    sink.write(counted(to, left.of, place));
    return;
  }
  to.filter(
    left,
    place,
    once((input) => to.filter(right, { ...place, input }, sink)),
  );
};

const isLength = (ast: Ast, { scope }: Place): boolean =>
  ast.kind === "call" && ast.name === "length" && ast.args.length === 0 && scope.get("length/0") === undefined;

/** `[f] | length`: the values are counted, and not kept. */
function counted(to: Generator, ast: Ast, place: Place): string {
  const number = to.name();
  to.line(`let ${number} = 0;`);
  to.filter(
    ast,
    place,
    often(() => to.line(`${number}++;`)),
  );
  return number;
}

export const comma: Writes<"comma"> = (to, ast, place, sink) =>
  to.join("many", sink, (each) => {
    to.filter(ast.left, place, each);
    to.filter(ast.right, place, each);
  });

export const condition: Writes<"if"> = (to, ast, place, sink) =>
  to.join(count(ast, place.scope), sink, (each) =>
    to.filter(
      ast.when,
      place,
      once((when) => {
        to.block(`if (${isTrue(when)})`, () => to.filter(ast.then, place, each));
        to.block("else", () => to.filter(ast.otherwise, place, each));
      }),
    ),
  );

/** `and` and `or`: the right side counts where the left does not tell. */
export const logic: Writes<"and" | "or"> = (to, ast, place, sink) =>
  to.join(count(ast, place.scope), sink, (each) =>
    to.filter(
      ast.left,
      place,
      once((left) => {
        const told = ast.kind === "or" ? "true" : "false";
        to.block(`if ((${isTrue(left)}) === ${told})`, () => each.write(told));
        to.block("else", () =>
          to.filter(
            ast.right,
            place,
            once((right) => each.write(to.value(isTrue(right)))),
          ),
        );
      }),
    ),
  );

/** What is true of the left side, else the right one. */
export const alternative: Writes<"alternative"> = (to, ast, place, sink) =>
  to.join(count(ast, place.scope), sink, (each) => {
    const said = collected(to, ast.left, place, isTrue);
    to.block(`if (${said.none})`, () => to.filter(ast.right, place, each));
    said.each("else ", each);
  });

/** What fails behind the filter is not its fault: its values go on once it is done. */
export const attempt: Writes<"attempt"> = (to, ast, place, sink) =>
  to.join(count(ast, place.scope), sink, (each) => {
    const fault = to.name();
    to.line(`let ${fault};`);
    const said = collected(to, ast.of, place, undefined, fault);
    said.each("", each);
    const { failed } = ast;
    if (failed) to.block(`if (${fault} !== undefined)`, () => to.filter(failed, { ...place, input: fault }, each));
  });

/** What a filter gave: in a list, or of one that gives no more than one, in a variable. */
interface Said {
  /** The test of whether it gave nothing. */
  readonly none: string;
  each(head: string, sink: Sink): void;
}

/** Runs a filter to its end. @param test which of its values count. @default all @param fault the variable for why it failed, if that is to end nothing */
function collected(to: Generator, ast: Ast, place: Place, test?: (value: string) => string, fault?: string): Said {
  const said = to.name();
  const list = count(ast, place.scope) === "many";
  to.line(list ? `const ${said} = [];` : `let ${said};`);
  const keep = (value: string) => to.line(list ? `${said}.push(${value});` : `${said} = ${value};`);
  const run = () =>
    to.filter(ast, place, test ? once((value) => to.block(`if (${test(value)})`, () => keep(value))) : often(keep));
  if (fault === undefined) run();
  else {
    to.block("try", run);
    to.block("catch (fault)", () => to.line(`${fault} = valueOf(fault);`));
  }
  return list
    ? {
        none: `${said}.length === 0`,
        each: (head, sink) =>
          head === ""
            ? to.loop(said, (one) => sink.write(one))
            : to.block(head, () => to.loop(said, (one) => sink.write(one))),
      }
    : {
        none: `${said} === undefined`,
        each: (head, sink) => to.block(`${head}if (${said} !== undefined)`, () => sink.write(said)),
      };
}
