import { styleText } from "node:util";
import Table from "cli-table3";

/** A table with a frame on a terminal, else aligned columns that other programs can read. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[], terminal: boolean): string {
  if (!terminal) return renderPlain([head, ...rows]);
  const table = new Table({ head: head.map((cell) => styleText("bold", cell)), style: { head: [], border: [] } });
  for (const cells of rows) table.push([...cells]);
  return table.toString();
}

function renderPlain(rows: readonly (readonly string[])[]): string {
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
