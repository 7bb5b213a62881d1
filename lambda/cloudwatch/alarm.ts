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
  /** The alarms that made a composite one change, and their states. */
  readonly children: readonly Child[];
  /** Why nobody is told of it, where another alarm suppresses what it does: `maintenance is in ALARM`. */
  readonly suppressed?: string;
  /** Whether a scaling policy acts on it: nobody else has to. */
  readonly scales: boolean;
  /** Seconds it was in the state before, where the message says. */
  readonly lasted?: number;
  readonly place: Place;
}

/** An alarm that a composite one watches. */
export interface Child {
  readonly name: string;
  readonly state: string;
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

/** CloudWatch's own limit is 1023 characters. */
const LONGEST_REASON = 4000;

type State = Omit<Alarm, "name" | "scales" | "place">;

function isStateChange(fields: Fields | undefined): boolean {
  return fields?.["detail-type"] === "CloudWatch Alarm State Change";
}

function fromTopic(fields: Fields): State | undefined {
  const state = asText(fields.NewStateValue);
  if (state === undefined) return undefined;
  const reason = parseReason(asText(fields.NewStateReason), undefined);
  return {
    state,
    description: asText(fields.AlarmDescription),
    condition: parseCondition(asFields(fields.Trigger)),
    reason,
    rule: asText(fields.AlarmRule),
    children: childrenOf(fields.TriggeringChildren, reason, state),
    suppressed: suppressed(fields, undefined),
  };
}

function fromEvent(detail: Fields): State | undefined {
  const [now, before] = [asFields(detail.state), asFields(detail.previousState)];
  const state = asText(now?.value);
  if (state === undefined) return undefined;
  const configuration = asFields(detail.configuration);
  const data = asFields(parseJson(now?.reasonData));
  const reason = parseReason(asText(now?.reason), data);
  const [from, to] = [asMoment(before?.timestamp), asMoment(now?.timestamp)];
  return {
    state,
    description: asText(configuration?.description),
    condition: parseCondition(configuration),
    reason,
    rule: asText(configuration?.alarmRule),
    children: childrenOf(data?.triggeringAlarms, reason, state),
    suppressed: suppressed(now, configuration),
    lasted: from !== undefined && to !== undefined && to > from ? (to - from) / 1000 : undefined,
  };
}

/** What the message lists, or what its reason names: "arn:… transitioned to ALARM at …". */
function childrenOf(list: unknown, reason: Reason, state: string): Child[] {
  const listed = asList(list).flatMap((child): Child[] => {
    const arn = asText(field(asFields(child), "arn"));
    const own = field(asFields(field(asFields(child), "state")), "value");
    return arn === undefined ? [] : [{ name: nameOfArn(arn), state: asText(own) ?? state }];
  });
  if (listed.length > 0) return listed;
  const named = (reason.text ?? "")
    .slice(0, LONGEST_REASON)
    .matchAll(/(arn:\S+:alarm:.{1,255}?) transitioned to (\w+)/g);
  return [...named].map(([, arn = "", own = ""]) => ({ name: nameOfArn(arn), state: own }));
}

/** A composite alarm's actions wait for, or are held back by, another alarm: its `actionsSuppressor`. */
function suppressed(state: Fields | undefined, configuration: Fields | undefined): string | undefined {
  const by = asText(field(state, "actionsSuppressedBy"));
  if (by === undefined) return undefined;
  const suppressor = asText(field(configuration, "actionsSuppressor"));
  const alarm = suppressor === undefined ? "its suppressor alarm" : `alarm ${nameOfArn(suppressor)}`;
  if (by === "WaitPeriod") return `it waits whether ${alarm} goes off`;
  return by === "ExtensionPeriod" ? `${alarm} has only just ended` : `${alarm} is on`;
}

/** The name is what follows the sixth colon, colons of its own included. */
export function nameOfArn(arn: string): string {
  return arn.split(":").slice(6).join(":") || arn;
}
