import { randomUUID } from "node:crypto";
import { ListSubscriptionsByTopicCommand, PublishCommand } from "@aws-sdk/client-sns";
import type { ApiCall } from "./calls";
import type { Clients } from "./clients";
import type { Functions } from "./functions";

/** The envelope in which SNS hands a message to a Lambda function. */
export function snsEvent(topicArn: string, subscriptionArn: string, subject: string | null, message: string) {
  const sns = {
    Type: "Notification",
    MessageId: randomUUID(),
    TopicArn: topicArn,
    Subject: subject,
    Message: message,
    Timestamp: new Date().toISOString(),
    SignatureVersion: "1",
    Signature: "",
    SigningCertUrl: "",
    UnsubscribeUrl: "",
    MessageAttributes: {},
  };
  return {
    Records: [{ EventSource: "aws:sns", EventVersion: "1.0", EventSubscriptionArn: subscriptionArn, Sns: sns }],
  };
}

/** SNS with Lambda subscribers: moto keeps topics and subscriptions, the region delivers. */
export class Topics {
  constructor(
    private readonly clients: (region: string) => Clients,
    private readonly functions: Functions,
  ) {}

  /** Publishes as a service of AWS does. */
  async publish(topicArn: string, subject: string, message: string): Promise<void> {
    const { sns } = this.clients(topicArn.split(":")[3] as string);
    await sns.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: message }));
  }

  /** Follows every Publish that moto accepted: hands the message to the topic's functions, without waiting for them. */
  async afterwards(call: ApiCall, reply: string): Promise<string> {
    const topicArn = call.form.get("TopicArn");
    if (call.action !== "Publish" || !topicArn) return reply;
    const { sns } = this.clients(call.region);
    const listed = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }));
    for (const { Protocol, Endpoint = "", SubscriptionArn = "" } of listed.Subscriptions ?? []) {
      if (Protocol !== "lambda" || !this.functions.has(Endpoint)) continue;
      const event = snsEvent(topicArn, SubscriptionArn, call.form.get("Subject"), call.form.get("Message") ?? "");
      this.functions.invoke(Endpoint, event).catch((error: Error) => console.error(`${Endpoint}: ${error.message}`));
    }
    return reply;
  }
}
