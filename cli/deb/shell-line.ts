/** A word of a shell line; `text` is undefined where only the shell knows it (`$PORT`, `*.jar`), `raw` is as it was written. */
export interface Word {
  readonly text: string | undefined;
  readonly raw: string;
}

/** A simple command of a shell line. */
export interface SimpleCommand {
  readonly words: readonly Word[];
  /** What stood before it: it may never run behind `||`. */
  readonly after: string;
}

// An operator, a comment, or a word of quoted and plain parts (shell grammar of POSIX, XCU 2.10).
const TOKEN = /\s*(?:(&&|\|\||[;|&]|\d*[<>]+&?)|(#.*)|((?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\;|&<>])+))/y;
const KEYWORD = /^(if|for|while|until|case|select|function|time|coproc|[!{([].*)$/;

/** The simple commands of a line, as far as they stand before anything that only a shell can follow: loops, subshells. */
export function simpleCommands(line: string): SimpleCommand[] {
  let words: Word[] = [];
  const commands: SimpleCommand[] = [{ words, after: "" }];
  let redirected = false;
  for (const match of line.matchAll(new RegExp(TOKEN, "gy"))) {
    const [, operator, comment, raw] = match;
    if (comment !== undefined) break;
    if (operator !== undefined) {
      redirected = /[<>]/.test(operator);
      if (redirected) continue;
      words = [];
      commands.push({ words, after: operator });
    } else if (raw !== undefined) {
      if (words.length === 0 && KEYWORD.test(raw)) break;
      if (!redirected) words.push({ raw, text: textOf(raw) });
      redirected = false;
    }
  }
  return commands.filter(({ words }) => words.length > 0);
}

function textOf(raw: string): string | undefined {
  const parts = [...raw.matchAll(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^'"\\]+)/g)];
  const texts = parts.map(([, single, double, escaped, plain]) => {
    if (double !== undefined) return /[$`]/.test(double) ? undefined : double.replace(/\\(["\\])/g, "$1");
    if (plain !== undefined) return /[$`*?[\]{}~()]/.test(plain) ? undefined : plain;
    return single ?? escaped;
  });
  return texts.includes(undefined) ? undefined : texts.join("");
}
