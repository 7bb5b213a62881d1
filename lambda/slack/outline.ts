/** Deeper than any notification AWS sends; a hostile one may nest without end. */
const MAX_DEPTH = 8;
/** Slack shows 3000 characters of a block: more lines than this never get there. */
const MAX_LINES = 500;

/** @returns JSON as indented `key: value` lines: what a reader wants of it, without the quotes and braces */
export function outline(value: object): string {
  return linesOf(value, 0).join("\n");
}

function linesOf(value: object, depth: number): string[] {
  const indent = "  ".repeat(depth);
  const lines: string[] = [];
  for (const [key, entry] of Object.entries(value)) {
    if (lines.length > MAX_LINES) break;
    const label = Array.isArray(value) ? `${indent}-` : `${indent}${key}:`;
    if (typeof entry !== "object" || entry === null) lines.push(`${label} ${String(entry)}`);
    else if (depth >= MAX_DEPTH) lines.push(`${label} …`);
    else lines.push(label, ...linesOf(entry, depth + 1));
  }
  return lines;
}
