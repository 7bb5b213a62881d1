import { timestamp } from "../timestamp";
import { type Started, startJob } from "./jenkins";
import type { Order } from "./order";
import type { Settings } from "./settings";

const TIMEOUT_MS = 5000;

/** What an order needs from the world around it. */
export interface World {
  /** Jenkins' user and token. */
  readonly readCredentials: () => Promise<string>;
  /** The real name of a Slack user; undefined where it cannot be had. */
  readonly realName: (user: string) => Promise<string | undefined>;
  readonly publish: (event: object) => Promise<void>;
}

/** Starts the job of an order and tells the stack's topic what came of it. @throws when nobody could be told */
export async function work(order: Order, settings: Settings, world: World): Promise<void> {
  const name = await world.realName(order.by);
  const by = name === undefined ? order.by : `${name} (${order.by})`;
  const started = await start(order, by, settings, world.readCredentials);
  await world.publish(eventOf(order, by, settings, started, new Date()));
}

async function start(
  order: Order,
  by: string,
  settings: Settings,
  readCredentials: () => Promise<string>,
): Promise<Started> {
  try {
    return await startJob(order, by, settings, await readCredentials());
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

/** The event as docs/contracts.md has it. */
export function eventOf(
  order: Order,
  by: string,
  { stack, promoteFrom }: Settings,
  started: Started,
  now: Date,
): object {
  return {
    source: "towline",
    event: "deploy",
    stage: "reason" in started ? "request-failed" : "requested",
    action: order.action,
    stack,
    ...(order.action === "promote" && { from: promoteFrom }),
    package: order.package,
    version: order.version,
    by,
    ...("reason" in started ? { reason: started.reason } : { buildUrl: started.build ?? "" }),
    at: timestamp(now),
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
