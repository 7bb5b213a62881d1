import { asFields, asText } from "./values";

/** One message from the topic, as far as every kind of event needs it. */
export interface Notification {
  /** Absent where SNS sends null or nothing, as EventBridge's messages do. */
  readonly subject?: string;
  /** The message as it was published. */
  readonly text: string;
  /** What `text` holds as JSON; undefined when it is not JSON. */
  readonly body: unknown;
  readonly topicArn?: string;
}

/**
 * Takes a Lambda event apart into its messages. What is not an SNS record becomes a message of its own with the raw JSON as
 * text: somebody pointed a source at the notifier, and should see what it sends.
 */
export function parseNotifications(event: unknown): Notification[] {
  const records = asFields(event)?.Records;
  return (Array.isArray(records) ? records : [event]).map(parseRecord);
}

function parseRecord(record: unknown): Notification {
  const sns = asFields(asFields(record)?.Sns);
  const message = sns?.Message;
  if (typeof message !== "string") return { text: JSON.stringify(record) ?? "", body: record };
  return {
    subject: asText(sns?.Subject),
    text: message,
    body: parseJson(message),
    topicArn: asText(sns?.TopicArn),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Plain text is a legitimate message, not a failure.
    return undefined;
  }
}
