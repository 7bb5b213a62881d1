import { format, formatAs } from "../../lambda/formatters";
import { parseNotifications } from "../../lambda/notification";
import type { Report } from "../../lambda/report";
import { type SlackMessage, slackMessage } from "../../lambda/slack/message";
import { DEPLOY, INVOKING_ALARM, LAUNCH, snsEvent, TERMINATE } from "./events";

function report(message: unknown, subject: string | null = null): Report {
  const [notification] = parseNotifications(snsEvent([message], subject));
  if (notification === undefined) throw new Error("no notification");
  return format(notification);
}

const formatted = (message: unknown, subject: string | null = null): SlackMessage =>
  slackMessage(report(message, subject));

const field = (label: string, value: string) => ({ type: "mrkdwn", text: `*${label}*\n${value}` });
const note = (text: string) => ({ type: "context", elements: [{ type: "plain_text", text, emoji: false }] });
const plain = (text: string) => ({ type: "section", text: { type: "plain_text", text, emoji: false } });
const button = (text: string, url: string) => ({
  type: "button",
  text: { type: "plain_text", text, emoji: false },
  url,
});
const ORIGIN = note("eu-central-1 · account 210987654321");
const TOPIC = note("arn:aws:sns:eu-central-1:210987654321:towline-prod-events");
const EC2 = "https://eu-central-1.console.aws.amazon.com/ec2/home?region=eu-central-1#";
const ACTIVITY_BUTTON = button("Activity", `${EC2}AutoScalingGroupDetails:id=towline-prod-web;view=activity`);

/** Every button of a message. */
function links(message: SlackMessage): string[] {
  const blocks = message.attachments.flatMap(({ blocks }) => blocks);
  return blocks.flatMap((block) => (block.type === "actions" ? block.elements.map(({ url }) => url) : []));
}

describe("Auto Scaling activities", () => {
  test("a launch says the numbers, the reason, the instance, the zone and the time it took", () => {
    expect(formatted(LAUNCH, 'Auto Scaling: launch for group "towline-prod-web"')).toEqual({
      text: 'towline-prod-web scaled out from 2 to 3: alarm "prod-web-busy" triggered policy "scale-out"; launched i-0c0ffee0c0ffee001 in eu-central-1b (37 s).',
      mrkdwn: false,
      attachments: [
        {
          color: "#2eb67d",
          blocks: [
            {
              type: "section",
              fields: [
                field("Group", "towline-prod-web"),
                field("Capacity", "2 → 3"),
                field("Instance", "i-0c0ffee0c0ffee001"),
                field("Zone", "eu-central-1b"),
                field("Took", "37 s"),
                field("Reason", 'alarm "prod-web-busy" triggered policy "scale-out"'),
              ],
            },
            // One line: the two spaces between AWS's sentences become one.
            note(LAUNCH.Cause.replaceAll("  ", " ")),
            {
              type: "actions",
              elements: [
                button("Instance", `${EC2}InstanceDetails:instanceId=i-0c0ffee0c0ffee001`),
                ACTIVITY_BUTTON,
                button(
                  "Alarm",
                  "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#alarmsV2:alarm/prod-web-busy",
                ),
                button("Boot log", `${EC2}GetSystemLog:instanceId=i-0c0ffee0c0ffee001`),
              ],
            },
            ORIGIN,
          ],
        },
      ],
    });
  });

  test("the alarm that came with it says what it watches for", () => {
    const details = { ...LAUNCH.Details, InvokingAlarms: [INVOKING_ALARM] };
    expect(formatted({ ...LAUNCH, Details: details }).text).toBe(
      "towline-prod-web scaled out from 2 to 3: CPU above 60 % for 3 min (alarm prod-web-busy); launched i-0c0ffee0c0ffee001 in eu-central-1b (37 s).",
    );
  });

  test("what the instance runs is told where its host has said so", () => {
    const [notification] = parseNotifications(snsEvent([LAUNCH]));
    expect(notification && format({ ...notification, runs: "hello 1.1.0" }).story).toMatch(
      /launched i-0c0ffee0c0ffee001 in eu-central-1b \(37 s, hello 1\.1\.0\)\.$/,
    );
  });

  test("a termination says the numbers the other way round", () => {
    const message = formatted(TERMINATE);
    expect(message.text).toBe(
      "towline-prod-web scaled in from 3 to 2: someone set desired capacity to 2 by hand (min 2, max 6); terminated i-0c0ffee0c0ffee001 in eu-central-1b (5 min 9 s).",
    );
    expect(message.attachments[0]?.color).toBe("#36a3d9");
  });

  test("an unhealthy instance is a warning, and says what AWS knows and no more", () => {
    const cause =
      "At 2026-03-04T05:06:06Z an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.";
    const message = formatted({ ...TERMINATE, Cause: cause });
    expect(message.text).toBe(
      "towline-prod-web is replacing i-0c0ffee0c0ffee001 in eu-central-1b: EC2 reported it terminated or stopped (terminated after 5 min 9 s).",
    );
    expect(message.attachments[0]?.color).toBe("#ecb22e");
    expect(JSON.stringify(message)).not.toMatch(/spot/i);
  });

  const at = "At 2026-03-04T05:06:06Z";
  const who = "i-0c0ffee0c0ffee001 in eu-central-1b";
  test.each([
    [
      LAUNCH,
      `${at} an instance was launched in response to an unhealthy instance needing to be replaced.`,
      `towline-prod-web launched ${who} (37 s): an unhealthy instance had to be replaced.`,
    ],
    [
      TERMINATE,
      `${at} an instance was taken out of service in response to an instance refresh.`,
      `Instance refresh of towline-prod-web terminated ${who} (5 min 9 s).`,
    ],
    [
      TERMINATE,
      `${at} instances were launched to balance instances in zones eu-central-1a with other zones resulting in more than desired number of instances in the group.  ${at} an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from 6 to 5.`,
      `towline-prod-web rebalanced its zones, from 6 to 5: terminated ${who} (5 min 9 s).`,
    ],
    [
      LAUNCH,
      `${at} an instance was added in response to user request. Keeping the capacity at the new 1.`,
      `towline-prod-web: ${who} was attached by hand.`,
    ],
    [
      TERMINATE,
      `${at} instance i-0c0ffee0c0ffee001 was detached in response to a user request, shrinking the capacity from 2 to 1.`,
      `towline-prod-web went from 2 to 1: ${who} was detached by hand.`,
    ],
    [
      LAUNCH,
      `${at} instance i-0c0ffee0c0ffee001 was moved out of standby in response to a user request, increasing the capacity from 3 to 4.`,
      `towline-prod-web went from 3 to 4: ${who} was taken out of standby by hand.`,
    ],
  ])("%# has its own short form", (activity, cause, story) => {
    expect(report({ ...activity, Cause: cause }).story).toBe(story);
  });

  test("an instance of a warm pool goes in and out of it", () => {
    expect(report({ ...LAUNCH, Origin: "EC2", Destination: "WarmPool", Cause: undefined }).story).toBe(
      `towline-prod-web prepares ${who} for its warm pool (37 s).`,
    );
    expect(report({ ...LAUNCH, Origin: "WarmPool", Destination: "AutoScalingGroup" }).story).toBe(
      `towline-prod-web takes ${who} out of its warm pool (37 s): alarm "prod-web-busy" triggered policy "scale-out".`,
    );
  });

  test("a failed launch begins with the error and what usually fixes it, in red, and calls somebody", () => {
    const error =
      "You have requested more vCPU capacity than your current limit allows. Launching EC2 instance failed.";
    const failed = {
      ...LAUNCH,
      Event: "autoscaling:EC2_INSTANCE_LAUNCH_ERROR",
      StatusCode: "Failed",
      StatusMessage: error,
      EC2InstanceId: "",
      EndTime: "2026-03-04T05:06:07Z",
      Description: "Launching a new EC2 instance.  Status Reason: see above",
    };
    const remedy =
      "What usually fixes it: ask AWS for a higher quota (Service Quotas), or use fewer or smaller instances.";
    const message = formatted(failed);
    expect(message.text).toBe(
      `Launch failed in towline-prod-web: You have requested more vCPU capacity than your current limit allows. ${remedy} It was scaling out from 2 to 3.`,
    );
    expect(report(failed).needsPerson).toBe(true);
    expect(message.attachments[0]?.color).toBe("#e01e5a");
    // The end lies before the start, as it does in real failures: no time is better than a wrong one.
    expect(message.attachments[0]?.blocks.slice(0, 3)).toEqual([
      plain(error),
      plain(remedy),
      {
        type: "section",
        fields: [
          field("Group", "towline-prod-web"),
          field("Capacity", "2 → 3"),
          field("Zone", "eu-central-1b"),
          field("Reason", 'alarm "prod-web-busy" triggered policy "scale-out"'),
        ],
      },
    ]);
  });

  test("a failed termination names its instance and what led to it", () => {
    const message = formatted({
      ...TERMINATE,
      Event: "autoscaling:EC2_INSTANCE_TERMINATE_ERROR",
      StatusMessage: "Something went wrong",
      Cause:
        "At 2026-03-04T05:06:06Z an instance was taken out of service in response to an ELB system health check failure.",
    });
    expect(message.text).toBe(
      "Termination of i-0c0ffee0c0ffee001 failed in towline-prod-web: Something went wrong. What led to it: it failed its load balancer health check.",
    );
    expect(message.attachments[0]?.color).toBe("#e01e5a");
  });

  test("an error without a StatusMessage is taken from the description", () => {
    const story = report({
      ...LAUNCH,
      Event: "autoscaling:EC2_INSTANCE_LAUNCH_ERROR",
      Description: "Launching a new EC2 instance.  Status Reason: The moon is in the way",
      Cause: undefined,
      EC2InstanceId: "",
    }).story;
    expect(story).toBe("Launch failed in towline-prod-web: The moon is in the way.");
  });

  test("a message with neither Cause nor Details nor a sound ARN is told with what is left", () => {
    const message = formatted({
      AutoScalingGroupName: "towline-prod-web",
      AutoScalingGroupARN: "arn:aws:placeholder",
      EC2InstanceId: "<Instance Id>",
      Event: "autoscaling:EC2_INSTANCE_LAUNCH",
    });
    expect(message.text).toBe("towline-prod-web launched &lt;Instance Id&gt;.");
    expect(message.attachments[0]?.blocks).toEqual([
      {
        type: "section",
        fields: [field("Group", "towline-prod-web"), field("Instance", "&lt;Instance Id&gt;")],
      },
      { type: "actions", elements: [ACTIVITY_BUTTON] },
      // The topic lies in the group's region.
      ORIGIN,
    ]);
  });

  test("the same activity is told alike as EventBridge, the API and an e-mail say it", () => {
    const { Event: _, Service: __, ...detail } = LAUNCH;
    const story = report(LAUNCH).story;
    const eventBridge = {
      "detail-type": "EC2 Instance Launch Successful",
      source: "aws.autoscaling",
      account: "210987654321",
      region: "eu-central-1",
      resources: [LAUNCH.AutoScalingGroupARN],
      detail,
    };
    const api = { ...detail, StatusCode: "Successful", Details: JSON.stringify(LAUNCH.Details) };
    const small = Object.fromEntries(
      Object.entries(api).map(([key, value]) => [key.charAt(0).toLowerCase() + key.slice(1), value]),
    );
    const mail = Object.entries({ ...LAUNCH, Details: JSON.stringify(LAUNCH.Details) }).map(
      ([key, value]) => `${key}: ${value}`,
    );
    expect(report(eventBridge).story).toBe(story);
    expect(report(api).story).toBe(story);
    expect(report({ ...small, eC2InstanceId: LAUNCH.EC2InstanceId }).story).toBe(story);
    expect(report(["Service: AWS Auto Scaling", ...mail].join("\n")).story).toBe(story);
  });

  test("EventBridge's unsuccessful launch and a cancelled activity of the API are failures", () => {
    const detail = { AutoScalingGroupName: "towline-prod-web", StatusMessage: "Out of luck", EC2InstanceId: "" };
    expect(report({ "detail-type": "EC2 Instance Launch Unsuccessful", detail })).toMatchObject({
      severity: "danger",
      story: "Launch failed in towline-prod-web: Out of luck.",
    });
    const cancelled = {
      ...detail,
      StatusCode: "Cancelled",
      Description: "Launching a new EC2 instance: i-0c0ffee0c0ffee009.  Status Reason: Out of luck",
    };
    expect(report(cancelled)).toMatchObject({
      severity: "danger",
      story: "Launch of i-0c0ffee0c0ffee009 failed in towline-prod-web: Out of luck.",
    });
  });

  test.each([
    ["aws-cn", "cn-north-1", "https://console.amazonaws.cn/ec2/home?region=cn-north-1#"],
    ["aws-us-gov", "us-gov-west-1", "https://console.amazonaws-us-gov.com/ec2/home?region=us-gov-west-1#"],
    ["aws-eusc", "eusc-de-east-1", "https://console.amazonaws-eusc.eu/ec2/home?region=eusc-de-east-1#"],
  ])("buttons of partition %s lead to its own console", (partition, region, start) => {
    const arn = LAUNCH.AutoScalingGroupARN.replace("arn:aws:", `arn:${partition}:`).replace("eu-central-1", region);
    const [first] = links(formatted({ ...LAUNCH, AutoScalingGroupARN: arn }));
    expect(first).toBe(`${start}InstanceDetails:instanceId=i-0c0ffee0c0ffee001`);
  });

  test("a partition whose console is not known gets no buttons", () => {
    const arn = LAUNCH.AutoScalingGroupARN.replace("arn:aws:", "arn:aws-iso:").replace("eu-central-1", "us-iso-east-1");
    expect(links(formatted({ ...LAUNCH, AutoScalingGroupARN: arn }))).toEqual([]);
  });

  test("the test notification is one short line", () => {
    expect(formatted({ Event: "autoscaling:TEST_NOTIFICATION", AutoScalingGroupName: "towline-prod-web" })).toEqual({
      text: "Auto Scaling notifications of towline-prod-web arrive here (test notification).",
      mrkdwn: false,
      attachments: [],
    });
  });
});

describe("what Auto Scaling and EC2 tell besides", () => {
  const hook = {
    LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
    LifecycleHookName: "launch",
    AutoScalingGroupName: "towline-prod-web",
    EC2InstanceId: "i-0c0ffee0c0ffee001",
    Origin: "EC2",
    Destination: "AutoScalingGroup",
  };
  test.each([
    [hook, "i-0c0ffee0c0ffee001 of towline-prod-web waits at hook launch before it goes into service."],
    [
      { ...hook, LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING" },
      "i-0c0ffee0c0ffee001 of towline-prod-web waits at hook launch before it is terminated.",
    ],
    [
      { ...hook, Destination: "WarmPool" },
      "towline-prod-web prepares i-0c0ffee0c0ffee001 for its warm pool; it waits at hook launch.",
    ],
    [
      { ...hook, Origin: "AutoScalingGroup", Destination: "WarmPool" },
      "towline-prod-web returns i-0c0ffee0c0ffee001 to its warm pool; it waits at hook launch.",
    ],
    [
      { ...hook, Origin: "WarmPool", Destination: "EC2" },
      "towline-prod-web removes i-0c0ffee0c0ffee001 from its warm pool; it waits at hook launch.",
    ],
  ])("a lifecycle hook, %#, from SNS and from EventBridge", (message, story) => {
    expect(report(message)).toMatchObject({ severity: "info", story });
    const event = { "detail-type": "EC2 Instance-launch Lifecycle Action", region: "eu-west-1", detail: message };
    expect(report(event).story).toBe(story);
    expect(links(slackMessage(report(event)))[0]).toMatch(/^https:\/\/eu-west-1\.console/);
  });

  test.each([
    ["Started", {}, "info", false, "started"],
    ["Succeeded", {}, "good", false, "succeeded"],
    ["Cancelled", {}, "warning", false, "was cancelled"],
    ["Failed", {}, "danger", true, "failed"],
    [
      "Checkpoint Reached",
      { CheckpointPercentage: "40", CheckpointDelay: "300" },
      "info",
      false,
      "reached a checkpoint: 40 % replaced, going on in 5 min",
    ],
    ["Rollback Started", {}, "warning", false, "goes back: rollback started"],
    ["Rollback Failed", {}, "danger", true, "goes back: rollback failed"],
  ])("an instance refresh: %s", (stage, detail, severity, needsPerson, words) => {
    const event = {
      "detail-type": `EC2 Auto Scaling Instance Refresh ${stage}`,
      time: "yyyy-mm-ddThh:mm:ssZ",
      region: "eu-central-1",
      detail: { ...detail, AutoScalingGroupName: "towline-prod-web", InstanceRefreshId: "0feed" },
    };
    expect(report(event)).toMatchObject({
      severity,
      needsPerson,
      story: `Instance refresh of towline-prod-web ${words}.`,
    });
  });

  test.each([
    ["EC2 Spot Instance Interruption Warning", "warning", "EC2 takes spot instance i-0aa back in two minutes (stop)."],
    [
      "EC2 Instance Rebalance Recommendation",
      "warning",
      "EC2 expects to take i-0aa back soon and recommends to replace it.",
    ],
    ["EC2 Instance State-change Notification", "warning", "EC2 instance i-0aa is stopping."],
  ])("%s", (kind, severity, story) => {
    const detail = { "instance-id": "i-0aa", "instance-action": "stop", state: "stopping" };
    expect(report({ source: "aws.ec2", "detail-type": kind, region: "eu-west-1", detail })).toMatchObject({
      severity,
      story,
    });
  });
});

describe("deploys", () => {
  test("an upgrade", () => {
    expect(formatted(DEPLOY)).toEqual({
      text: "hello 1.1.0 took the place of 1.0.0 on i-0c0ffee0c0ffee002 (staging/web) in 12 s.",
      mrkdwn: false,
      attachments: [
        {
          color: "#2eb67d",
          blocks: [
            {
              type: "section",
              fields: [
                field("Package", "hello"),
                field("Version", "1.0.0 → 1.1.0"),
                field("Stack", "staging"),
                field("Group", "web"),
                field("Instance", "i-0c0ffee0c0ffee002"),
                field("Took", "12 s"),
              ],
            },
            { type: "actions", elements: [button("Instance", `${EC2}InstanceDetails:instanceId=i-0c0ffee0c0ffee002`)] },
            note("2026-03-04T05:06:07Z"),
          ],
        },
      ],
    });
  });

  test("a first installation has no version before it", () => {
    expect(formatted({ ...DEPLOY, version: "1.0.0", previous: "" }).text).toBe(
      "hello 1.0.0 was installed on i-0c0ffee0c0ffee002 (staging/web) in 12 s.",
    );
  });

  test("a rollback says which version failed, why, what runs now and how to see more", () => {
    const message = formatted({
      ...DEPLOY,
      outcome: "rolled-back",
      version: "1.2.0",
      previous: "1.1.0",
      reason: "GET /health answered 500 for 30 s.",
      seconds: 75,
    });
    expect(message.text).toBe(
      "hello 1.2.0 failed on i-0c0ffee0c0ffee002 (staging/web), which went back to 1.1.0 after 1 min 15 s: GET /health answered 500 for 30 s. To look: towline releases hello --stack staging",
    );
    expect(message.attachments[0]?.color).toBe("#ecb22e");
    expect(message.attachments[0]?.blocks[0]).toMatchObject({
      fields: expect.arrayContaining([field("Version", "1.2.0 → 1.1.0")]),
    });
    expect(message.attachments[0]?.blocks[1]).toEqual(plain("GET /health answered 500 for 30 s."));
  });

  test("a canary that an alarm sent back names the alarm, and what it said", () => {
    const reason = "alarm shop errors: 3 datapoints were greater than the threshold (50.0)";
    const message = formatted({ ...DEPLOY, outcome: "rolled-back", version: "1.2.0", previous: "1.1.0", reason });
    expect(message.text).toContain(`which went back to 1.1.0 after 12 s: ${reason}. To look:`);
    expect(message.attachments[0]?.blocks[1]).toEqual(plain(reason));
  });

  test("a host that cannot go back calls somebody", () => {
    const message = formatted({
      ...DEPLOY,
      outcome: "stuck",
      version: "1.2.0",
      previous: "1.1.0",
      reason: "hello 1.1.0 does not start either.",
      seconds: 75,
    });
    expect(message.text).toBe(
      "hello 1.2.0 failed on i-0c0ffee0c0ffee002 (staging/web), which could not go back to 1.1.0 and is out of service: hello 1.1.0 does not start either. To look: towline releases hello --stack staging",
    );
    expect(message.attachments[0]?.color).toBe("#e01e5a");
  });

  test("a host that asked to be replaced is told with why, and calls nobody", () => {
    const reason = "stuck for 15 minutes with nothing to take that might mend it";
    const message = formatted({ ...DEPLOY, outcome: "replaced", version: "1.2.0", previous: "", reason });
    expect(message.text).toBe(
      `i-0c0ffee0c0ffee002 (staging/web) asked Auto Scaling to replace it: ${reason} (hello 1.2.0).`,
    );
    expect(message.attachments[0]?.color).toBe("#ecb22e");
  });

  test.each([
    ["rolled-back", "went back to the settings before after 12 s"],
    ["stuck", "could not go back to the settings before and is out of service"],
  ])("settings that are %s are no version that could be rolled back", (outcome, did) => {
    const message = formatted({
      ...DEPLOY,
      outcome,
      version: "settings-0123abcd",
      previous: "",
      reason: "no database",
    });
    expect(message.text).toBe(
      `hello settings-0123abcd failed on i-0c0ffee0c0ffee002 (staging/web), which ${did}: no database. To see what was changed: towline env history hello --stack staging`,
    );
  });

  test("a failed boot shows the log in full and its first line in the story", () => {
    const message = formatted({
      ...DEPLOY,
      outcome: "boot-failed",
      previous: "",
      reason: "no answer on port 6000\nError: EADDRINUSE\n    at listen (server.js:3)",
      seconds: 120,
    });
    expect(message.text).toBe(
      "i-0c0ffee0c0ffee002 (staging/web) did not come up with hello 1.1.0 within 2 min: no answer on port 6000. To look: towline releases hello --stack staging",
    );
    expect(message.attachments[0]?.color).toBe("#e01e5a");
    expect(message.attachments[0]?.blocks[1]).toEqual({
      type: "section",
      text: {
        type: "mrkdwn",
        text: "```\nno answer on port 6000\nError: EADDRINUSE\n    at listen (server.js:3)\n```",
      },
    });
  });

  const step = { source: "towline", event: "deploy", package: "hello", version: "1.1.0", stack: "prod" };
  test.each([
    [
      { stage: "published", stack: "staging", by: "Ada", commit: "0feed12" },
      "info",
      "hello 1.1.0 is published to staging by Ada (commit 0feed12).",
    ],
    [
      { stage: "canary-healthy", group: "web", instance: "i-0aa", seconds: 9 },
      "good",
      "hello 1.1.0 is healthy on its first host, i-0aa (prod/web) after 9 s.",
    ],
    [
      { stage: "published", channel: "feature-x", by: "Ada" },
      "info",
      "hello 1.1.0 is published to prod (channel feature-x) by Ada.",
    ],
    [{ stage: "rolling", group: "web", done: 2, total: 3 }, "info", "hello 1.1.0 runs on 2 of 3 hosts in prod/web."],
    [{ stage: "done", total: 3, seconds: 95 }, "good", "hello 1.1.0 runs on all 3 hosts in prod, done in 1 min 35 s."],
    [
      { stage: "failed", instance: "i-0aa", group: "web", reason: "port 6000 is silent", previous: "1.0.0" },
      "danger",
      "hello 1.1.0 failed on i-0aa (prod/web): port 6000 is silent. To roll back: towline rollback hello --stack prod --to 1.0.0",
    ],
    [
      { stage: "promoted", stack: undefined, from: "staging", to: "prod", by: "Ada" },
      "good",
      "hello 1.1.0 is promoted from staging to prod by Ada.",
    ],
    [
      { stage: "rolled-back-by-hand", version: "1.0.0", previous: "1.1.0", by: "Ada", reason: "slow" },
      "warning",
      "hello goes back from 1.1.0 to 1.0.0 in prod by Ada: slow.",
    ],
    [
      { stage: "withdrawn", by: "Ada", reason: "leaks" },
      "warning",
      "hello 1.1.0 is withdrawn in prod by Ada: leaks; no host takes it any more.",
    ],
    [
      { stage: "requested", action: "promote", from: "staging", by: "ada" },
      "info",
      "ada asked to promote hello 1.1.0 from staging to prod; Jenkins has taken it on.",
    ],
    [
      { stage: "requested", action: "rollback", version: "", by: "ada" },
      "info",
      "ada asked to roll hello back in prod; Jenkins has taken it on.",
    ],
    [
      { stage: "request-failed", action: "rollback", by: "ada", reason: "Jenkins answered 403" },
      "danger",
      "ada asked to roll hello back to 1.1.0 in prod, but Jenkins did not start it: Jenkins answered 403.",
    ],
    [
      { outcome: "held-back", instance: "i-0aa", reason: "not my turn" },
      "info",
      "hello 1.1.0: held-back on i-0aa (prod): not my turn.",
    ],
  ])("stage %#", (change, severity, story) => {
    expect(report({ ...step, ...change })).toMatchObject({ severity, story });
  });

  test("only what can be pasted safely becomes a command", () => {
    const failed = { ...step, stage: "failed", package: "hello; rm -rf /", reason: "x" };
    expect(report(failed).story).toBe("hello; rm -rf / 1.1.0 failed in prod: x.");
    expect(report({ ...step, stage: "failed", previous: "$(id)", reason: "x" }).story).toMatch(/--stack prod$/);
  });

  describe("the build is a button where its address is one of ours", () => {
    const linked = (buildUrl: string, ours?: string) => {
      process.env.SLACK_LINKS = ours;
      if (ours === undefined) delete process.env.SLACK_LINKS;
      try {
        return links(formatted({ ...step, stage: "done", buildUrl }));
      } finally {
        delete process.env.SLACK_LINKS;
      }
    };
    const build = "https://jenkins.example/job/promote/7/";

    test.each([
      "https://jenkins.example",
      "https://jenkins.example/",
      "https://ci.example,https://jenkins.example/job",
    ])("%s", (ours) => expect(linked(build, ours)).toEqual([build]));

    test.each([
      [build, undefined],
      [build, ""],
      [build, "https://jenkins.exam"],
      [build, "https://ci.example"],
      ["https://jenkins.example.evil.example/x", "https://jenkins.example"],
      ["https://jenkins.example@evil.example/x", "https://jenkins.example"],
      ["https://jenkins.example\\@evil.example/", "https://jenkins.example"],
      ["http://jenkins.example/job/promote/7/", "https://jenkins.example"],
      ["https://evil.example/?https://jenkins.example/", "https://jenkins.example"],
      ["https://evil.example/console.aws.amazon.com/", undefined],
      ["https://console.aws.amazon.com.evil.example/", undefined],
      ["javascript:alert(1)", "https://jenkins.example"],
    ])("and not %s where ours are %s", (address, ours) => expect(linked(address, ours)).toEqual([]));
  });
});

describe("everything else", () => {
  test("text keeps its lines and shows its marks as they are", () => {
    expect(formatted("Done with *all*\n  & <dusted>", "Nightly job")).toEqual({
      text: "Nightly job: Done with *all* &amp; &lt;dusted&gt;",
      mrkdwn: false,
      attachments: [{ color: "#36a3d9", blocks: [plain("Done with *all*\n  &amp; &lt;dusted&gt;"), TOPIC] }],
    });
  });

  test("JSON becomes an outline, and EventBridge's kind of event the headline with what it is about and how it went", () => {
    const message = formatted({
      "detail-type": "Batch Job State Change",
      resources: ["one", { name: "two" }],
      detail: { jobName: "nightly", status: "FAILED", attempts: null },
    });
    expect(message.text).toBe("Batch Job nightly: FAILED");
    expect(message.attachments[0]).toEqual({
      color: "#ecb22e",
      blocks: [
        {
          type: "section",
          text: {
            type: "mrkdwn",
            text: "```\ndetail-type: Batch Job State Change\nresources:\n  - one\n  -\n    name: two\ndetail:\n  jobName: nightly\n  status: FAILED\n  attempts: null\n```",
          },
        },
        TOPIC,
      ],
    });
  });

  test.each([
    ["A backup job failed to complete", "warning"],
    ["A copy job was completed but was aborted", "warning"],
    ["Health went from Ok to Degraded", "warning"],
    ["The backup job was completed successfully", "good"],
    ["Have a good day", "info"],
    ['{"status":"SUCCEEDED","overview":{"Failed":0}}', "good"],
    ['{"state":"FAILED","message":"Succeeded before"}', "warning"],
  ])("%s is %s", (text, severity) => {
    expect(report(text).severity).toBe(severity);
  });

  test("a fence inside the message does not end the code block", () => {
    const block = formatted({ note: "```*bold*" }).attachments[0]?.blocks[0];
    expect(block).toEqual({ type: "section", text: { type: "mrkdwn", text: "```\nnote: '''*bold*\n```" } });
  });

  test.each([
    ["a text at SNS's limit", "<&>".repeat(87_000)],
    ["JSON at SNS's limit", { list: Array.from({ length: 20_000 }, (_, i) => `${i}<&>`) }],
    ["long names", { ...LAUNCH, AutoScalingGroupName: "g<".repeat(5000), Cause: "c&".repeat(9000) }],
    [
      "a long alarm",
      {
        AlarmName: "a<".repeat(127),
        NewStateValue: "ALARM",
        NewStateReason: "r&".repeat(512),
        Trigger: {
          MetricName: "m",
          Dimensions: Array.from({ length: 30 }, (_, i) => ({ name: `d${i}`, value: "v>".repeat(127) })),
        },
      },
    ],
    ["a long deploy", { ...DEPLOY, outcome: "boot-failed", reason: "r<\n".repeat(5000) }],
    ["many fields", Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, "v".repeat(20)]))],
    ["JSON nested ten thousand deep", "[".repeat(10_000) + "]".repeat(10_000)],
  ])("%s stays within Slack's limits", (_, input) => {
    const { text, attachments } = formatted(input);
    expect(text.length).toBeLessThanOrEqual(1000);
    const blocks = attachments.flatMap((attachment) => attachment.blocks);
    expect(blocks.length).toBeLessThanOrEqual(50);
    for (const block of blocks) {
      if ("text" in block) expect(block.text.text.length).toBeLessThanOrEqual(3000);
      if ("fields" in block) expect(block.fields.length).toBeLessThanOrEqual(10);
      if ("fields" in block) for (const { text } of block.fields) expect(text.length).toBeLessThanOrEqual(2000);
      if (block.type === "context")
        for (const { text } of block.elements) expect(text.length).toBeLessThanOrEqual(3000);
      if (block.type === "actions") for (const { url } of block.elements) expect(url.length).toBeLessThanOrEqual(3000);
    }
    expect(JSON.stringify(attachments).replaceAll(/"url":"[^"]*"/g, "")).not.toMatch(/&(?!amp;|lt;|gt;)/);
  });

  // A pattern that is quadratic in these would take minutes, which the run's limit ends.
  test.each([
    ["white space", { Cause: " ".repeat(1_000_000) }],
    ["the beginning of a cause", { Cause: "a monitor alarm ".repeat(75_000) }],
    ["the beginning of an error", { Event: `${LAUNCH.Event}_ERROR`, StatusMessage: "no ".repeat(400_000) }],
  ])("%s again and again does not keep the patterns busy", (_, change) => {
    expect(slackMessage(report({ ...LAUNCH, ...change })).text.length).toBeLessThan(1000);
  });

  test.each(["constructor", "toString", "__proto__"])(
    "a name that means something to JavaScript, %s, is a name",
    (name) => {
      expect(report({ ...DEPLOY, outcome: name }).story).toMatch(`hello 1.1.0: ${name} on i-0c0ffee0c0ffee002`);
      const alarm = { AlarmName: name, NewStateValue: name, Trigger: { MetricName: name, ComparisonOperator: name } };
      expect(report(alarm).story).toBe(`Alarm ${name} went to ${name}: ${name}: CloudWatch gives no reason.`);
    },
  );

  test.each([
    ["an empty text", ""],
    ["a blank text", " \n "],
    ["empty JSON", "{}"],
  ])("%s is announced without an empty block", (_, input) => {
    const message = formatted(input);
    expect(message.text).toBe("An empty notification arrived");
    expect(message.attachments[0]?.blocks).toEqual([TOPIC]);
  });

  test.each([["null"], ["[1,2]"], ["42"], ['"quoted"'], ["true"]])("JSON that is no object, %s, is shown", (input) => {
    expect(formatted(input).text).toBe(input);
  });

  test("what is not from SNS is shown as it came", () => {
    const [notification] = parseNotifications({ source: "aws.events", "detail-type": "Scheduled Event" });
    expect(notification && format(notification).story).toBe("Scheduled Event");
    expect(parseNotifications(undefined).map(format)).toMatchObject([{ story: "An empty notification arrived" }]);
  });

  test("SNS's envelope is opened from HTTP, from a queue and from a record; a bare message is taken as it is", () => {
    const [record] = snsEvent([LAUNCH]).Records;
    const story = report(LAUNCH).story;
    const shapes = [record?.Sns, { Records: [{ eventSource: "aws:sqs", body: JSON.stringify(record?.Sns) }] }, LAUNCH];
    for (const shape of shapes) expect(parseNotifications(shape).map((each) => format(each).story)).toEqual([story]);
    const raw = { Records: [{ eventSource: "aws:sqs", body: JSON.stringify(LAUNCH) }] };
    expect(parseNotifications(raw).map((each) => format(each).story)).toEqual([story]);
    expect(parseNotifications("just words")).toEqual([{ text: "just words", body: undefined }]);
  });

  test("a formatter that breaks is logged and leaves the message to the generic one", () => {
    const log = jest.spyOn(console, "error").mockImplementation(() => undefined);
    const fault = new TypeError("broken");
    const breaking = () => {
      throw fault;
    };
    expect(formatAs([breaking], { text: "hi", body: undefined })).toBeUndefined();
    expect(log).toHaveBeenCalledWith("a formatter broke, the generic one takes over:", fault);
    log.mockRestore();
  });
});
