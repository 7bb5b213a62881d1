import { asFields, asText, type Fields, parseJson } from "../values";
import { networkCause, slackReason } from "./attempt";
import type { Attempt } from "./persist";
import { parseRetryAfter } from "./retry";

/** What Slack's Web API says with status 200 and means as a server error. */
const BROKEN = ["internal_error", "fatal_error", "service_unavailable", "request_timeout"];

/**
 * Calls a method of Slack's Web API once. Arguments go as a form, which every method takes; objects in it are JSON.
 *
 * @param origin `https://slack.com`, or a stand-in's
 */
export async function attemptApi(
  origin: string,
  token: string,
  method: string,
  values: Fields,
  timeoutMs: number,
): Promise<Attempt<Fields>> {
  const form = Object.entries(values).map(([name, value]): [string, string] => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  try {
    const response = await fetch(`${origin}/api/${method}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: new URLSearchParams(form),
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer = asFields(parseJson(await response.text()));
    if (response.ok && answer?.ok === true) return { value: answer };
    const reason = slackReason(asText(answer?.error));
    const retryAfterMs = parseRetryAfter(response.headers.get("retry-after"), Date.now());
    return { failure: { kind: "http", status: statusOf(response.status, reason), reason, retryAfterMs } };
  } catch (error) {
    return { failure: { kind: "network", cause: networkCause(error) } };
  }
}

/** The status the answer would have, were it honest. */
function statusOf(status: number, reason: string | undefined): number {
  if (reason === "ratelimited") return 429;
  if (status !== 200) return status;
  return reason === undefined || BROKEN.includes(reason) ? 500 : 400;
}
