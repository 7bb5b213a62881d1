import type { Notification } from "../notification";
import type { Report } from "../report";
import { formatActivity } from "./activity";
import { formatAlarm } from "./alarm";
import { formatBudget } from "./budget";
import { formatCertificate } from "./certificate";
import { formatCloudTrail } from "./cloudtrail";
import { formatConfiguration } from "./configuration";
import { formatDeploy } from "./deploy";
import { formatFinding } from "./finding";
import type { Formatter } from "./formatter";
import { formatGeneric } from "./generic";
import { formatHealth } from "./health";
import { formatInstance } from "./instance";
import { formatLifecycle } from "./lifecycle";
import { formatPipeline } from "./pipeline";
import { formatRefresh } from "./refresh";
import { formatTask } from "./task";
import { formatTestNotification } from "./test-notification";

/** One line for each kind of event, asked in this order; what none of them knows goes to the generic one. */
const FORMATTERS: readonly Formatter[] = [
  formatActivity,
  formatDeploy,
  formatLifecycle,
  formatTestNotification,
  formatRefresh,
  formatInstance,
  formatAlarm,
  formatConfiguration,
  formatHealth,
  formatFinding,
  formatCloudTrail,
  formatPipeline,
  formatTask,
  formatCertificate,
  formatBudget,
];

/** Formats a notification with the formatter of its kind. A formatter that breaks costs its layout, never the message. */
export function format(notification: Notification): Report {
  return formatAs(FORMATTERS, notification) ?? formatGeneric(notification);
}

/** @returns undefined when none of the formatters knows the notification, or the one that does breaks on it (logged) */
export function formatAs(formatters: readonly Formatter[], notification: Notification): Report | undefined {
  for (const formatter of formatters) {
    try {
      const report = formatter(notification);
      if (report !== undefined) return report;
    } catch (error) {
      console.error("a formatter broke, the generic one takes over:", error);
      return undefined;
    }
  }
  return undefined;
}
