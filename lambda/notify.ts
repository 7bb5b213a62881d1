import { format } from "./formatters";
import { contentKey, type Ledger } from "./ledger";
import { type Notification, parseNotifications } from "./notification";
import type { Report } from "./report";
import { tellTogether, together } from "./together";

/** What notifying needs from the world around it. */
export interface NotifyContext {
  /** Posts one report and throws when it was not taken. */
  readonly deliver: (report: Report) => Promise<void>;
  /** What has been delivered already. */
  readonly ledger: Ledger;
  /** Adds what is known elsewhere of what a notification tells; never throws. */
  readonly enrich: (notification: Notification) => Promise<Notification>;
}

interface Entry {
  readonly key: string;
  readonly name: string;
  readonly report: Report;
}

/**
 * Delivers every message of a Lambda event, one after the other (Slack takes about one a second), each on its own: a
 * message that fails keeps none behind it back. Messages of one scale event become one, and what has been delivered before
 * is left out.
 *
 * @throws after all have been tried, when any was not delivered; naming how many and why
 */
export async function notify(event: unknown, context: NotifyContext): Promise<void> {
  const entries: Entry[] = [];
  for (const notification of parseNotifications(event)) {
    const key = contentKey(notification);
    const known = await context.enrich(notification);
    entries.push({ key, name: name(notification), report: format(known) });
  }
  const failures: string[] = [];
  for (const group of together(entries)) {
    try {
      await deliverOnce(group, context);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      failures.push(...group.map((entry) => `${entry.name}: ${reason}`));
    }
  }
  if (failures.length > 0) {
    throw new Error(`${failures.length} of ${entries.length} messages not delivered: ${failures.join("; ")}`);
  }
}

async function deliverOnce(group: readonly Entry[], { deliver, ledger }: NotifyContext): Promise<void> {
  const earlier = group.flatMap(({ key }) => ledger.find(key) ?? []);
  const fresh = [...new Map(group.map((entry) => [entry.key, entry])).values()].filter(({ key }) => !ledger.find(key));
  const report = tellTogether(fresh.map((entry) => entry.report));
  if (report !== undefined) {
    const delivery = deliver(report);
    ledger.keep(
      fresh.map(({ key }) => key),
      delivery,
    );
    earlier.push(delivery);
  }
  await Promise.all(earlier);
}

function name({ subject, topicArn }: Notification): string {
  return subject ?? topicArn ?? "a message without a subject";
}
