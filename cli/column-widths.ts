import stringWidth from "string-width";

/** Columns of a terminal that a text's longest line takes: colours take none, what is written in wide characters two each. */
export function shownWidth(text: string): number {
  return Math.max(...text.split("\n").map((line) => stringWidth(line)));
}

/** Characters up to which a word is not broken, as long as anything else can give way: instance ids have 19, times 20. */
const WORD = 20;

function longestWord(text: string): number {
  return Math.min(WORD, Math.max(...text.split(/\s+/).map(shownWidth)));
}

/**
 * Widths of columns that fit side by side: as wide as their cells where there is room; else those that are widest give way first, down to
 * their words, and only then below those: to `least` where that is enough, and as far as it takes where not.
 *
 * @param rows cells, row by row, the head among them
 * @param room characters for all columns together, what is between them left out
 * @param least that a column has where it needs as many
 */
export function columnWidths(rows: readonly (readonly string[])[], room: number, least = 8): number[] {
  const columns = (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? ""));
  const wanted = columns.map((cells) => Math.max(1, ...cells.map(shownWidth)));
  const words = columns.map((cells, column) => Math.min(wanted[column] ?? 1, Math.max(1, ...cells.map(longestWord))));
  const floors = [words, ...[least, 4, 1].map((most) => words.map((width) => Math.min(width, most)))];
  return floors.reduce<number[]>((widths, floor) => levelled(widths, floor, room), wanted);
}

/** Takes from the widest until all fit, but nothing below its floor. */
function levelled(widths: readonly number[], floors: readonly number[], room: number): number[] {
  const level = (most: number) => widths.map((width, column) => Math.min(width, Math.max(most, floors[column] ?? 0)));
  const sum = (all: readonly number[]) => all.reduce((total, width) => total + width, 0);
  let most = Math.max(0, ...widths);
  while (most > 0 && sum(level(most)) > room) most -= 1;
  const fitting = level(most);
  // Levelling stops at whole columns: what is left goes to the first that it took from.
  let left = room - sum(fitting);
  return fitting.map((width, column) => {
    const more = left > 0 && width < (widths[column] ?? 0) ? 1 : 0;
    left -= more;
    return width + more;
  });
}
