import type { SlackMessage } from "./slack";

const STYLE = `body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:46rem;color:#1d1c1d;background:#fff}
h1{font-size:1.2rem}article{border-left:4px solid #ddd;padding:.2rem .9rem;margin:1rem 0}
time{color:#616061;font-size:.85rem}pre{white-space:pre-wrap;margin:.3rem 0;font:inherit;color:#454245}`;

/** The channel as a page, newest message first; it loads itself again every two seconds. */
export function slackPage(messages: readonly SlackMessage[]): string {
  const shown = messages.map(article).reverse().join("\n");
  const body = shown || "<p>Nothing has been posted yet.</p>";
  const head = `<meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>Slack stand-in</title>`;
  return `<!doctype html><html lang="en"><head>${head}<style>${STYLE}</style></head>
<body><h1>Slack stand-in: ${messages.length} messages</h1>${body}</body></html>`;
}

function article({ at, text, payload }: SlackMessage): string {
  const [first] = Array.isArray(payload.attachments) ? (payload.attachments as unknown[]) : [];
  const color = String((first as { color?: unknown } | undefined)?.color);
  const border = /^#[0-9a-f]{6}$/i.test(color) ? color : "#ddd";
  const lines = texts(payload.attachments).map((line) => `<pre>${mrkdwn(line)}</pre>`);
  return `<article style="border-color:${border}"><time>${at}</time><div>${mrkdwn(text)}</div>${lines.join("")}</article>`;
}

/** Every text object of some blocks, in order. */
function texts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(texts);
  if (typeof value !== "object" || value === null) return [];
  const object = value as Record<string, unknown>;
  if ((object.type === "mrkdwn" || object.type === "plain_text") && typeof object.text === "string")
    return [object.text];
  return Object.values(object).flatMap(texts);
}

/** Slack escapes only `&`, `<` and `>`; links come as `<address|text>`. */
function mrkdwn(text: string): string {
  const linked = text.replace(/<(https?:[^|>]+)\|([^>]+)>/g, "$2");
  const safe = linked.replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
  return safe.replace(/\*([^*\n]+)\*/g, "<strong>$1</strong>").replace(/`([^`\n]+)`/g, "<code>$1</code>");
}
