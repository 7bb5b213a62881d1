import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { place } from "./place";
import { slackPage } from "./slack-page";

export interface SlackMessage {
  readonly at: string;
  readonly text: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface SlackStandIn {
  readonly messages: readonly SlackMessage[];
  /** Answers an incoming webhook's POST as Slack does. */
  readonly webhook: (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;
}

/** A webhook address of Slack's form; the stand-in takes any. */
export const WEBHOOK_URL = "https://hooks.slack.com/services/T00000000/B00000000/localregion";

/** Takes what would go to Slack, keeps it, and shows it as a page on `port` of the region's service address. */
export async function startSlack(port: number): Promise<SlackStandIn> {
  const messages: SlackMessage[] = [];
  const server = createServer((incoming, outgoing) => {
    const json = incoming.url === "/messages";
    outgoing.writeHead(200, { "content-type": json ? "application/json" : "text/html; charset=utf-8" });
    outgoing.end(json ? JSON.stringify(messages) : slackPage(messages));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, place.serviceAddress(), resolve);
  });
  return { messages, webhook: (incoming, outgoing) => take(messages, incoming, outgoing) };
}

/** Slack wants JSON with a `text`; its refusals are plain words with a 4xx status. */
async function take(messages: SlackMessage[], incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  let body = "";
  for await (const chunk of incoming) body += chunk;
  const payload = parse(body);
  const text = payload?.text;
  if (!incoming.url?.startsWith("/services/")) return reply(outgoing, 404, "no_service");
  if (payload === undefined) return reply(outgoing, 400, "invalid_payload");
  if (typeof text !== "string" || text === "") return reply(outgoing, 400, "no_text");
  messages.push({ at: new Date().toISOString(), text, payload });
  reply(outgoing, 200, "ok");
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
