import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** How the stand-in answers one request; `hang` never answers. */
export type Answer = { status: number; body?: string; headers?: Record<string, string> } | "hang" | "hang up";

export interface StandIn {
  readonly origin: string;
  /** Path and parsed body of every request so far. */
  readonly requests: { path: string; headers: IncomingMessage["headers"]; body: unknown }[];
  close(): Promise<void>;
}

/** A web server on the loopback interface which gives the answers in turn; one request too many is a 599. */
export async function standIn(answers: Answer[]): Promise<StandIn> {
  const requests: StandIn["requests"] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    requests.push({ path: request.url ?? "", headers: request.headers, body: text === "" ? "" : JSON.parse(text) });
    const answer = answers[requests.length - 1] ?? { status: 599, body: "one_request_too_many" };
    if (answer === "hang") return;
    if (answer === "hang up") return request.socket.destroy();
    response.writeHead(answer.status, answer.headers).end(answer.body ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}
