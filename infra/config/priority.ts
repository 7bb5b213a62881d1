import { createHash } from "node:crypto";
import type { HttpConfig } from "./types";

/** Smaller numbers are for those that are written down. */
const FIRST = 10_000;

/** Literal characters of a pattern that count, beyond which all are as exact. */
const MOST_LITERALS = 40;
const LEVELS = MOST_LITERALS + 2;

/** Numbers of one level, of which a group's name chooses one. Three kinds of rules and all their levels stay below 50,000, the highest that there is. */
const SLOTS = 317;

/**
 * When a rule is considered that does not say so: one with hosts and paths before one with hosts alone, that before one with paths alone; of a kind, the one whose
 * widest pattern is longer. It hangs on nothing but the rule itself and the names, so that another group moves none: which two have the same is told.
 */
export function derivedPriority(stack: string, group: string, { hosts, paths }: HttpConfig): number {
  const kind = hosts.length === 0 ? 2 : paths.length === 0 ? 1 : 0;
  const exactness = Math.min(...(paths.length > 0 ? paths : hosts).map(exactnessOf));
  const slot = createHash("sha256").update(`${stack}/${group}`).digest().readUInt32BE() % SLOTS;
  return FIRST + (kind * LEVELS + (LEVELS - 1 - exactness)) * SLOTS + slot;
}

function exactnessOf(pattern: string): number {
  const literals = Math.min(pattern.replace(/[*?]/g, "").length, MOST_LITERALS);
  return /[*?]/.test(pattern) ? literals : literals + 1;
}
