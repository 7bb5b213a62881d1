import { alarmPage, instancePage, logsPage } from "../aws/console";
import { type Alarm, type Child, nameOfArn, parseAlarm } from "../cloudwatch/alarm";
import { sayCondition } from "../cloudwatch/condition";
import { duration } from "../duration";
import { line, shorten, whole } from "../line";
import type { Severity } from "../report";
import { buttons, facts, footnote, paragraph } from "../slack/message";
import { enumerate, few } from "../values";
import { type Formatter, origin } from "./formatter";

/** Alarms of a composite one that are named in the story, and the characters of each. */
const NAMED_CHILDREN = 3;
const CHILD_LENGTH = 60;

/** CloudWatch's own limit. */
const LONGEST_RULE = 10_240;

/** A CloudWatch alarm went off, ended, or lost its data. */
export const formatAlarm: Formatter = (notification) => {
  const alarm = parseAlarm(notification);
  if (alarm === undefined) return undefined;
  const { place, condition, reason, description, name, suppressed } = alarm;
  const dimension = (key: string) =>
    condition.dimensions.find((entry) => entry.startsWith(`${key} `))?.slice(key.length + 1);
  const functionName = dimension("FunctionName");
  return {
    severity: severity(alarm),
    story: story(alarm),
    needsPerson: severity(alarm) === "danger",
    blocks: [
      paragraph(description),
      facts({
        Alarm: name,
        Condition: sayCondition(condition),
        Value: reason.value === undefined ? undefined : condition.say(reason.value) + condition.per,
        Band: band(alarm),
        Of: condition.dimensions.slice(0, 5).join(", "),
        Children: alarm.children.map((child) => `${child.name} (${child.state})`).join(", "),
        Suppressed: suppressed,
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

/** Nobody is called for what a scaling policy answers or another alarm suppresses. */
function severity({ state, scales, suppressed }: Alarm): Severity {
  if (state === "OK") return "good";
  return state === "ALARM" && !scales && suppressed === undefined ? "danger" : "warning";
}

function story(alarm: Alarm): string {
  const { name, state, lasted, suppressed } = alarm;
  const why = because(alarm);
  const quiet = whole(suppressed && ` Its actions are suppressed: ${suppressed}.`);
  switch (state) {
    case "ALARM":
      return line`Alarm ${name}: ${why}.${quiet}`;
    case "OK":
      return line`Alarm ${name} is over${lasted === undefined ? "" : ` after ${duration(lasted)}`}: ${why}.${quiet}`;
    case "INSUFFICIENT_DATA":
      return line`Alarm ${name} has no data to judge by: ${why}.${quiet}`;
    default:
      return line`Alarm ${name} went to ${state}: ${why}.${quiet}`;
  }
}

function because(alarm: Alarm): string {
  const { state, reason, condition, rule, children } = alarm;
  if (rule !== undefined || children.length > 0) return composite(alarm);
  const { value, comparison = condition.comparison } = reason;
  const watched = condition.metric ?? "the value";
  if (value !== undefined && comparison !== undefined) {
    const limit = band(alarm) ?? condition.say(reason.threshold ?? condition.threshold ?? 0);
    const relation = `${state === "OK" ? "no longer " : ""}${band(alarm) === undefined ? comparison : "outside the band"} ${limit}`;
    const how = state === "ALARM" && condition.span !== undefined ? ` for ${condition.span}` : "";
    return `${watched} is ${condition.say(value)}${condition.per}, ${relation}${how}`;
  }
  const text = words(reason.text?.replace(/^Insufficient Data: /, ""));
  return condition.metric === undefined ? text : `${condition.metric}: ${text}`;
}

/** Which of its children made it so, or which it watches where CloudWatch names none. */
function composite({ state, children, rule = "", reason }: Alarm): string {
  if (children.length > 0) {
    const states = [...new Set(children.map((child) => child.state))];
    return enumerate(
      states.map((own) =>
        inState(
          children.filter((child) => child.state === own),
          own,
          state,
        ),
      ),
    );
  }
  const watched = [...rule.slice(0, LONGEST_RULE).matchAll(/(?:ALARM|OK|INSUFFICIENT_DATA)\("?([^")]+)"?\)/g)].map(
    ([, child = ""]) => (child.startsWith("arn:") ? nameOfArn(child) : child),
  );
  const why = words(reason.text);
  return watched.length === 0 ? why : `${why} (it watches ${named(watched)})`;
}

function inState(children: readonly Child[], own: string, state: string): string {
  const is = children.length === 1 ? "is" : "are";
  return `${named(children.map(({ name }) => name))} ${is} ${STATE[own]?.(state) ?? `in ${own}`}`;
}

/** A child's state as it is said of it, given the composite's. */
const STATE: Readonly<Record<string, (composite: string) => string>> = {
  OK: (composite) => (composite === "OK" ? "over" : "OK"),
  INSUFFICIENT_DATA: () => "without data",
};

function named(names: readonly string[]): string {
  return few(
    names.map((name) => shorten(name, CHILD_LENGTH)),
    NAMED_CHILDREN,
  );
}

/** CloudWatch's own words, as part of a sentence. */
function words(text = "CloudWatch gives no reason"): string {
  return text.replace(/[.\s]+$/, "");
}

function band({ reason: { lower, upper }, condition: { say } }: Alarm): string | undefined {
  if (lower === undefined) return upper === undefined ? undefined : `up to ${say(upper)}`;
  return upper === undefined ? `from ${say(lower)}` : `from ${say(lower)} to ${say(upper)}`;
}
