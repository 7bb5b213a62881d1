import type { Block } from "./slack/message";

/** What a message asks of its reader, least first: nothing, nothing (good news), a look, an action. */
export const SEVERITIES = ["info", "good", "warning", "danger"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What is to be told about one notification, or about several of one scale event. */
export interface Report {
  readonly severity: Severity;
  /** The whole story in a sentence or two, unescaped. */
  readonly story: string;
  /** The details; undefined entries are left out. */
  readonly blocks: readonly (Block | undefined)[];
  /** Whether somebody has to do something about it, and is called. */
  readonly needsPerson?: boolean;
  /** The longer story this one is part of. */
  readonly episode?: Episode;
}

/** A scale event or a deploy, which several notifications tell of. */
export interface Episode {
  /** The same for all its notifications and for no others. */
  readonly key: string;
  /** What this report's notifications add. */
  readonly items: readonly Item[];
  /** Whether notifications that arrive together are told as one message. */
  readonly together: boolean;
  /** Tells the episode as far as these items go. */
  tell(items: readonly Item[]): Report;
}

export interface Item {
  /** Distinguishes it within the episode: an item that comes again takes the old one's place. */
  readonly id: string;
  readonly text: string;
}

/** @returns the items without repetition; of two with one id the later text at the earlier place */
export function mergeItems(items: readonly Item[]): Item[] {
  return [...new Map(items.map((item) => [item.id, item])).values()];
}
