import { shortenArns } from "../aws/arn";
import { readEvent } from "../event/event";
import { findingsOf } from "../event/findings";
import { judge } from "../event/severity";
import { tellFindings, titleOf } from "../event/story";
import { line } from "../line";
import type { Notification } from "../notification";
import type { Report } from "../report";
import { codeBlock, footnote, paragraph } from "../slack/message";
import { outline } from "../slack/outline";

/** Characters of a text that are looked at for the line. */
const LONGEST_TEXT = 2000;

/** Any notification no other formatter knows: what happened, to what and how bad it is, wherever its service writes that. */
export function formatGeneric(notification: Notification): Report {
  const { text, body, topicArn } = notification;
  const isStructured = typeof body === "object" && body !== null;
  const { story, severity } = eventOf(notification) ?? prose(notification);
  return {
    severity,
    needsPerson: severity === "danger",
    story: story || "An empty notification arrived",
    blocks: [isStructured ? codeBlock(outline(body)) : paragraph(text), footnote(topicArn)],
  };
}

type Told = Pick<Report, "story" | "severity">;

function eventOf(notification: Notification): Told | undefined {
  const event = readEvent(notification);
  if (event === undefined) return undefined;
  const { subject } = notification;
  const findings = findingsOf(event);
  const { label, state, what } = findings;
  return {
    story: tellFindings(subject ?? event.kind, findings),
    severity: judge({ label, state, words: [subject, event.kind ?? findings.sender, what].filter(Boolean).join(". ") }),
  };
}

function prose({ subject, text }: Notification): Told {
  const words = shortenArns(text.slice(0, LONGEST_TEXT)).trim();
  const title = titleOf(subject);
  return {
    story: title === "" || words.startsWith(title) ? line`${words}` : line`${title}${words && `: ${words}`}`,
    severity: judge({ words: `${subject ?? ""} ${text}` }),
  };
}
