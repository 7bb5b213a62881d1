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

/** Formats a notification with the formatter of its kind. A formatter that breaks costs its layout, never the message. */
export function format(notification: Notification): SlackMessage {
  return formatAs(FORMATTERS, notification) ?? formatGeneric(notification);
}

/** @returns undefined when none of the formatters knows the notification, or the one that does breaks on it (logged) */
export function formatAs(formatters: readonly Formatter[], notification: Notification): SlackMessage | undefined {
  for (const formatter of formatters) {
    try {
      const message = formatter(notification);
      if (message !== undefined) return message;
    } catch (error) {
      console.error("a formatter broke, the generic one takes over:", error);
      return undefined;
    }
  }
  return undefined;
}
