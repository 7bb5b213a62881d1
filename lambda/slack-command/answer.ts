import { asFields, asText, type Fields } from "../values";
import { type Order, parseCommand } from "./order";
import { type ReplayGuard, refuseSignature, type SignedRequest } from "./signature";

/** What a Lambda function URL sends back. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What answering needs from the world around it. */
export interface AnswerContext {
  readonly signingSecret: () => Promise<string>;
  /** @returns whether a Slack user may give orders */
  readonly isAllowed: (user: string) => Promise<boolean>;
  /** Hands the order on, without waiting for what becomes of it. */
  readonly handOn: (order: Order) => Promise<void>;
  readonly replays: ReplayGuard;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The stack the commands act on. */
  readonly stack: string;
}

/**
 * Answers a request to the function URL. Only what Slack signed within five minutes, once, is looked at; what it then says is
 * answered to its sender alone.
 */
export async function answer(event: Fields, context: AnswerContext): Promise<Answer> {
  const request = signedRequest(event);
  const now = context.now();
  const refusal = refuseSignature(request, await context.signingSecret(), now);
  if (refusal !== undefined) return refuse(refusal);
  if (context.replays.isReplay(request.signature ?? "", now)) return refuse("it came before");

  const form = new URLSearchParams(request.body);
  if (form.get("ssl_check") === "1") return say("");
  const user = form.get("user_id") ?? "";
  // The signature is good, so that this is a number of seconds.
  const asked = new Date(Number(request.timestamp) * 1000).toISOString();
  const order = parseCommand(form.get("command") ?? "", form.get("text") ?? "", user, asked);
  if (typeof order === "string") return say(order);
  if (!(await context.isAllowed(user))) {
    console.error(`refused ${order.action} of ${order.package} to Slack user ${user}`);
    return say(
      `You may not ${order.action} packages: ask for your Slack ID (${user}) to be put under slackCommand/allow.`,
    );
  }
  await context.handOn(order);
  return say(`${acknowledgement(order, context.stack)} What Jenkins makes of it comes into the channel.`);
}

function acknowledgement(order: Order, stack: string): string {
  const release = `${order.package}${order.version === "" ? "" : ` ${order.version}`}`;
  if (order.action === "promote") return `${release} is on its way to ${stack}.`;
  return `${order.package} is to go back in ${stack}${order.version === "" ? "" : `, to ${order.version}`}.`;
}

function signedRequest(event: Fields): SignedRequest {
  const headers = asFields(event.headers);
  const body = typeof event.body === "string" ? event.body : "";
  return {
    body: event.isBase64Encoded === true ? Buffer.from(body, "base64").toString() : body,
    timestamp: asText(headers?.["x-slack-request-timestamp"]),
    signature: asText(headers?.["x-slack-signature"]),
  };
}

function refuse(why: string): Answer {
  console.error(`refused a request: ${why}`);
  return {
    statusCode: 401,
    headers: { "content-type": "text/plain" },
    body: "This request is not from Slack, or too old.",
  };
}

function say(text: string): Answer {
  const body = text === "" ? "" : JSON.stringify({ response_type: "ephemeral", text });
  return { statusCode: 200, headers: { "content-type": "application/json" }, body };
}
