import { describeFailure, type PostFailure, retryDelay } from "./retry";

const ATTEMPT_TIMEOUT_MS = 5000;
/** The least time worth starting an attempt with. */
const ATTEMPT_MINIMUM_MS = 500;
/** Kept back for reporting the failure before Lambda ends us. */
const RESERVE_MS = 500;

/** How long we may go on, and how to wait. */
export interface Patience {
  /** Milliseconds the function may still run. */
  readonly remainingMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** One request's result: what Slack gave, or what went wrong. */
export type Attempt<T> = { readonly value: T } | { readonly failure: PostFailure };

/**
 * Repeats a request until Slack takes it, as far as the remaining time goes: rate limits are waited out as Slack asks, 5xx
 * and network errors get a few quick tries.
 *
 * @param attempt makes one request within so many milliseconds
 * @param repair changes what made Slack refuse; true when another attempt is worth it at once
 * @throws SlackRefusal when Slack has not taken it: a throw is what makes Lambda deliver it again
 */
export async function persist<T>(
  attempt: (timeoutMs: number) => Promise<Attempt<T>>,
  repair: (failure: PostFailure) => Promise<boolean>,
  { remainingMs, sleep }: Patience,
): Promise<T> {
  for (let broken = 0; ; ) {
    const budget = remainingMs() - RESERVE_MS;
    if (budget < ATTEMPT_MINIMUM_MS) throw new Error("there is no time left to post it");
    const result = await attempt(Math.min(budget, ATTEMPT_TIMEOUT_MS));
    if ("value" in result) return result.value;

    const { failure } = result;
    if (await repair(failure)) continue;
    if (!isRateLimit(failure)) broken += 1;
    const delay = retryDelay(failure, broken);
    if (delay === undefined) throw new SlackRefusal(describeFailure(failure), failure);
    if (delay + ATTEMPT_MINIMUM_MS > remainingMs() - RESERVE_MS) {
      const waiting = `there is no time left to wait ${delay} ms and try again`;
      throw new SlackRefusal(`${describeFailure(failure)} and ${waiting}`, failure);
    }
    await sleep(delay);
  }
}

/** Slack did not take a request. */
export class SlackRefusal extends Error {
  constructor(
    message: string,
    readonly failure: PostFailure,
  ) {
    super(message);
  }
}

function isRateLimit(failure: PostFailure): boolean {
  return failure.kind === "http" && failure.status === 429;
}
