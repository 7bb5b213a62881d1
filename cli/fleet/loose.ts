/** Fields of something that others wrote, newer ones than this perhaps. */
export type Fields = Readonly<Record<string, unknown>>;

/** The fields of an object; undefined for anything else. */
export function asObject(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** The fields of a JSON document; none where it is absent, or no object. */
export function fieldsOf(text: string | undefined): Fields {
  try {
    return asObject(JSON.parse(text ?? "")) ?? {};
  } catch {
    return {};
  }
}

/** A text as it is, and anything else as ''. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** A list of texts; empty where it is none. */
export function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(textOf) : [];
}
