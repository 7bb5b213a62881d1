import { renderTable } from "../table";
import type { Bill, Line } from "./bill";
import type { Sizes } from "./sizes";

const HEAD = ["resource", "what", "quantity", "unit", "USD a unit", "USD at min", "USD at max"];

/** The lines of a bill as a table, framed on a terminal. */
export function renderBill({ lines, total }: Bill, terminal: boolean): string {
  const sums = ["total", "", "", "", "", ...columns(total)];
  return renderTable(HEAD, [...lines.map(cells), sums], terminal);
}

function cells({ resource, what, quantity, unit, price, monthly }: Line): string[] {
  if (unit === null || price === null || monthly === null) {
    return [resource, what, "", "", "not priced", "not priced", "not priced"];
  }
  return [resource, what, range(quantity), unit, number(price, 10), ...columns(monthly)];
}

function columns({ min, max }: Sizes): string[] {
  return [money(min), money(max)];
}

function range({ min, max }: Sizes): string {
  return min === max ? number(min, 4) : `${number(min, 4)} to ${number(max, 4)}`;
}

function number(value: number, most: number, least = 0): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: least, maximumFractionDigits: most });
}

/** Two digits, but what costs something is never shown as nothing. */
function money(amount: number): string {
  return amount > 0 && amount < 0.005 ? "<0.01" : number(amount, 2, 2);
}
