import { createHash } from "node:crypto";
import type { Notification } from "./notification";

/** How long a content counts as sent: longer than Lambda and SNS take to deliver an event again. */
const REMEMBERED_MS = 15 * 60_000;
const CAPACITY = 10_000;

interface Entry {
  readonly since: number;
  readonly delivery: Promise<void>;
}

/**
 * What has been delivered by this process or is being delivered, by content. It lives as long as the process is warm: a
 * duplicate that reaches another copy of the function, or this one later, is sent again.
 */
export class Ledger {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly now: () => number = Date.now) {}

  /** @returns the delivery of the same content, done or under way; undefined when there is none */
  find(key: string): Promise<void> | undefined {
    const entry = this.entries.get(key);
    return entry && this.now() - entry.since < REMEMBERED_MS ? entry.delivery : undefined;
  }

  /** Keeps a delivery under its contents, and forgets it should it fail. */
  keep(keys: readonly string[], delivery: Promise<void>): void {
    const entry = { since: this.now(), delivery };
    for (const key of keys) {
      this.entries.delete(key);
      this.entries.set(key, entry);
    }
    delivery.catch(() => {
      for (const key of keys) if (this.entries.get(key) === entry) this.entries.delete(key);
    });
    for (const [key] of this.entries) {
      if (this.entries.size <= CAPACITY) break;
      this.entries.delete(key);
    }
  }
}

/** @returns what makes two notifications the same: topic, subject and message, not SNS's own number */
export function contentKey({ topicArn, subject, text }: Notification): string {
  return createHash("sha256")
    .update(JSON.stringify([topicArn, subject, text]))
    .digest("base64");
}
