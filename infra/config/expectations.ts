import { z } from "zod";

/** What a value should be, in words, and one that would do. */
export interface Expectation {
  readonly allowed: string;
  readonly example: string;
}

/** What each value of the schema should be; errors are worded from it. */
export const expectations = z.registry<Expectation>();

/** A schema, and what its errors say. */
export function expecting<Schema extends z.ZodType>(schema: Schema, allowed: string, example: string): Schema {
  expectations.add(schema, { allowed, example });
  return schema;
}

export function whole(min: number, max: number, example: string, unit = "whole number"): z.ZodInt {
  return expecting(z.int().min(min).max(max), `a ${unit} from ${min} to ${max}`, example);
}

export function text(pattern: RegExp, allowed: string, example: string): z.ZodString {
  return expecting(z.string().regex(pattern), allowed, example);
}
