import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { slackPage } from "./slack-page";

export interface SlackMessage {
  readonly at: string;
  readonly text: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A webhook address of Slack's form; the stand-in takes any. */
export const WEBHOOK_URL = "https://hooks.slack.com/services/T00000000/B00000000/localregion";

/** Takes what would go to Slack, keeps it, and shows it as a page. */
export class SlackStandIn {
  readonly messages: SlackMessage[] = [];

  /** Shows the messages: as a page, and as JSON at `/messages`. */
  readonly server: Server = createServer((incoming, outgoing) => {
    const json = incoming.url === "/messages";
    outgoing.writeHead(200, { "content-type": json ? "application/json" : "text/html; charset=utf-8" });
    outgoing.end(json ? JSON.stringify(this.messages) : slackPage(this.messages));
  });

  /** Answers an incoming webhook's POST as Slack does: JSON with a `text`, or a refusal in plain words with a 4xx status. */
  readonly webhook = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    let body = "";
    for await (const chunk of incoming) body += chunk;
    const payload = parse(body);
    const text = payload?.text;
    if (!incoming.url?.startsWith("/services/")) return reply(outgoing, 404, "no_service");
    if (payload === undefined) return reply(outgoing, 400, "invalid_payload");
    if (typeof text !== "string" || text === "") return reply(outgoing, 400, "no_text");
    this.messages.push({ at: new Date().toISOString(), text, payload });
    reply(outgoing, 200, "ok");
  };
}

function parse(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function reply(outgoing: ServerResponse, status: number, text: string): void {
  outgoing.writeHead(status, { "content-type": "text/plain" });
  outgoing.end(text);
}
