/** An object of the bucket. */
interface Stored {
  readonly body: string;
  readonly tag: string;
  /** Seconds by S3's clock. */
  readonly modified: number;
}

/** The most that one listing names. */
const LISTED = 1000;

/** How a request went wrong: refused (403), before it reached S3 (503), with its answer, or because of another at the same time (409). */
export type Fault = "none" | "forbidden" | "unavailable" | "lost" | "conflict";

/** The bucket: conditional writes, entity tags and a clock of its own. */
export class S3 {
  private readonly objects = new Map<string, Stored>();
  private writes = 0;
  /** Requests so far. */
  gets = 0;
  puts = 0;
  /** Those of apt. */
  aptGets = 0;

  get(key: string): Stored | undefined {
    return this.objects.get(key);
  }

  json(key: string): Record<string, unknown> | undefined {
    const stored = this.objects.get(key);
    return stored && (JSON.parse(stored.body) as Record<string, unknown>);
  }

  keys(): string[] {
    return [...this.objects.keys()];
  }

  set(key: string, body: string, now: number): void {
    this.objects.set(key, { body, tag: `"${++this.writes}"`, modified: now });
  }

  /** A conditional request whose answer is a tag alone: "" where there is no such object. */
  look(key: string): string {
    this.gets++;
    return this.objects.get(key)?.tag ?? "";
  }

  /** A row of the event `got`. */
  row(key: string, tag: string, now: number): string[] {
    this.gets++;
    if (key.endsWith("/")) return [key, "200", "", date(now), "", this.below(key)];
    const stored = this.objects.get(key);
    if (!stored) return [key, "404", "", date(now), "", ""];
    const dates = [date(now), date(stored.modified)];
    if (tag === stored.tag) return [key, "304", stored.tag, ...dates, ""];
    return [key, "200", stored.tag, ...dates, key.startsWith("rollout/") ? stored.body : ""];
  }

  /** What is listed below a prefix: keys and when they were written, as a listing has it. */
  private below(prefix: string): string {
    const found = [...this.objects]
      .filter(([key]) => key.startsWith(prefix))
      .sort(([one], [other]) => (one < other ? -1 : 1));
    return found
      .slice(0, LISTED)
      .map(([key, { modified }]) => `${key} ${new Date(Math.floor(modified) * 1000).toISOString()}`)
      .join(" ");
  }

  /** The rows of the event `put`. */
  put(key: string, condition: string, body: string, now: number, fault: Fault): string[][] {
    this.puts++;
    if (fault === "forbidden") return [["unknown", "HTTP 403"]];
    if (fault === "unavailable") return [["unknown", "HTTP 503"]];
    if (fault === "conflict") return [["refused"]];
    const tag = this.objects.get(key)?.tag;
    const holds =
      condition === "" || (condition === "If-None-Match: *" ? tag === undefined : condition === `If-Match: ${tag}`);
    if (holds) this.set(key, body, now);
    if (fault === "lost") return [["unknown", "no answer"]];
    return [[holds ? "done" : "refused"]];
  }
}

/** Texts of times, which many requests of a second share. */
const dates = new Map<number, string>();

/** A time as the headers of answers have it. */
export function date(time: number): string {
  const seconds = Math.floor(time);
  const known = dates.get(seconds);
  if (known !== undefined) return known;
  if (dates.size > 50_000) dates.clear();
  const text = new Date(seconds * 1000).toUTCString();
  dates.set(seconds, text);
  return text;
}
