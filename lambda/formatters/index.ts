import type { Notification } from "../notification";
import type { SlackMessage } from "../slack/message";
import { formatDeploy } from "./deploy";
import type { Formatter } from "./formatter";
import { formatGeneric } from "./generic";
import { formatLaunch } from "./launch";
import { formatTerminate } from "./terminate";
import { formatTestNotification } from "./test-notification";

/** One line for each kind of event, asked in this order; what none of them knows goes to the generic one. */
const FORMATTERS: readonly Formatter[] = [formatLaunch, formatTerminate, formatTestNotification, formatDeploy];

/** Formats a notification with the formatter of its kind. */
export function format(notification: Notification): SlackMessage {
  for (const formatter of FORMATTERS) {
    const message = formatter(notification);
    if (message !== undefined) return message;
  }
  return formatGeneric(notification);
}
