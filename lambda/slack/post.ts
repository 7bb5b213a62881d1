import { attemptPost } from "./attempt";
import type { Credential } from "./credential";
import { type SlackMessage, withoutBlocks } from "./message";
import { type Patience, persist } from "./persist";
import type { PostFailure } from "./retry";

/**
 * Posts one message through the webhook. A refused webhook (403, 404, 410) is looked up once more, refused blocks are sent
 * once more as text.
 *
 * @throws SlackRefusal when Slack has not taken the message
 */
export async function postMessage(message: SlackMessage, webhook: Credential, patience: Patience): Promise<void> {
  let current = message;
  let refreshed = false;
  const repair = async (failure: PostFailure): Promise<boolean> => {
    if (refusesBlocks(failure) && current === message) {
      console.error(`Slack refused the blocks of "${message.text}": sending it as text`);
      current = withoutBlocks(message);
      return true;
    }
    if (!isRefusedWebhook(failure) || refreshed) return false;
    refreshed = true;
    return webhook.refresh();
  };
  await persist(async (timeoutMs) => attemptPost(await webhook.current(), current, timeoutMs), repair, patience);
}

/** @returns whether Slack did not like how a message is laid out, and would take it as text */
export function refusesBlocks(failure: PostFailure): boolean {
  return failure.kind === "http" && /^invalid_(blocks|attachments)/.test(failure.reason ?? "");
}

function isRefusedWebhook(failure: PostFailure): boolean {
  return failure.kind === "http" && [403, 404, 410].includes(failure.status);
}
