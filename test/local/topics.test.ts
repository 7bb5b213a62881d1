import type { Clients } from "../../local/region/clients";
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
  const call = jest.fn<Promise<void>, [string, unknown, unknown]>(async () => undefined);
  const QUEUE = "arn:aws:sqs:eu-west-1:123456789012:undelivered";
  const Subscriptions = [
    { Protocol: "lambda", Endpoint: NOTIFIER, SubscriptionArn: `${TOPIC}:1` },
    { Protocol: "lambda", Endpoint: `${NOTIFIER}-of-somebody-else`, SubscriptionArn: `${TOPIC}:2` },
    { Protocol: "email", Endpoint: "a@example.com", SubscriptionArn: `${TOPIC}:3` },
  ];
  const Attributes = { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: QUEUE }) };
  const clients = () => ({ sns: { send: async () => ({ Subscriptions, Attributes }) } }) as unknown as Clients;
  const topics = new Topics(clients, { has: (arn) => arn === NOTIFIER, call }, { may: async () => true });
  const turn = () => new Promise(setImmediate);
  beforeEach(() => call.mockClear());

  test("the topic's functions get it, and nobody waits for them", async () => {
    call.mockReturnValueOnce(new Promise(() => undefined));
    const published = queryCall("sns", "Publish", { TopicArn: TOPIC, Subject: "hello", Message: "{}" });
    expect(await topics.afterwards(published, "reply")).toBe("reply");
    await turn();
    const sender = { service: "sns", source: TOPIC, deadLetterArn: QUEUE };
    expect(call.mock.calls).toEqual([[NOTIFIER, { Records: [expect.anything()] }, sender]]);
    expect(call.mock.calls[0]?.[1]).toMatchObject({ Records: [{ Sns: { Subject: "hello", Message: "{}" } }] });
  });

  test("a function that fails is told on the console", async () => {
    const errors = jest.spyOn(console, "error").mockImplementation(() => undefined);
    call.mockRejectedValueOnce(new Error("no such queue"));
    await topics.afterwards(queryCall("sns", "Publish", { TopicArn: TOPIC, Message: "{}" }), "");
    await turn();
    expect(errors.mock.calls).toEqual([[`${NOTIFIER}: no such queue`]]);
    errors.mockRestore();
  });

  test("other calls deliver nothing", async () => {
    expect(await topics.afterwards(queryCall("sns", "CreateTopic", { Name: "a" }), "reply")).toBe("reply");
    await turn();
    expect(call).not.toHaveBeenCalled();
  });
});
