/** A section of configuration: a map of keys to values of any kind. */
export type Section = Readonly<Record<string, unknown>>;

/** Where a value of a merged section was written: in which of the two sections, and under which path. */
export interface Origin {
  readonly section: "base" | "child";
  readonly path: readonly PropertyKey[];
}

/**
 * Merges a child section with the base it inherits from, by three rules: lists are appended base + child; maps are merged
 * one level deep; of anything else, the child's wins. A list `post<Key>` is appended last to the list `<key>`, base's
 * before child's.
 */
export function inherit(base: Section, child: Section): Section {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(child)) merged[key] = mergeValue(base[key], value);

  for (const [key, value] of Object.entries(merged)) {
    const target = postTarget(key);
    if (target === undefined || !Array.isArray(value)) continue;
    const list = merged[target] ?? [];
    if (!Array.isArray(list)) continue;
    merged[target] = [...list, ...value];
    delete merged[key];
  }
  return merged;
}

/**
 * Finds where the value at a path of `inherit(base, child)` was written, so that an error can name the line to change. A
 * value that is in neither section counts as the child's.
 */
export function origin(base: Section, child: Section, path: readonly PropertyKey[]): Origin {
  const [key, inner, ...rest] = path;
  if (typeof key !== "string") return { section: "child", path };
  if (typeof inner === "number") return itemOrigin(base, child, key, inner, rest);

  const merges = inner !== undefined && isSection(base[key]) && isSection(child[key]);
  const [own, inherited] = merges ? [child[key], base[key]] : [child, base];
  const wanted = merges ? inner : key;
  const inBase = !hasKey(own, wanted) && hasKey(inherited, wanted);
  return { section: inBase ? "base" : "child", path };
}

/** True for a map, which a YAML reader gives as a plain object. */
export function isSection(value: unknown): value is Section {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mergeValue(base: unknown, child: unknown): unknown {
  if (Array.isArray(base) && Array.isArray(child)) return [...base, ...child];
  if (isSection(base) && isSection(child)) return { ...base, ...child };
  return child;
}

/** `packages` for `postPackages`. */
function postTarget(key: string): string | undefined {
  const [, first, rest] = /^post([A-Z])(.*)$/.exec(key) ?? [];
  return first === undefined ? undefined : first.toLowerCase() + rest;
}

function itemOrigin(base: Section, child: Section, key: string, index: number, rest: readonly PropertyKey[]): Origin {
  const post = `post${key.charAt(0).toUpperCase()}${key.slice(1)}`;
  let before = 0;
  for (const [section, values, name] of [
    ["base", base, key],
    ["child", child, key],
    ["base", base, post],
    ["child", child, post],
  ] as const) {
    const list = values[name];
    if (!Array.isArray(list)) continue;
    if (index - before < list.length) return { section, path: [name, index - before, ...rest] };
    before += list.length;
  }
  return { section: "child", path: [key, index, ...rest] };
}

function hasKey(section: unknown, key: PropertyKey): boolean {
  return isSection(section) && Object.hasOwn(section, key);
}
