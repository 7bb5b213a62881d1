import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { pipeline } from "node:stream/promises";
import type { Caller, Gate, Request } from "../iam/gate";
import { readAuthorization } from "../iam/signature";
import type { Afterwards, Answer, ApiCall, ApiReply } from "./calls";
import type { Certificate } from "./certificates";
import { lambdaCall } from "./lambda-calls";

/** Answers a call that moto cannot, and may look at who makes it. */
export type FrontAnswer = (call: ApiCall, caller: Caller) => ReturnType<Answer>;

/** Serves requests that are no concern of moto's, such as Slack's. */
export type Site = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

export interface FrontOptions {
  readonly certificate: Certificate;
  /** Where moto answers. */
  readonly moto: string;
  /** Who serves a request instead of moto; undefined for moto's. */
  readonly site: (incoming: IncomingMessage) => Site | undefined;
  /** Who may make a request of AWS; without it, everybody. */
  readonly gate?: Gate;
  /** What the region answers itself, by `service`. */
  readonly answers: Readonly<Record<string, FrontAnswer>>;
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
  if (site && !isAws(incoming)) return site(incoming, outgoing);
  const scope = signatureScope(incoming.headers);
  const s3 = isS3(scope.service, incoming);
  // Objects pass as they come; which ones a request is about stands in its body for deletions alone.
  const body = s3 && !namesObjects(incoming) ? undefined : await read(incoming);
  const call = s3 ? undefined : parseCall(scope, incoming, body ?? Buffer.alloc(0));
  const admitted = await options.gate?.admit({ incoming, call, body });
  if (admitted && "refused" in admitted) {
    incoming.resume();
    return send(outgoing, admitted.refused);
  }
  if (site) return site(incoming, outgoing);
  const caller = admitted?.caller ?? "administrator";
  if (call === undefined) return stream(options, { incoming, call, body }, caller, outgoing);

  const afterwards = options.afterwards[scope.service];
  const own = await options.answers[scope.service]?.(call, caller);
  if (own) return send(outgoing, own);
  if (!afterwards) return stream(options, { incoming, call, body }, caller, outgoing);
  const reply = await ask(options.moto, incoming, body ?? Buffer.alloc(0));
  const changed = reply.status < 300 ? await afterwards(call, reply.body) : reply.body;
  send(outgoing, { ...reply, body: changed });
}

function isAws({ headers }: IncomingMessage): boolean {
  return (headers.host ?? "").endsWith("amazonaws.com");
}

/** By its name where a request is not signed. */
function isS3(service: string, { headers }: IncomingMessage): boolean {
  return service === "s3" || (service === "" && /(^|\.)s3[.-]/.test(headers.host ?? ""));
}

function namesObjects({ method, url = "" }: IncomingMessage): boolean {
  return method === "POST" && /\?delete(=|&|$)/.test(url);
}

function signatureScope(headers: IncomingHttpHeaders): { region: string; service: string } {
  const { region = "", service = "" } = readAuthorization(headers) ?? {};
  return { region, service };
}

/** What a request asks of an API, by its form, its JSON or its path. */
export function parseCall(
  scope: { region: string; service: string },
  { headers, method = "", url = "" }: IncomingMessage,
  body: Buffer,
): ApiCall {
  if (scope.service === "lambda") return { ...scope, form: new URLSearchParams(), ...lambdaCall(method, url, body) };
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

/** @param request whose body, where it has been read, is sent on as it was */
async function stream(
  options: FrontOptions,
  request: Request,
  caller: Caller,
  outgoing: ServerResponse,
): Promise<void> {
  const { incoming, call, body } = request;
  const asked = requestTo(options.moto, incoming);
  const answered = once(asked, "response") as Promise<[IncomingMessage]>;
  const sent = body === undefined ? pipeline(incoming, asked) : asked.end(body);
  const [[reply]] = await Promise.all([answered, sent]);
  const refused = call === undefined ? await options.gate?.admitReply(request, caller, reply) : undefined;
  if (refused) {
    reply.resume();
    return send(outgoing, refused);
  }
  const status = reply.statusCode ?? 500;
  outgoing.writeHead(status, reply.headers);
  await pipeline(reply, outgoing);
  if (status < 300) options.streamed(incoming);
}
