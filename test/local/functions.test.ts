import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { Keys } from "../../local/iam/keys";
import { Functions } from "../../local/region/functions";

const ARN = "arn:aws:lambda:eu-west-1:123456789012:function:notifier";
const send = jest.fn(async (_command: { input: unknown }) => ({}));
const errors = jest.spyOn(console, "error").mockImplementation(() => undefined);
let folder: string;
let functions: Functions;
let keys: Keys;
/** Who signs what goes to a queue. */
let signedBy: unknown;
const assumed: string[][] = [];
let logs: boolean;
let trusted: boolean;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "towline-local-"));
  process.env.TOWLINE_RUN = folder;
  assumed.length = 0;
  logs = true;
  trusted = true;
  const services = {
    actsIn: async (...asked: string[]) => {
      assumed.push(asked);
      return logs;
    },
    assumes: async () => trusted,
  };
  const queues = (region: string, { accessKeyId }: { accessKeyId: string }) => {
    signedBy = [region, keys.find(accessKeyId)?.principal.arn];
    return { send } as unknown as SQSClient;
  };
  keys = new Keys();
  functions = new Functions(keys, services, 10, queues);
  send.mockClear();
  errors.mockClear();
});
afterEach(() => rmSync(folder, { recursive: true }));

function declare(code: string, timeout = 5): void {
  writeFileSync(join(folder, "index.js"), code);
  const deadLetterArn = "arn:aws:sqs:eu-west-1:123456789012:undelivered";
  const environment = { GREETING: "hello" };
  const roleArn = "arn:aws:iam::123456789012:role/notifier";
  functions.add({
    name: "notifier",
    arn: ARN,
    roleArn,
    folder,
    handler: "index.handler",
    timeout,
    environment,
    deadLetterArn,
    logGroup: "/aws/lambda/notifier",
  });
}

const log = () => readFileSync(join(folder, "function-notifier.log"), "utf8");

test("a function sees its event, its own environment, and nothing of this process's", async () => {
  declare(`exports.handler = async (event, context) => {
    const left = context.getRemainingTimeInMillis();
    console.log(JSON.stringify([event, process.env.GREETING, process.env.HOME ?? null, left > 4000 && left <= 5000]));
  };`);
  await functions.invoke(ARN, { Records: [] });
  expect(JSON.parse(log())).toEqual([{ Records: [] }, "hello", null, true]);
  expect(errors).not.toHaveBeenCalled();
});

test("a failed event is tried again in a fresh process", async () => {
  declare(`const fs = require("node:fs");
  exports.handler = async () => {
    const file = ${JSON.stringify(join(folder, "tries"))};
    fs.appendFileSync(file, "x");
    if (fs.readFileSync(file, "utf8").length < 2) throw new Error("not yet");
  };`);
  await functions.invoke(ARN, {});
  expect(readFileSync(join(folder, "tries"), "utf8")).toBe("xx");
  expect(log()).toContain("Error: not yet");
  expect(send).not.toHaveBeenCalled();
});

test("an event that never succeeds ends in the dead-letter queue, and loudly", async () => {
  declare("exports.handler = () => new Promise(() => setInterval(() => undefined, 1000));", 0.2);
  await functions.invoke(ARN, { a: 1 });
  expect(send.mock.calls.map(([command]) => command.input)).toEqual([
    { QueueUrl: "https://sqs.eu-west-1.amazonaws.com/123456789012/undelivered", MessageBody: '{"a":1}' },
  ]);
  // By the function's own role, as in AWS.
  expect(signedBy).toEqual(["eu-west-1", "arn:aws:sts::123456789012:assumed-role/notifier/notifier"]);
  expect(errors.mock.calls).toEqual([
    [
      `function notifier: 3 attempts failed (see ${join(folder, "function-notifier.log")}); the event goes to the dead-letter queue`,
    ],
  ]);
});

test("a function that nobody declared is an error", async () => {
  await expect(functions.invoke("arn:none", {})).rejects.toThrow("no function has the ARN arn:none");
});

test("a function's log is written in its role, and there is none where the role may not", async () => {
  declare('exports.handler = async () => console.log("it ran");');
  await functions.invoke(ARN, {});
  const stream = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/notifier:log-stream:local";
  const role = "arn:aws:iam::123456789012:role/notifier";
  expect(assumed).toEqual([
    [role, "notifier", "logs:CreateLogStream", stream],
    [role, "notifier", "logs:PutLogEvents", stream],
  ]);
  expect(log()).toBe("it ran\n");
  logs = false;
  await functions.invoke(ARN, {});
  expect(log()).toBe("it ran\n");
  expect(send).not.toHaveBeenCalled();
});

test("a function whose role does not trust Lambda does not run", async () => {
  declare('exports.handler = async () => console.log("it ran");');
  trusted = false;
  await functions.invoke(ARN, { a: 1 });
  expect(() => log()).toThrow("ENOENT");
  expect(send).toHaveBeenCalledTimes(1);
});
