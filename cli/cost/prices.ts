import { readFileSync } from "node:fs";
import { z } from "zod";
import { codeOf, InputError, messageOf } from "../errors";
import { METER_NAMES, METERS, type MeterName } from "./meters";
import { PRICE_TABLES } from "./price-tables";

const price = z.number("must be a price in USD, such as 0.0228").positive("must be above 0");

const schema = z.strictObject({
  region: z.string("must be a region, such as eu-central-1"),
  date: z.iso.date("must be the day the prices are of, such as 2026-01-31"),
  source: z.string("must say where the prices are from").regex(/\S/, "must say where the prices are from"),
  instances: z.record(z.string(), price, "must hold a price per hour for each instance type"),
  meters: z.record(z.enum(METER_NAMES), price, "must hold the prices of all meters"),
});

/** What AWS charges in one region, in USD. */
export interface PriceTable {
  readonly region: string;
  /** Day the prices are of, as 2026-01-31. */
  readonly date: string;
  /** Where they are from, for people. */
  readonly source: string;
  /** Price of an hour on demand by instance type, as t3.small. */
  readonly instances: Readonly<Record<string, number>>;
  /** Price of each meter's unit (`METERS`). */
  readonly meters: Readonly<Record<MeterName, number>>;
}

/**
 * The prices of a region: those in `file`, else the built-in ones.
 * @throws InputError when the file cannot be used, or there are no built-in prices of the region
 */
export function pricesOf(region: string, file: string | undefined): PriceTable {
  if (file !== undefined) return readPrices(file, region);
  const table = PRICE_TABLES[region];
  if (table !== undefined) return table;
  throw new InputError(
    `there are no built-in prices of ${region}, only of ${Object.keys(PRICE_TABLES).join(" and ")}; ` +
      "give your own with --prices FILE (docs/cost.md shows what it holds)",
  );
}

function readPrices(file: string, region: string): PriceTable {
  const table = parsePrices(file, readText(file));
  if (table.region === region) return table;
  throw new InputError(`--prices ${file}: holds prices of ${table.region}, but the stack is in ${region}`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const reason = codeOf(error) === "ENOENT" ? "there is no such file" : messageOf(error);
    throw new InputError(`--prices ${file}: ${reason}`, { cause: error });
  }
}

/**
 * Reads a price table.
 * @param file only for messages
 * @throws InputError naming each wrong key, what it must be and what was given
 */
export function parsePrices(file: string, text: string): PriceTable {
  const raw = parseJson(file, text);
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => explain(issue, raw));
  throw new InputError(`--prices ${file}: ${faults.join("; ")} (docs/cost.md shows a whole file)`);
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`--prices ${file}: is not JSON: ${messageOf(error)}`, { cause: error });
  }
}

function explain(issue: z.core.$ZodIssue, raw: unknown): string {
  const path = issue.path.map(String).join("/");
  if (issue.code === "unrecognized_keys") {
    const allowed = path === "meters" ? METER_NAMES : Object.keys(schema.shape);
    return `${[path, issue.keys[0]].filter(Boolean).join("/")} is no key of a price table (allowed: ${allowed.join(", ")})`;
  }
  const given = issue.path.reduce<unknown>((value, step) => (value as Record<PropertyKey, unknown>)?.[step], raw);
  const unit = isMeter(issue.path[1]) ? ` per ${METERS[issue.path[1]].unit}` : "";
  const was = given === undefined ? "is missing" : `is ${JSON.stringify(given)}`;
  return `${path || "the table"} ${was}; it ${issue.message}${unit}`;
}

function isMeter(name: PropertyKey | undefined): name is MeterName {
  return typeof name === "string" && Object.hasOwn(METERS, name);
}
