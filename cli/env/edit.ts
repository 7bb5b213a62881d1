import type { Settings } from "./file";

/** What is to become of settings, whatever they are when it is applied. */
export interface Edit {
  /** Values to set, by name. */
  readonly set: ReadonlyMap<string, string>;
  /** Whether a setting that `set` does not name has to go. */
  readonly drops: (name: string) => boolean;
}

/** Names by what became of them, each list in order. */
export interface Difference {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** The settings after an edit; what has its value already keeps who gave it, and when. */
export function applyEdit(before: Settings, edit: Edit, by: string, at: string): Settings {
  const after = new Map([...before].filter(([name]) => edit.set.has(name) || !edit.drops(name)));
  for (const [name, value] of edit.set) {
    if (before.get(name)?.value !== value) after.set(name, { value, by, at });
  }
  return after;
}

/** Which names have another value, or one where there was none. */
export function differenceOf(before: Settings, after: Settings): Difference {
  const names = [...after.keys()];
  return {
    added: names.filter((name) => !before.has(name)).sort(),
    changed: names.filter((name) => before.has(name) && before.get(name)?.value !== after.get(name)?.value).sort(),
    removed: [...before.keys()].filter((name) => !after.has(name)).sort(),
  };
}

export function isEmpty({ added, changed, removed }: Difference): boolean {
  return added.length + changed.length + removed.length === 0;
}

/** `A, B added; C changed`: names and never values. @param verb goes before each participle, such as `would be` */
export function describeDifference({ added, changed, removed }: Difference, verb = ""): string {
  const parts = Object.entries({ added, changed, removed }).filter(([, names]) => names.length > 0);
  return parts.map(([word, names]) => [names.join(", "), verb, word].filter(Boolean).join(" ")).join("; ");
}
