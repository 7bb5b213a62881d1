/** A token of a jq program. A string's parts are texts and, between them, the programs in \(…). */
export type Token =
  | { readonly kind: "word" | "field" | "variable" | "operator" | "end"; readonly text: string; readonly at: number }
  | { readonly kind: "number"; readonly value: number; readonly text: string; readonly at: number }
  | { readonly kind: "string"; readonly parts: readonly (string | Token[])[]; readonly text: string; readonly at: number };

const OPERATOR = /^(\?\/\/|\/\/=|\|=|\+=|-=|\*=|\/=|%=|==|!=|<=|>=|\/\/|\.\.|[.[\](){}|,:;=<>+\-*/%?])/;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", "/": "/", "\\": "\\", '"': '"' };

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
    let match: RegExpExecArray | null;
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
    if ((match = /^\.([A-Za-z_]\w*)/.exec(rest))) tokens.push({ kind: "field", text: match[1] as string, at });
    else if ((match = /^\$([A-Za-z_]\w*)/.exec(rest))) tokens.push({ kind: "variable", text: match[1] as string, at });
    else if ((match = /^@?[A-Za-z_]\w*/.exec(rest))) tokens.push({ kind: "word", text: match[0], at });
    else if ((match = /^(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?/.exec(rest)))
      tokens.push({ kind: "number", value: Number(match[0]), text: match[0], at });
    else if ((match = OPERATOR.exec(rest))) {
      if (match[0] === "(") depth++;
      if (match[0] === ")" && --depth < 0) {
        if (closing === "") throw new Error(`a parenthesis is closed that was not opened: ${rest.slice(0, 40)}`);
        tokens.push({ kind: "end", text: "", at });
        return { tokens, at: at + 1 };
      }
      tokens.push({ kind: "operator", text: match[0], at });
    } else throw new Error(`no token begins with ${rest.slice(0, 40)}`);
    at += match[0].length;
  }
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
