import type { Place } from "../aws/place";
import type { Notification } from "../notification";
import type { Report } from "../report";

/** Turns one kind of event into a report; undefined when the notification is of another kind. */
export type Formatter = (notification: Notification) => Report | undefined;

/** Where it happened, for the small print. */
export function origin({ region, account }: Place): string {
  return [region, account && `account ${account}`].filter(Boolean).join(" · ");
}
