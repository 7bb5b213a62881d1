import type { Reached } from "./autoscaling/before";
import { asFields, asList, asText, type Fields, parseJson } from "./values";

/** One message from the topic, as far as every kind of event needs it. */
export interface Notification {
  /** Absent where SNS sends null or nothing, as EventBridge's messages do. */
  readonly subject?: string;
  /** The message as it was published. */
  readonly text: string;
  /** What `text` holds as JSON; undefined when it is not JSON. */
  readonly body: unknown;
  readonly topicArn?: string;
  /** What the instance it is about runs (`hello 1.1.0`), where the host has said so. */
  readonly runs?: string;
  /** What has reached the group that it is about, and when. */
  readonly reached?: { readonly group: string; readonly seen: readonly Reached[] };
}

/**
 * Takes an event apart into its messages: SNS's records, an SQS queue's between the topic and us, SNS's envelope for HTTP
 * and e-mail, or the message itself. What is none of these becomes a message of its own with the raw JSON as text:
 * somebody pointed a source at the notifier, and should see what it sends.
 */
export function parseNotifications(event: unknown): Notification[] {
  const records = asFields(event)?.Records;
  return (Array.isArray(records) ? asList(records) : [event]).map(parseRecord);
}

function parseRecord(record: unknown): Notification {
  const fields = asFields(record);
  const queued = asText(fields?.body);
  const sns = asFields(fields?.Sns);
  const envelope = sns ?? asFields(parseJson(queued)) ?? fields;
  if (hasMessage(envelope) && (sns !== undefined || "TopicArn" in envelope)) {
    return {
      subject: asText(envelope.Subject),
      text: envelope.Message,
      body: parseJson(envelope.Message),
      topicArn: asText(envelope.TopicArn),
    };
  }
  if (typeof record === "string") return { text: record, body: undefined };
  if (queued !== undefined) return { text: queued, body: parseJson(queued) };
  return { text: JSON.stringify(record) ?? "", body: record };
}

function hasMessage(fields: Fields | undefined): fields is Fields & { readonly Message: string } {
  return typeof fields?.Message === "string";
}
