import { createServer, type Server } from "node:http";
import { parseOptions } from "../../local/options";
import { listen } from "../../local/region/listen";
import { waitFor } from "../../local/region/wait";
import { ask, Client, noFailures } from "../../local/story/traffic";

let server: Server;
let address: string;
let served = 0;
/** Answers the nth request with something else than 200. */
let answer: (nth: number) => number | "break";

beforeEach(async () => {
  served = 0;
  answer = () => 200;
  server = createServer((_incoming, outgoing) => {
    const status = answer(++served);
    if (status === "break") return outgoing.destroy();
    outgoing.writeHead(status, { "x-target": "target1" });
    outgoing.end("hello 1.0.0\n");
  });
  address = `http://127.0.0.1:${await listen(server, 0, "127.0.0.1")}/`;
});
afterEach(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

async function traffic(requests: number) {
  const client = new Client(address);
  await waitFor(`${requests} requests`, () => served >= requests, { timeout: 60_000, interval: 5 });
  return client.stop();
}

test("one request tells the status, the body and the target", async () => {
  expect(await ask(address)).toEqual({ status: 200, body: "hello 1.0.0\n", target: "target1" });
});

test("a client counts every request, and none failed", async () => {
  const { requests, failures, slowest } = await traffic(6);
  expect(requests).toBe(served);
  expect(failures).toEqual([]);
  expect(slowest).toBeGreaterThan(0);
  expect(noFailures({ requests, failures, slowest: 1.26 })).toBe(
    `${requests} requests meanwhile, none failed, the slowest answered after 1.3 s`,
  );
});

test("a client keeps every answer other than 200 and every broken connection", async () => {
  answer = (nth) => (nth === 2 ? 503 : nth === 3 ? "break" : 200);
  const result = await traffic(5);
  expect(result.failures).toEqual([
    expect.stringMatching(/^\d{4}-\S+Z status 503 from target1$/),
    expect.stringMatching(/^\d{4}-\S+Z socket hang up$/),
  ]);
  expect(() => noFailures(result)).toThrow(
    new RegExp(`^2 of ${result.requests} requests failed:\\n\\S+ status 503 from target1\\n\\S+ socket hang up$`),
  );
});

test("nobody at the address is a failure", async () => {
  await expect(ask("http://127.0.0.1:1/")).rejects.toThrow("ECONNREFUSED");
});

describe("options of the region", () => {
  test.each([
    [[], { port: 8081, exit: false, idle: false }],
    [["--port", "9000", "--exit"], { port: 9000, exit: true, idle: false }],
    [["--idle"], { port: 8081, exit: false, idle: true }],
  ])("%j", (args, expected) => {
    expect(parseOptions(args)).toMatchObject(expected);
  });

  test("an unknown one is refused", () => {
    expect(() => parseOptions(["--prot", "1"])).toThrow("'--prot'");
  });
});

test("waiting in vain says for what", async () => {
  await expect(waitFor("rain", () => false, { timeout: 20, interval: 5 })).rejects.toThrow(
    "waited 0 s in vain for rain",
  );
});
