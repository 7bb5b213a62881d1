import { GROUPS } from "./fault";
import { inherits, isSection, origin, type Section } from "./inheritance";

/** Key of the section that all groups inherit from. */
export const BASE = "__base__";

/** Where a value was written, and by which group it was inherited, where it is `__base__`'s. */
export interface Written {
  readonly path: readonly PropertyKey[];
  readonly heir?: string;
}

/** What is wrong with a value, and where it was written. */
export interface Complaint {
  readonly written: Written;
  readonly sentence: string;
}

/** Finds where a value of the configuration after inheritance was written: a group's may stem from `__base__`. */
export function locate(groups: unknown, path: readonly PropertyKey[]): Written {
  const [key, name, ...inner] = path;
  if (key !== GROUPS || name === undefined || inner.length === 0 || !isSection(groups)) return { path };
  const child = ownSection(groups, String(name));
  const base = groups[BASE] ?? {};
  if (!isSection(base) || child === undefined) return { path };
  const { section, path: written } = origin(base, child, inner);
  return section === "base" ? { path: [key, BASE, ...written], heir: String(name) } : { path: [key, name, ...written] };
}

/**
 * Words complaints as `<path of the key>: <sentence>`, each once. What is wrong only in some of the groups that inherit it
 * has their names behind the path.
 */
export function linesOf(groups: unknown, complaints: readonly Complaint[]): string[] {
  const heirs = new Map<string, string[]>();
  for (const { written, sentence } of complaints) {
    const key = JSON.stringify([written.path.map(String), sentence]);
    heirs.set(key, [...(heirs.get(key) ?? []), ...(written.heir === undefined ? [] : [written.heir])]);
  }
  return [...heirs].map(([key, names]) => {
    const [path, sentence]: [string[], string] = JSON.parse(key);
    return `${path.join("/")}${note(groups, path, [...new Set(names)])}: ${sentence}`;
  });
}

const and = new Intl.ListFormat("en-GB");

/** Nothing where all who inherit the value are concerned: two groups at least, or the only one there is. */
function note(groups: unknown, path: readonly string[], names: readonly string[]): string {
  const { others, heirs } = heirsOf(groups, path);
  if (names.length === 0 || (names.length === heirs.length && (heirs.length > 1 || others === 0))) return "";
  return ` (as ${and.format(names)} ${names.length === 1 ? "inherits" : "inherit"} it)`;
}

/** The groups that inherit a value of `__base__`, and how many do not. */
function heirsOf(groups: unknown, [, , ...path]: readonly string[]): { heirs: string[]; others: number } {
  if (!isSection(groups) || !isSection(groups[BASE])) return { heirs: [], others: 0 };
  const base = groups[BASE];
  const names = Object.keys(groups).filter((name) => name !== BASE);
  const heirs = names.filter((name) => {
    const child = ownSection(groups, name);
    return child !== undefined && inherits(base, child, path);
  });
  return { heirs, others: names.length - heirs.length };
}

/** What a group has written itself; undefined where that is no map. */
function ownSection(groups: Section, name: string): Section | undefined {
  const child = (Object.hasOwn(groups, name) ? groups[name] : undefined) ?? {};
  return isSection(child) ? child : undefined;
}
