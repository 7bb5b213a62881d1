import type { Notification } from "../notification";
import type { SlackMessage } from "../slack/message";

/** Turns one kind of event into a message; undefined when the notification is of another kind. */
export type Formatter = (notification: Notification) => SlackMessage | undefined;
