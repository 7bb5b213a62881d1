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
  // A map, so that no key, whatever its name, is one that all objects have.
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(child)) merged.set(key, mergeValue(merged.get(key), value));

  for (const [key, value] of [...merged]) {
    const target = postTarget(key);
    if (target === undefined || !Array.isArray(value)) continue;
    const list = merged.get(target) ?? [];
    if (!Array.isArray(list)) continue;
    merged.set(target, [...list, ...value]);
    merged.delete(key);
  }
  return Object.fromEntries(merged);
}

/**
 * Finds where the value at a path of `inherit(base, child)` was written, so that an error can name the line to change: a list
 * may stem from a `post<Key>` alone. A value that is in neither section counts as the child's.
 */
export function origin(base: Section, child: Section, path: readonly PropertyKey[]): Origin {
  const [key, inner, ...rest] = path;
  if (typeof key !== "string") return { section: "child", path };
  if (typeof inner === "number") return itemOrigin(base, child, key, inner, rest);

  const merges = inner !== undefined && isSection(base[key]) && isSection(child[key]);
  const [own, inherited] = merges ? [child[key], base[key]] : [child, base];
  const wanted = merges ? inner : key;
  if (hasKey(own, wanted)) return { section: "child", path };
  if (hasKey(inherited, wanted)) return { section: "base", path };
  const written = [postKey(key), ...path.slice(1)];
  if (hasKey(child, postKey(key))) return { section: "child", path: written };
  if (hasKey(base, postKey(key))) return { section: "base", path: written };
  return { section: "child", path };
}

/** True where a section takes over what its base holds at a path, by the rules of `inherit`. */
export function inherits(base: Section, child: Section, [key = "", inner]: readonly string[]): boolean {
  if (!hasKey(child, key)) return true;
  if (Array.isArray(base[key]) && Array.isArray(child[key])) return true;
  return isSection(base[key]) && isSection(child[key]) && inner !== undefined && !hasKey(child[key], inner);
}

/** `postPackages` for `packages`. */
export function postKey(key: string): string {
  return `post${key.charAt(0).toUpperCase()}${key.slice(1)}`;
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

/** `packages` for `postPackages`; undefined for a key that is none of a post list. */
export function postTarget(key: string): string | undefined {
  const [, first, rest] = /^post([A-Z])(.*)$/.exec(key) ?? [];
  return first === undefined ? undefined : first.toLowerCase() + rest;
}

function itemOrigin(base: Section, child: Section, key: string, index: number, rest: readonly PropertyKey[]): Origin {
  const post = postKey(key);
  let before = 0;
  for (const [section, values, name] of [
    ["base", base, key],
    ["child", child, key],
    ["base", base, post],
    ["child", child, post],
  ] as const) {
    const list = hasKey(values, name) ? values[name] : undefined;
    if (!Array.isArray(list)) continue;
    if (index - before < list.length) return { section, path: [name, index - before, ...rest] };
    before += list.length;
  }
  return { section: "child", path: [key, index, ...rest] };
}

function hasKey(section: unknown, key: PropertyKey): boolean {
  return isSection(section) && Object.hasOwn(section, key);
}
