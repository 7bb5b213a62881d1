import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";

/** A request that went through. */
export interface Seen {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Of the request's body. */
  readonly bytesSent: number;
  /** Of the answer's body. */
  readonly bytesReceived: number;
}

/** Stands before a server: counts what is asked, and can stop in front of a request. */
export class CountingProxy {
  readonly seen: Seen[] = [];
  /** Called before a request is passed on, which waits for it; a rejection drops the connection. */
  intercept: (method: string, path: string) => Promise<void> = async () => {};

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(target: string): Promise<CountingProxy> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const proxy = new CountingProxy(server, `http://127.0.0.1:${address.port}`);
    server.on("request", (incoming, outgoing) => {
      proxy.pass(target, incoming, outgoing).catch(() => incoming.socket.destroy());
    });
    return proxy;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, "close");
  }

  private async pass(target: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = "", url: path = "" } = incoming;
    const body = await collect(incoming);
    await this.intercept(method, path);
    const upstream = request(new URL(path, target), { method, headers: incoming.headers });
    upstream.end(body);
    const [answer] = (await once(upstream, "response")) as [IncomingMessage];
    const content = await collect(answer);
    this.seen.push({ method, path, bytesSent: body.length, bytesReceived: content.length });
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    outgoing.end(content);
  }
}

/** Reads a message to its end. */
export async function collect(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
