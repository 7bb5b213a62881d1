import { format } from "../../lambda/formatters";
import { parseNotifications } from "../../lambda/notification";
import type { Report } from "../../lambda/report";
import { slackMessage } from "../../lambda/slack/message";
import { ALARM, snsEvent } from "./events";

function report(message: unknown): Report {
  const [notification] = parseNotifications(snsEvent([message]));
  if (notification === undefined) throw new Error("no notification");
  return format(notification);
}

describe("an alarm from SNS", () => {
  test("that goes off tells the value, the limit and how long, in red, and calls somebody", () => {
    expect(report(ALARM)).toMatchObject({
      severity: "danger",
      needsPerson: true,
      story: "Alarm prod-web-slow: TargetResponseTime (p99) is 1.844 s, at or above 1 s for 2 min of 3 min.",
    });
    expect(slackMessage(report(ALARM)).attachments[0]?.blocks).toMatchObject([
      { text: { text: "Answers take long" } },
      {
        fields: [
          { text: "*Alarm*\nprod-web-slow" },
          { text: "*Condition*\nTargetResponseTime (p99) at or above 1 s for 2 min of 3 min" },
          { text: "*Value*\n1.844 s" },
          { text: "*Of*\nLoadBalancer app/towline-prod/0feed" },
        ],
      },
      { elements: [{ text: ALARM.NewStateReason.replace(">", "&gt;") }] },
      {
        elements: [
          {
            text: { text: "Alarm" },
            url: "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#alarmsV2:alarm/prod-web-slow",
          },
        ],
      },
      { elements: [{ text: "eu-central-1 · account 210987654321" }] },
    ]);
  });

  test("that ends is good news", () => {
    const reason =
      "Threshold Crossed: 1 datapoint [0.4 (04/03/26 05:06:00)] was not greater than or equal to the threshold (1.0).";
    expect(report({ ...ALARM, NewStateValue: "OK", NewStateReason: reason })).toMatchObject({
      severity: "good",
      needsPerson: false,
      story: "Alarm prod-web-slow is over: TargetResponseTime (p99) is 400 ms, no longer at or above 1 s.",
    });
  });

  test("that lost its data is a warning", () => {
    const reason = "Insufficient Data: 2 datapoints were unknown.";
    expect(report({ ...ALARM, NewStateValue: "INSUFFICIENT_DATA", NewStateReason: reason })).toMatchObject({
      severity: "warning",
      needsPerson: false,
      story: "Alarm prod-web-slow has no data to judge by: TargetResponseTime (p99): 2 datapoints were unknown.",
    });
  });

  test.each([
    { AlarmName: "TargetTracking-towline-prod-web-AlarmHigh-12345678-9abc-4def-8123-456789abcdef" },
    { AlarmActions: ["arn:aws:autoscaling:eu-central-1:210987654321:scalingPolicy:0feed:policyName/grow"] },
  ])("that a scaling policy answers calls nobody, %#", (change) => {
    expect(report({ ...ALARM, ...change })).toMatchObject({ severity: "warning", needsPerson: false });
  });

  test("with nothing but a reason is told in CloudWatch's words", () => {
    expect(report({ AlarmName: "odd", NewStateValue: "ALARM", NewStateReason: "Set by hand." }).story).toBe(
      "Alarm odd: Set by hand.",
    );
    expect(report({ AlarmName: "odd", NewStateValue: "ALARM" }).story).toBe("Alarm odd: CloudWatch gives no reason.");
  });

  const composite = {
    AlarmName: "prod-down",
    AlarmDescription: "",
    NewStateValue: "ALARM",
    NewStateReason:
      "arn:aws:cloudwatch:eu-central-1:210987654321:alarm:prod-web:slow transitioned to ALARM at some time",
    AlarmArn: "arn:aws:cloudwatch:eu-central-1:210987654321:alarm:prod-down",
    AlarmRule:
      'ALARM("prod-web:slow") OR (ALARM(arn:aws:cloudwatch:eu-central-1:210987654321:alarm:prod-5xx) AND NOT OK(deploying))',
    TriggeringChildren: [
      { Arn: "arn:aws:cloudwatch:eu-central-1:210987654321:alarm:prod-web:slow", State: { Value: "ALARM" } },
    ],
  };

  test("composite, names the children that made it go off", () => {
    expect(report(composite).story).toBe("Alarm prod-down: prod-web:slow is in ALARM.");
    const both = [
      ...composite.TriggeringChildren,
      { Arn: "arn:aws:cloudwatch:eu-central-1:210987654321:alarm:prod-5xx" },
    ];
    expect(report({ ...composite, TriggeringChildren: both }).story).toBe(
      "Alarm prod-down: prod-web:slow and prod-5xx are in ALARM.",
    );
    const ended = both.map((child) => ({ ...child, State: { Value: "OK" } }));
    expect(report({ ...composite, NewStateValue: "OK", TriggeringChildren: ended }).story).toBe(
      "Alarm prod-down is over: prod-web:slow and prod-5xx are over.",
    );
  });

  test("composite, names three children shortly and counts the others", () => {
    const children = ["a", "b", "c", "d", "e"].map((name) => ({
      Arn: `arn:aws:cloudwatch:eu-central-1:210987654321:alarm:prod-${name.repeat(200)}`,
      State: { Value: "ALARM" },
    }));
    const short = (name: string) => `prod-${name.repeat(54)}…`;
    expect(report({ ...composite, TriggeringChildren: children }).story).toBe(
      `Alarm prod-down: ${short("a")}, ${short("b")}, ${short("c")} and 2 more are in ALARM.`,
    );
  });

  test("composite, tells children in several states apart", () => {
    const children = ["ALARM", "INSUFFICIENT_DATA", "OK"].map((Value) => ({
      Arn: `arn:aws:cloudwatch:eu-central-1:210987654321:alarm:${Value.toLowerCase()}`,
      State: { Value },
    }));
    expect(report({ ...composite, TriggeringChildren: children }).story).toBe(
      "Alarm prod-down: alarm is in ALARM, insufficient_data is without data and ok is OK.",
    );
  });

  test("composite, whose message lists no children, finds them in the reason", () => {
    const { TriggeringChildren: _, AlarmRule: __, ...bare } = composite;
    expect(report(bare).story).toBe("Alarm prod-down: prod-web:slow is in ALARM.");
  });

  test("composite, without children, tells what it watches", () => {
    expect(report({ ...composite, NewStateReason: "by hand", TriggeringChildren: [] }).story).toBe(
      "Alarm prod-down: by hand (it watches prod-web:slow, prod-5xx and deploying).",
    );
  });

  const formula = {
    ...ALARM,
    NewStateReason:
      "Threshold Crossed: 1 out of the last 1 datapoints [12345.6 (04/03/26 05:06:00)] was greater than the threshold (9000.0).",
    Trigger: {
      Period: 60,
      EvaluationPeriods: 1,
      ComparisonOperator: "GreaterThanThreshold",
      Threshold: 9000,
      Metrics: [
        {
          Id: "m1",
          MetricStat: { Metric: { MetricName: "Errors", Namespace: "Own" }, Period: 60, Stat: "Sum" },
          ReturnData: false,
        },
        { Id: "e1", Expression: "m1 * 60", Label: "Errors per hour", ReturnData: true },
      ],
    },
  };

  test("of a formula goes by the formula's label, or the formula", () => {
    expect(report(formula).story).toBe("Alarm prod-web-slow: Errors per hour is 12,346, above 9,000 for 1 min.");
    const [metric, { Label: _, ...unnamed }] = formula.Trigger.Metrics as [unknown, Record<string, unknown>];
    expect(report({ ...formula, Trigger: { ...formula.Trigger, Metrics: [metric, unnamed] } }).story).toMatch(
      /^Alarm prod-web-slow: m1 \* 60 is 12,346/,
    );
  });

  const metric = {
    MetricName: "CPUUtilization",
    Namespace: "AWS/EC2",
    Dimensions: [{ name: "InstanceId", value: "i-0aa" }],
  };
  const anomaly = {
    ...ALARM,
    NewStateReason:
      "Thresholds Crossed: 1 out of the last 1 datapoints [71.25 (04/03/26 05:06:00)] was less than the lower thresholds [20.5] or greater than the upper thresholds [44.125] (minimum 1 datapoint for OK -> ALARM transition).",
    Trigger: {
      Period: 300,
      EvaluationPeriods: 1,
      ComparisonOperator: "LessThanLowerOrGreaterThanUpperThreshold",
      ThresholdMetricId: "ad1",
      Metrics: [
        { Id: "m1", MetricStat: { Metric: metric, Period: 300, Stat: "Average" }, ReturnData: true },
        {
          Id: "ad1",
          Expression: "ANOMALY_DETECTION_BAND(m1, 2)",
          Label: "CPUUtilization (expected)",
          ReturnData: true,
        },
      ],
    },
  };

  test("of an anomaly detector holds the value against the band, with a button to the instance", () => {
    expect(report(anomaly).story).toBe(
      "Alarm prod-web-slow: CPU is 71.25 %, outside the band from 20.5 % to 44.13 % for 5 min.",
    );
    expect(JSON.stringify(report(anomaly))).toContain("#InstanceDetails:instanceId=i-0aa");
    const upper =
      "Thresholds Crossed: 1 datapoint [40.5 (04/03/26 05:06:00)] was not greater than the upper thresholds [44.125].";
    expect(report({ ...anomaly, NewStateValue: "OK", NewStateReason: upper }).story).toBe(
      "Alarm prod-web-slow is over: CPU is 40.5 %, no longer outside the band up to 44.13 %.",
    );
  });

  test("of a function has a button to its log", () => {
    const trigger = { ...ALARM.Trigger, Dimensions: [{ name: "FunctionName", value: "towline-prod-notifier" }] };
    expect(JSON.stringify(report({ ...ALARM, Trigger: trigger }))).toContain(
      "#logsV2:log-groups/log-group/$252Faws$252Flambda$252Ftowline-prod-notifier",
    );
  });
});

describe("an alarm from EventBridge", () => {
  const detail = {
    alarmName: "prod-web-busy",
    configuration: {
      description: "Too busy",
      metrics: [
        {
          id: "0feed",
          metricStat: {
            metric: { dimensions: { InstanceId: "i-0bb" }, name: "CPUUtilization", namespace: "AWS/EC2" },
            period: 300,
            stat: "Average",
          },
          returnData: true,
        },
      ],
    },
    previousState: { value: "ALARM", timestamp: "2026-03-04T05:00:00.000+0000" },
    state: {
      value: "OK",
      reason:
        "Threshold Crossed: 1 out of the last 1 datapoints [12.0 (04/03/26 05:06:00)] was not greater than the threshold (60.0).",
      reasonData: JSON.stringify({ recentDatapoints: [33.5, 12.25], threshold: 60 }),
      timestamp: "2026-03-04T05:12:00.000+0000",
    },
  };
  const story = "Alarm prod-web-busy is over after 12 min: CPU is 12.25 %, no longer above 60 %.";

  test("says the newest value and how long it lasted", () => {
    const event = {
      "detail-type": "CloudWatch Alarm State Change",
      region: "us-gov-west-1",
      account: "210987654321",
      resources: ["arn:aws-us-gov:cloudwatch:us-gov-west-1:210987654321:alarm:prod-web-busy"],
      detail,
    };
    expect(report(event).story).toBe(story);
    expect(JSON.stringify(report(event))).toContain(
      "https://console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1#",
    );
  });

  test.each([
    ["WaitPeriod", "it waits whether alarm deploying goes off"],
    ["ExtensionPeriod", "alarm deploying has only just ended"],
    ["Alarm", "alarm deploying is on"],
  ])("whose actions are suppressed by %s says so and calls nobody", (actionsSuppressedBy, why) => {
    const state = {
      value: "ALARM",
      reason: "arn:aws:cloudwatch:eu-central-1:210987654321:alarm:prod-web-slow transitioned to ALARM at some time",
      reasonData: JSON.stringify({
        triggeringAlarms: [
          { arn: "arn:aws:cloudwatch:eu-central-1:210987654321:alarm:prod-web-slow", state: { value: "ALARM" } },
        ],
      }),
      actionsSuppressedBy,
      actionsSuppressedReason: `Actions suppressed by ${actionsSuppressedBy}`,
    };
    const configuration = {
      alarmRule: "ALARM(prod-web-slow)",
      actionsSuppressor: "arn:aws:cloudwatch:eu-central-1:210987654321:alarm:deploying",
      actionsSuppressorWaitPeriod: 120,
    };
    const event = {
      "detail-type": "CloudWatch Alarm State Change",
      detail: { alarmName: "prod-down", state, configuration },
    };
    expect(report(event)).toMatchObject({
      severity: "warning",
      needsPerson: false,
      story: `Alarm prod-down: prod-web-slow is in ALARM. Its actions are suppressed: ${why}.`,
    });
  });

  test("is told the same when CloudWatch calls the function itself", () => {
    const arn = "arn:aws:cloudwatch:eu-west-1:210987654321:alarm:prod-web-busy";
    expect(report({ source: "aws.cloudwatch", alarmArn: arn, alarmData: detail }).story).toBe(story);
  });

  test.each([
    ["create", { alarmRule: "ALARM(a) OR ALARM(b)" }, "info", "Alarm x was created (ALARM(a) OR ALARM(b))."],
    [
      "update",
      {
        metrics: detail.configuration.metrics,
        threshold: 60,
        comparisonOperator: "GreaterThanThreshold",
        evaluationPeriods: 2,
      },
      "info",
      "Alarm x was updated (CPU above 60 % for 10 min).",
    ],
    ["delete", {}, "warning", "Alarm x was deleted."],
  ])("that somebody %ss says what it watches", (operation, configuration, severity, words) => {
    const event = {
      "detail-type": "CloudWatch Alarm Configuration Change",
      region: "eu-west-1",
      detail: { alarmName: "x", operation, configuration },
    };
    expect(report(event)).toMatchObject({ severity, story: words });
  });
});
