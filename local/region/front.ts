import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { pipeline } from "node:stream/promises";
import type { Afterwards, Answer, ApiCall, ApiReply } from "./calls";
import type { Certificate } from "./certificates";

/** Serves requests that are no concern of moto's, such as Slack's. */
export type Site = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

export interface FrontOptions {
  readonly certificate: Certificate;
  /** Where moto answers. */
  readonly moto: string;
  /** Who serves a request instead of moto; undefined for moto's. */
  readonly site: (incoming: IncomingMessage) => Site | undefined;
  /** What the region answers itself, by `service`. */
  readonly answers: Readonly<Record<string, Answer>>;
  /** What follows moto's answer, by `service`. */
  readonly afterwards: Readonly<Record<string, Afterwards>>;
  /** Is told of each other request that moto has carried out, such as S3's. */
  readonly streamed: (incoming: IncomingMessage) => void;
}

/** The TLS end of every AWS name: answers what moto lacks, and hands everything else to moto unchanged. */
export function makeFront(options: FrontOptions): Server {
  return createServer(options.certificate, (incoming, outgoing) => {
    serve(options, incoming, outgoing).catch((error: Error) => {
      console.error(`front: ${incoming.method} ${incoming.headers.host}${incoming.url}: ${error.stack}`);
      // Half an answer must not look like a whole one.
      if (outgoing.headersSent) return outgoing.destroy();
      outgoing.writeHead(500, { "content-type": "text/plain" });
      outgoing.end(`the local region failed: ${error.message}\n`);
    });
  });
}

async function serve(options: FrontOptions, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const site = options.site(incoming);
  if (site) return site(incoming, outgoing);
  const scope = signatureScope(incoming.headers);
  const [answer, afterwards] = [options.answers[scope.service], options.afterwards[scope.service]];
  if (!answer && !afterwards) return stream(options, incoming, outgoing);

  const body = await read(incoming);
  const call = parseCall(scope, incoming.headers, body);
  const own = await answer?.(call);
  if (own) return send(outgoing, own);
  const reply = await ask(options.moto, incoming, body);
  const changed = reply.status < 300 && afterwards ? await afterwards(call, reply.body) : reply.body;
  send(outgoing, { ...reply, body: changed });
}

/** `Authorization: AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, …` (Signature Version 4). */
function signatureScope(headers: IncomingHttpHeaders): { region: string; service: string } {
  const found = /Credential=[^/,]+\/\d{8}\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? "");
  return { region: found?.[1] ?? "", service: found?.[2] ?? "" };
}

function parseCall(scope: { region: string; service: string }, headers: IncomingHttpHeaders, body: Buffer): ApiCall {
  const target = String(headers["x-amz-target"] ?? "");
  if (target) {
    const json = JSON.parse(body.toString("utf8") || "{}") as Record<string, unknown>;
    return { ...scope, action: target.slice(target.lastIndexOf(".") + 1), form: new URLSearchParams(), json };
  }
  const form = new URLSearchParams(body.toString("utf8"));
  return { ...scope, action: form.get("Action") ?? "", form, json: undefined };
}

async function read(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(outgoing: ServerResponse, reply: ApiReply): void {
  const body = Buffer.from(reply.body);
  outgoing.writeHead(reply.status, { "content-type": reply.contentType, "content-length": body.length });
  outgoing.end(body);
}

function requestTo(moto: string, incoming: IncomingMessage) {
  return request(moto, { method: incoming.method, path: incoming.url, headers: incoming.headers, setHost: false });
}

async function ask(moto: string, incoming: IncomingMessage, body: Buffer): Promise<ApiReply> {
  const asked = requestTo(moto, incoming).end(body);
  const [reply] = (await once(asked, "response")) as [IncomingMessage];
  const content = await read(reply);
  const contentType = reply.headers["content-type"] ?? "text/xml";
  return { status: reply.statusCode ?? 500, contentType, body: content.toString("utf8") };
}

async function stream(options: FrontOptions, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const asked = requestTo(options.moto, incoming);
  const answered = once(asked, "response") as Promise<[IncomingMessage]>;
  const [[reply]] = await Promise.all([answered, pipeline(incoming, asked)]);
  const status = reply.statusCode ?? 500;
  outgoing.writeHead(status, reply.headers);
  await pipeline(reply, outgoing);
  if (status < 300) options.streamed(incoming);
}
