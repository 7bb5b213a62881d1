/** A JSON object whose fields are still unknown. */
export type Fields = Readonly<Record<string, unknown>>;

/** @returns the value as an object of unknown fields, or undefined when it is anything else (null and arrays included) */
export function asFields(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** @returns the entries of a list, or none when the value is not a list */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** @returns the trimmed text, or undefined when the value is not a string or has nothing in it */
export function asText(value: unknown): string | undefined {
  const text = typeof value === "string" ? value.trim() : "";
  return text === "" ? undefined : text;
}

/** @returns the number, or undefined when the value is neither one nor the text of one */
export function asNumber(value: unknown): number | undefined {
  const number = typeof value === "number" ? value : Number(asText(value) ?? Number.NaN);
  return Number.isFinite(number) ? number : undefined;
}

/** @returns the moment in milliseconds since the epoch, or undefined when the value is neither a date nor such a number */
export function asMoment(value: unknown): number | undefined {
  const moment = typeof value === "string" ? Date.parse(value) : asNumber(value);
  return moment === undefined || Number.isNaN(moment) ? undefined : moment;
}

/** @returns the parsed JSON, or undefined when the value is no JSON text: plain text is legitimate, not a failure */
export function parseJson(value: unknown): unknown {
  if (typeof value !== "string") return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** @returns the first of the words, and how many more there are: `a, b and 3 more` */
export function few(words: readonly string[], most: number): string {
  return enumerate(words.length > most ? [...words.slice(0, most), `${words.length - most} more`] : words);
}

/** @returns `a`, `a and b`, `a, b and c` */
export function enumerate(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}
