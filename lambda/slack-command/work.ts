import { type Started, startJob } from "./jenkins";
import type { Order } from "./order";
import type { Settings } from "./settings";

const TIMEOUT_MS = 5000;

/** Starts the job of an order and tells the stack's topic what came of it. @throws when nobody could be told */
export async function work(
  order: Order,
  settings: Settings,
  readCredentials: () => Promise<string>,
  publish: (event: object) => Promise<void>,
): Promise<void> {
  const started = await start(order, settings, readCredentials);
  await publish(eventOf(order, settings, started, new Date()));
}

async function start(order: Order, settings: Settings, readCredentials: () => Promise<string>): Promise<Started> {
  try {
    return await startJob(order, settings, await readCredentials());
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

/** The event as docs/contracts.md has it. */
export function eventOf(order: Order, { stack, promoteFrom }: Settings, started: Started, now: Date): object {
  return {
    source: "towline",
    event: "deploy",
    stage: "reason" in started ? "request-failed" : "requested",
    action: order.action,
    stack,
    ...(order.action === "promote" && { from: promoteFrom }),
    package: order.package,
    version: order.version,
    by: order.by,
    ...("reason" in started ? { reason: started.reason } : { buildUrl: started.build ?? "" }),
    at: now.toISOString().replace(/\.\d+Z$/, "Z"),
  };
}

/** Publishes an event on the stack's topic. */
export async function publishEvent(topicArn: string, event: object): Promise<void> {
  const { PublishCommand, SNSClient } = await import("@aws-sdk/client-sns");
  const client = new SNSClient({});
  try {
    const command = new PublishCommand({ TopicArn: topicArn, Message: JSON.stringify(event) });
    await client.send(command, { abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
  } finally {
    client.destroy();
  }
}
