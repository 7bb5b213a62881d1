import { format } from "../../lambda/formatters";
import { parseNotifications } from "../../lambda/notification";
import type { Report } from "../../lambda/report";
import type { Patience } from "../../lambda/slack/persist";
import { type Threads, threadsFor } from "../../lambda/slack/threads";
import { DEPLOY, LAUNCH, snsEvent } from "./events";
import { type ApiStandIn, apiStandIn } from "./slack-api-stand-in";

let slack: ApiStandIn;
let waits: number[];
beforeEach(async () => {
  slack = await apiStandIn();
  waits = [];
});
afterEach(() => slack.close());

const patience: Patience = {
  remainingMs: () => 30_000,
  sleep: async (ms) => {
    waits.push(ms);
  },
};

function report(message: unknown): Report {
  const [notification] = parseNotifications(snsEvent([message]));
  if (notification === undefined) throw new Error("no notification");
  return format(notification);
}

/** A function that has just started: it remembers nothing. */
function cold(read: (name: string) => Promise<string> = async () => "xoxb-good\n"): Threads {
  const environment = { SLACK_CHANNEL: "C0FEED", SLACK_BOT_TOKEN_PARAMETER: "/bot", SLACK_API_ORIGIN: slack.origin };
  const threads = threadsFor(environment, read);
  if (threads === undefined) throw new Error("no bot");
  return threads;
}

const launches = ["i-0a1", "i-0a2", "i-0a3"].map((instance) => report({ ...LAUNCH, EC2InstanceId: instance }));
const calls = () => slack.calls.map(({ method }) => method);

async function post(reports: readonly Report[], threadsOf: () => Threads): Promise<void> {
  for (const each of reports) await threadsOf().post(each, undefined, patience);
}

describe("a scale event of which more and more is heard", () => {
  const expectOneThread = () => {
    const [root, ...replies] = slack.channel;
    expect(root?.thread).toBeUndefined();
    expect(root?.text).toBe(
      'towline-prod-web scaled out from 2 to 3: alarm "prod-web-busy" triggered policy "scale-out"; launched i-0a1 in eu-central-1b, i-0a2 in eu-central-1b and i-0a3 in eu-central-1b (37 s).',
    );
    expect(replies.map(({ thread }) => thread)).toEqual([root?.ts, root?.ts]);
    expect(replies.map(({ text }) => text.split("; ")[1])).toEqual([
      "launched i-0a2 in eu-central-1b (37 s).",
      "launched i-0a3 in eu-central-1b (37 s).",
    ]);
  };

  test("is one message, edited in place, and a thread below it", async () => {
    const warm = cold();
    await post(launches, () => warm);
    expectOneThread();
    expect(calls()).toEqual([
      "conversations.history",
      "chat.postMessage",
      "chat.update",
      "chat.postMessage",
      "chat.update",
      "chat.postMessage",
    ]);
    expect(slack.calls.every(({ values, token }) => values.channel === "C0FEED" && token === "xoxb-good")).toBe(true);
  });

  test("is the same from functions that remember nothing: the first message itself knows", async () => {
    await post(launches, () => cold());
    expectOneThread();
    expect(slack.calls[0]?.values).toMatchObject({ include_all_metadata: "true", limit: "200" });
  });

  test("is not mixed up with another one", async () => {
    const later = report({ ...LAUNCH, Cause: LAUNCH.Cause.replaceAll("05:05:58Z", "06:05:58Z") });
    await post([...launches, later], () => cold());
    expect(slack.channel.filter(({ thread }) => thread === undefined)).toHaveLength(2);
  });

  test("keeps to what Slack stores with a message, the newest first of all", async () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      report({ ...LAUNCH, EC2InstanceId: `i-0${"f".repeat(400)}${index}` }),
    );
    const warm = cold();
    await post(many, () => warm);
    const stored = JSON.stringify(slack.channel[0]?.metadata);
    expect(stored.length).toBeLessThan(16_000);
    expect(stored).toContain("f39");
  });
});

test("a deploy is one message that says its newest step and lists the earlier ones", async () => {
  const step = { source: "towline", event: "deploy", package: "hello", version: "1.1.0", stack: "staging" };
  const steps = [{ ...step, stage: "published" }, DEPLOY, { ...step, stage: "done", total: 2, seconds: 40 }].map(
    report,
  );
  await post(steps, () => cold());
  const [root, ...replies] = slack.channel;
  expect(root?.text).toBe("hello 1.1.0 runs on all 2 hosts in staging, done in 40 s.");
  expect(root?.attachments).toContain(
    "• hello 1.1.0 is published to staging.\\n• hello 1.1.0 took the place of 1.0.0 on i-0c0ffee0c0ffee002 (staging/web) in 12 s.\\n• hello 1.1.0 runs on all 2 hosts",
  );
  expect(replies.map(({ thread }) => thread)).toEqual([root?.ts, root?.ts]);
});

test("what is part of nothing longer is a message of its own", async () => {
  await cold().post(report("just words"), undefined, patience);
  expect(calls()).toEqual(["chat.postMessage"]);
  expect(slack.channel[0]?.metadata).toBeUndefined();
});

test("what needs a person is shown in the channel too, and calls", async () => {
  const failed = { ...LAUNCH, Event: `${LAUNCH.Event}_ERROR`, StatusMessage: "no", EC2InstanceId: "", Description: "" };
  const threads = cold();
  await threads.post(report({ ...failed, ActivityId: "a" }), "<!here>", patience);
  await threads.post(report({ ...failed, ActivityId: "b" }), "<!here>", patience);
  expect(slack.calls.at(-1)?.values).toMatchObject({
    reply_broadcast: "true",
    text: expect.stringMatching(/^<!here> Launch failed/),
  });
  // The edit of the first message calls nobody a second time.
  expect(slack.calls.at(-2)?.values).toMatchObject({ text: expect.stringMatching(/^2 launches failed/) });
});

describe("a Web API that refuses", () => {
  test("for its rate limit is waited for", async () => {
    slack.refuseNext("chat.postMessage", 429, { "retry-after": "3" });
    slack.refuseNext("chat.postMessage", "ratelimited");
    await cold().post(report("x"), undefined, patience);
    expect(waits).toEqual([3000, 1000]);
    expect(slack.channel).toHaveLength(1);
  });

  test("for a fault of its own is tried again", async () => {
    slack.refuseNext("chat.postMessage", 503);
    slack.refuseNext("chat.postMessage", "internal_error");
    await cold().post(report("x"), undefined, patience);
    expect(waits).toEqual([250, 1000]);
  });

  test("the blocks gets them as text", async () => {
    slack.refuseNext("chat.postMessage", "invalid_blocks");
    await cold().post(report(DEPLOY), undefined, patience);
    expect(slack.channel[0]).toMatchObject({ attachments: "[]", text: expect.stringContaining("*Package* hello") });
  });

  test("an old token gets the new one", async () => {
    const tokens = ["xoxb-old", "xoxb-good"];
    await cold(async () => tokens.shift() ?? "").post(report("x"), undefined, patience);
    expect(slack.calls.map(({ token }) => token)).toEqual(["xoxb-old", "xoxb-good"]);
  });

  test("for good fails with its word and nothing secret", async () => {
    slack.refuseNext("chat.postMessage", "not_in_channel");
    const posted = cold().post(report("x"), undefined, patience);
    await expect(posted).rejects.toThrow(new Error("Slack answered 400 (not_in_channel)"));
  });

  test("the reply after the edit leaves nothing told twice when it is tried again", async () => {
    const threads = cold();
    await threads.post(launches[0] as Report, undefined, patience);
    slack.refuseNext("chat.postMessage", "not_in_channel");
    await expect(threads.post(launches[1] as Report, undefined, patience)).rejects.toThrow("not_in_channel");
    await threads.post(launches[1] as Report, undefined, patience);
    expect(slack.channel.map(({ thread }) => thread === undefined)).toEqual([true, false]);
    expect(slack.channel[0]?.text).toMatch(/launched i-0a1 in eu-central-1b and i-0a2 in eu-central-1b/);
  });
});

test.each([{}, { SLACK_CHANNEL: "C0FEED" }, { SLACK_BOT_TOKEN: "xoxb" }])(
  "without channel and token there is no bot, %#",
  (environment) => {
    expect(threadsFor(environment, async () => "")).toBeUndefined();
  },
);
