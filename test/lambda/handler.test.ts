import { ALARM, DEPLOY, LAUNCH, snsEvent } from "./events";
import { type ApiStandIn, apiStandIn } from "./slack-api-stand-in";
import { type StandIn, standIn } from "./slack-stand-in";

type Handler = typeof import("../../lambda/handler");

const environment = process.env;
let slack: StandIn;
let api: ApiStandIn | undefined;
afterEach(async () => {
  process.env = environment;
  await slack.close();
  await api?.close();
  api = undefined;
});

/** A function that has just started with these variables. */
function cold(variables: Record<string, string> = {}): Handler["handler"] {
  process.env = { ...environment, SLACK_WEBHOOK_URL: `${slack.origin}/services/x`, ...variables };
  let loaded: Handler | undefined;
  jest.isolateModules(() => {
    loaded = require("../../lambda/handler");
  });
  if (loaded === undefined) throw new Error("the handler did not load");
  return loaded.handler;
}

const texts = () => slack.requests.map(({ body }) => (body as { text: string }).text);
const OK = { status: 200, body: "ok" };

test("an alarm calls whom it should", async () => {
  slack = await standIn([OK, OK]);
  const handler = cold({ SLACK_MENTION: "S0FEED" });
  await handler(snsEvent([ALARM, DEPLOY]));
  expect(slack.requests.map(({ body }) => body)).toMatchObject([
    { text: expect.stringMatching(/^<!subteam\^S0FEED> Alarm prod-web-slow: /) },
    { text: expect.stringMatching(/^hello 1\.1\.0 took/), mrkdwn: false },
  ]);
  expect(slack.requests[0]?.body).not.toHaveProperty("mrkdwn");
});

test("what is not severe enough is logged and not posted", async () => {
  slack = await standIn([OK]);
  const log = jest.spyOn(console, "log").mockImplementation(() => undefined);
  await cold({ SLACK_MINIMUM_SEVERITY: "danger" })(snsEvent([DEPLOY, ALARM]));
  expect(texts()).toEqual([expect.stringMatching(/^Alarm/)]);
  expect(log).toHaveBeenCalledWith(
    "left out, good: hello 1.1.0 took the place of 1.0.0 on i-0c0ffee0c0ffee002 (staging/web) in 12 s.",
  );
  log.mockRestore();
});

test("an event that comes again is not posted again, and a failed one is", async () => {
  slack = await standIn([{ status: 400, body: "no_team" }, OK]);
  const handler = cold();
  await expect(handler(snsEvent([LAUNCH]))).rejects.toThrow("Slack answered 400 (no_team)");
  await handler(snsEvent([LAUNCH]));
  await handler(snsEvent([LAUNCH]));
  expect(slack.requests).toHaveLength(2);
});

test("with a bot the webhook is left alone, and takes over when the bot may not", async () => {
  slack = await standIn([OK]);
  api = await apiStandIn();
  const log = jest.spyOn(console, "error").mockImplementation(() => undefined);
  const handler = cold({ SLACK_CHANNEL: "C0FEED", SLACK_BOT_TOKEN: "xoxb-good", SLACK_API_ORIGIN: api.origin });
  await handler(snsEvent([DEPLOY]));
  expect([api.channel.length, slack.requests.length]).toEqual([1, 0]);
  api.refuseNext("chat.postMessage", "not_in_channel");
  await handler(snsEvent(["just words"]));
  expect([api.channel.length, texts()]).toEqual([1, ["just words"]]);
  expect(log).toHaveBeenCalledWith("the bot could not post, the webhook takes over:", expect.any(Error));
  log.mockRestore();
});

test("the time Lambda leaves is kept to", async () => {
  const limited = { status: 429, headers: { "Retry-After": "2" } };
  slack = await standIn([limited, limited]);
  const context = { getRemainingTimeInMillis: () => 2000 };
  await expect(cold()(snsEvent(["a", "b"]), context)).rejects.toThrow(/^2 of 2 messages not delivered/);
});
