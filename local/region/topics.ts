import { randomUUID } from "node:crypto";
import { GetSubscriptionAttributesCommand, ListSubscriptionsByTopicCommand, PublishCommand } from "@aws-sdk/client-sns";
import type { Services } from "../iam/services";
import type { ApiCall } from "./calls";
import type { Clients } from "./clients";
import type { Deliveries } from "./deliveries";

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
    private readonly deliveries: Pick<Deliveries, "call" | "has">,
    private readonly services: Pick<Services, "may">,
  ) {}

  /**
   * Publishes as Auto Scaling does for a group, where the topic's policy lets it; false where not.
   * @param group its ARN
   */
  async publish(topicArn: string, group: string, subject: string, message: string): Promise<boolean> {
    if (!(await this.services.may("autoscaling", "sns:Publish", topicArn, group))) return false;
    const { sns } = this.clients(topicArn.split(":")[3] as string);
    await sns.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: message }));
    return true;
  }

  /** Follows every Publish that moto accepted: hands the message to the topic's functions, without waiting for them. */
  async afterwards(call: ApiCall, reply: string): Promise<string> {
    const topicArn = call.form.get("TopicArn");
    if (call.action !== "Publish" || !topicArn) return reply;
    const { sns } = this.clients(call.region);
    const listed = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }));
    for (const { Protocol, Endpoint = "", SubscriptionArn = "" } of listed.Subscriptions ?? []) {
      if (Protocol !== "lambda" || !this.deliveries.has(Endpoint)) continue;
      const event = snsEvent(topicArn, SubscriptionArn, call.form.get("Subject"), call.form.get("Message") ?? "");
      const deliver = async () => {
        const deadLetterArn = await this.deadLetterArn(call.region, SubscriptionArn);
        await this.deliveries.call(Endpoint, event, { service: "sns", source: topicArn, deadLetterArn });
      };
      deliver().catch((error: Error) => console.error(`${Endpoint}: ${error.message}`));
    }
    return reply;
  }

  private async deadLetterArn(region: string, SubscriptionArn: string): Promise<string | undefined> {
    const { sns } = this.clients(region);
    const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
    const policy = JSON.parse(Attributes?.RedrivePolicy ?? "{}") as { deadLetterTargetArn?: string };
    return policy.deadLetterTargetArn;
  }
}
