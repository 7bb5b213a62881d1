import type { Ast, Definition, Pattern } from "./ast";
import { type Token, tokensOf } from "./tokens";

const IDENTITY: Ast = { kind: "identity" };
const EMPTY: Ast = { kind: "call", name: "empty", args: [] };
const UPDATES = ["=", "|=", "+=", "-=", "*=", "/=", "%=", "//="];
const LEVELS = [
  ["==", "!=", "<", "<=", ">", ">="],
  ["+", "-"],
  ["*", "/", "%"],
] as const;

/** What a program says. @throws Error where that is not jq, or a part of jq that is not known here */
export function parse(program: string): Ast {
  return new Parser(tokensOf(program)).whole();
}

class Parser {
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  whole(): Ast {
    const ast = this.pipe();
    if (this.token.kind !== "end") this.unexpected();
    return ast;
  }

  private get token(): Token {
    return this.tokens[this.at] as Token;
  }

  private unexpected(): never {
    const near = this.tokens.slice(this.at, this.at + 8).map(({ text }) => text);
    throw new Error(`the program is not understood at: ${near.join(" ")}`);
  }

  private is(text: string): boolean {
    return (this.token.kind === "operator" || this.token.kind === "word") && this.token.text === text;
  }

  private take(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }

  private need(text: string): void {
    if (!this.take(text)) this.unexpected();
  }

  private name(kind: Token["kind"]): string {
    if (this.token.kind !== kind) this.unexpected();
    return (this.tokens[this.at++] as Token).text;
  }

  private pipe(): Ast {
    if (this.is("def")) return { kind: "define", definition: this.definition(), body: this.rest() };
    const left = this.comma();
    return this.take("|") ? { kind: "pipe", left, right: this.pipe() } : left;
  }

  /** After definitions: nothing, where they are all there is. */
  private rest(): Ast {
    return this.token.kind === "end" ? IDENTITY : this.pipe();
  }

  private definition(): Definition {
    this.need("def");
    const name = this.name("word");
    const parameters: string[] = [];
    if (this.take("(")) {
      do parameters.push(this.token.kind === "variable" ? `$${this.name("variable")}` : this.name("word"));
      while (this.take(";"));
      this.need(")");
    }
    this.need(":");
    const body = this.pipe();
    this.need(";");
    return { name, parameters, body };
  }

  private comma(): Ast {
    let left = this.alternative();
    while (this.take(",")) left = { kind: "comma", left, right: this.alternative() };
    return left;
  }

  private alternative(): Ast {
    const left = this.update();
    return this.take("//") ? { kind: "alternative", left, right: this.alternative() } : left;
  }

  private update(): Ast {
    const left = this.or();
    const operator = UPDATES.find((text) => this.is(text));
    if (operator === undefined) return left;
    this.at++;
    return { kind: "update", operator, left, right: this.or() };
  }

  private or(): Ast {
    let left = this.and();
    while (this.take("or")) left = { kind: "or", left, right: this.and() };
    return left;
  }

  private and(): Ast {
    let left = this.binary(0);
    while (this.take("and")) left = { kind: "and", left, right: this.binary(0) };
    return left;
  }

  private binary(level: number): Ast {
    const operators: readonly string[] | undefined = LEVELS[level];
    if (operators === undefined) return this.negation();
    let left = this.binary(level + 1);
    for (;;) {
      const operator = operators.find((text) => this.is(text));
      if (operator === undefined) return left;
      this.at++;
      left = { kind: "binary", operator, left, right: this.binary(level + 1) };
    }
  }

  private negation(): Ast {
    return this.take("-") ? { kind: "negation", of: this.postfix() } : this.postfix();
  }

  private postfix(): Ast {
    let term = this.term();
    for (;;) {
      if (this.token.kind === "field") term = index(term, this.name("field"));
      else if (this.is(".") && this.tokens[this.at + 1]?.kind === "string") {
        this.at++;
        term = { kind: "index", of: term, key: this.string() };
      } else if (this.is(".") && this.tokens[this.at + 1]?.text === "[") this.at++;
      else if (this.take("[")) term = this.bracket(term);
      else if (this.take("?")) term = { kind: "attempt", of: term, failed: EMPTY };
      else if (this.take("as")) {
        const pattern = this.pattern();
        this.need("|");
        return { kind: "as", of: term, pattern, body: this.pipe() };
      } else return term;
    }
  }

  private bracket(of: Ast): Ast {
    if (this.take("]")) return { kind: "each", of };
    const nothing: Ast = { kind: "literal", value: null };
    if (this.take(":")) {
      const to = this.pipe();
      this.need("]");
      return { kind: "slice", of, from: nothing, to };
    }
    const key = this.pipe();
    if (this.take("]")) return { kind: "index", of, key };
    this.need(":");
    const to = this.is("]") ? nothing : this.pipe();
    this.need("]");
    return { kind: "slice", of, from: key, to };
  }

  private term(): Ast {
    const { token } = this;
    switch (token.kind) {
      case "number":
        this.at++;
        return { kind: "literal", value: token.value };
      case "string":
        return this.string();
      case "field":
        return index(IDENTITY, this.name("field"));
      case "variable":
        return { kind: "variable", name: this.name("variable") };
      case "word":
        return this.word();
      case "operator":
        return this.operator();
      default:
        return this.unexpected();
    }
  }

  private operator(): Ast {
    if (this.take("..")) return { kind: "call", name: "recurse", args: [] };
    if (this.take(".")) {
      if (this.token.kind === "string") return { kind: "index", of: IDENTITY, key: this.string() };
      return IDENTITY;
    }
    if (this.take("(")) {
      const inner = this.pipe();
      this.need(")");
      return inner;
    }
    if (this.take("[")) {
      if (this.take("]")) return { kind: "list", of: undefined };
      const of = this.pipe();
      this.need("]");
      return { kind: "list", of };
    }
    if (this.take("{")) return this.object();
    return this.unexpected();
  }

  private word(): Ast {
    if (this.take("if")) return this.condition();
    if (this.take("try")) {
      const of = this.postfix();
      return { kind: "attempt", of, failed: this.take("catch") ? this.postfix() : EMPTY };
    }
    if (this.is("reduce") || this.is("foreach")) return this.fold();
    if (this.is("def")) return { kind: "define", definition: this.definition(), body: this.pipe() };
    const name = this.name("word");
    const constant = ({ null: null, true: true, false: false } as Record<string, unknown>)[name];
    if (constant !== undefined) return { kind: "literal", value: constant };
    if (["then", "elif", "else", "end", "as", "catch", "and", "or", "label", "import", "include"].includes(name)) {
      this.at--;
      return this.unexpected();
    }
    const args: Ast[] = [];
    if (this.take("(")) {
      do args.push(this.pipe());
      while (this.take(";"));
      this.need(")");
    }
    return { kind: "call", name, args };
  }

  private condition(): Ast {
    const when = this.pipe();
    this.need("then");
    const then = this.pipe();
    if (this.take("elif")) return { kind: "if", when, then, otherwise: this.condition() };
    const otherwise = this.take("else") ? this.pipe() : IDENTITY;
    this.need("end");
    return { kind: "if", when, then, otherwise };
  }

  private fold(): Ast {
    const kind = this.name("word") as "reduce" | "foreach";
    const of = this.source();
    this.need("as");
    const pattern = this.pattern();
    this.need("(");
    const first = this.pipe();
    this.need(";");
    const next = this.pipe();
    const out = kind === "foreach" && this.take(";") ? this.pipe() : IDENTITY;
    this.need(")");
    return kind === "reduce" ? { kind, of, pattern, first, next } : { kind, of, pattern, first, next, out };
  }

  /** A term up to its own `as`. */
  private source(): Ast {
    let term = this.term();
    for (;;) {
      if (this.token.kind === "field") term = index(term, this.name("field"));
      else if (this.is(".") && this.tokens[this.at + 1]?.text === "[") this.at++;
      else if (this.take("[")) term = this.bracket(term);
      else if (this.take("?")) term = { kind: "attempt", of: term, failed: EMPTY };
      else return term;
    }
  }

  private pattern(): Pattern {
    if (this.take("[")) {
      const items: Pattern[] = [];
      do items.push(this.pattern());
      while (this.take(","));
      this.need("]");
      return { kind: "array", items };
    }
    if (this.take("{")) {
      const items: (readonly [Ast, Pattern, string | undefined])[] = [];
      do {
        if (this.token.kind === "variable") {
          const name = this.name("variable");
          const key: Ast = { kind: "literal", value: name };
          items.push(this.take(":") ? [key, this.pattern(), name] : [key, { kind: "variable", name }, undefined]);
          continue;
        }
        const key = this.key();
        this.need(":");
        items.push([key, this.pattern(), undefined]);
      } while (this.take(","));
      this.need("}");
      return { kind: "object", items };
    }
    return { kind: "variable", name: this.name("variable") };
  }

  private key(): Ast {
    if (this.token.kind === "string") return this.string();
    if (this.take("(")) {
      const key = this.pipe();
      this.need(")");
      return key;
    }
    return { kind: "literal", value: this.name("word") };
  }

  private object(): Ast {
    const entries: (readonly [Ast, Ast])[] = [];
    while (!this.take("}")) {
      if (entries.length > 0) this.need(",");
      if (this.token.kind === "variable") {
        const name = this.name("variable");
        entries.push([
          { kind: "literal", value: name },
          { kind: "variable", name },
        ]);
        continue;
      }
      const key = this.key();
      entries.push([key, this.take(":") ? this.value() : { kind: "index", of: IDENTITY, key }]);
    }
    return { kind: "object", entries };
  }

  private value(): Ast {
    const left = this.negation();
    return this.take("|") ? { kind: "pipe", left, right: this.value() } : left;
  }

  private string(): Ast {
    const { token } = this;
    if (token.kind !== "string") return this.unexpected();
    this.at++;
    const parts = token.parts.map(
      (part): Ast => (typeof part === "string" ? { kind: "literal", value: part } : new Parser(part).whole()),
    );
    return parts.length === 1 ? (parts[0] as Ast) : { kind: "text", parts };
  }
}

function index(of: Ast, name: string): Ast {
  return { kind: "index", of, key: { kind: "literal", value: name } };
}
