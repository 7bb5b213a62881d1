import { z } from "zod";

/** What a check that spans more than one value reports to. */
export type Context = z.core.$RefinementCtx;

/** Fails a transformation of `value`, leaving the words to the schema's expectation. */
export function refuse(context: Context, value: unknown): never {
  context.addIssue({ code: "custom", input: value });
  return z.NEVER;
}

/** Reports the whole sentence that follows the key's path. */
export function report(context: Context, path: PropertyKey[], message: string): void {
  context.addIssue({ code: "custom", path, message, params: { sentence: true } });
}
