import { setTimeout as sleep } from "node:timers/promises";
import { notify } from "./notify";
import { readParameter } from "./slack/parameter";
import { postMessage } from "./slack/post";
import { WebhookAddress } from "./slack/webhook-address";

/** What we use of the context Lambda passes as the second argument. */
export interface LambdaContext {
  /** @returns milliseconds until Lambda ends the invocation */
  getRemainingTimeInMillis(): number;
}

/** The time an invocation gets where nobody passes a context. */
const DEFAULT_TIME_MS = 30_000;

const address = new WebhookAddress(process.env, readParameter);

/**
 * The Lambda function: posts the SNS messages of the event to Slack.
 *
 * @throws when a message was not delivered, so that Lambda tries again and a dead-letter queue can keep it
 */
export async function handler(event: unknown, context?: LambdaContext): Promise<void> {
  const end = Date.now() + DEFAULT_TIME_MS;
  const remainingMs = () => context?.getRemainingTimeInMillis() ?? end - Date.now();
  await notify(event, (message) => postMessage(message, { address, remainingMs, sleep }));
}
