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
