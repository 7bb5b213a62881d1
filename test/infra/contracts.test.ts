import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { stackSchema } from "../../infra/config/schema";

const document = readFileSync(path.resolve(__dirname, "../../docs/contracts.md"), "utf8");
const [, section = ""] = /^## Configuration.*\n([\s\S]*?)^## /m.exec(document) ?? [];
/** What stands there as code, where a word is a key and no English. */
const code = (section.match(/`[^`]+`/g) ?? []).join(" ");

/** All keys that a schema knows, at whatever depth. */
function keysOf(schema: unknown): string[] {
  if (schema instanceof z.ZodObject) {
    return Object.entries(schema.shape).flatMap(([key, value]) => [key, ...keysOf(value)]);
  }
  if (schema instanceof z.ZodRecord) return keysOf(schema.valueType);
  if (schema instanceof z.ZodArray) return keysOf(schema.element);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return keysOf(schema.unwrap());
  }
  return [];
}

describe("docs/contracts.md", () => {
  it.each([...new Set(keysOf(stackSchema))])("lists the configuration's key %s", (key) => {
    expect(code).toMatch(new RegExp(`(?<![\\w:-])${key}(?![\\w-])`));
  });

  it("lists the limits of a stack", () => {
    for (const limit of [
      "40 groups",
      "24 packages",
      "50 ranges",
      "60 rules",
      "47 tags",
      "30 dimensions",
      "20 ports",
      "39 more",
      "10 alarms",
    ]) {
      expect(section).toContain(limit);
    }
  });
});
