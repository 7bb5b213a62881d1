import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** Sends an event to a queue. @param sqs by the queue's region */
export async function sendTo(
  sqs: (region: string) => Pick<SQSClient, "send">,
  queueArn: string,
  event: unknown,
): Promise<void> {
  const [, , , region = "", account, queue] = queueArn.split(":");
  const QueueUrl = `https://sqs.${region}.amazonaws.com/${account}/${queue}`;
  await sqs(region).send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event) }));
}
