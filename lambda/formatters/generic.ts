import type { Notification } from "../notification";
import type { Report, Severity } from "../report";
import { codeBlock, footnote, paragraph } from "../slack/message";
import { asFields, asText, type Fields } from "../values";

/** Deeper than any notification AWS sends; a hostile one may nest without end. */
const MAX_DEPTH = 8;
/** Slack shows 3000 characters of a block: more lines than this never get there. */
const MAX_LINES = 500;
const STORY_LENGTH = 300;

const BAD = /\b(fail(ed|ing|s|ure)?|errors?|aborted|expired|degraded|severe|critical|denied|timed[ -]?out)\b/i;
const GOOD = /\b(succe(eded|ss|ssful|ssfully)|completed|resolved|recovered)\b/i;

/** Any notification no other formatter knows: readable, and never left out. */
export function formatGeneric(notification: Notification): Report {
  const { text, body, topicArn } = notification;
  const isStructured = typeof body === "object" && body !== null;
  const story = headline(notification);
  return {
    severity: severity(`${story} ${isStructured ? status(body) : text}`),
    story,
    blocks: [isStructured ? codeBlock(outline(body, 0).join("\n")) : paragraph(text), footnote(topicArn)],
  };
}

/** A guess by its words: a failure must not look like news, and never like good news. */
function severity(words: string): Severity {
  if (BAD.test(words)) return "warning";
  return GOOD.test(words) ? "good" : "info";
}

/** The values that say how it went. Others are counts and names, in which `failed` means nothing. */
function status(body: object): string {
  const fields = { ...body, ...asFields(asFields(body)?.detail) };
  return Object.entries(fields)
    .filter(([key]) => /stat(e|us)|severity|result|outcome/i.test(key))
    .map(([, value]) => String(value))
    .join(" ");
}

/** The subject, and the text that belongs to it; of a message without one, the best single line there is. */
function headline({ subject, text, body }: Notification): string {
  const fields = asFields(body);
  if (subject !== undefined && fields !== undefined) return subject;
  const line = fields === undefined ? text.trim() : eventLine(fields);
  const whole = [subject, line].filter(Boolean).join(": ");
  if (whole === "") return "An empty notification arrived";
  return whole.length > STORY_LENGTH ? `${whole.slice(0, STORY_LENGTH)}…` : whole;
}

/** EventBridge's kind of event and what it tells, or what the message has at its top. */
function eventLine(fields: Fields): string {
  const kind = asText(fields["detail-type"]);
  if (kind === undefined) return topLevel(fields);
  const detail = topLevel(asFields(fields.detail) ?? {});
  return detail === "" ? kind : `${kind}: ${detail}`;
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
