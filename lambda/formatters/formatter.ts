import type { Place } from "../aws/place";
import type { Notification } from "../notification";
import type { Report, Severity } from "../report";
import { footnote } from "../slack/message";

/** Turns one kind of event into a report; undefined when the notification is of another kind. */
export type Formatter = (notification: Notification) => Report | undefined;

/** Where it happened, for the small print. */
export function origin({ region, account }: Place): string {
  return [region, account && `account ${account}`].filter(Boolean).join(" · ");
}

/** The report of an event of some service of AWS: danger calls somebody, and where it happened stands below the details. */
export function serviceReport(severity: Severity, story: string, place: Place, ...blocks: Report["blocks"]): Report {
  return { severity, needsPerson: severity === "danger", story, blocks: [...blocks, footnote(origin(place))] };
}
