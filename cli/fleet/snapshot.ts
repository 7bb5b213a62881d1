import { mapConcurrently } from "../concurrency";
import type { Objects } from "../repository/bucket";
import type { Listed, Listing } from "../repository/listing";
import { isVoice } from "./voice-keys";

/** An object's content, and when it was written by S3's clock. */
export interface Seen {
  readonly text: string;
  readonly modified: Date;
}

/** What a bucket held at one look, by key. */
export type Snapshot = ReadonlyMap<string, Seen>;

/** A prefix of keys; all of them, or those before `end`. */
export type Part = string | { readonly prefix: string; readonly end: string };

/** Looks at objects again and again: one listing for each prefix, and then only what is another than at the look before. */
export class Watcher {
  /** All that was there at the last look, also what was not wanted. */
  listed: readonly Listed[] = [];
  private last = new Map<string, Seen & { readonly etag: string }>();

  constructor(
    private readonly bucket: Objects,
    private readonly listing: Listing,
    private readonly prefixes: readonly Part[],
  ) {}

  /** @param wanted whether the object of a key matters; one that does not is not read */
  async look(wanted: (key: string) => boolean): Promise<Snapshot> {
    const parts = this.prefixes.map((part) => (typeof part === "string" ? { prefix: part, end: undefined } : part));
    const listed = (await Promise.all(parts.map(({ prefix, end }) => this.listing(prefix, end)))).flat();
    this.listed = listed;
    const next = new Map<string, Seen & { readonly etag: string }>();
    await mapConcurrently(
      listed.filter(({ key }) => wanted(key)),
      async ({ key, etag, modified }) => {
        const known = this.last.get(key);
        const same = known !== undefined && known.etag === etag && known.modified.getTime() === modified.getTime();
        if (same) next.set(key, known);
        // There may be one of each host: all that it says is in its name.
        else if (isVoice(key)) next.set(key, { text: "", modified, etag });
        else {
          const stored = await this.bucket.get(key);
          if (stored !== undefined) next.set(key, { text: stored.content.toString("utf8"), modified, etag });
        }
      },
    );
    this.last = next;
    return next;
  }
}
