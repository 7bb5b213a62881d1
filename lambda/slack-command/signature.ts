import { createHmac, timingSafeEqual } from "node:crypto";

/** How far Slack's clock and ours may be apart, in seconds; older requests are replays or late. */
export const WINDOW = 300;

/** What Slack signed and how (https://docs.slack.dev/authentication/verifying-requests-from-slack). */
export interface SignedRequest {
  /** The body, byte for byte. */
  readonly body: string;
  /** `X-Slack-Request-Timestamp`, seconds since the epoch. */
  readonly timestamp: string | undefined;
  /** `X-Slack-Signature`, `v0=…`. */
  readonly signature: string | undefined;
}

/**
 * Checks that a request comes from Slack and is no older than the window.
 *
 * @param now milliseconds since the epoch
 * @returns why it is refused, or undefined when it is good
 */
export function refuseSignature(request: SignedRequest, secret: string, now: number): string | undefined {
  const { body, timestamp = "", signature = "" } = request;
  if (!/^\d{1,12}$/.test(timestamp)) return "it has no timestamp";
  if (Math.abs(now / 1000 - Number(timestamp)) > WINDOW) return "its timestamp is more than 5 minutes off";
  const expected = Buffer.from(`v0=${createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex")}`);
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected) ? undefined : "its signature is wrong";
}

/**
 * Remembers the signatures it has seen for as long as their timestamps are good. It lives in the memory of one warm function:
 * a replay that reaches another copy within the five minutes is not noticed here, but carries the time of the first, after
 * which `towline rollback --asked` does nothing twice.
 */
export class ReplayGuard {
  private readonly seen = new Map<string, number>();

  /** @returns whether the signature came before; from now on it has */
  isReplay(signature: string, now: number): boolean {
    for (const [known, since] of this.seen) {
      if (now - since > 2 * WINDOW * 1000) this.seen.delete(known);
    }
    if (this.seen.has(signature)) return true;
    this.seen.set(signature, now);
    return false;
  }
}
