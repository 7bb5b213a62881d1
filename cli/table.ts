import { stripVTControlCharacters, styleText } from "node:util";
import Table from "cli-table3";
import { columnWidths, shownWidth } from "./column-widths";
import { cut, harmless, MOST_LINES, terminalWidth } from "./shown-text";

type Rows = readonly (readonly string[])[];

/** Between two columns. */
const GAP = "  ";
const NO_FRAME = Object.fromEntries(
  ["top", "bottom", "mid", "left", "right"].flatMap((side) =>
    [side, `${side}-mid`, `${side}-left`, `${side}-right`].map((name) => [name, ""]),
  ),
);

/**
 * On a terminal, columns that fit it: what is too long goes on in the next line, and what is much too long ends in …; columns that say nothing are
 * left out. Elsewhere, all of it in aligned columns that other programs can read.
 *
 * @param width of the terminal
 */
export function renderTable(
  head: readonly string[],
  rows: Rows,
  terminal: boolean,
  width: number = terminalWidth(),
): string {
  if (!terminal) return renderPlain([head, ...rows]);
  const telling = head
    .map((_, column) => column)
    .filter((column) => rows.length === 0 || rows.some((row) => tells(row[column])));
  const pick = (cells: readonly string[]) => telling.map((column) => harmless(cells[column] ?? ""));
  const shown = [pick(head), ...rows.map(pick)];
  const widths = columnWidths(shown, width - GAP.length * (telling.length - 1));
  const table = new Table({
    head: pick(head).map((cell) => styleText("bold", cell)),
    chars: { ...NO_FRAME, middle: GAP },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colWidths: widths,
    wordWrap: true,
  });
  for (const cells of shown.slice(1)) {
    table.push(
      cells.map((cell, column) => ({
        content: shortened(cell, widths[column] ?? 0),
        // A word that is longer than its column is broken anywhere.
        wrapOnWordBoundary: cell.split(/\s+/).every((word) => shownWidth(word) <= (widths[column] ?? 0)),
      })),
    );
  }
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

function tells(cell: string | undefined): boolean {
  return cell !== undefined && cell !== "" && cell !== "-";
}

/** Cut to what its column has room for. Colours do not survive a break in their middle. */
function shortened(cell: string, width: number): string {
  return shownWidth(cell) <= width ? cell : cut(stripVTControlCharacters(cell), width * MOST_LINES);
}

function renderPlain(rows: Rows): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
