/** A token of a jq program. A string's parts are texts and, between them, the programs in \(…). */
export type Token =
  | { readonly kind: "word" | "field" | "variable" | "operator" | "end"; readonly text: string; readonly at: number }
  | { readonly kind: "number"; readonly value: number; readonly text: string; readonly at: number }
  | {
      readonly kind: "string";
      readonly parts: readonly (string | Token[])[];
      readonly text: string;
      readonly at: number;
    };

const OPERATOR = /^(\?\/\/|\/\/=|\|=|\+=|-=|\*=|\/=|%=|==|!=|<=|>=|\/\/|\.\.|[.[\](){}|,:;=<>+\-*/%?])/;
const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  "/": "/",
  "\\": "\\",
  '"': '"',
};

/** The tokens of a program. @throws Error where there is none */
export function tokensOf(program: string): Token[] {
  return read(program, 0, "").tokens;
}

/** Up to the end of the program, or to the parenthesis that closes an interpolation. */
function read(program: string, from: number, closing: "" | ")"): { tokens: Token[]; at: number } {
  const tokens: Token[] = [];
  let at = from;
  let depth = 0;
  for (;;) {
    at += /^(\s|#[^\n]*)*/.exec(program.slice(at, at + 2000))?.[0].length ?? 0;
    if (/[\s#]/.test(program[at] ?? "")) continue;
    const rest = program.slice(at, at + 200);
    if (rest === "") {
      if (closing !== "") throw new Error("a string of the program does not end");
      tokens.push({ kind: "end", text: "", at });
      return { tokens, at };
    }
    if (rest[0] === '"') {
      const { parts, at: end } = string(program, at + 1);
      tokens.push({ kind: "string", parts, text: program.slice(at, end), at });
      at = end;
      continue;
    }
    const [kind, text] = plain(rest);
    if (kind === "number") tokens.push({ kind, value: Number(text), text, at });
    else tokens.push({ kind, text: /^[.$]\w/.test(text) ? text.slice(1) : text, at });
    at += text.length;
    if (text === "(") depth++;
    if (text === ")" && --depth < 0) {
      if (closing === "") throw new Error(`a parenthesis is closed that was not opened: ${rest.slice(0, 40)}`);
      tokens.pop();
      tokens.push({ kind: "end", text: "", at });
      return { tokens, at };
    }
  }
}

const PLAIN = [
  ["field", /^\.[A-Za-z_]\w*/],
  ["variable", /^\$[A-Za-z_]\w*/],
  ["word", /^@?[A-Za-z_]\w*/],
  ["number", /^(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?/],
  ["operator", OPERATOR],
] as const;

/** The token with which a text begins, as it is written. */
function plain(text: string): [(typeof PLAIN)[number][0], string] {
  for (const [kind, form] of PLAIN) {
    const match = form.exec(text);
    if (match) return [kind, match[0]];
  }
  throw new Error(`no token begins with ${text.slice(0, 40)}`);
}

function string(program: string, from: number): { parts: (string | Token[])[]; at: number } {
  const parts: (string | Token[])[] = [];
  let text = "";
  let at = from;
  for (;;) {
    const character = program[at++];
    if (character === undefined) throw new Error("a string of the program does not end");
    if (character === '"') {
      parts.push(text);
      return { parts, at };
    }
    if (character !== "\\") {
      text += character;
      continue;
    }
    const escaped = program[at++] ?? "";
    if (escaped === "(") {
      const inner = read(program, at, ")");
      parts.push(text, inner.tokens);
      text = "";
      at = inner.at;
    } else if (escaped === "u") {
      text += String.fromCharCode(Number.parseInt(program.slice(at, at + 4), 16));
      at += 4;
    } else {
      const meant = ESCAPES[escaped];
      if (meant === undefined) throw new Error(`a string holds \\${escaped}, which means nothing`);
      text += meant;
    }
  }
}
