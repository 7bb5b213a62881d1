import type { Pattern } from "../ast";
import type { Generator, Place, Writes } from "./generator";
import { withVariable } from "./scope";
import { indexed } from "./values";
import { often, once } from "./writer";

/** Binds the variables of a pattern to parts of a value. @param then writes what follows, where they are known */
export function bind(to: Generator, pattern: Pattern, value: string, place: Place, then: (place: Place) => void): void {
  if (pattern.kind === "variable") {
    then({ ...place, scope: withVariable(place.scope, pattern.name, value) });
    return;
  }
  const parts =
    pattern.kind === "array"
      ? pattern.items.map((item, i) => ({ key: { kind: "literal", value: i } as const, item, whole: undefined }))
      : pattern.items.map(([key, item, whole]) => ({ key, item, whole }));
  const from = (i: number, known: Place): void => {
    const part = parts[i];
    if (part === undefined) then(known);
    else
      to.filter(
        part.key,
        known,
        once((key) => {
          const found = to.value(indexed(value, key, part.key));
          const scope = part.whole === undefined ? known.scope : withVariable(known.scope, part.whole, found);
          bind(to, part.item, found, { ...known, scope }, (next) => from(i + 1, next));
        }),
      );
  };
  from(0, place);
}

export const binding: Writes<"as"> = (to, ast, place, sink) =>
  to.filter(
    ast.of,
    place,
    once((value) => bind(to, ast.pattern, value, place, (inner) => to.filter(ast.body, inner, sink))),
  );

/** `reduce` and `foreach`. Of several values of a step the last counts; none is null. */
export const fold: Writes<"reduce" | "foreach"> = (to, ast, place, sink) =>
  to.filter(
    ast.first,
    place,
    once((first) => {
      const known = to.name();
      to.line(`let ${known} = ${first};`);
      to.filter(
        ast.of,
        place,
        once((value) =>
          bind(to, ast.pattern, value, place, ({ scope }) => {
            const before = to.value(known);
            to.line(`${known} = null;`);
            to.filter(
              ast.next,
              { ...place, input: before, scope },
              often((next) => to.line(`${known} = ${next};`)),
            );
            if (ast.kind === "foreach") to.filter(ast.out, { ...place, input: to.value(known), scope }, sink);
          }),
        ),
      );
      if (ast.kind === "reduce") sink.write(to.value(known));
    }),
  );
