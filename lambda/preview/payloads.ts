import { asFields, asText, parseJson } from "../values";

/**
 * What a file holds: an event of any shape the notifier takes, several of them in a list or as
 * `describe-scaling-activities` prints them, or a text, bare or as `{"text": …}`.
 */
export function payloadsOf(content: string): unknown[] {
  const json = parseJson(content);
  if (json === undefined) return [content];
  if (Array.isArray(json)) return json;
  const fields = asFields(json);
  if (Array.isArray(fields?.Activities)) return fields.Activities;
  const text = asText(fields?.text);
  return [text !== undefined && Object.keys(fields ?? {}).length === 1 ? text : json];
}
