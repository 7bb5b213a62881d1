import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

type Values = Readonly<Record<string, string>>;

/** A message as the channel shows it. */
export interface Posted {
  readonly ts: string;
  readonly thread?: string;
  text: string;
  attachments: string;
  metadata?: unknown;
}

export interface ApiStandIn {
  readonly origin: string;
  /** The channel, oldest first. */
  readonly channel: Posted[];
  /** Every call: method and arguments. */
  readonly calls: { readonly method: string; readonly token: string; readonly values: Values }[];
  /** Refuses the next call of a method once with this reason, or with this status. */
  refuseNext(method: string, reason: string | number, headers?: Record<string, string>): void;
  close(): Promise<void>;
}

/** Slack's Web API as far as the bot uses it, on the loopback interface: a channel that really keeps its messages. */
export async function apiStandIn(token = "xoxb-good"): Promise<ApiStandIn> {
  const channel: Posted[] = [];
  const calls: ApiStandIn["calls"] = [];
  const refusals: { method: string; reason: string | number; headers: Record<string, string> }[] = [];
  const methods: Record<string, (values: Values) => object> = {
    "chat.postMessage": (values) => {
      const ts = `1700000000.${String(channel.length + 1).padStart(6, "0")}`;
      const { text = "", attachments = "", metadata } = values;
      channel.push({ ts, thread: values.thread_ts, text, attachments, metadata: metadata && JSON.parse(metadata) });
      return { ok: true, ts };
    },
    "chat.update": (values) => {
      const message = channel.find(({ ts }) => ts === values.ts);
      if (message === undefined) return { ok: false, error: "message_not_found" };
      const { text = "", attachments = "", metadata } = values;
      Object.assign(message, { text, attachments, metadata: metadata && JSON.parse(metadata) });
      return { ok: true, ts: message.ts };
    },
    "conversations.history": () => ({ ok: true, messages: channel.filter(({ thread }) => !thread).toReversed() }),
  };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const method = request.url?.replace("/api/", "") ?? "";
    const values = Object.fromEntries(new URLSearchParams(body));
    const given = request.headers.authorization?.replace("Bearer ", "") ?? "";
    calls.push({ method, token: given, values });
    const index = refusals.findIndex((refusal) => refusal.method === method);
    const [refusal] = index < 0 ? [] : refusals.splice(index, 1);
    if (typeof refusal?.reason === "number") return void response.writeHead(refusal.reason, refusal.headers).end();
    const reason = refusal?.reason ?? (given === token ? undefined : "invalid_auth");
    const answer = reason === undefined ? methods[method]?.(values) : { ok: false, error: reason };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    channel,
    calls,
    refuseNext: (method, reason, headers = {}) => void refusals.push({ method, reason, headers }),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
