/** @returns Slack's text as a person sees it: its three escapes undone */
export function unescapeText(text: string): string {
  return text.replace(/&(amp|lt|gt);/g, (_, name: "amp" | "lt" | "gt") => ({ amp: "&", lt: "<", gt: ">" })[name]);
}

/** @returns text that stands for itself in HTML */
export function html(text: string): string {
  return text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** Slack's markup as HTML: bold, code, line breaks, links and mentions. `text` has only `& < >` escaped, as Slack wants it. */
export function mrkdwn(text: string): string {
  const safe = text
    .replaceAll('"', "&#34;")
    .replace(/<([^>]*)>/g, (_, inner: string) => `<mark>${mention(inner)}</mark>`);
  return safe
    .replace(/```\n?([\s\S]*?)\n?```/g, "<pre>$1</pre>")
    .replace(/(^|\s)\*([^*\n]+)\*(?=\s|$)/g, "$1<strong>$2</strong>")
    .replace(/\n(?![^<]*<\/pre>)/g, "<br>");
}

function mention(inner: string): string {
  const [target = "", label] = inner.split("|");
  return label ?? `@${target.replace(/^(!subteam\^|[@#!])/, "")}`;
}
