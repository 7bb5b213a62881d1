import { duration } from "../duration";
import type { Unit } from "./units";

const BINARY = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
const DECIMAL = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Says the numbers of one alarm alike. */
export type SayQuantity = (value: number) => string;

/**
 * @param unit undefined for counts and for what has no unit
 * @param limit the alarm's limit: where somebody set it in decimal units (5 GB), its values are told in them, else in binary ones
 */
export function quantitiesOf(unit: Unit | undefined, limit: number | undefined): SayQuantity {
  if (unit === undefined) return plain;
  const isDecimal = limit !== undefined && limit !== 0 && isRound(limit * unit.factor);
  return (value) => {
    const said = say(value * unit.factor, unit.kind, isDecimal);
    return unit.perSecond ? `${said}/s` : said;
  };
}

function say(value: number, kind: Unit["kind"], isDecimal: boolean): string {
  switch (kind) {
    case "bytes":
      return isDecimal ? scaled(value, 1000, DECIMAL) : scaled(value, 1024, BINARY);
    case "seconds":
      return seconds(value);
    case "percent":
      return `${plain(value)} %`;
    case "days":
      return `${plain(value)} ${value === 1 ? "day" : "days"}`;
  }
}

/** Millions of bytes that are no power of two times anything large. */
function isRound(limit: number): boolean {
  return limit % 1e6 === 0 && limit % 2 ** 20 !== 0;
}

function scaled(value: number, base: number, units: readonly string[]): string {
  const power = Math.floor(Math.log(Math.abs(value)) / Math.log(base) + 1e-9);
  const index = Math.min(Math.max(power, 0), units.length - 1);
  return `${plain(value / base ** index, 3)} ${units[index] ?? ""}`;
}

function seconds(value: number): string {
  const size = Math.abs(value);
  if (size >= 120) return `${value < 0 ? "-" : ""}${duration(size)}`;
  if (size >= 1 || size === 0) return `${plain(value)} s`;
  return size >= 0.001 ? `${plain(value * 1000)} ms` : `${plain(value * 1e6)} µs`;
}

/** The digits a reader wants. */
function plain(value: number, digits = 4): string {
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-6)) return String(Number(value.toPrecision(digits)));
  const rounded = size >= 1000 ? Math.round(value) : Number(value.toPrecision(digits));
  return rounded.toLocaleString("en-US", { maximumFractionDigits: 9 });
}
