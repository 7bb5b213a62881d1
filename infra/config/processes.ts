import type { GroupConfig, ProcessCounts } from "./types";

const PROCESS = /^([A-Za-z0-9_][A-Za-z0-9_-]{0,63})=(\d{1,3})$/;

/** Written for a package that runs by itself, or not at all: no process of it is towline's to start. */
const NONE = "none";

/**
 * Reads the counts of a package's processes, as `hello scale` takes them: `web=1 worker=2`; or `none`.
 *
 * @returns undefined when the text is empty, malformed, or names a process twice
 */
export function parseProcesses(text: string): ProcessCounts | undefined {
  if (text.trim() === NONE) return {};
  const counts = new Map<string, number>();
  for (const word of text.trim().split(/\s+/)) {
    const [, name, count] = PROCESS.exec(word) ?? [];
    if (name === undefined || counts.has(name)) return undefined;
    counts.set(name, Number(count));
  }
  return Object.fromEntries(counts);
}

/** Writes what `parseProcesses` reads. */
export function processesText(counts: ProcessCounts): string {
  const words = Object.entries(counts).map(([name, count]) => `${name}=${count}`);
  return words.length === 0 ? NONE : words.join(" ");
}

/** The packages of a group whose processes are towline's to start, and which have settings: those that do not run by themselves. */
export function appsOf({ processes }: Pick<GroupConfig, "processes">): string[] {
  return Object.keys(processes).filter((name) => Object.keys(processes[name] ?? {}).length > 0);
}
