import { attemptPost } from "./attempt";
import type { SlackMessage } from "./message";
import { describeFailure, type PostFailure, retryDelay } from "./retry";
import type { WebhookAddress } from "./webhook-address";

const ATTEMPT_TIMEOUT_MS = 5000;
/** The least time worth starting an attempt with. */
const ATTEMPT_MINIMUM_MS = 500;
/** Kept back for reporting the failure before Lambda ends us. */
const RESERVE_MS = 500;

/** What posting needs from the world around it. */
export interface PostContext {
  readonly address: WebhookAddress;
  /** Milliseconds the function may still run. */
  readonly remainingMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * Posts one message. Rate limits are waited out as Slack asks, 5xx and network errors get a few quick tries, each only as
 * far as the remaining time goes; a refused webhook (403, 404, 410) is looked up once more.
 *
 * @throws when Slack has not taken the message: a throw is what makes Lambda deliver it again
 */
export async function postMessage(message: SlackMessage, context: PostContext): Promise<void> {
  let broken = 0;
  let refreshed = false;
  for (;;) {
    const budget = context.remainingMs() - RESERVE_MS;
    const url = await context.address.current();
    const failure = await attemptPost(url, message, clamp(budget, ATTEMPT_MINIMUM_MS, ATTEMPT_TIMEOUT_MS));
    if (failure === undefined) return;

    if (isRefusedWebhook(failure) && !refreshed) {
      refreshed = true;
      if (await context.address.refresh()) continue;
    }
    if (!isRateLimit(failure)) broken += 1;
    const delay = retryDelay(failure, broken);
    if (delay === undefined) throw new Error(describeFailure(failure));
    if (delay + ATTEMPT_MINIMUM_MS > context.remainingMs() - RESERVE_MS) {
      throw new Error(`${describeFailure(failure)} and there is no time left to wait ${delay} ms and try again`);
    }
    await context.sleep(delay);
  }
}

function isRefusedWebhook(failure: PostFailure): boolean {
  return failure.kind === "http" && [403, 404, 410].includes(failure.status);
}

function isRateLimit(failure: PostFailure): boolean {
  return failure.kind === "http" && failure.status === 429;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
