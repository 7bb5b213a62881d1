import { setTimeout as sleep } from "node:timers/promises";
import { isWanted, mentionFor, readAttention } from "./attention";
import { bucketLister, withReached } from "./autoscaling/reached-group";
import { readSecret } from "./aws/secret";
import { bucketReader, withRelease } from "./hosts";
import { Ledger } from "./ledger";
import { notify } from "./notify";
import type { Report } from "./report";
import { believed } from "./sender";
import { webhookCredential } from "./slack/credential";
import { slackMessage } from "./slack/message";
import type { Patience } from "./slack/persist";
import { postMessage } from "./slack/post";
import { threadsFor } from "./slack/threads";

/** What we use of the context Lambda passes as the second argument. */
export interface LambdaContext {
  /** @returns milliseconds until Lambda ends the invocation */
  getRemainingTimeInMillis(): number;
}

/** The time an invocation gets where nobody passes a context. */
const DEFAULT_TIME_MS = 30_000;

const webhook = webhookCredential(process.env, readSecret);
const threads = threadsFor(process.env, readSecret);
const attention = readAttention(process.env);
const readObject = bucketReader(process.env);
const listObjects = bucketLister(process.env);
const ledger = new Ledger();

/**
 * The Lambda function: posts the SNS messages of the event to Slack.
 *
 * @throws when a message was not delivered, so that Lambda tries again and a dead-letter queue can keep it
 */
export async function handler(event: unknown, context?: LambdaContext): Promise<void> {
  const end = Date.now() + DEFAULT_TIME_MS;
  const remainingMs = () => context?.getRemainingTimeInMillis() ?? end - Date.now();
  const prefix = process.env.TOWLINE_GROUP_PREFIX ?? "";
  await notify(event, {
    ledger,
    enrich: async (notification) => {
      const known = believed(notification, process.env);
      const reached = listObjects ? await withReached(known, prefix, listObjects) : known;
      return readObject ? withRelease(reached, prefix, readObject) : reached;
    },
    deliver: (report) => deliver(report, { remainingMs, sleep }),
  });
}

async function deliver(report: Report, patience: Patience): Promise<void> {
  if (!isWanted(report, attention)) return console.log(`left out, ${report.severity}: ${report.story}`);
  const mention = mentionFor(report, attention, new Date());
  if (threads !== undefined) {
    try {
      return await threads.post(report, mention, patience);
    } catch (error) {
      console.error("the bot could not post, the webhook takes over:", error);
    }
  }
  await postMessage(slackMessage(report, mention), webhook, patience);
}
