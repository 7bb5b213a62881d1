import { format } from "../../lambda/formatters";
import { aside, line, STORY_LENGTH, shorten, whole } from "../../lambda/line";
import { parseNotifications } from "../../lambda/notification";
import { slackMessage } from "../../lambda/slack/message";
import { ALARM, DEPLOY, INVOKING_ALARM, LAUNCH, snsEvent, TERMINATE } from "./events";
import { SERVICE_EVENTS } from "./service-events";

describe("a line", () => {
  test("that fits is told as it is, on one line, with nothing for what is absent", () => {
    expect(line`${"a\n b"} and ${3}${undefined}${whole(" whole")}${aside(" aside")}.`).toBe("a b and 3 whole aside.");
  });

  test("that does not gives up its asides first, then shortens its longest values alike, and keeps what is whole", () => {
    const told = line`${"n".repeat(300)} failed: ${"r".repeat(300)}.${whole(" To roll back: towline rollback x")}${aside(" By the way.")}`;
    expect(told).toMatch(/^n{99,}… failed: r{99,}… To roll back: towline rollback x$/);
    expect(told.length).toBeLessThanOrEqual(STORY_LENGTH);
    expect(told.length).toBeGreaterThan(STORY_LENGTH - 5);
  });

  test("leaves short values alone", () => {
    expect(line`${"web"}: ${"r".repeat(300)} (${"i-0aa"})`).toMatch(/^web: r+… \(i-0aa\)$/);
  });

  test("leaves out what is whole rather than cut it", () => {
    expect(line`x${whole(` ${"c".repeat(300)}`)}`).toBe("x");
    expect(line`${"a".repeat(300)}${whole(` ${"c".repeat(260)}`)}`).toMatch(/^a+…$/);
  });

  test("counts what Slack's escapes make of it", () => {
    expect(line`${"<".repeat(300)}`).toMatch(/^<{66,67}…$/);
  });
});

test.each([
  ["short", 10, "short"],
  ["one two three four five six", 24, "one two three four five…"],
  ["abcdefghij", 5, "abcd…"],
  ["ab🚀", 3, "ab…"],
  ["a, b", 3, "a…"],
])("%j in %d characters is %j", (text, limit, expected) => {
  expect(shorten(text, limit)).toBe(expected);
});

const RULE = 'ALARM("a") OR (ALARM(arn:aws:cloudwatch:eu-central-1:210987654321:alarm:b) AND NOT OK(c))';
const CHILD = { Arn: "arn:aws:cloudwatch:eu-central-1:210987654321:alarm:web", State: { Value: "ALARM" } };
const PAYLOADS: [message: unknown, subject?: string][] = [
  [LAUNCH],
  [{ ...LAUNCH, Details: { ...LAUNCH.Details, InvokingAlarms: [INVOKING_ALARM] } }],
  [TERMINATE],
  [{ ...LAUNCH, Event: `${LAUNCH.Event}_ERROR`, StatusMessage: "Max spot instance count exceeded." }],
  [{ ...LAUNCH, Origin: "EC2", Destination: "WarmPool" }],
  [{ Event: "autoscaling:TEST_NOTIFICATION", AutoScalingGroupName: "web" }],
  [
    {
      LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
      LifecycleHookName: "launch",
      EC2InstanceId: "i-0aa",
      AutoScalingGroupName: "web",
    },
  ],
  ...["upgraded", "rolled-back", "boot-failed", "stuck", "replaced", "held-back"].map((outcome): [unknown] => [
    { ...DEPLOY, outcome, reason: "no answer" },
  ]),
  ...[
    "published",
    "canary-healthy",
    "rolling",
    "done",
    "failed",
    "promoted",
    "withdrawn",
    "rolled-back-by-hand",
    "requested",
    "request-failed",
  ].map((stage): [unknown] => [
    { ...DEPLOY, outcome: undefined, stage, by: "ada", from: "staging", channel: "x", commit: "0feed", reason: "slow" },
  ]),
  [ALARM],
  [{ ...ALARM, NewStateValue: "OK" }],
  [{ AlarmName: "odd", NewStateValue: "ALARM", NewStateReason: "by hand", AlarmRule: RULE, TriggeringChildren: [] }],
  [
    {
      AlarmName: "odd",
      NewStateValue: "ALARM",
      AlarmRule: RULE,
      TriggeringChildren: Array.from({ length: 9 }, () => CHILD),
    },
  ],
  [{ "detail-type": "EC2 Auto Scaling Instance Refresh Failed", detail: { AutoScalingGroupName: "web" } }],
  [
    {
      "detail-type": "CloudWatch Alarm Configuration Change",
      detail: { alarmName: "x", operation: "create", configuration: { alarmRule: RULE } },
    },
  ],
  ...SERVICE_EVENTS.map(([, , message, subject]): [unknown, string?] => [message, subject]),
];

const HOSTILE = [
  "<&>".repeat(400),
  "many words of no meaning ".repeat(60),
  "🚀".repeat(600),
  `\n${"long-name-".repeat(40)}\n`,
];

/** The value with each of its texts in turn replaced. */
function* attacked(value: unknown, hostile: () => string): Generator<unknown> {
  if (typeof value === "string") yield hostile();
  if (typeof value !== "object" || value === null) return;
  for (const [key, entry] of Object.entries(value))
    for (const changed of attacked(entry, hostile)) {
      yield Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
    }
}

/** The line with the longest call there is in front of it. */
function lineOf(message: unknown, subject: string | undefined): string {
  const [notification] = parseNotifications(snsEvent([message], subject ?? null));
  if (notification === undefined) throw new Error("no notification");
  return slackMessage(format(notification), "<!subteam^S0123456789A>").text;
}

describe("the line of a notification", () => {
  test("is shorter than 300 characters for each payload we know", () => {
    for (const [message, subject] of PAYLOADS) {
      expect(lineOf(message, subject)).toMatch(/^<!subteam\^S0123456789A> [^\n]{10,275}$/);
    }
  });

  test("is so, and whole, whatever becomes of the texts in them", () => {
    let turn = 0;
    for (const [message, subject] of PAYLOADS) {
      for (const changed of attacked(message, () => HOSTILE[turn++ % HOSTILE.length] ?? "")) {
        const text = lineOf(changed, subject);
        expect(text).toMatch(/^<!subteam\^S0123456789A> [^\n]{1,275}$/);
        expect(text.slice(24)).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)|[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
      }
    }
  });

  test.each(["ALARM", "OK"])("is so with all the texts of an alarm in %s at their limits", (NewStateValue) => {
    for (const text of HOSTILE) {
      const trigger = {
        ...ALARM.Trigger,
        MetricName: text,
        Statistic: text,
        Dimensions: [{ name: text, value: text }],
      };
      const alarm = { ...ALARM, AlarmName: text, AlarmDescription: text, NewStateValue, Trigger: trigger };
      expect(lineOf(alarm, text).length).toBeLessThan(300);
    }
  });

  test("keeps the command that shows more, and the advice, however long the reason is", () => {
    const reason = "the disk is full ".repeat(50);
    expect(lineOf({ ...DEPLOY, outcome: "boot-failed", reason }, undefined)).toMatch(
      /… To look: towline releases hello --stack staging$/,
    );
    const error = `${reason}. Max spot instance count exceeded.`;
    const failed = { ...LAUNCH, Event: `${LAUNCH.Event}_ERROR`, StatusMessage: error };
    expect(lineOf(failed, undefined)).toMatch(/… What usually fixes it: ask AWS for a higher quota of spot .*\.$/);
  });
});
