import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Keys } from "../../local/iam/keys";
import type { Clients } from "../../local/region/clients";
import { Functions } from "../../local/region/functions";

const ARN = "arn:aws:lambda:eu-west-1:123456789012:function:notifier";
const send = jest.fn(async (_command: { input: unknown }) => ({}));
const errors = jest.spyOn(console, "error").mockImplementation(() => undefined);
let folder: string;
let functions: Functions;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "towline-local-"));
  process.env.TOWLINE_RUN = folder;
  functions = new Functions(() => ({ sqs: { send } }) as unknown as Clients, new Keys(), 10);
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
  expect(errors.mock.calls).toEqual([
    [
      `function notifier: 3 attempts failed (see ${join(folder, "function-notifier.log")}); the event goes to the dead-letter queue`,
    ],
  ]);
});

test("a function that nobody declared is an error", async () => {
  await expect(functions.invoke("arn:none", {})).rejects.toThrow("no function has the ARN arn:none");
});
