import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { format } from "../../lambda/formatters";
import { parseNotifications } from "../../lambda/notification";
import { type AnswerContext, answer } from "../../lambda/slack-command/answer";
import { startJob } from "../../lambda/slack-command/jenkins";
import { type Order, parseCommand, parseOrder } from "../../lambda/slack-command/order";
import { Permission, realName as readRealName } from "../../lambda/slack-command/permission";
import { readSettings } from "../../lambda/slack-command/settings";
import { ReplayGuard, refuseSignature } from "../../lambda/slack-command/signature";
import { work } from "../../lambda/slack-command/work";
import { snsEvent } from "./events";

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
const NOW = Date.parse("2026-03-04T05:06:07Z");
const SECONDS = String(NOW / 1000);
const ASKED = "2026-03-04T05:06:07.000Z";
const VARIABLES = {
  SLACK_SIGNING_SECRET_PARAMETER: "/signing",
  JENKINS_URL: "https://jenkins.example",
  JENKINS_CREDENTIALS_PARAMETER: "/jenkins",
  JENKINS_PROMOTE_JOB: "ops/promote it",
  JENKINS_ROLLBACK_JOB: "rollback",
  TOWLINE_STACK: "prod",
  TOWLINE_PROMOTE_FROM: "staging",
  TOWLINE_TOPIC_ARN: "arn:aws:sns:eu-west-1:210987654321:towline-prod",
  SLACK_ALLOWED_USERS: "U0ADA,U0BOB",
};

const sign = (timestamp: string, body: string, secret = SECRET) =>
  `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex")}`;

describe("Slack's signature", () => {
  const body = "token=x&command=%2Fpromote&text=hello+1.1.0";

  test("is good for the bytes and the time it was made for", () => {
    expect(refuseSignature({ body, timestamp: SECONDS, signature: sign(SECONDS, body) }, SECRET, NOW)).toBeUndefined();
  });

  test("agrees with the example in Slack's documentation", () => {
    const example =
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    expect(
      refuseSignature({ body: example, timestamp: "1531420618", signature }, SECRET, 1_531_420_618_000),
    ).toBeUndefined();
  });

  test.each([
    [
      "of another body",
      { body: `${body}&text=bye`, timestamp: SECONDS, signature: sign(SECONDS, body) },
      "its signature is wrong",
    ],
    [
      "of another secret",
      { body, timestamp: SECONDS, signature: sign(SECONDS, body, "guess") },
      "its signature is wrong",
    ],
    ["cut short", { body, timestamp: SECONDS, signature: "v0=" }, "its signature is wrong"],
    ["missing", { body, timestamp: SECONDS, signature: undefined }, "its signature is wrong"],
    ["without a time", { body, timestamp: undefined, signature: sign("", body) }, "it has no timestamp"],
    ["with words for a time", { body, timestamp: "now", signature: sign("now", body) }, "it has no timestamp"],
  ])("%s is refused", (_, request, reason) => {
    expect(refuseSignature(request, SECRET, NOW)).toBe(reason);
  });

  test.each([
    [300, undefined],
    [-300, undefined],
    [301, "its timestamp is more than 5 minutes off"],
    [-301, "its timestamp is more than 5 minutes off"],
  ])("made %d seconds ago", (age, reason) => {
    const timestamp = String(NOW / 1000 - age);
    expect(refuseSignature({ body, timestamp, signature: sign(timestamp, body) }, SECRET, NOW)).toBe(reason);
  });

  test("is good once", () => {
    const guard = new ReplayGuard();
    expect([guard.isReplay("a", NOW), guard.isReplay("b", NOW), guard.isReplay("a", NOW + 299_000)]).toEqual([
      false,
      false,
      true,
    ]);
    // By then its timestamp is too old anyway, and the memory is given back.
    expect(guard.isReplay("a", NOW + 601_000)).toBe(false);
  });
});

describe("a command", () => {
  test.each([
    [
      "/promote",
      " hello  1.1.0 ",
      { action: "promote", package: "hello", version: "1.1.0", by: "U0ADA", asked: ASKED },
    ],
    [
      "/promote",
      "hello 1:1.0~rc.1+5",
      { action: "promote", package: "hello", version: "1:1.0~rc.1+5", by: "U0ADA", asked: ASKED },
    ],
    ["/rollback", "hello", { action: "rollback", package: "hello", version: "", by: "U0ADA", asked: ASKED }],
    ["/rollback", "hello 1.0.0", { action: "rollback", package: "hello", version: "1.0.0", by: "U0ADA", asked: ASKED }],
  ])("%s %s is understood", (command, text, order) => {
    expect(parseCommand(command, text, "U0ADA", ASKED)).toEqual(order);
    expect(parseOrder({ order })).toEqual(order);
  });

  test.each([
    ["/promote", "", /^Write `\/promote PACKAGE VERSION`/],
    ["/promote", "hello", /^Write `\/promote PACKAGE VERSION`/],
    ["/promote", "hello 1.1.0 now", /^Write `\/promote/],
    ["/promote", "hello; 1.1.0", /^"hello;" is no name of a Debian package\. Write/],
    ["/promote", "../../x 1.1.0", /is no name of a Debian package/],
    ["/promote", "hello $(id)", /^"\$\(id\)" is no version\. Write/],
    ["/rollback", "", /^Write `\/rollback PACKAGE`/],
    ["/deploy", "hello", /^\/deploy is no command of towline's/],
  ])("%s %s is answered with what to write", (command, text, sentence) => {
    expect(parseCommand(command, text, "U0ADA", ASKED)).toMatch(sentence);
  });

  test.each([[{}], [{ order: {} }], [{ order: { action: "destroy", package: "hello", by: "x" } }], [null]])(
    "%j is no order",
    (event) => {
      expect(parseOrder(event)).toBeUndefined();
    },
  );
});

describe("a request to the function's URL", () => {
  let handedOn: Order[];
  let context: AnswerContext;
  let log: jest.SpyInstance;
  beforeEach(() => {
    handedOn = [];
    log = jest.spyOn(console, "error").mockImplementation(() => undefined);
    context = {
      signingSecret: async () => SECRET,
      isAllowed: async (user) => user === "U0ADA",
      handOn: async (order) => void handedOn.push(order),
      replays: new ReplayGuard(),
      now: () => NOW,
      stack: "prod",
    };
  });
  afterEach(() => log.mockRestore());

  const request = (values: Record<string, string>, change: Record<string, unknown> = {}) => {
    const body = new URLSearchParams({ user_id: "U0ADA", user_name: "ada", ...values }).toString();
    return {
      requestContext: { http: { method: "POST" } },
      headers: { "x-slack-request-timestamp": SECONDS, "x-slack-signature": sign(SECONDS, body) },
      body,
      isBase64Encoded: false,
      ...change,
    };
  };
  const promote = { command: "/promote", text: "hello 1.1.0" };
  const said = (result: { body: string }) => JSON.parse(result.body);

  test("that is an order is answered at once, to its sender alone, and handed on", async () => {
    const result = await answer(request(promote), context);
    expect(result.statusCode).toBe(200);
    expect(said(result)).toEqual({
      response_type: "ephemeral",
      text: "hello 1.1.0 is on its way to prod. What Jenkins makes of it comes into the channel.",
    });
    expect(handedOn).toEqual([{ action: "promote", package: "hello", version: "1.1.0", by: "U0ADA", asked: ASKED }]);
  });

  test("is told of by its sender's ID, whatever name they go by, and by the time that Slack signed", async () => {
    await answer(request({ ...promote, user_name: "the boss" }), context);
    // Another copy of the function knows nothing of the first, but the order says the same.
    context = { ...context, replays: new ReplayGuard(), now: () => NOW + 120_000 };
    await answer(request({ ...promote, user_name: "the boss" }), context);
    expect(handedOn.map(({ by, asked }) => [by, asked])).toEqual([
      ["U0ADA", ASKED],
      ["U0ADA", ASKED],
    ]);
  });

  test("comes as Base64 as well", async () => {
    const { body } = request({ command: "/rollback", text: "hello" });
    const encoded = { body: Buffer.from(body).toString("base64"), isBase64Encoded: true };
    const result = await answer(request({ command: "/rollback", text: "hello" }, encoded), context);
    expect(said(result).text).toMatch(/^hello is to go back in prod\. /);
  });

  test("that came before is refused", async () => {
    await answer(request(promote), context);
    const again = await answer(request(promote), context);
    expect(again).toMatchObject({ statusCode: 401 });
    expect(handedOn).toHaveLength(1);
    expect(log).toHaveBeenCalledWith("refused a request: it came before");
  });

  test("that nobody signed is refused, and leaves nothing to replay", async () => {
    const forged = request(promote, {
      headers: { "x-slack-request-timestamp": SECONDS, "x-slack-signature": "v0=00" },
    });
    expect(await answer(forged, context)).toMatchObject({ statusCode: 401 });
    expect(await answer(request(promote), context)).toMatchObject({ statusCode: 200 });
    expect(handedOn).toHaveLength(1);
  });

  test("of somebody who may not is told whom to ask, and logged", async () => {
    const result = await answer(request({ ...promote, user_id: "U0EVE" }), context);
    expect(said(result).text).toBe(
      "You may not promote packages: ask for your Slack ID (U0EVE) to be put under slackCommand/allow.",
    );
    expect(handedOn).toEqual([]);
    expect(log).toHaveBeenCalledWith("refused promote of hello to Slack user U0EVE");
  });

  test("that is Slack's look at the certificate is answered with nothing", async () => {
    expect(await answer(request({ ssl_check: "1" }), context)).toMatchObject({ statusCode: 200, body: "" });
    expect(handedOn).toEqual([]);
  });
});

describe("who may give orders", () => {
  test("is who is named, and who is in the group, which is asked every five minutes", async () => {
    let now = 0;
    const read = jest.fn(async () => ["U0CAT"]);
    const permission = new Permission(["U0ADA"], read, () => now);
    expect(await permission.isAllowed("U0ADA")).toBe(true);
    expect(read).not.toHaveBeenCalled();
    expect([await permission.isAllowed("U0CAT"), await permission.isAllowed("U0EVE")]).toEqual([true, false]);
    expect(read).toHaveBeenCalledTimes(1);
    now = 5 * 60_000 + 1;
    await permission.isAllowed("U0CAT");
    expect(read).toHaveBeenCalledTimes(2);
  });

  test("is nobody without a name, and nobody else where no group may", async () => {
    const permission = new Permission([""], undefined);
    expect([await permission.isAllowed(""), await permission.isAllowed("U0EVE")]).toEqual([false, false]);
  });
});

/** An address nobody listens on any more. */
async function closedAddress(): Promise<string> {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  return `http://127.0.0.1:${port}`;
}

describe("Jenkins", () => {
  const promote: Order = { action: "promote", package: "hello", version: "1.1.0", by: "U0ADA", asked: ASKED };
  const rollback: Order = { action: "rollback", package: "hello", version: "", by: "U0ADA", asked: ASKED };
  let answerOf: { status: number; headers?: Record<string, string> };
  let requests: { url?: string; method?: string; authorization?: string; body: string }[];
  let jenkinsUrl: string;
  const server = createServer(async (incoming, outgoing) => {
    let body = "";
    for await (const chunk of incoming) body += chunk;
    requests.push({ url: incoming.url, method: incoming.method, authorization: incoming.headers.authorization, body });
    outgoing.writeHead(answerOf.status, answerOf.headers).end();
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    jenkinsUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ci/`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));
  beforeEach(() => {
    requests = [];
    answerOf = { status: 201, headers: { Location: "https://jenkins.example/queue/item/7/" } };
  });
  const settings = () => readSettings({ ...VARIABLES, JENKINS_URL: jenkinsUrl });

  test("is asked to promote, with its user's token", async () => {
    expect(await startJob(promote, "Ada (U0ADA)", settings(), "robot:t0ken\n")).toEqual({
      build: "https://jenkins.example/queue/item/7/",
    });
    expect(requests).toEqual([
      {
        url: "/ci/job/ops/job/promote%20it/buildWithParameters",
        method: "POST",
        authorization: `Basic ${Buffer.from("robot:t0ken").toString("base64")}`,
        body: `PACKAGE=hello&VERSION=1.1.0&ASKED=${encodeURIComponent(ASKED)}&ASKED_BY=Ada+%28U0ADA%29&FROM=staging&TO=prod`,
      },
    ]);
  });

  test("is asked to roll back", async () => {
    await startJob(rollback, "U0ADA", settings(), "robot:t0ken");
    expect(requests).toMatchObject([
      {
        url: "/ci/job/rollback/buildWithParameters",
        body: `PACKAGE=hello&VERSION=&ASKED=${encodeURIComponent(ASKED)}&ASKED_BY=U0ADA&STACK=prod`,
      },
    ]);
  });

  test.each([
    [401, "it answered 401, it does not know the user or the token"],
    [403, "it answered 403, its user may not build the job"],
    [404, "it answered 404, it has no such job"],
    [302, "it answered 302"],
    [500, "it answered 500"],
  ])("that answers %d has not started the job, and is asked once", async (status, reason) => {
    answerOf = { status };
    expect(await startJob(promote, "Ada (U0ADA)", settings(), "robot:t0ken")).toEqual({ reason });
    expect(requests).toHaveLength(1);
  });

  test("that cannot be reached says to look before asking again", async () => {
    const nowhere = { ...settings(), jenkinsUrl: await closedAddress() };
    expect(await startJob(promote, "U0ADA", nowhere, "robot:t0ken")).toEqual({
      reason: "it could not be reached (ECONNREFUSED); look there before asking again",
    });
  });

  let realName = async (): Promise<string | undefined> => undefined;
  const told = async (order: Order, readCredentials = async () => "robot:t0ken") => {
    const events: unknown[] = [];
    await work(order, settings(), { readCredentials, realName, publish: async (event) => void events.push(event) });
    return events;
  };

  test("is reported of through the notifier", async () => {
    const [event] = await told(promote);
    expect(event).toEqual({
      source: "towline",
      event: "deploy",
      stage: "requested",
      action: "promote",
      stack: "prod",
      from: "staging",
      package: "hello",
      version: "1.1.0",
      by: "U0ADA",
      buildUrl: "https://jenkins.example/queue/item/7/",
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    const [notification] = parseNotifications(snsEvent([event]));
    expect(notification && format(notification).story).toBe(
      "U0ADA asked to promote hello 1.1.0 from staging to prod; Jenkins has taken it on.",
    );
  });

  test("and the channel are told the real name beside the ID, where it is known", async () => {
    realName = async () => "Ada Lovelace";
    const [event] = await told(promote);
    realName = async () => undefined;
    expect(event).toMatchObject({ by: "Ada Lovelace (U0ADA)" });
    expect(new URLSearchParams(requests[0]?.body).get("ASKED_BY")).toBe("Ada Lovelace (U0ADA)");
  });

  test("that did not start is reported of with the reason", async () => {
    answerOf = { status: 403 };
    const [event] = await told(rollback);
    const [notification] = parseNotifications(snsEvent([event]));
    expect(notification && format(notification)).toMatchObject({
      severity: "danger",
      story:
        "U0ADA asked to roll hello back in prod, but Jenkins did not start it: it answered 403, its user may not build the job.",
    });
  });

  test("whose credentials cannot be read is reported of, too", async () => {
    const [event] = await told(promote, () => Promise.reject(new Error("cannot read the secret /jenkins")));
    expect(event).toMatchObject({ stage: "request-failed", reason: "cannot read the secret /jenkins" });
    expect(requests).toEqual([]);
  });
});

describe("the real name of whoever asked", () => {
  const nameFrom = async (answered: object) => {
    const server = createServer((incoming, outgoing) => {
      expect(incoming.url).toBe("/api/users.info");
      outgoing.end(JSON.stringify(answered));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const log = jest.spyOn(console, "error").mockImplementation(() => undefined);
    try {
      const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      return [await readRealName(origin, async () => "xoxb", "U0ADA"), log.mock.calls.flat()];
    } finally {
      log.mockRestore();
      await new Promise((resolve) => server.close(resolve));
    }
  };

  test("is the one of the profile, and not the one to be called by", async () => {
    const user = { name: "the-boss", real_name: "Ada Lovelace", profile: { display_name: "the boss" } };
    expect(await nameFrom({ ok: true, user })).toEqual(["Ada Lovelace", []]);
  });

  test("is none where the bot may not read it, which is logged", async () => {
    expect(await nameFrom({ ok: false, error: "missing_scope" })).toEqual([
      undefined,
      [expect.stringMatching(/^the name of U0ADA is not known: .*missing_scope/)],
    ]);
  });
});

test("a variable the stack should have set and has not is named", () => {
  const { JENKINS_URL: _, ...rest } = VARIABLES;
  expect(() => readSettings(rest)).toThrow(
    "the environment variable JENKINS_URL should be set by the stack and is not: run pulumi up",
  );
});
