import { format } from "./formatters";
import { type Notification, parseNotifications } from "./notification";
import type { SlackMessage } from "./slack/message";

/**
 * Delivers every message of a Lambda event, one after the other (Slack takes about one a second), each on its own: a
 * message that fails keeps none behind it back.
 *
 * @param deliver posts one message and throws when it was not taken
 * @throws after all have been tried, when any was not delivered; naming how many and why
 */
export async function notify(event: unknown, deliver: (message: SlackMessage) => Promise<void>): Promise<void> {
  const notifications = parseNotifications(event);
  const failures: string[] = [];
  for (const notification of notifications) {
    try {
      await deliver(format(notification));
    } catch (error) {
      failures.push(`${name(notification)}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (failures.length > 0) {
    throw new Error(`${failures.length} of ${notifications.length} messages not delivered: ${failures.join("; ")}`);
  }
}

function name({ subject, topicArn }: Notification): string {
  return subject ?? topicArn ?? "a message without a subject";
}
