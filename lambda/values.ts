/** A JSON object whose fields are still unknown. */
export type Fields = Readonly<Record<string, unknown>>;

/** @returns the value as an object of unknown fields, or undefined when it is anything else (null and arrays included) */
export function asFields(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** @returns the trimmed text, or undefined when the value is not a string or has nothing in it */
export function asText(value: unknown): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : text;
}

/** @returns the moment in milliseconds since the epoch, or undefined when the value is not a date */
export function asMoment(value: unknown): number | undefined {
  const moment = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(moment) ? undefined : moment;
}
