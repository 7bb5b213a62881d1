/** Slack's own limits, in characters of the escaped text, and what we allow ourselves for the one line: a phone shows no more. */
export const LIMIT = { line: 299, section: 3000, field: 2000, label: 75 } as const;

const ENTITY: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const ELLIPSIS = "…";

/**
 * Escapes the three characters Slack gives a meaning (`&`, `<`, `>`, and no others) and cuts the result to `limit`
 * characters, never inside an entity or a surrogate pair.
 */
export function escapeToFit(text: string, limit: number): string {
  const pieces: string[] = [];
  let length = 0;
  for (const character of text) {
    const piece = ENTITY[character] ?? character;
    length += piece.length;
    pieces.push(piece);
    if (length > limit) {
      while (length + ELLIPSIS.length > limit && pieces.length > 0) length -= pieces.pop()?.length ?? 0;
      return pieces.join("") + ELLIPSIS;
    }
  }
  return pieces.join("");
}

/** @returns the characters the text has once it is escaped */
export function escapedLength(text: string): number {
  return text.replace(/[&<>]/g, (character) => ENTITY[character] ?? "").length;
}

/** @returns the text on one line, every run of white space a single space */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
