import type { Notification } from "../notification";
import { codeBlock, footnote, paragraph, type SlackMessage, slackMessage } from "../slack/message";
import { asFields, asText, type Fields } from "../values";

/** Deeper than any notification AWS sends; a hostile one may nest without end. */
const MAX_DEPTH = 8;
/** Slack shows 3000 characters of a block: more lines than this never get there. */
const MAX_LINES = 500;
const STORY_LENGTH = 200;

/** Any notification no other formatter knows: readable, and never left out. */
export function formatGeneric(notification: Notification): SlackMessage {
  const { subject, text, body, topicArn } = notification;
  const isStructured = typeof body === "object" && body !== null;
  return slackMessage("info", subject ?? headline(notification), [
    isStructured ? codeBlock(outline(body, 0).join("\n")) : paragraph(text),
    footnote(topicArn),
  ]);
}

/** The best single line for a message without a subject. */
function headline({ text, body }: Notification): string {
  const fields = asFields(body);
  const line = fields === undefined ? text.trim() : (asText(fields["detail-type"]) ?? topLevel(fields));
  if (line === "") return "An empty notification arrived";
  return line.length > STORY_LENGTH ? `${line.slice(0, STORY_LENGTH)}…` : line;
}

function topLevel(fields: Fields): string {
  return Object.entries(fields)
    .filter(([, value]) => typeof value !== "object" || value === null)
    .map(([key, value]) => `${key}: ${String(value)}`)
    .join(", ");
}

/** JSON as indented `key: value` lines: what a reader wants of it, without the quotes and braces. */
function outline(value: object, depth: number): string[] {
  const indent = "  ".repeat(depth);
  const lines: string[] = [];
  for (const [key, entry] of Object.entries(value)) {
    if (lines.length > MAX_LINES) break;
    const label = Array.isArray(value) ? `${indent}-` : `${indent}${key}:`;
    if (typeof entry !== "object" || entry === null) lines.push(`${label} ${String(entry)}`);
    else if (depth >= MAX_DEPTH) lines.push(`${label} …`);
    else lines.push(label, ...outline(entry, depth + 1));
  }
  return lines;
}
