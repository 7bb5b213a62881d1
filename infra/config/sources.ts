import { GROUPS } from "./fault";
import { inherit, isSection, origin, type Section } from "./inheritance";
import { processesText } from "./processes";
import type { RawConfig } from "./read";
import type { GroupConfig } from "./types";
import { BASE } from "./written";

/** One value of a group, and where it stems from. */
export interface SourcedValue {
  /** Its keys from the group on, with the number of an item in a list, such as `["packages", 0]`. */
  readonly path: readonly (string | number)[];
  /** As it was, or would be, written. */
  readonly value: unknown;
  /** `group`, `base` or `default`; with the key of the list where it is one that is appended (`postPackages`). */
  readonly from: "group" | "base" | "default";
  readonly post?: string;
}

/**
 * Every value of a group after inheritance, in the order in which it was written, defaults last: what the group wrote, what it has from
 * `__base__`, and what it has from neither.
 *
 * @param raw the stack's configuration as it was written
 * @param group the same group, checked and complete
 */
export function sourcesOf(raw: RawConfig, name: string, group: GroupConfig): SourcedValue[] {
  const groups = raw[GROUPS] as Section;
  const base = (groups[BASE] ?? {}) as Section;
  const own = (groups[name] ?? {}) as Section;
  const written = leavesOf(inherit(base, own)).map((leaf) => ({ ...leaf, ...sourceOf(base, own, leaf.path) }));
  const isWritten = ({ path }: Leaf) => written.some((leaf) => starts(path, leaf.path) || starts(leaf.path, path));
  const defaults = leavesOf(asWritten(group)).filter((leaf) => leaf.value !== undefined && !isWritten(leaf));
  return [...written, ...defaults.map((leaf) => ({ ...leaf, from: "default" as const }))];
}

type Path = readonly (string | number)[];
interface Leaf {
  readonly path: Path;
  readonly value: unknown;
}

function leavesOf(value: unknown, path: Path = []): Leaf[] {
  const inside: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : isSection(value)
      ? Object.entries(value)
      : [];
  return inside.length === 0 ? [{ path, value }] : inside.flatMap(([key, one]) => leavesOf(one, [...path, key]));
}

/** A complete group in the form in which a stack's file has it. */
function asWritten(group: GroupConfig): Section {
  const processes = Object.entries(group.processes).map(([name, counts]) => [name, processesText(counts)]);
  return { ...group, processes: Object.fromEntries(processes) };
}

function sourceOf(base: Section, own: Section, path: Path): Pick<SourcedValue, "from" | "post"> {
  const { section, path: written } = origin(base, own, path);
  const [key] = written;
  return {
    from: section === "base" ? "base" : "group",
    ...(key !== path[0] && { post: String(key) }),
  };
}

/** What was written as one text may be understood as several values (`web=1 worker=2`), and the other way round. */
function starts(path: Path, start: Path): boolean {
  return start.every((key, index) => path[index] === key);
}
