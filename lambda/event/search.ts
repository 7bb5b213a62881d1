import { asFields, type Fields, parseJson } from "../values";

/** A value of an event, wherever it stands in it. */
export interface Entry {
  readonly key: string;
  /** The key in small letters alone: `sourceid` of `Source ID`, `SourceId` and `source-id`. */
  readonly name: string;
  /** The name of what it stands in; empty at the top. */
  readonly parent: string;
  readonly value: string;
  /** 0 at the top. */
  readonly depth: number;
}

const MAX_ENTRIES = 400;
const MAX_DEPTH = 6;
/** Characters of a value that are looked at. */
const MAX_VALUE = 2000;

/** What stands for no value. */
const NOTHING = /^\s*([-:.]*|n\/a|none|null|undefined)\s*$/i;

/** A value that may hold others. */
interface Place {
  readonly parent: string;
  readonly key: string;
  readonly value: unknown;
}

/** @returns the texts, numbers and flags of an event, the outermost first; JSON within texts is opened, as several services send it */
export function entriesOf(fields: Fields): Entry[] {
  const entries: Entry[] = [];
  const inside = (parent: string, all: Fields) =>
    Object.entries(all).map(([key, value]): Place => ({ parent, key, value }));
  let level = inside("", fields);
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const below: typeof level = [];
    for (const { parent, key, value: raw } of level.slice(0, MAX_ENTRIES - entries.length)) {
      const value = opened(raw);
      if (Array.isArray(value)) below.push(...value.slice(0, 20).map((each) => ({ parent, key, value: each })));
      else if (asFields(value)) below.push(...inside(plainName(key), value as Fields).slice(0, MAX_ENTRIES));
      else if (!NOTHING.test(String(value ?? "")))
        entries.push({ key, name: plainName(key), parent, value: String(value).trim().slice(0, MAX_VALUE), depth });
    }
    level = below;
  }
  return entries;
}

/** @returns the value of the first name that matches, asked pattern by pattern */
export function search(
  entries: readonly Entry[],
  patterns: readonly RegExp[],
  maxDepth = MAX_DEPTH,
): string | undefined {
  for (const pattern of patterns) {
    const found = entries.find(({ name, depth }) => depth <= maxDepth && pattern.test(name));
    if (found !== undefined) return found.value;
  }
  return undefined;
}

function plainName(key: string): string {
  return key
    .slice(0, 80)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
}

function opened(value: unknown): unknown {
  return typeof value === "string" && /^\s*[{[]/.test(value) && value.length < 100_000
    ? (parseJson(value) ?? value)
    : value;
}
