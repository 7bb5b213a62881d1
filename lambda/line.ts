import { escapedLength } from "./slack/text";

/** Characters of a story, escaped: with who is called in front of it, the line that a phone shows stays below 300. */
export const STORY_LENGTH = 270;

/** Values are not cut below this for the sake of what is shown whole. */
const SHORTEST = 28;

/** Part of a line that is shown whole or not at all. */
export interface Whole {
  readonly whole: string;
  /** Whether it gives way before anything is shortened, rather than after all is. */
  readonly first: boolean;
}

type Part = string | Whole;
type Value = Part | number | undefined;

/** @returns what cannot be cut in two, such as a command; left out only where the rest, shortened, leaves no room */
export function whole(text: string | undefined): Whole {
  return { whole: text ?? "", first: false };
}

/** @returns what is told only while nothing has to be shortened for it */
export function aside(text: string | undefined): Whole {
  return { whole: text ?? "", first: true };
}

/**
 * Tags a template that becomes a story: its own words stay, and of its values the longest are shortened, all to the same length, until
 * the line fits. What stands last gives way first.
 */
export function line(words: TemplateStringsArray, ...values: readonly Value[]): string {
  let parts = values.map(prepared);
  for (;;) {
    const full = fitted(words, parts, STORY_LENGTH);
    if (fits(full)) return full;
    const first = lastWhole(parts, true);
    const shortened = first < 0 ? longestFit(words, parts) : undefined;
    if (shortened !== undefined) return shortened;
    const dropped = first < 0 ? lastWhole(parts, false) : first;
    if (dropped < 0) return shorten(full, STORY_LENGTH);
    parts = parts.with(dropped, "");
  }
}

/** The line with as much of its values as there is room for; undefined where they would be cut below the shortest. */
function longestFit(words: TemplateStringsArray, values: readonly Part[]): string | undefined {
  let found: string | undefined;
  for (let [low, high] = [SHORTEST, STORY_LENGTH]; low <= high; ) {
    const limit = Math.floor((low + high) / 2);
    const candidate = fitted(words, values, limit);
    if (fits(candidate)) [found, low] = [candidate, limit + 1];
    else high = limit - 1;
  }
  return found;
}

/** @returns the text, cut between words where there is one near; never inside a pair of surrogates */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, "");
  const space = cut.lastIndexOf(" ");
  return `${cut.slice(0, space > 20 && space > limit - 16 ? space : undefined).replace(/[\s,;:.(]+$/, "")}…`;
}

/** On one line. Far more than a line holds is not looked at: a message may be a quarter of a megabyte. */
function prepared(value: Value): Part {
  if (typeof value === "object") return value;
  return String(value ?? "")
    .slice(0, 4 * STORY_LENGTH)
    .replace(/\s+/g, " ");
}

function fitted(words: TemplateStringsArray, values: readonly Part[], limit: number): string {
  const text = words.map((word, index) => word + shown(values[index] ?? "", limit)).join("");
  return text.replace(/…\.(?=\s|$)/g, "…");
}

function shown(part: Part, limit: number): string {
  return typeof part === "object" ? part.whole : shorten(part, limit);
}

function fits(text: string): boolean {
  return escapedLength(text) <= STORY_LENGTH;
}

function lastWhole(values: readonly Part[], first: boolean): number {
  return values.findLastIndex((value) => typeof value === "object" && value.first === first && value.whole !== "");
}
