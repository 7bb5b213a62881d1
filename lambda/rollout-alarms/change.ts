import { asFields, asMoment, asText } from "../values";

/** An alarm's state since a moment. */
export interface AlarmState {
  readonly name: string;
  /** `ALARM`, `OK`, `INSUFFICIENT_DATA`. */
  readonly state: string;
  /** When it came into this state, in milliseconds since the epoch. */
  readonly at: number;
  readonly reason: string;
}

/** Reads EventBridge's event of an alarm's change of state; undefined for any other, such as the schedule's. */
export function readChange(event: unknown): AlarmState | undefined {
  const fields = asFields(event);
  if (fields?.["detail-type"] !== "CloudWatch Alarm State Change") return undefined;
  const detail = asFields(fields.detail);
  const now = asFields(detail?.state);
  const [name, state] = [asText(detail?.alarmName), asText(now?.value)];
  const at = asMoment(now?.timestamp) ?? asMoment(fields.time);
  if (name === undefined || state === undefined || at === undefined) return undefined;
  return { name, state, at, reason: asText(now?.reason) ?? "" };
}
