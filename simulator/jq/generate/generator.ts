import type { Ast } from "../ast";
import type { Scope } from "./scope";
import { once, type Sink, Writer } from "./writer";

/** Where a filter stands: the variable that holds its input, and what names mean. */
export interface Place {
  readonly input: string;
  readonly scope: Scope;
  /** How many calls of functions whose text stands at the call are around it. */
  readonly calls: number;
}

/** Writes what a kind of filter does. */
export type Writes<K extends Ast["kind"]> = (
  to: Generator,
  ast: Ast & { readonly kind: K },
  place: Place,
  sink: Sink,
) => void;

/** Writes filters in JavaScript. What each gives goes into its sink where it is: no callback, no generator, but loops and branches. */
export class Generator extends Writer {
  constructor(private readonly writers: { readonly [K in Ast["kind"]]: Writes<K> }) {
    super();
  }

  filter(ast: Ast, place: Place, sink: Sink): void {
    (this.writers[ast.kind] as Writes<Ast["kind"]>)(this, ast, place, sink);
  }

  /** Every combination of what filters give, the last of the first one's values last. */
  all(asts: readonly Ast[], place: Place, then: (values: readonly string[]) => void): void {
    const [first, ...others] = asts;
    if (first === undefined) then([]);
    else
      this.filter(
        first,
        place,
        once((value) => this.all(others, place, (values) => then([value, ...values]))),
      );
  }
}

/** The test of whether a value counts as true. */
export const isTrue = (value: string): string => `${value} !== false && ${value} !== null`;
