import { isStage } from "./deploy/deploy";
import type { Environment } from "./environment";
import type { Notification } from "./notification";
import { asFields, asNumber, asText } from "./values";

/** What a host may say of itself; a word that nobody else uses either is a later agent's. */
const OUTCOMES = ["upgraded", "rolled-back", "boot-failed", "stuck", "replaced"];

/**
 * Believes a notification only as far as its sender may speak. Hosts publish to a topic of their own, which no other sender does: they
 * tell what became of a version on themselves, in their own stack, and neither who did what nor where to click.
 */
export function believed(
  notification: Notification,
  { TOWLINE_HOSTS_TOPIC_ARN: hosts, TOWLINE_GROUP_PREFIX: prefix = "" }: Environment,
): Notification {
  const { topicArn } = notification;
  if (!hosts || topicArn !== hosts) return notification;
  const { source, event, outcome, group, instance, seconds, at, ...said } = asFields(notification.body) ?? {};
  const word = asText(outcome);
  const may = word !== undefined && (OUTCOMES.includes(word) || !isStage(word));
  if (source !== "towline" || event !== "deploy" || !may) {
    const text = "Warning: a host sent what hosts have no say in, and it is left out.";
    return { text, body: undefined, topicArn };
  }
  const body = {
    ...{ source, event, outcome: plain(word), stack: prefix.split("-")[1], group: plain(group), at: plain(at) },
    instance: /^i-[0-9a-f]+$/.test(String(instance)) ? instance : undefined,
    ...{ package: plain(said.package), version: plain(said.version), previous: plain(said.previous) },
    ...{ reason: plain(said.reason), seconds: asNumber(seconds) },
  };
  return { text: JSON.stringify(body), body, topicArn };
}

/** Text in which Slack makes out no address. */
function plain(value: unknown): string | undefined {
  return asText(value)?.replaceAll("://", ":\u200b//");
}
