import type { Clients } from "../../local/region/clients";
import type { Functions } from "../../local/region/functions";
import { snsEvent, Topics } from "../../local/region/topics";
import { queryCall } from "./calls";
import { TOPIC } from "./fake-region";

const NOTIFIER = "arn:aws:lambda:eu-west-1:123456789012:function:notifier";

test("a function gets a message in SNS's envelope", () => {
  expect(snsEvent(TOPIC, `${TOPIC}:1`, null, '{"a":1}')).toEqual({
    Records: [
      {
        EventSource: "aws:sns",
        EventVersion: "1.0",
        EventSubscriptionArn: `${TOPIC}:1`,
        Sns: {
          Type: "Notification",
          MessageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
          TopicArn: TOPIC,
          Subject: null,
          Message: '{"a":1}',
          Timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          SignatureVersion: "1",
          Signature: "",
          SigningCertUrl: "",
          UnsubscribeUrl: "",
          MessageAttributes: {},
        },
      },
    ],
  });
});

describe("after moto took a message", () => {
  const invoke = jest.fn<Promise<void>, [string, unknown]>(async () => undefined);
  const Subscriptions = [
    { Protocol: "lambda", Endpoint: NOTIFIER, SubscriptionArn: `${TOPIC}:1` },
    { Protocol: "lambda", Endpoint: `${NOTIFIER}-of-somebody-else`, SubscriptionArn: `${TOPIC}:2` },
    { Protocol: "email", Endpoint: "a@example.com", SubscriptionArn: `${TOPIC}:3` },
  ];
  const clients = () => ({ sns: { send: async () => ({ Subscriptions }) } }) as unknown as Clients;
  const functions = { has: (arn: string) => arn === NOTIFIER, invoke } as unknown as Functions;
  const topics = new Topics(clients, functions);
  beforeEach(() => invoke.mockClear());

  test("the topic's functions get it, and nobody waits for them", async () => {
    invoke.mockReturnValueOnce(new Promise(() => undefined));
    const call = queryCall("sns", "Publish", { TopicArn: TOPIC, Subject: "hello", Message: "{}" });
    expect(await topics.afterwards(call, "reply")).toBe("reply");
    expect(invoke.mock.calls).toEqual([[NOTIFIER, { Records: [expect.anything()] }]]);
    expect(invoke.mock.calls[0]?.[1]).toMatchObject({ Records: [{ Sns: { Subject: "hello", Message: "{}" } }] });
  });

  test("a function that fails is told on the console", async () => {
    const errors = jest.spyOn(console, "error").mockImplementation(() => undefined);
    invoke.mockRejectedValueOnce(new Error("no such queue"));
    await topics.afterwards(queryCall("sns", "Publish", { TopicArn: TOPIC, Message: "{}" }), "");
    await new Promise(setImmediate);
    expect(errors.mock.calls).toEqual([[`${NOTIFIER}: no such queue`]]);
    errors.mockRestore();
  });

  test("other calls deliver nothing", async () => {
    expect(await topics.afterwards(queryCall("sns", "CreateTopic", { Name: "a" }), "reply")).toBe("reply");
    expect(invoke).not.toHaveBeenCalled();
  });
});
