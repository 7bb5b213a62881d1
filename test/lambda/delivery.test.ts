import { parameterName, type ReadSecret } from "../../lambda/aws/secret";
import { type Credential, webhookCredential } from "../../lambda/slack/credential";
import { buttons, facts, paragraph, type SlackMessage, slackMessage } from "../../lambda/slack/message";
import type { Patience } from "../../lambda/slack/persist";
import { postMessage } from "../../lambda/slack/post";
import { parseRetryAfter } from "../../lambda/slack/retry";
import { type Answer, type StandIn, standIn } from "./slack-stand-in";

const SECRET = "/services/T000/B000/s3cr3t";
const OK: Answer = { status: 200, body: "ok" };
const MESSAGE: SlackMessage = slackMessage({
  severity: "good",
  story: "It works",
  blocks: [
    facts({ Fleet: "web & worker" }),
    paragraph("All <well>"),
    buttons({ Group: "https://console.aws.amazon.com/web" }),
  ],
});

const unexpectedRead: ReadSecret = async (name) => {
  throw new Error(`unexpected read of ${name}`);
};

let slack: StandIn;
let waits: number[];

async function post(answers: Answer[], options: { seconds?: number; webhook?: Credential } = {}): Promise<void> {
  slack = await standIn(answers);
  waits = [];
  let remaining = (options.seconds ?? 30) * 1000;
  const webhook = options.webhook ?? webhookCredential({ SLACK_WEBHOOK_URL: slack.origin + SECRET }, unexpectedRead);
  const patience: Patience = {
    remainingMs: () => remaining,
    sleep: async (ms) => {
      waits.push(ms);
      remaining -= ms;
    },
  };
  await postMessage(MESSAGE, webhook, patience);
}

/** What a failed delivery says; nothing secret may be in it, its stack or its causes. */
async function failure(delivery: Promise<void>): Promise<string> {
  const error: unknown = await delivery.then(
    () => undefined,
    (reason) => reason,
  );
  if (!(error instanceof Error)) throw new Error("the delivery should have failed");
  expect(`${error.stack} ${String(error.cause)}`).not.toContain("s3cr3t");
  return error.message;
}

describe("posting to Slack", () => {
  afterEach(() => slack.close());

  test("the message goes out once, as JSON", async () => {
    await post([OK]);
    expect(slack.requests).toHaveLength(1);
    expect(slack.requests[0]).toMatchObject({
      path: SECRET,
      headers: { "content-type": "application/json" },
      body: { text: "It works", mrkdwn: false, attachments: [{ color: "#2eb67d" }] },
    });
  });

  test("a rate limit is waited out for as long as Slack says, however often", async () => {
    const limited = (after: string): Answer => ({ status: 429, headers: { "Retry-After": after } });
    await post([limited("7"), limited("1"), limited("2"), limited("1"), OK]);
    expect(waits).toEqual([7000, 1000, 2000, 1000]);
    expect(slack.requests).toHaveLength(5);
  });

  test("a rate limit without Retry-After is waited out for a second", async () => {
    await post([{ status: 429 }, OK]);
    expect(waits).toEqual([1000]);
  });

  test("a rate limit longer than the time left fails at once", async () => {
    const delivery = post([{ status: 429, body: "rate_limited", headers: { "Retry-After": "30" } }], { seconds: 20 });
    expect(await failure(delivery)).toBe(
      "Slack answered 429 (rate_limited) and there is no time left to wait 30000 ms and try again",
    );
    expect(waits).toEqual([]);
  });

  test("a server error and a lost connection get two more tries", async () => {
    await post([{ status: 503 }, "hang up", OK]);
    expect(waits).toEqual([250, 1000]);
  });

  test("the third server error is the last", async () => {
    expect(await failure(post([{ status: 500 }, { status: 502 }, { status: 503 }]))).toBe("Slack answered 503");
    expect(slack.requests).toHaveLength(3);
  });

  test("an attempt that gets no answer ends with the time left, not with Lambda's", async () => {
    expect(await failure(post(["hang"], { seconds: 1.05 }))).toBe(
      "Slack could not be reached (no answer within 550 ms) and there is no time left to wait 250 ms and try again",
    );
  });

  test.each([400, 403, 404, 410, 413])("a %d is final", async (status) => {
    expect(await failure(post([{ status, body: "no_text" }]))).toBe(`Slack answered ${status} (no_text)`);
    expect(slack.requests).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  test.each(["invalid_blocks", "invalid_blocks_format", "invalid_attachments"])(
    "blocks that Slack refuses as %s are sent again as text, once",
    async (reason) => {
      const log = jest.spyOn(console, "error").mockImplementation(() => undefined);
      await post([{ status: 400, body: reason }, OK]);
      expect(slack.requests[1]?.body).toEqual({
        text: "It works\n*Fleet* web &amp; worker\nAll &lt;well&gt;\nGroup: https://console.aws.amazon.com/web",
        mrkdwn: false,
        attachments: [],
      });
      await slack.close();
      const twice = { status: 400, body: reason };
      expect(await failure(post([twice, twice]))).toBe(`Slack answered 400 (${reason})`);
      expect(log).toHaveBeenCalledWith('Slack refused the blocks of "It works": sending it as text');
      log.mockRestore();
    },
  );

  test("nothing is begun that there is no time for", async () => {
    expect(await failure(post([], { seconds: 0.9 }))).toBe("there is no time left to post it");
    expect(slack.requests).toEqual([]);
  });

  test("an answer that is not one word of Slack's stays out of the error", async () => {
    expect(await failure(post([{ status: 404, body: `<p>No ${SECRET} here</p>` }]))).toBe("Slack answered 404");
  });

  test("a refused connection is named by its code", async () => {
    const gone = await standIn([]);
    await gone.close();
    const webhook = webhookCredential({ SLACK_WEBHOOK_URL: gone.origin + SECRET }, unexpectedRead);
    expect(await failure(post([], { webhook }))).toBe("Slack could not be reached (ECONNREFUSED)");
    expect(waits).toEqual([250, 1000]);
  });

  test("a redirect is not followed with the message", async () => {
    const moved: Answer = { status: 302, headers: { Location: "/elsewhere" } };
    expect(await failure(post([moved, moved, moved]))).toMatch(/^Slack could not be reached/);
    expect(slack.requests.map(({ path }) => path)).toEqual([SECRET, SECRET, SECRET]);
  });
});

const environment = { SLACK_WEBHOOK_PARAMETER: "/towline/prod/slack-webhook" };

describe("a webhook in SSM that Slack refuses", () => {
  afterEach(() => slack.close());

  test.each([403, 404, 410])("with a %d is read again, and the new one is used", async (status) => {
    const paths = ["/services/old", "/services/new"];
    const read = jest.fn(async () => `${slack.origin}${paths.shift()}\n`);
    const webhook = webhookCredential(environment, read);
    await post([{ status }, OK], { webhook });
    expect(slack.requests.map(({ path }) => path)).toEqual(["/services/old", "/services/new"]);
    expect(read.mock.calls).toEqual([["/towline/prod/slack-webhook"], ["/towline/prod/slack-webhook"]]);
  });

  test("is read again only once, and an unchanged one is not tried twice", async () => {
    const read = jest.fn(async () => slack.origin + SECRET);
    expect(await failure(post([{ status: 404 }], { webhook: webhookCredential(environment, read) }))).toBe(
      "Slack answered 404",
    );
    expect(read).toHaveBeenCalledTimes(2);
    expect(slack.requests).toHaveLength(1);
  });
});

describe("a webhook in SSM", () => {
  test("is read once for many messages", async () => {
    const read = jest.fn(async () => "https://hooks.example/services/x");
    const webhook = webhookCredential(environment, read);
    expect(await webhook.current()).toBe("https://hooks.example/services/x");
    expect(await webhook.current()).toBe("https://hooks.example/services/x");
    expect(read).toHaveBeenCalledTimes(1);
  });

  test("gives way to a URL in the environment", async () => {
    const webhook = webhookCredential({ ...environment, SLACK_WEBHOOK_URL: "https://hooks.example/y" }, unexpectedRead);
    expect(await webhook.current()).toBe("https://hooks.example/y");
  });

  test.each([["not a url s3cr3t"], [""], ["file:///s3cr3t"]])(
    "whose value is %j says which parameter to mend and not what it holds",
    async (value) => {
      const webhook = webhookCredential(environment, async () => value);
      expect(await failure(webhook.current().then(() => undefined))).toBe(
        "the secret /towline/prod/slack-webhook does not hold a URL that begins with https:// (its value is kept secret): store the webhook URL that Slack shows for the app",
      );
    },
  );

  test("that cannot be read is tried again the next time", async () => {
    const read = jest.fn(async () => "https://hooks.example/services/x").mockRejectedValueOnce(new Error("no access"));
    const webhook = webhookCredential(environment, read);
    expect(await failure(webhook.current().then(() => undefined))).toBe("no access");
    expect(await webhook.current()).toBe("https://hooks.example/services/x");
  });

  test("that nobody named says what to set", async () => {
    expect(
      await failure(
        webhookCredential({}, unexpectedRead)
          .current()
          .then(() => undefined),
      ),
    ).toBe(
      "no Slack webhook is configured: set SLACK_WEBHOOK_PARAMETER to the name of the SSM SecureString that holds its URL, or SLACK_WEBHOOK_URL to the URL itself",
    );
  });
});

test.each([
  ["/towline/prod/slack-webhook", "/towline/prod/slack-webhook"],
  [
    "arn:aws:secretsmanager:eu-west-1:210987654321:secret:towline/prod-slack-AbC123",
    "/aws/reference/secretsmanager/towline/prod-slack",
  ],
  [
    "arn:aws-cn:secretsmanager:cn-north-1:210987654321:secret:hook-secret-9zY8xW",
    "/aws/reference/secretsmanager/hook-secret",
  ],
])("the secret %s is read as parameter %s", (name, parameter) => {
  expect(parameterName(name)).toBe(parameter);
});

test.each([
  [null, undefined],
  ["", undefined],
  ["30", 30_000],
  ["0", 0],
  ["-5", 0],
  ["soon", undefined],
  ["Wed, 04 Mar 2026 05:06:17 GMT", 10_000],
  ["Wed, 04 Mar 2026 05:06:00 GMT", 0],
])("Retry-After: %s", (header, expected) => {
  expect(parseRetryAfter(header, Date.parse("2026-03-04T05:06:07Z"))).toBe(expected);
});
