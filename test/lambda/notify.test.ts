import { notify } from "../../lambda/notify";
import type { SlackMessage } from "../../lambda/slack/message";
import { DEPLOY, snsEvent } from "./events";

const DEPLOYS = ["1.1.0", "1.2.0", "1.3.0"].map((version) => ({ ...DEPLOY, version, previous: "" }));

describe("an event with several records", () => {
  test("is delivered in order, one message after the other", async () => {
    const log: string[] = [];
    await notify(snsEvent(DEPLOYS), async ({ text }) => {
      log.push(`begin ${text.slice(0, 11)}`);
      await new Promise(setImmediate);
      log.push(`end ${text.slice(0, 11)}`);
    });
    expect(log).toEqual(DEPLOYS.flatMap(({ version }) => [`begin hello ${version}`, `end hello ${version}`]));
  });

  test("loses no message to a failing one, and fails in the end", async () => {
    const delivered: string[] = [];
    const deliver = async ({ text }: SlackMessage) => {
      if (text.includes("1.2.0")) throw new Error("Slack answered 500");
      delivered.push(text.slice(0, 11));
    };
    await expect(notify(snsEvent(DEPLOYS, "A deploy"), deliver)).rejects.toThrow(
      new Error("1 of 3 messages not delivered: A deploy: Slack answered 500"),
    );
    expect(delivered).toEqual(["hello 1.1.0", "hello 1.3.0"]);
  });

  test("is all told of when all fail", async () => {
    const deliver = async () => {
      throw new Error("Slack answered 404 (no_service)");
    };
    const topic = "arn:aws:sns:eu-central-1:210987654321:towline-prod-events";
    await expect(notify(snsEvent(["a", "b"]), deliver)).rejects.toThrow(
      new Error(
        `2 of 2 messages not delivered: ${topic}: Slack answered 404 (no_service); ${topic}: Slack answered 404 (no_service)`,
      ),
    );
  });
});

test("a record without a message does not keep the next one back", async () => {
  const texts: string[] = [];
  const event = { Records: [{ Sns: { Message: null } }, null, ...snsEvent(["fine"]).Records] };
  await notify(event, async ({ text }) => {
    texts.push(text);
  });
  expect(texts).toEqual(["An empty notification arrived", "null", "fine"]);
});

test("an event without records posts nothing", async () => {
  await notify({ Records: [] }, () => Promise.reject(new Error("unexpected delivery")));
});
