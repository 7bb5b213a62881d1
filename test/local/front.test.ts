import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { request } from "node:https";
import type { ApiCall } from "../../local/region/calls";
import { queryReply } from "../../local/region/calls";
import { makeFront } from "../../local/region/front";
import { listen } from "../../local/region/listen";
import { waitFor } from "../../local/region/wait";
import { certificateFor } from "./certificate";
import { REGION } from "./fake-region";

interface Reply {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

let moto: Server;
let front: Server;
let port: number;
let ca: Buffer;
let folder: string;
const asked: string[] = [];
const calls: ApiCall[] = [];
const streamed: string[] = [];
const errors = jest.spyOn(console, "error").mockImplementation(() => undefined);

/** moto: repeats what it was asked; breaks off in the middle of /broken. */
async function startMoto(): Promise<string> {
  moto = createServer(async (incoming, outgoing) => {
    let body = "";
    for await (const chunk of incoming) body += chunk;
    asked.push(`${incoming.method} ${incoming.headers.host}${incoming.url} ${body.length}`);
    if (incoming.url === "/broken") {
      outgoing.writeHead(200, { "content-length": 100 });
      outgoing.write("half", () => outgoing.destroy());
      return;
    }
    outgoing.writeHead(body.includes("Wrong") ? 400 : 200, {
      "content-type": "text/xml",
      "x-from": "moto",
      etag: '"1"',
    });
    outgoing.end(`moto says ${body.slice(0, 100)}`);
  });
  return `http://127.0.0.1:${await listen(moto, 0, "127.0.0.1")}`;
}

beforeAll(async () => {
  const made = await certificateFor(REGION);
  ({ ca, folder } = made);
  front = makeFront({
    certificate: made.certificate,
    moto: await startMoto(),
    site: ({ headers }) =>
      headers.host === "hooks.slack.com" ? async (_incoming, outgoing) => void outgoing.end("slack") : undefined,
    answers: {
      autoscaling: async (call) => {
        calls.push(call);
        if (call.action === "Fails") throw new Error("out of order");
        return call.action === "CompleteLifecycleAction" ? queryReply(call.action) : undefined;
      },
      ssm: async (call) => void calls.push(call),
    },
    afterwards: { autoscaling: async ({ action }, reply) => `${reply}, then ${action}` },
    streamed: ({ method, url }) => void streamed.push(`${method} ${url}`),
  }) as unknown as Server;
  port = await listen(front, 0, "127.0.0.1");
});

afterAll(async () => {
  for (const server of [front, moto]) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  asked.length = 0;
  calls.length = 0;
  streamed.length = 0;
  errors.mockClear();
});

async function ask(
  name: string,
  path: string,
  options: { service?: string; body?: string; target?: string } = {},
): Promise<Reply> {
  const scope = `AKIATEST/20260304/${REGION}/${options.service}/aws4_request`;
  const headers = {
    host: name,
    ...(options.service && { authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0` }),
    ...(options.target && { "x-amz-target": options.target }),
  };
  const method = options.body === undefined ? "GET" : "POST";
  const sent = request({ host: "127.0.0.1", port, ca, servername: name, headers, path, method, agent: false });
  const [reply] = (await once(sent.end(options.body), "response")) as [IncomingMessage];
  let body = "";
  for await (const chunk of reply) body += chunk;
  return { status: reply.statusCode, headers: reply.headers, body };
}

const autoScaling = (body: string) => ask(`autoscaling.${REGION}.amazonaws.com`, "/", { service: "autoscaling", body });

test("what the region answers itself never reaches moto", async () => {
  const reply = await autoScaling("Action=CompleteLifecycleAction&InstanceId=i-1");
  expect(reply.body).toBe(
    "<CompleteLifecycleActionResponse><CompleteLifecycleActionResult></CompleteLifecycleActionResult><ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></CompleteLifecycleActionResponse>",
  );
  expect(asked).toEqual([]);
  expect(calls[0]).toMatchObject({ service: "autoscaling", region: REGION, action: "CompleteLifecycleAction" });
  expect(calls[0]?.form.get("InstanceId")).toBe("i-1");
});

test("what follows moto sees its reply, and may change it", async () => {
  const reply = await autoScaling("Action=SetDesiredCapacity");
  expect(reply).toMatchObject({ status: 200, body: "moto says Action=SetDesiredCapacity, then SetDesiredCapacity" });
  expect(asked).toEqual([`POST autoscaling.${REGION}.amazonaws.com/ 25`]);
});

test("nothing follows what moto refused", async () => {
  expect(await autoScaling("Action=Wrong")).toMatchObject({ status: 400, body: "moto says Action=Wrong" });
});

test("JSON calls are told by their target header", async () => {
  const options = { service: "ssm", target: "AmazonSSM.SendCommand", body: '{"InstanceIds":["i-1"]}' };
  const reply = await ask(`ssm.${REGION}.amazonaws.com`, "/", options);
  expect(calls[0]).toMatchObject({ service: "ssm", action: "SendCommand", json: { InstanceIds: ["i-1"] } });
  expect(reply.body).toBe('moto says {"InstanceIds":["i-1"]}');
});

test("everything else goes to moto unchanged, however large, and comes back with its headers", async () => {
  const body = "x".repeat(5_000_000);
  const reply = await ask(`a-bucket.s3.${REGION}.amazonaws.com`, "/pool/h%20i?x=1", { service: "s3", body });
  expect(asked).toEqual([`POST a-bucket.s3.${REGION}.amazonaws.com/pool/h%20i?x=1 5000000`]);
  expect(reply).toMatchObject({ status: 200, headers: { "x-from": "moto", etag: '"1"' } });
  expect(reply.body).toBe(`moto says ${"x".repeat(100)}`);
  expect(streamed).toEqual(["POST /pool/h%20i?x=1"]);
  expect((await ask("sts.amazonaws.com", "/")).status).toBe(200);
});

test("sites of their own are told by the host's name", async () => {
  expect((await ask("hooks.slack.com", "/services/x")).body).toBe("slack");
  expect(asked).toEqual([]);
});

test("a fault of the region is a 500 that says what it is, to the caller and on the console", async () => {
  expect(await autoScaling("Action=Fails")).toMatchObject({
    status: 500,
    body: "the local region failed: out of order\n",
  });
  expect(errors.mock.calls[0]?.[0]).toContain(`front: POST autoscaling.${REGION}.amazonaws.com/: Error: out of order`);
});

test("an answer that breaks off does not look like a whole one", async () => {
  await expect(ask(`a-bucket.s3.${REGION}.amazonaws.com`, "/broken", { service: "s3" })).rejects.toThrow("aborted");
  await waitFor("the error", () => errors.mock.calls.length === 1, { timeout: 60_000, interval: 5 });
});
