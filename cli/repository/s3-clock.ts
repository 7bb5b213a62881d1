import type { S3Client } from "@aws-sdk/client-s3";

/** What an answer carries, as far as it is looked at. */
interface Answer {
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Compares this machine's clock with S3's at every answer of a client.
 *
 * @returns how far ahead it is (see {@link aheadOf}), undefined before the first answer
 */
export function watchClock(client: S3Client): () => number | undefined {
  let ahead: number | undefined;
  client.middlewareStack.add(
    (next) => async (request) => {
      const sent = Date.now();
      const result = await next(request);
      const date = Date.parse((result.response as Answer).headers?.date ?? "");
      if (!Number.isNaN(date)) ahead = aheadOf(sent, Date.now(), date);
      return result;
    },
    { step: "deserialize", name: "watchClock", priority: "low" },
  );
  return () => ahead;
}

/**
 * Seconds by which a clock is ahead of a server's for certain, however long question and answer were under way; negative where it is behind.
 * All in milliseconds since the epoch.
 *
 * @param sent when the question went, by the clock
 * @param received when its answer came, by the clock
 * @param date what the server said its time was, in whole seconds
 */
export function aheadOf(sent: number, received: number, date: number): number {
  if (sent > date + 1000) return (sent - date - 1000) / 1000;
  return received < date ? (received - date) / 1000 : 0;
}
