import type { Count } from "./count";

/** What is done with a value, which stands in a variable of the program that is written. */
export interface Sink {
  /** In a few words, so that it may stand in several places. */
  readonly short: boolean;
  write(value: string): void;
}

/** A sink that stands in one place. */
export const once = (write: Sink["write"]): Sink => ({ short: false, write });
/** A sink of one short statement. */
export const often = (write: Sink["write"]): Sink => ({ short: true, write });

/** The text of a program in JavaScript, statement by statement. */
export class Writer {
  private lines: string[] = [];
  private names = 0;
  /** How many functions are open around what is written next. */
  private depth = 0;
  private readonly constants = new Map<string, string>();

  /** A name that nothing else in the program has. */
  name(): string {
    return `t${++this.names}`;
  }

  line(text: string): void {
    this.lines.push(text);
  }

  /** What an expression gives, in a variable. */
  value(expression: string): string {
    const name = this.name();
    this.line(`const ${name} = ${expression};`);
    return name;
  }

  block(head: string, body: () => void): void {
    this.line(`${head} {`);
    body();
    this.line("}");
  }

  /** A loop over a list. By index: in functions as large as these are, the steps of an iterator take several times as long. */
  loop(list: string, body: (one: string) => void): void {
    const [i, one] = [this.name(), this.name()];
    this.block(`for (let ${i} = 0; ${i} < ${list}.length; ${i}++)`, () => {
      this.line(`const ${one} = ${list}[${i}];`);
      body(one);
    });
  }

  /** A function's text from its head to what follows its end. */
  callback(head: string, body: () => void, tail = ""): void {
    this.depth++;
    this.line(`${head} {`);
    body();
    this.line(`}${tail}`);
    this.depth--;
  }

  /** An expression that is worked out once, before the program runs. */
  constant(expression: string): string {
    const known = this.constants.get(expression) ?? this.name();
    this.constants.set(expression, known);
    return known;
  }

  /** Writes what ends in one of several branches, and what is done then just once. @param count how many values come of it */
  join(count: Count, sink: Sink, branches: (sink: Sink) => void): void {
    if (sink.short) {
      branches(sink);
      return;
    }
    const name = this.name();
    if (count === "many") {
      const value = this.name();
      this.callback(`const ${name} = (${value}) =>`, () => sink.write(value), ";");
      branches(often((given) => this.line(`${name}(${given});`)));
      return;
    }
    this.line(`let ${name};`);
    branches(this.into(name));
    this.given(count, name, () => sink.write(name));
  }

  /** A sink that keeps a value in a variable. */
  into(name: string): Sink {
    return often((value) => this.line(`${name} = ${value};`));
  }

  /** Writes what is done with the value in a variable, if there is one. */
  given(count: Count, name: string, then: () => void): void {
    if (count === "one") then();
    else this.block(`if (${name} !== undefined)`, then);
  }

  /** Writes a block that is over as soon as what `leave` writes is reached, even in a function within it. */
  leavable(body: (leave: () => void) => void): void {
    const [label, { depth, lines }] = [this.name(), this];
    let thrown = false;
    this.lines = [];
    body(() => {
      thrown ||= this.depth !== depth;
      this.line(this.depth === depth ? `break ${label};` : `throw ${label};`);
    });
    const inner = this.lines;
    this.lines = lines;
    if (thrown) this.line(`const ${label} = {};`);
    this.block(`${label}:`, () => {
      if (thrown) this.line("try {");
      this.lines.push(...inner);
      if (thrown) this.line(`} catch (fault) { if (fault !== ${label}) throw fault; }`);
    });
  }

  /** What was written, after its constants. */
  get text(): string {
    const constants = [...this.constants].map(([expression, name]) => `const ${name} = ${expression};`);
    return [...constants, ...this.lines].join("\n");
  }
}
