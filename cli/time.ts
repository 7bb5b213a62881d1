import { InvalidArgumentError } from "commander";

/** A moment as ISO 8601 UTC in whole seconds, the form of every time in the bucket. */
export function timestamp(moment: Date | number = new Date()): string {
  return new Date(moment).toISOString().replace(/\.\d+Z$/, "Z");
}

const UNITS = { "": 1, s: 1, m: 60, h: 3600 } as const;

/** Seconds of a time such as `90s`, `10m` or `1h`, bare numbers being seconds; undefined for anything else. */
function seconds(text: string): number | undefined {
  const [, number, unit] = /^(\d{1,6})(s|m|h|)$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * UNITS[unit as keyof typeof UNITS];
}

/** The value of an option that takes a time, in seconds. @throws InvalidArgumentError unless `text` is one. */
export function timeOption(text: string): number {
  const found = seconds(text);
  if (found === undefined) throw new InvalidArgumentError("It should be a time such as 90s, 10m or 1h.");
  return found;
}

const DAY = 86_400;
/** Seconds that a signing key lasts unless it is said: two years. */
export const KEY_LIFE = 730 * DAY;
/** Less than the alarm before its end needs would be an alarm from the first day on. */
const SHORTEST_LIFE = 90 * DAY;
const LONGEST_LIFE = 3650 * DAY;

/** The value of an option that says how long a key lasts, in seconds. @throws InvalidArgumentError unless `text` is days or years. */
export function lifeOption(text: string): number {
  const [, number, unit] = /^(\d{1,4})(d|y)$/.exec(text) ?? [];
  const found = Number(number) * (unit === "y" ? 365 : 1) * DAY;
  if (found >= SHORTEST_LIFE && found <= LONGEST_LIFE) return found;
  throw new InvalidArgumentError("It should be days or years from 90d to 10y, such as 2y.");
}
