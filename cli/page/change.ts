import type { StatusRow } from "../fleet/status";
import type { StackView } from "./model";

/** What is another in a stack than at the look before: rows by host, and each other part that is another as a whole. */
export interface StackChange {
  readonly stack: string;
  readonly parts: Partial<Omit<StackView, "stack" | "rows">>;
  /** Hosts that are another, or new. */
  readonly rows: readonly StatusRow[];
  /** All hosts in their order, where others are there than before; null where not. */
  readonly order: readonly string[] | null;
}

const keyOf = ({ group, instance }: StatusRow) => `${group}/${instance}`;

/** What a page that shows `before` lacks of `now`. */
export function changeBetween(before: StackView, now: StackView): StackChange {
  const { stack, rows, ...parts } = now;
  const old = before as unknown as Readonly<Record<string, unknown>>;
  const other = Object.entries(parts).filter(([name, value]) => !same(old[name], value));
  const known = new Map(before.rows.map((row) => [keyOf(row), row]));
  const order = rows.map(keyOf);
  return {
    stack,
    parts: Object.fromEntries(other),
    rows: rows.filter((row) => !same(known.get(keyOf(row)), row)),
    order: same(before.rows.map(keyOf), order) ? null : order,
  };
}

/** What a page shows after a change. Rows that did not change stay the very same. */
export function applyChange(before: StackView, { parts, rows, order }: StackChange): StackView {
  const known = new Map([...before.rows, ...rows].map((row) => [keyOf(row), row]));
  const keys = order ?? before.rows.map(keyOf);
  return { ...before, ...parts, rows: keys.flatMap((key) => known.get(key) ?? []) };
}

/** Both are made of JSON alone, by the same code. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
