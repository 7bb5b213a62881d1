import type { Block, SlackMessage } from "../slack/message";
import { html, mrkdwn, unescapeText } from "./text";

/** The messages that one file became. */
export interface Shown {
  readonly file: string;
  readonly messages: readonly SlackMessage[];
}

const STYLE = `body{font:15px/1.46 Lato,"Helvetica Neue",Arial,sans-serif;color:#1d1c1d;background:#f4f4f5;margin:0}
main{max-width:54rem;margin:0 auto;padding:1rem 1.5rem 4rem;background:#fff}
h1{font-size:1.3rem}h2{font:600 .8rem/1.4 ui-monospace,monospace;color:#616061;margin:2rem 0 .4rem;border-top:1px solid #eee;padding-top:.6rem}
article{display:grid;grid-template-columns:36px 1fr;gap:0 .7rem;margin:.5rem 0}
.face{width:36px;height:36px;border-radius:6px;background:#4a154b;color:#fff;font-weight:700;display:grid;place-items:center}
.who b{margin-right:.4rem}.app{font-size:.65rem;background:#e8e8e8;border-radius:2px;padding:0 .25rem;color:#616061}
.text,.section,.context{overflow-wrap:anywhere}
.attachment{border-left:4px solid;border-radius:4px;padding:.1rem 0 .1rem .8rem;margin-top:.35rem}
.fields{display:grid;grid-template-columns:1fr 1fr;gap:.5rem 1rem;margin:.4rem 0}.section{margin:.4rem 0;white-space:pre-line}
.context{color:#616061;font-size:.8rem;margin:.35rem 0}
pre{background:#f8f8f8;border:1px solid #ddd;border-radius:4px;padding:.5rem;white-space:pre-wrap;font-size:.75rem;margin:.3rem 0}
.actions{display:flex;gap:.5rem;flex-wrap:wrap;margin:.4rem 0}.actions a{border:1px solid #bbb;border-radius:4px;padding:.15rem .7rem;color:inherit;text-decoration:none;font-weight:600;font-size:.85rem}
mark{background:#fff3cd;color:#1264a3;border-radius:3px;padding:0 .15rem}`;

/** A page that shows messages as Slack's client does, file by file. */
export function previewPage(shown: readonly Shown[]): string {
  const sections = shown.map(({ file, messages }) => {
    const articles = messages.map(article).join("\n") || "<p>No messages.</p>";
    return `<h2>${html(file)}</h2>\n${articles}`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Notifier preview</title>
<style>${STYLE}</style></head>
<body><main><h1># fleet</h1>
${sections.join("\n")}
</main></body></html>
`;
}

function article({ text, mrkdwn: isMarkup, attachments }: SlackMessage): string {
  const story = isMarkup === false ? html(unescapeText(text)) : mrkdwn(text);
  const details = attachments.map(
    ({ color, blocks }) =>
      `<div class="attachment" style="border-color:${html(color)}">${blocks.map(block).join("\n")}</div>`,
  );
  return `<article><div class="face">t</div><div><div class="who"><b>towline</b><span class="app">APP</span></div>
<div class="text">${story}</div>${details.join("\n")}</div></article>`;
}

function block(shown: Block): string {
  switch (shown.type) {
    case "section":
      if ("fields" in shown) {
        return `<div class="fields">${shown.fields.map(({ text }) => `<div>${mrkdwn(text)}</div>`).join("")}</div>`;
      }
      return `<div class="section">${textObject(shown.text)}</div>`;
    case "context":
      return `<div class="context">${shown.elements.map(textObject).join(" ")}</div>`;
    case "actions":
      return `<div class="actions">${shown.elements
        .map(({ text, url }) => `<a href="${html(url)}">${textObject(text)}</a>`)
        .join("")}</div>`;
  }
}

function textObject({ type, text }: { readonly type: "plain_text" | "mrkdwn"; readonly text: string }): string {
  return type === "mrkdwn" ? mrkdwn(text) : html(unescapeText(text));
}
