import { firstPlace, type Place, placeOfArn } from "../aws/place";
import type { Notification } from "../notification";
import { asFields, asList, asMoment, asText, type Fields, parseJson } from "../values";
import { type Condition, field, parseCondition } from "./condition";
import { parseReason, type Reason } from "./reason";

/** A CloudWatch alarm that changed its state. */
export interface Alarm {
  readonly name: string;
  /** `ALARM`, `OK`, `INSUFFICIENT_DATA`. */
  readonly state: string;
  readonly description?: string;
  readonly condition: Condition;
  readonly reason: Reason;
  /** A composite alarm's rule. */
  readonly rule?: string;
  /** The names of the alarms that made a composite one change. */
  readonly children: readonly string[];
  /** Whether a scaling policy acts on it: nobody else has to. */
  readonly scales: boolean;
  /** Seconds it was in the state before, where the message says. */
  readonly lasted?: number;
  readonly place: Place;
}

/**
 * Reads an alarm's state change as CloudWatch publishes it to SNS, as EventBridge tells it, or as CloudWatch calls a function
 * with it.
 *
 * @returns undefined when the notification is about something else
 */
export function parseAlarm({ body, topicArn }: Notification): Alarm | undefined {
  const fields = asFields(body);
  const detail = asFields(fields?.alarmData) ?? (isStateChange(fields) ? asFields(fields?.detail) : undefined);
  const alarm = detail ? fromEvent(detail) : fields && fromTopic(fields);
  const name = asText(detail ? detail.alarmName : fields?.AlarmName);
  if (alarm === undefined || name === undefined) return undefined;

  const arn = asText(fields?.AlarmArn) ?? asText(fields?.alarmArn) ?? asText(asList(fields?.resources)[0]);
  const account = asText(fields?.AWSAccountId) ?? asText(fields?.account) ?? asText(fields?.accountId);
  const actions = asList(fields?.AlarmActions).map(String);
  return {
    ...alarm,
    name,
    scales: name.startsWith("TargetTracking-") || actions.some((action) => action.includes(":scalingPolicy:")),
    place: firstPlace(placeOfArn(arn), { region: asText(fields?.region), account }, placeOfArn(topicArn)),
  };
}

type State = Omit<Alarm, "name" | "scales" | "place">;

function isStateChange(fields: Fields | undefined): boolean {
  return fields?.["detail-type"] === "CloudWatch Alarm State Change";
}

function fromTopic(fields: Fields): State | undefined {
  const state = asText(fields.NewStateValue);
  if (state === undefined) return undefined;
  return {
    state,
    description: asText(fields.AlarmDescription),
    condition: parseCondition(asFields(fields.Trigger)),
    reason: parseReason(asText(fields.NewStateReason), undefined),
    rule: asText(fields.AlarmRule),
    children: asList(fields.TriggeringChildren).flatMap(childName),
  };
}

function fromEvent(detail: Fields): State | undefined {
  const [now, before] = [asFields(detail.state), asFields(detail.previousState)];
  const state = asText(now?.value);
  if (state === undefined) return undefined;
  const configuration = asFields(detail.configuration);
  const data = asFields(parseJson(now?.reasonData));
  const [from, to] = [asMoment(before?.timestamp), asMoment(now?.timestamp)];
  return {
    state,
    description: asText(configuration?.description),
    condition: parseCondition(configuration),
    reason: parseReason(asText(now?.reason), data),
    rule: asText(configuration?.alarmRule),
    children: asList(data?.triggeringAlarms).flatMap(childName),
    lasted: from !== undefined && to !== undefined && to > from ? (to - from) / 1000 : undefined,
  };
}

function childName(child: unknown): string[] {
  const arn = asText(field(asFields(child), "arn"));
  return arn === undefined ? [] : [nameOfArn(arn)];
}

/** The name is what follows the sixth colon, colons of its own included. */
export function nameOfArn(arn: string): string {
  return arn.split(":").slice(6).join(":") || arn;
}
