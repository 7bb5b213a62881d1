import type { Report, Severity } from "../report";
import { escapeToFit, LIMIT, oneLine } from "./text";

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

interface Button {
  readonly type: "button";
  readonly text: PlainText;
  readonly url: string;
}

export type Block =
  | { readonly type: "section"; readonly text: PlainText | Mrkdwn }
  | { readonly type: "section"; readonly fields: Mrkdwn[] }
  | { readonly type: "context"; readonly elements: PlainText[] }
  | { readonly type: "actions"; readonly elements: Button[] };

/** The body of a post to an incoming webhook, and most of one to `chat.postMessage`. */
export interface SlackMessage {
  /** The whole story on one line; what a phone's notification shows. */
  readonly text: string;
  /** Off, so that an underscore in a name does not turn into italics; left on where a mention has to be read. */
  readonly mrkdwn?: false;
  readonly attachments: { readonly color: string; readonly blocks: Block[] }[];
}

/**
 * Puts a message together.
 *
 * @param mention who is called, in Slack's own form (`<!here>`)
 */
export function slackMessage({ severity, story, blocks }: Report, mention?: string): SlackMessage {
  const present = blocks.filter((block) => block !== undefined);
  const call = mention === undefined ? "" : `${mention} `;
  const text = call + escapeToFit(oneLine(story), LIMIT.line - call.length);
  return {
    ...(mention === undefined ? { text, mrkdwn: false } : { text }),
    attachments: present.length === 0 ? [] : [{ color: COLOUR[severity], blocks: present }],
  };
}

/** The message as text alone, for a Slack that will not have its blocks: the story and, below it, what the blocks say. */
export function withoutBlocks({ attachments, ...message }: SlackMessage): SlackMessage {
  const details = attachments.flatMap(({ blocks }) => blocks).flatMap(blockTexts);
  const text = [message.text, ...details].join("\n").slice(0, LIMIT.section);
  return { ...message, text: text.replace(/&[a-z]*$/, ""), attachments: [] };
}

function blockTexts(block: Block): string[] {
  if (block.type === "actions") return block.elements.map(({ text, url }) => `${text.text}: ${url}`);
  if (block.type === "context") return block.elements.map(({ text }) => text);
  return "fields" in block ? block.fields.map(({ text }) => text.replace("\n", " ")) : [block.text.text];
}

/** A paragraph of outside text, shown literally; undefined when there is none (Slack refuses empty text). */
export function paragraph(text: string | undefined): Block | undefined {
  return hasContent(text) ? { type: "section", text: plain(text, LIMIT.section) } : undefined;
}

/** Outside text in a fixed-width font, line breaks and indentation kept; undefined when there is none. */
export function codeBlock(text: string | undefined): Block | undefined {
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

/** AWS's consoles. */
const CONSOLE = /^https:\/\/([a-z0-9-]+\.)?console\.(aws\.amazon\.com|amazonaws(\.cn|-us-gov\.com|-eusc\.eu))\//;

/** Whether an address is below one of those that messages may lead to (`SLACK_LINKS`), or AWS's. */
function isOurs(url: string): boolean {
  const ours = (process.env.SLACK_LINKS ?? "").split(",").map((start) => start.replace(/\/*$/, "/"));
  return CONSOLE.test(url) || ours.some((start) => start !== "/" && url.startsWith(start) && !/[\s\\]/.test(url));
}

/** Buttons that open a page each; those without an address, with one too long for Slack or not one of ours are left out. */
export function buttons(links: Readonly<Record<string, string | undefined>>): Block | undefined {
  const elements = Object.entries(links).flatMap(([label, url]): Button[] =>
    url !== undefined && url.length <= LIMIT.section && isOurs(url)
      ? [{ type: "button", text: plain(label, LIMIT.label), url }]
      : [],
  );
  return elements.length === 0 ? undefined : { type: "actions", elements };
}

function plain(text: string, limit: number): PlainText {
  return { type: "plain_text", text: escapeToFit(text, limit), emoji: false };
}

function hasContent(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== "";
}
