import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { connect } from "node:net";
import { listen } from "../../local/region/listen";

/** A proxy that leads every name to one TLS port of the loopback interface, and every plain request to one HTTP port. */
export async function proxyTo(tlsPort: number, httpPort: number): Promise<{ url: string; server: Server }> {
  const server = createServer((incoming: IncomingMessage, outgoing) => {
    const { pathname } = new URL(incoming.url ?? "");
    const options = { port: httpPort, host: "127.0.0.1", path: pathname, method: incoming.method };
    const asked = request({ ...options, headers: incoming.headers, setHost: false }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 500, reply.headers);
      reply.pipe(outgoing);
    });
    incoming.pipe(asked);
  });
  server.on("connect", (_incoming, client) => {
    const target = connect(tlsPort, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      target.pipe(client).pipe(target);
    });
    for (const socket of [client, target]) socket.on("error", () => socket.destroy());
  });
  return { url: `http://127.0.0.1:${await listen(server, 0, "127.0.0.1")}`, server };
}
