/** A pattern after `as`: a variable, or an array or object of patterns. */
export type Pattern =
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "array"; readonly items: readonly Pattern[] }
  | { readonly kind: "object"; readonly items: readonly (readonly [Ast, Pattern, string | undefined])[] };

/** A function of the program. Parameters that begin with $ are values, others filters. */
export interface Definition {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: Ast;
}

/** What a filter does. */
export type Ast =
  | { readonly kind: "identity" }
  | { readonly kind: "literal"; readonly value: unknown }
  | { readonly kind: "text"; readonly parts: readonly Ast[] }
  | { readonly kind: "index"; readonly of: Ast; readonly key: Ast }
  | { readonly kind: "slice"; readonly of: Ast; readonly from: Ast; readonly to: Ast }
  | { readonly kind: "each"; readonly of: Ast }
  | { readonly kind: "attempt"; readonly of: Ast; readonly failed: Ast | undefined }
  | { readonly kind: "pipe" | "comma" | "alternative" | "and" | "or"; readonly left: Ast; readonly right: Ast }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Ast; readonly right: Ast }
  | { readonly kind: "update"; readonly operator: string; readonly left: Ast; readonly right: Ast }
  | { readonly kind: "negation"; readonly of: Ast }
  | { readonly kind: "if"; readonly when: Ast; readonly then: Ast; readonly otherwise: Ast }
  | { readonly kind: "reduce"; readonly of: Ast; readonly pattern: Pattern; readonly first: Ast; readonly next: Ast }
  | {
      readonly kind: "foreach";
      readonly of: Ast;
      readonly pattern: Pattern;
      readonly first: Ast;
      readonly next: Ast;
      readonly out: Ast;
    }
  | { readonly kind: "as"; readonly of: Ast; readonly pattern: Pattern; readonly body: Ast }
  | { readonly kind: "define"; readonly definition: Definition; readonly body: Ast }
  | { readonly kind: "list"; readonly of: Ast | undefined }
  | { readonly kind: "object"; readonly entries: readonly (readonly [Ast, Ast])[] }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Ast[] };
