import { METERS } from "./meters";
import type { PriceTable } from "./prices";
import type { ResourceUsage } from "./resources";
import { type Sizes, times, total } from "./sizes";
import type { Usage } from "./usage";

/** One charge of a month, in USD. */
export interface Line {
  readonly resource: string;
  readonly what: string;
  /** In `unit`. */
  readonly quantity: Sizes;
  /** Null where there is no price. */
  readonly unit: string | null;
  readonly price: number | null;
  readonly monthly: Sizes | null;
}

/** What a stack costs in a month, in USD. */
export interface Bill {
  /** By resource, the dearest first; resources with a line that is not priced before all others. */
  readonly lines: readonly Line[];
  /** Sum of the priced lines, to the cent. */
  readonly total: Sizes;
  /** Number of lines that are not priced. */
  readonly notPriced: number;
  /** Instance types without a price, for which some of these lines are not. */
  readonly unknownInstanceTypes: readonly string[];
}

/** Prices what a stack uses. What the table has no price for is a line without one. */
export function billOf(usages: readonly ResourceUsage[], table: PriceTable): Bill {
  const byResource = usages
    .map(({ resource, usages: own }) => own.map((usage) => lineOf(resource, usage, table)))
    .sort((one, other) => rank(other) - rank(one));
  const lines = byResource.flat();
  return {
    lines,
    total: rounded(sumOf(lines), 2),
    notPriced: lines.filter(({ monthly }) => monthly === null).length,
    unknownInstanceTypes: unknownTypes(usages, table),
  };
}

function unknownTypes(usages: readonly ResourceUsage[], { instances }: PriceTable): string[] {
  const types = usages
    .flatMap(({ usages: own }) => own)
    .flatMap(({ rate }) => (typeof rate === "object" && "instanceType" in rate ? rate.instanceType : []));
  return [...new Set(types)].filter((type) => instances[type] === undefined).sort();
}

function lineOf(resource: string, { what, quantity, rate }: Usage, table: PriceTable): Line {
  const charge = chargeOf(rate, table);
  if (charge === undefined) return { resource, what, quantity, unit: null, price: null, monthly: null };
  const { unit, per, price } = charge;
  const inUnits = times(quantity, 1 / per);
  return {
    resource,
    what,
    quantity: rounded(inUnits, 6),
    unit,
    price: Number(price.toFixed(10)),
    monthly: rounded(times(inUnits, price), 6),
  };
}

function chargeOf(
  rate: Usage["rate"],
  { instances, meters }: PriceTable,
): { readonly unit: string; readonly per: number; readonly price: number } | undefined {
  if (rate === "unknown") return undefined;
  if ("meter" in rate) return { ...METERS[rate.meter], price: meters[rate.meter] };
  const price = instances[rate.instanceType];
  return price === undefined ? undefined : { unit: "hour", per: 1, price: price * (1 - rate.discount) };
}

function rank(lines: readonly Line[]): number {
  return lines.some(({ monthly }) => monthly === null) ? Number.MAX_VALUE : sumOf(lines).max;
}

function sumOf(lines: readonly Line[]): Sizes {
  return total(lines.flatMap(({ monthly }) => monthly ?? []));
}

/** Money and quantities of binary fractions would end in many digits that mean nothing. */
function rounded({ min, max }: Sizes, digits: number): Sizes {
  return { min: Number(min.toFixed(digits)), max: Number(max.toFixed(digits)) };
}
