// The two files and not the package's index, which brings 4 KB of the bundle's 30 that nothing here uses.
import { IncomingWebhookHTTPError } from "@slack/webhook/dist/errors";
import { type FetchFunction, IncomingWebhook } from "@slack/webhook/dist/IncomingWebhook";
import { asFields, asText } from "../values";
import type { SlackMessage } from "./message";
import type { Attempt } from "./persist";
import { parseRetryAfter } from "./retry";

/**
 * Posts once. `@slack/webhook` has no timeout unless given one, and its error drops the response's headers, so the fetch
 * it uses keeps Retry-After and the first-hand network error for us.
 *
 * @param timeoutMs milliseconds until the attempt is given up
 */
export async function attemptPost(url: string, message: SlackMessage, timeoutMs: number): Promise<Attempt<undefined>> {
  let retryAfter: string | null = null;
  let lost: unknown;
  let signal: AbortSignal | undefined;
  const watchingFetch: FetchFunction = async (address, init) => {
    signal = init?.signal;
    try {
      const response = await fetch(address, init);
      retryAfter = response.headers.get("retry-after");
      return response;
    } catch (error) {
      lost = error;
      throw error;
    }
  };
  try {
    await new IncomingWebhook(url, { timeout: timeoutMs, fetch: watchingFetch }).send(message);
    return { value: undefined };
  } catch (error) {
    if (signal?.aborted) return { failure: { kind: "network", cause: `no answer within ${timeoutMs} ms` } };
    if (!(error instanceof IncomingWebhookHTTPError)) {
      return { failure: { kind: "network", cause: networkCause(lost ?? error) } };
    }
    const retryAfterMs = parseRetryAfter(retryAfter, Date.now());
    return { failure: { kind: "http", status: error.statusCode, reason: slackReason(error.body), retryAfterMs } };
  }
}

/** Slack answers errors with one word. Anything longer comes from something in between, and may quote the secret path. */
export function slackReason(body: unknown): string | undefined {
  return typeof body === "string" && /^[a-z][a-z_]{0,59}$/.test(body) ? body : undefined;
}

/** The innermost code or name in a chain of causes; messages are left alone because they may hold the URL. */
export function networkCause(error: unknown): string {
  let cause = "unknown cause";
  for (let link = asFields(error); link !== undefined; link = asFields(link.cause)) {
    cause = asText(link.code) ?? asText(link.name) ?? cause;
  }
  return cause;
}
