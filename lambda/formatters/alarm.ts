import { alarmPage, instancePage, logsPage } from "../aws/console";
import { type Alarm, nameOfArn, parseAlarm } from "../cloudwatch/alarm";
import { quantity, sayCondition } from "../cloudwatch/condition";
import { duration } from "../duration";
import type { Severity } from "../report";
import { buttons, facts, footnote, paragraph } from "../slack/message";
import { enumerate } from "../values";
import { type Formatter, origin } from "./formatter";

const WORDS_LENGTH = 300;

/** A CloudWatch alarm went off, ended, or lost its data. */
export const formatAlarm: Formatter = (notification) => {
  const alarm = parseAlarm(notification);
  if (alarm === undefined) return undefined;
  const { place, condition, reason, description, name } = alarm;
  const dimension = (key: string) =>
    condition.dimensions.find((entry) => entry.startsWith(`${key} `))?.slice(key.length + 1);
  const functionName = dimension("FunctionName");
  return {
    severity: severity(alarm),
    story: story(alarm),
    needsPerson: alarm.state === "ALARM" && !alarm.scales,
    blocks: [
      paragraph(description),
      facts({
        Alarm: name,
        Condition: sayCondition(condition),
        Value: reason.value === undefined ? undefined : quantity(reason.value, condition.unit),
        Band: band(alarm),
        Of: condition.dimensions.slice(0, 5).join(", "),
        Children: alarm.children.join(", "),
        Rule: alarm.rule && alarm.children.length === 0 ? alarm.rule : undefined,
      }),
      footnote(reason.text),
      buttons({
        Alarm: alarmPage(place, place.region && name),
        Instance: instancePage(place, dimension("InstanceId")),
        Logs: logsPage(place, functionName && `/aws/lambda/${functionName}`),
      }),
      footnote(origin(place)),
    ],
  };
};

function severity({ state, scales }: Alarm): Severity {
  if (state === "OK") return "good";
  return state === "ALARM" && !scales ? "danger" : "warning";
}

function story(alarm: Alarm): string {
  const { name, state, lasted } = alarm;
  const why = because(alarm);
  switch (state) {
    case "ALARM":
      return `Alarm ${name}: ${why}.`;
    case "OK":
      return `Alarm ${name} is over${lasted === undefined ? "" : ` after ${duration(lasted)}`}: ${why}.`;
    case "INSUFFICIENT_DATA":
      return `Alarm ${name} has no data to judge by: ${why}.`;
    default:
      return `Alarm ${name} went to ${state}: ${why}.`;
  }
}

function because(alarm: Alarm): string {
  const { state, reason, condition, rule } = alarm;
  if (rule !== undefined) return composite(alarm);
  const { value, comparison = condition.comparison } = reason;
  const watched = condition.metric ?? "the value";
  if (value !== undefined && comparison !== undefined) {
    const limit = band(alarm) ?? quantity(reason.threshold ?? condition.threshold ?? 0, condition.unit);
    const whole = band(alarm) === undefined ? `${comparison} ${limit}` : `outside the band ${limit}`;
    const relation = state === "OK" ? `no longer ${whole}` : whole;
    const how = state === "ALARM" && condition.span !== undefined ? ` for ${condition.span}` : "";
    return `${watched} is ${quantity(value, condition.unit)}, ${relation}${how}`;
  }
  const text = words(reason.text?.replace(/^Insufficient Data: /, "") ?? "CloudWatch gives no reason");
  return condition.metric === undefined ? text : `${condition.metric}: ${text}`;
}

/** Which of its children made it so, or which it watches where CloudWatch names none. */
function composite({ state, children, rule = "", reason }: Alarm): string {
  if (children.length > 0) {
    return `${enumerate(children)} ${children.length === 1 ? "is" : "are"} ${state === "OK" ? "over" : `in ${state}`}`;
  }
  const watched = [...rule.matchAll(/(?:ALARM|OK|INSUFFICIENT_DATA)\("?([^")]+)"?\)/g)].map(([, child = ""]) =>
    child.startsWith("arn:") ? nameOfArn(child) : child,
  );
  const why = words(reason.text ?? "CloudWatch gives no reason");
  return watched.length === 0 ? why : `${why} (it watches ${enumerate(watched)})`;
}

/** CloudWatch's own words, as part of a sentence: reasons may run to a thousand characters. */
function words(text: string): string {
  return text.length > WORDS_LENGTH ? `${text.slice(0, WORDS_LENGTH)}…` : text.replace(/[.\s]+$/, "");
}

function band({ reason: { lower, upper }, condition: { unit } }: Alarm): string | undefined {
  if (lower === undefined && upper === undefined) return undefined;
  if (lower === undefined) return `up to ${quantity(upper ?? 0, unit)}`;
  return upper === undefined
    ? `from ${quantity(lower, unit)}`
    : `from ${quantity(lower, unit)} to ${quantity(upper, unit)}`;
}
