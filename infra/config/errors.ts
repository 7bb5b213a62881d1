import { z } from "zod";
import { type Expectation, expectations } from "./expectations";
import { isSection, postKey, postTarget } from "./inheritance";
import { nearest } from "./nearest";
import { bare, mapOf, type Path, schemaAt, valueAt } from "./schema-paths";
import type { Complaint, Written } from "./written";

/** Configuration that cannot be used. The message has one line for each error, fit to be shown as it is. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(readonly lines: readonly string[]) {
    super(lines.join("\n"));
  }
}

type Issue = z.core.$ZodIssue;

/**
 * Words what is wrong with a document: what a value should be, what it is, how to fix it.
 *
 * @param locate finds where the value at a path of the document was written
 */
export function describeIssues(
  issues: readonly Issue[],
  schema: z.ZodType,
  document: unknown,
  locate: (path: Path) => Written,
): Complaint[] {
  return issues.flatMap(meant(schema, document)).flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.flatMap((key) => unrecognized(schema, document, [...issue.path, key], locate));
    }
    const written = locate(issue.path);
    return { written, sentence: misplaced(schema, issue.path, written) ?? sentenceOf(issue, schema, document) };
  });
}

/** Of a value that may be a map or something else, and is a map, what is wrong with it as a map. */
function meant(schema: z.ZodType, document: unknown): (issue: Issue) => Issue[] {
  return (issue) => {
    const union = issue.code === "invalid_union" ? schemaAt(schema, issue.path) : undefined;
    if (issue.code !== "invalid_union" || !(union instanceof z.ZodUnion)) return [issue];
    const map = mapOf(union);
    if (map === undefined || !isSection(valueAt(document, issue.path))) return [issue];
    const inner = issue.errors[union.options.indexOf(map)] ?? [];
    return inner
      .map((each) => ({ ...each, path: [...issue.path, ...each.path] }) as Issue)
      .flatMap(meant(schema, document));
  };
}

function sentenceOf(issue: Issue, schema: z.ZodType, document: unknown): string {
  if (issue.code === "custom" && issue.params?.sentence === true) return issue.message;
  if (issue.code === "invalid_key") return unfit(expectationOfKey(schema, issue.path), issue.path.at(-1));
  return unfit(expectationAt(schema, issue.path), valueAt(document, issue.path));
}

function unfit({ allowed, example }: Expectation, value: unknown): string {
  const fault =
    value === undefined ? `is missing; it should be ${allowed}` : `should be ${allowed}, but is ${shown(value)}`;
  return `${fault}. Write for example "${example}".`;
}

/** A key that the schema has not, or that inheritance left behind: a `post<Key>` that is no list, or has none to be appended to. */
function unrecognized(
  schema: z.ZodType,
  document: unknown,
  path: Path,
  locate: (path: Path) => Written,
): Complaint | Complaint[] {
  const [parent, key] = [path.slice(0, -1), String(path.at(-1))];
  const written = locate(path);
  const target = [...parent, postTarget(key) ?? key];
  if (!(schemaAt(schema, target) instanceof z.ZodArray)) {
    return { written, sentence: unknownKey(String(written.path.at(-1)), schemaAt(schema, parent)) };
  }
  const value = valueAt(document, path);
  // What is wrong is the list it would be appended to, of which there is a complaint already.
  if (Array.isArray(value)) return [];
  const { allowed, example } = expectationAt(schema, target);
  return { written, sentence: unfit({ allowed, example: postKey(example) }, value) };
}

/** The sentence for a list that was made of a `post<Key>` alone, where no list belongs. */
function misplaced(schema: z.ZodType, path: Path, written: Written): string | undefined {
  const place = path.findIndex((step, index) => typeof step === "string" && written.path[index] === postKey(step));
  if (place < 0 || schemaAt(schema, path.slice(0, place + 1)) instanceof z.ZodArray) return undefined;
  return unknownKey(String(written.path[place]), schemaAt(schema, path.slice(0, place)));
}

function unknownKey(key: string, place: z.ZodType | undefined): string {
  const parent = place instanceof z.ZodUnion ? mapOf(place) : place;
  const shape: Readonly<Record<string, unknown>> = parent instanceof z.ZodObject ? parent.shape : {};
  const lists = Object.keys(shape).filter((name) => bare(shape[name]) instanceof z.ZodArray);
  const allowed = postTarget(key) === undefined || lists.length === 0 ? Object.keys(shape) : lists.map(postKey);
  const guess = nearest(key, allowed);
  const hint = guess === undefined ? "" : `; did you mean ${guess}?`;
  return `is not a key towline knows${hint}${hint === "" ? "." : ""} Allowed here: ${allowed.join(", ")}.`;
}

/** A value as the user may have written it, cut where it is long. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

function expectationAt(schema: z.ZodType, path: Path): Expectation {
  const found = schemaAt(schema, path);
  return expected(found, path);
}

function expectationOfKey(schema: z.ZodType, path: Path): Expectation {
  const record = schemaAt(schema, path.slice(0, -1));
  return expected(record instanceof z.ZodRecord ? (record.keyType as z.ZodType) : undefined, path);
}

function expected(schema: z.ZodType | undefined, path: Path): Expectation {
  const expectation = schema && expectations.get(schema);
  if (expectation === undefined) throw new Error(`the schema says nothing about ${path.map(String).join("/")}`);
  return expectation;
}
