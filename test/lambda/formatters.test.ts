import { format, formatAs } from "../../lambda/formatters";
import { parseNotifications } from "../../lambda/notification";
import type { SlackMessage } from "../../lambda/slack/message";
import { DEPLOY, LAUNCH, snsEvent, TERMINATE } from "./events";

function formatted(message: unknown, subject: string | null = null): SlackMessage {
  const [notification] = parseNotifications(snsEvent([message], subject));
  if (notification === undefined) throw new Error("no notification");
  return format(notification);
}

const field = (label: string, value: string) => ({ type: "mrkdwn", text: `*${label}*\n${value}` });
const note = (text: string) => ({ type: "context", elements: [{ type: "plain_text", text, emoji: false }] });
const plain = (text: string) => ({ type: "section", text: { type: "plain_text", text, emoji: false } });
const ORIGIN = note("eu-central-1 · account 210987654321");
const TOPIC = note("arn:aws:sns:eu-central-1:210987654321:towline-prod-events");

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
            ORIGIN,
          ],
        },
      ],
    });
  });

  test("a termination says the numbers the other way round", () => {
    const message = formatted(TERMINATE);
    expect(message.text).toBe(
      "towline-prod-web scaled in from 3 to 2: its size was set by request to min 2, max 6, desired 2; terminated i-0c0ffee0c0ffee001 in eu-central-1b (5 min 9 s).",
    );
    expect(message.attachments[0]?.color).toBe("#36a3d9");
  });

  test("an unhealthy instance is a warning, and says what AWS knows and no more", () => {
    const cause =
      "At 2026-03-04T05:06:06Z an instance was taken out of service in response to an EC2 health check indicating it has been terminated or stopped.";
    const message = formatted({ ...TERMINATE, Cause: cause });
    expect(message.text).toBe(
      "towline-prod-web terminated i-0c0ffee0c0ffee001 in eu-central-1b (5 min 9 s): EC2 reported it terminated or stopped.",
    );
    expect(message.attachments[0]?.color).toBe("#ecb22e");
    expect(JSON.stringify(message)).not.toMatch(/spot/i);
  });

  test("a failed launch begins with the error, in red, without an instance", () => {
    const error =
      "You have requested more vCPU capacity than your current limit allows. Launching EC2 instance failed.";
    const message = formatted({
      ...LAUNCH,
      Event: "autoscaling:EC2_INSTANCE_LAUNCH_ERROR",
      StatusCode: "Failed",
      StatusMessage: error,
      EC2InstanceId: "",
      EndTime: "2026-03-04T05:06:07Z",
    });
    expect(message.text).toBe(
      'Launch failed in towline-prod-web: You have requested more vCPU capacity than your current limit allows. Launching EC2 instance failed. It was scaling out from 2 to 3: alarm "prod-web-busy" triggered policy "scale-out".',
    );
    expect(message.attachments[0]?.color).toBe("#e01e5a");
    expect(message.attachments[0]?.blocks[0]).toEqual(plain(error));
    // The end lies before the start, as it does in real failures: no time is better than a wrong one.
    expect(message.attachments[0]?.blocks[1]).toEqual({
      type: "section",
      fields: [
        field("Group", "towline-prod-web"),
        field("Capacity", "2 → 3"),
        field("Zone", "eu-central-1b"),
        field("Reason", 'alarm "prod-web-busy" triggered policy "scale-out"'),
      ],
    });
  });

  test("a failed termination names its instance and what led to it", () => {
    const message = formatted({
      ...TERMINATE,
      Event: "autoscaling:EC2_INSTANCE_TERMINATE_ERROR",
      StatusMessage: "Draining took too long",
      Cause:
        "At 2026-03-04T05:06:06Z an instance was taken out of service in response to an ELB system health check failure.",
    });
    expect(message.text).toBe(
      "Termination of i-0c0ffee0c0ffee001 failed in towline-prod-web: Draining took too long. What led to it: it failed the load balancer's health check.",
    );
    expect(message.attachments[0]?.color).toBe("#e01e5a");
  });

  test("an error without a StatusMessage is taken from the description", () => {
    const message = formatted({
      ...LAUNCH,
      Event: "autoscaling:EC2_INSTANCE_LAUNCH_ERROR",
      Description: "Launching a new EC2 instance.  Status Reason: Out of addresses in the subnet",
      Cause: undefined,
      EC2InstanceId: "",
    });
    expect(message.text).toBe("Launch failed in towline-prod-web: Out of addresses in the subnet.");
  });

  test("a message with neither Cause nor Details nor a sound ARN is told with what is left", () => {
    const message = formatted({
      AutoScalingGroupName: "towline-prod-web",
      AutoScalingGroupARN: "arn:aws:placeholder",
      EC2InstanceId: "i-0c0ffee0c0ffee001",
      Event: "autoscaling:EC2_INSTANCE_LAUNCH",
    });
    expect(message.text).toBe("towline-prod-web launched i-0c0ffee0c0ffee001.");
    expect(message.attachments[0]?.blocks).toEqual([
      {
        type: "section",
        fields: [field("Group", "towline-prod-web"), field("Instance", "i-0c0ffee0c0ffee001")],
      },
      // The topic lies in the group's region.
      note("eu-central-1"),
    ]);
  });

  test("the test notification is one short line", () => {
    expect(formatted({ Event: "autoscaling:TEST_NOTIFICATION", AutoScalingGroupName: "towline-prod-web" })).toEqual({
      text: "Auto Scaling notifications of towline-prod-web arrive here (test notification).",
      mrkdwn: false,
      attachments: [],
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

  test("a rollback says which version failed, why, and what runs now", () => {
    const message = formatted({
      ...DEPLOY,
      outcome: "rolled-back",
      version: "1.2.0",
      previous: "1.1.0",
      reason: "GET /health answered 500 for 30 s.",
      seconds: 75,
    });
    expect(message.text).toBe(
      "hello 1.2.0 failed on i-0c0ffee0c0ffee002 (staging/web), which went back to 1.1.0 after 1 min 15 s: GET /health answered 500 for 30 s.",
    );
    expect(message.attachments[0]?.color).toBe("#ecb22e");
    expect(message.attachments[0]?.blocks[0]).toMatchObject({
      fields: expect.arrayContaining([field("Version", "1.2.0 → 1.1.0")]),
    });
    expect(message.attachments[0]?.blocks[1]).toEqual(plain("GET /health answered 500 for 30 s."));
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
      "i-0c0ffee0c0ffee002 (staging/web) did not come up with hello 1.1.0 within 2 min: no answer on port 6000.",
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

  test("an outcome of a later agent is shown, not dropped", () => {
    expect(formatted({ ...DEPLOY, outcome: "held-back" }).text).toMatch(
      /^source: towline, event: deploy, outcome: held/,
    );
  });
});

describe("everything else", () => {
  test("text keeps its lines and shows its marks as they are", () => {
    expect(formatted("All *done*\n  & <dusted>", "Nightly job")).toEqual({
      text: "Nightly job",
      mrkdwn: false,
      attachments: [{ color: "#36a3d9", blocks: [plain("All *done*\n  &amp; &lt;dusted&gt;"), TOPIC] }],
    });
  });

  test("JSON becomes an outline, and EventBridge's kind of event the headline", () => {
    const message = formatted({
      "detail-type": "EC2 Auto Scaling Instance Refresh Failed",
      resources: ["one", { name: "two" }],
      detail: { AutoScalingGroupName: "towline-prod-web", Checkpoint: null },
    });
    expect(message.text).toBe("EC2 Auto Scaling Instance Refresh Failed");
    expect(message.attachments[0]?.blocks[0]).toEqual({
      type: "section",
      text: {
        type: "mrkdwn",
        text: "```\ndetail-type: EC2 Auto Scaling Instance Refresh Failed\nresources:\n  - one\n  -\n    name: two\ndetail:\n  AutoScalingGroupName: towline-prod-web\n  Checkpoint: null\n```",
      },
    });
  });

  test("a lifecycle action, which has no Event, is not taken for a launch", () => {
    const message = formatted(
      { LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING", AutoScalingGroupName: "towline-prod-web" },
      "Auto Scaling:  Lifecycle action 'LAUNCHING' for instance i-0c0ffee0c0ffee001 in progress.",
    );
    expect(message.text).toBe(
      "Auto Scaling: Lifecycle action 'LAUNCHING' for instance i-0c0ffee0c0ffee001 in progress.",
    );
  });

  test("a fence inside the message does not end the code block", () => {
    const block = formatted({ note: "```*bold*" }).attachments[0]?.blocks[0];
    expect(block).toEqual({ type: "section", text: { type: "mrkdwn", text: "```\nnote: '''*bold*\n```" } });
  });

  test.each([
    ["a text at SNS's limit", "<&>".repeat(87_000)],
    ["JSON at SNS's limit", { list: Array.from({ length: 20_000 }, (_, i) => `${i}<&>`) }],
    ["long names", { ...LAUNCH, AutoScalingGroupName: "g<".repeat(5000), Cause: "c&".repeat(9000) }],
    ["many fields", Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, "v".repeat(20)]))],
    ["JSON nested ten thousand deep", "[".repeat(10_000) + "]".repeat(10_000)],
  ])("%s stays within Slack's limits", (_, input) => {
    const { text, attachments } = formatted(input);
    expect(text.length).toBeLessThanOrEqual(1000);
    const lengths = { plain_text: 3000, mrkdwn: 3000 };
    for (const block of attachments.flatMap(({ blocks }) => blocks)) {
      if ("text" in block) expect(block.text.text.length).toBeLessThanOrEqual(lengths[block.text.type]);
      if ("fields" in block) expect(block.fields.length).toBeLessThanOrEqual(10);
      if ("fields" in block) for (const { text } of block.fields) expect(text.length).toBeLessThanOrEqual(2000);
      if ("elements" in block) for (const { text } of block.elements) expect(text.length).toBeLessThanOrEqual(3000);
    }
    expect(JSON.stringify(attachments)).not.toMatch(/&(?!amp;|lt;|gt;)/);
  });

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
    expect(notification && format(notification).text).toBe("Scheduled Event");
    expect(parseNotifications(undefined).map(format)).toMatchObject([{ text: "An empty notification arrived" }]);
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
