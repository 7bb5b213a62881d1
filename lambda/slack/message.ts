import { escapeToFit, LIMIT, oneLine } from "./text";

/** What a message asks of its reader: nothing, nothing, a look, an action. */
export type Severity = "good" | "info" | "warning" | "danger";

const COLOUR: Readonly<Record<Severity, string>> = {
  good: "#2eb67d",
  info: "#36a3d9",
  warning: "#ecb22e",
  danger: "#e01e5a",
};

interface PlainText {
  readonly type: "plain_text";
  readonly text: string;
  readonly emoji: false;
}

interface Mrkdwn {
  readonly type: "mrkdwn";
  readonly text: string;
}

export type Block =
  | { readonly type: "section"; readonly text: PlainText | Mrkdwn }
  | { readonly type: "section"; readonly fields: Mrkdwn[] }
  | { readonly type: "context"; readonly elements: PlainText[] };

/** The body of a post to an incoming webhook. */
export interface SlackMessage {
  /** The whole story on one line; what a phone's notification shows. */
  readonly text: string;
  /** Off, so that an underscore in a name does not turn into italics. */
  readonly mrkdwn: false;
  readonly attachments: { readonly color: string; readonly blocks: Block[] }[];
}

/**
 * Puts a message together.
 *
 * @param story unescaped; line breaks become spaces
 * @param blocks undefined entries are left out
 */
export function slackMessage(severity: Severity, story: string, blocks: readonly (Block | undefined)[]): SlackMessage {
  const present = blocks.filter((block) => block !== undefined);
  return {
    text: escapeToFit(oneLine(story), LIMIT.line),
    mrkdwn: false,
    attachments: present.length === 0 ? [] : [{ color: COLOUR[severity], blocks: present }],
  };
}

/** A paragraph of outside text, shown literally; undefined when there is none (Slack refuses empty text). */
export function paragraph(text: string | undefined): Block | undefined {
  return hasContent(text) ? { type: "section", text: plain(text, LIMIT.section) } : undefined;
}

/** Outside text in a fixed-width font, line breaks and indentation kept; undefined when there is none. */
export function codeBlock(text: string): Block | undefined {
  if (!hasContent(text)) return undefined;
  const fence = "```";
  // A fence inside the text would end the block early and let the rest be formatted.
  const body = escapeToFit(text.replaceAll(fence, "'''"), LIMIT.section - 2 * fence.length - 2);
  return { type: "section", text: { type: "mrkdwn", text: `${fence}\n${body}\n${fence}` } };
}

/** Labelled values in two columns, at most ten (Slack's limit); labels without a value are left out. */
export function facts(values: Readonly<Record<string, string | undefined>>): Block | undefined {
  const fields = Object.entries(values).flatMap(([label, value]): Mrkdwn[] =>
    hasContent(value)
      ? [{ type: "mrkdwn", text: `*${label}*\n${escapeToFit(oneLine(value), LIMIT.field - 100)}` }]
      : [],
  );
  return fields.length === 0 ? undefined : { type: "section", fields: fields.slice(0, 10) };
}

/** Small print under the message. */
export function footnote(text: string | undefined): Block | undefined {
  return hasContent(text) ? { type: "context", elements: [plain(oneLine(text), LIMIT.section)] } : undefined;
}

function plain(text: string, limit: number): PlainText {
  return { type: "plain_text", text: escapeToFit(text, limit), emoji: false };
}

function hasContent(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== "";
}
