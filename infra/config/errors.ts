import { z } from "zod";
import { type Expectation, expectations } from "./expectations";
import { isSection } from "./inheritance";
import { nearest } from "./nearest";

/** Configuration that cannot be used. The message has one line for each error, fit to be shown as it is. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  constructor(readonly lines: readonly string[]) {
    super(lines.join("\n"));
  }
}

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

/**
 * Words what is wrong with a document, as `<path of the key>: <what it should be, what it is, how to fix it>`.
 *
 * @param locate turns a path of the document into the path under which the user wrote the value
 */
export function describeIssues(
  issues: readonly Issue[],
  schema: z.ZodType,
  document: unknown,
  locate: (path: Path) => Path,
): string[] {
  const lines = issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => line(locate([...issue.path, key]), unknownKey(key, schemaAt(schema, issue.path))));
    }
    if (issue.code === "custom" && issue.params?.sentence === true) return [line(locate(issue.path), issue.message)];
    if (issue.code === "invalid_key") {
      const name = issue.path.at(-1);
      return [line(locate(issue.path), unfit(expectationOfKey(schema, issue.path), name))];
    }
    return [line(locate(issue.path), unfit(expectationAt(schema, issue.path), valueAt(document, issue.path)))];
  });
  return [...new Set(lines)];
}

function line(path: Path, sentence: string): string {
  return `${path.map(String).join("/")}: ${sentence}`;
}

function unfit({ allowed, example }: Expectation, value: unknown): string {
  const fault =
    value === undefined ? `is missing; it should be ${allowed}` : `should be ${allowed}, but is ${shown(value)}`;
  return `${fault}. Write for example "${example}".`;
}

function unknownKey(key: string, parent: z.ZodType | undefined): string {
  const allowed =
    parent instanceof z.ZodObject ? Object.keys(parent.shape).filter((name) => name !== "postPackages") : [];
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

/** The schema of the value at a path, without the wrappers that make it optional. */
export function schemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
  let found: unknown = bare(schema);
  for (const step of path) {
    if (found instanceof z.ZodObject) found = bare(found.shape[String(step)]);
    else if (found instanceof z.ZodRecord) found = bare(found.valueType);
    else if (found instanceof z.ZodArray) found = bare(found.element);
    else return undefined;
  }
  return found instanceof z.ZodType ? found : undefined;
}

function bare(schema: unknown): unknown {
  const wrapped = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return wrapped ? bare(schema.unwrap()) : schema;
}

function valueAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => {
    if (Array.isArray(value)) return value[Number(step)];
    return isSection(value) ? value[String(step)] : undefined;
  }, document);
}
