import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { codeOf, InputError } from "../errors";
import { type Assets, CONTENT_POLICY, pageHtml } from "./assets";
import { Gate } from "./gate";
import type { OrderDesk } from "./order-desk";
import type { Session } from "./session";

const LOOPBACK = "127.0.0.1";
/** A connection that says nothing is closed on the way by some proxies. */
const BEAT_MILLISECONDS = 20_000;

const LARGEST_ORDER = 4000;

const HEADERS = {
  "Content-Security-Policy": CONTENT_POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
} as const;

/** A page that is served. */
export interface ServedPage {
  /** With the token that lets a browser in. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Serves the page on this machine's loopback alone.
 * @param port 0 for a free one
 * @throws InputError where the port is taken
 */
export async function servePage(session: Session, desk: OrderDesk, assets: Assets, port: number): Promise<ServedPage> {
  const server = createServer();
  const actual = await listen(server, port);
  const gate = new Gate([`${LOOPBACK}:${actual}`, `localhost:${actual}`]);
  server.on("request", (request, response) => {
    answer({ gate, session, desk, assets }, request, response).catch(() => {
      if (!response.headersSent) response.writeHead(500, HEADERS);
      response.end();
    });
  });
  return {
    address: `http://${LOOPBACK}:${actual}/?token=${gate.token}`,
    async close() {
      session.end();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

interface Context {
  readonly gate: Gate;
  readonly session: Session;
  readonly desk: OrderDesk;
  readonly assets: Assets;
}

async function answer(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { gate, session, assets } = context;
  const url = new URL(request.url ?? "/", `http://${LOOPBACK}`);
  if (!gate.isOwnHost(request)) return refuse(response, 421, "this page is not served under that name");
  if (url.pathname === "/" && gate.hasAddress(url)) {
    // The token leaves the address, and with it the browser's history.
    response.writeHead(303, { ...HEADERS, "Set-Cookie": gate.cookie(), Location: "/" }).end();
    return;
  }
  if (!gate.isKnown(request)) return refuse(response, 403, "open the address that 'towline page' printed");
  if (request.method === "POST") return order(context, url.pathname, request, response);
  if (request.method !== "GET") return refuse(response, 405, "this is read with GET alone");
  switch (url.pathname) {
    case "/":
      return send(response, "text/html", pageHtml({ kind: "live", order: gate.orderToken }));
    case "/page.js":
      return send(response, "text/javascript", assets.script);
    case "/page.css":
      return send(response, "text/css", assets.style);
    case "/data.json":
      return send(response, "application/json", JSON.stringify(session.model()));
    case "/host.json": {
      const [stack, group, instance] = ["stack", "group", "instance"].map((name) => url.searchParams.get(name) ?? "");
      const detail = await session.detail(stack as string, group as string, instance as string);
      if (detail === undefined) return refuse(response, 404, "there is no report of that host");
      return send(response, "application/json", JSON.stringify(detail));
    }
    case "/events":
      return stream(session, request, response);
    default:
      return refuse(response, 404, "there is no such page");
  }
}

/** Plans, and what carries them out: for the page itself alone, whatever another site has its reader's browser send. */
async function order(
  { gate, session, desk }: Context,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!gate.mayOrder(request)) return refuse(response, 403, "only the page itself may order that");
  if (request.headers["content-type"] !== "application/json") return refuse(response, 415, "an order is JSON");
  if (path !== "/orders/plan" && path !== "/orders/run") return refuse(response, 404, "there is no such page");
  try {
    const asked = await readOrder(request);
    const outcome = await (path === "/orders/plan" ? desk.plan(asked) : desk.run(asked));
    if (path === "/orders/run") void session.lookNow();
    send(response, "application/json", JSON.stringify(outcome));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    refuse(response, 400, error.message);
  }
}

/** @throws InputError where it is no JSON, or more than an order is */
async function readOrder(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > LARGEST_ORDER) throw new InputError(`an order has ${LARGEST_ORDER} characters at the most`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError("an order is JSON", { cause: error });
  }
}

function stream(session: Session, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { ...HEADERS, "Content-Type": "text/event-stream" });
  // JSON has no line ends of its own, which would end the event.
  const stop = session.listen((event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
  const beat = setInterval(() => response.write(":\n\n"), BEAT_MILLISECONDS);
  request.on("close", () => {
    clearInterval(beat);
    stop();
  });
}

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { ...HEADERS, "Content-Type": `${type}; charset=utf-8` }).end(body);
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { ...HEADERS, "Content-Type": "text/plain; charset=utf-8" }).end(`${why}\n`);
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, LOOPBACK, resolve);
  }).catch((error: unknown) => {
    if (codeOf(error) !== "EADDRINUSE" && codeOf(error) !== "EACCES") throw error;
    throw new InputError(
      `--port ${port}: is taken, or not yours to use; choose another, or leave it out for a free one`,
    );
  });
  return (server.address() as AddressInfo).port;
}
