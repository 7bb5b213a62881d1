import { stripVTControlCharacters } from "node:util";
import { shownWidth } from "./column-widths";

/** Of a terminal that does not say how wide it is. */
const WIDTH = 80;
/** Lines of one text: whoever wants more has `towline explain`, and --json. */
export const MOST_LINES = 6;
/** How lines go on that are too long. */
const INDENT = "  ";
/** What a terminal would obey, line ends and the colours of our own apart. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /(\u001b\[[0-9;]*m)|[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g;

/** Columns that standard output has. */
export function terminalWidth(): number {
  return process.stdout.columns ?? WIDTH;
}

/** A text from elsewhere, such as an app's log, without what a terminal would obey. Colours stay. */
export function harmless(text: string): string {
  return text.replace(CONTROL, (_, colour: string | undefined) => colour ?? " ");
}

/** A text that takes no more than so many columns, ending in … where it was longer. Colours do not survive the cut. */
export function cut(text: string, most: number): string {
  if (shownWidth(text) <= most) return text;
  let shown = "";
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    width += shownWidth(character);
    if (width > most - 1) break;
    shown += character;
  }
  return `${shown}…`;
}

/**
 * Lines that fit a terminal: what is too long goes on below, a word further in, and what is much too long ends in ….
 * @param most lines of each; without it, any number
 */
export function fitted(lines: readonly string[], width: number = terminalWidth(), most?: number): string[] {
  return lines.flatMap((line) => {
    const broken = wrapped(harmless(line), width);
    if (most === undefined || broken.length <= most) return broken;
    return [...broken.slice(0, most - 1), cut(`${broken[most - 1]} …${" ".repeat(width)}`, width).trimEnd()];
  });
}

/** Broken between words, and within those that no line has room for. */
function wrapped(line: string, width: number): string[] {
  const lines: string[] = [];
  const begin = /^ */.exec(line)?.[0] ?? "";
  // One wide character at least stands on each.
  const room = Math.max(width, begin.length + INDENT.length + 2);
  let now = begin;
  for (const word of line.trim().split(/ +/)) {
    const next = now.trim() === "" ? `${now}${word}` : `${now} ${word}`;
    if (shownWidth(next) <= room) {
      now = next;
      continue;
    }
    if (now.trim() !== "") lines.push(now);
    now = `${begin}${lines.length === 0 ? "" : INDENT}${word}`;
    while (shownWidth(now) > room) {
      const head = cut(now, room + 1).slice(0, -1);
      lines.push(head);
      now = `${begin}${INDENT}${stripVTControlCharacters(now).slice(head.length)}`;
    }
  }
  return [...lines, now];
}
