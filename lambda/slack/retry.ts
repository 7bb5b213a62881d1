/** Why one attempt to post did not work. */
export type PostFailure =
  | {
      readonly kind: "http";
      readonly status: number;
      /** Slack's one-word reason (`no_service`, `invalid_blocks`), when the answer was one. */
      readonly reason?: string;
      /** Milliseconds Slack asked us to wait. */
      readonly retryAfterMs?: number;
    }
  | { readonly kind: "network"; readonly cause: string };

/** Attempts at a message when Slack or the way to it is broken. Rate limits count apart: only time bounds them. */
const MAX_ATTEMPTS = 3;
const FIRST_BACKOFF_MS = 250;
const RATE_LIMIT_DEFAULT_MS = 1000;

/**
 * How long to wait before the next attempt.
 *
 * @param broken how many attempts have failed so far for another reason than the rate limit, this one included
 * @returns milliseconds, or undefined when another attempt cannot help
 */
export function retryDelay(failure: PostFailure, broken: number): number | undefined {
  if (failure.kind === "http" && failure.status === 429) return failure.retryAfterMs ?? RATE_LIMIT_DEFAULT_MS;
  if (failure.kind === "http" && failure.status < 500) return undefined;
  return broken < MAX_ATTEMPTS ? FIRST_BACKOFF_MS * 4 ** (broken - 1) : undefined;
}

/**
 * Reads a Retry-After header: seconds, or a date (RFC 9110, 10.2.3).
 *
 * @param now milliseconds since the epoch
 * @returns milliseconds, or undefined when there is no header or it says neither
 */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null || header.trim() === "") return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** @returns the failure in words, without a URL in it */
export function describeFailure(failure: PostFailure): string {
  if (failure.kind === "network") return `Slack could not be reached (${failure.cause})`;
  const reason = failure.reason === undefined ? "" : ` (${failure.reason})`;
  return `Slack answered ${failure.status}${reason}`;
}
