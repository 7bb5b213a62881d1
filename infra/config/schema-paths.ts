import { z } from "zod";
import { isSection } from "./inheritance";

/** Keys and indexes that lead to a value. */
export type Path = readonly PropertyKey[];

/** The schema of the value at a path, without the wrappers that make it optional. */
export function schemaAt(schema: z.ZodType, path: Path): z.ZodType | undefined {
  let found: unknown = bare(schema);
  for (const step of path) {
    if (found instanceof z.ZodObject) found = bare(found.shape[String(step)]);
    else if (found instanceof z.ZodRecord) found = bare(found.valueType);
    else if (found instanceof z.ZodArray) found = bare(found.element);
    else if (found instanceof z.ZodUnion) found = bare(mapOf(found)?.shape[String(step)]);
    else return undefined;
  }
  return found instanceof z.ZodType ? found : undefined;
}

/** The map among the schemas that a value may have, where one is. */
export function mapOf(union: z.ZodUnion): z.ZodObject | undefined {
  return union.options.find((option): option is z.ZodObject => option instanceof z.ZodObject);
}

/** A schema without the wrappers that make its value optional. */
export function bare(schema: unknown): unknown {
  const wrapped = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return wrapped ? bare(schema.unwrap()) : schema;
}

/** The value at a path of a document; undefined where there is none. */
export function valueAt(document: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => {
    if (Array.isArray(value)) return value[Number(step)];
    return isSection(value) ? value[String(step)] : undefined;
  }, document);
}
