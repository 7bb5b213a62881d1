import { format } from "../../lambda/formatters";
import { type Notification, parseNotifications } from "../../lambda/notification";
import { believed } from "../../lambda/sender";
import * as events from "./events";

const HOSTS = "arn:aws:sns:eu-central-1:210987654321:towline-prod-hosts";
const ENVIRONMENT = { TOWLINE_HOSTS_TOPIC_ARN: HOSTS, TOWLINE_GROUP_PREFIX: "towline-prod-" };
const LEFT_OUT = "Warning: a host sent what hosts have no say in, and it is left out.";

/** A message as the notifier gets it from a topic. */
function from(topicArn: string, message: unknown, subject?: string): Notification {
  const [notification] = parseNotifications(events.snsEvent([message], subject));
  if (notification === undefined) throw new Error("nothing came");
  return { ...notification, topicArn };
}

const told = (message: unknown, subject?: string) => format(believed(from(HOSTS, message, subject), ENVIRONMENT));

const own = {
  ...{ source: "towline", event: "deploy", outcome: "rolled-back", stack: "prod", group: "web" },
  ...{ instance: "i-0c0ffee0c0ffee002", package: "hello", version: "1.2.0", previous: "1.1.0" },
  ...{ reason: "GET /health answered 500", seconds: 12, at: "2026-03-04T05:06:07Z" },
};

describe("a host", () => {
  test.each(["upgraded", "rolled-back", "boot-failed", "stuck", "replaced"])("is believed that it %s", (outcome) => {
    const message = { ...own, outcome };
    expect(told(message)).toMatchObject({ story: format(from(HOSTS, message)).story });
    expect(told(message).story).toContain("hello 1.2.0");
  });

  test("of a later agent is told in its own word", () => {
    expect(told({ ...own, outcome: "drained" })).toMatchObject({ severity: "info" });
    expect(told({ ...own, outcome: "drained" }).story).toContain("drained");
  });

  // Everything the notifier knows of others, and every stage of a deploy, as an outcome too.
  const others = Object.entries(events).filter(
    ([name, message]) => typeof message !== "function" && name !== "DEPLOY" && !name.startsWith("DEPLOY_"),
  );
  test.each(others)("is not believed what another sender says: %s", (_, message) => {
    expect(told(message, "ALARM: everything is down <!here>")).toMatchObject({ story: LEFT_OUT, needsPerson: false });
  });

  test.each([
    "published",
    "promoted",
    "withdrawn",
    "rolled-back-by-hand",
    "canary-healthy",
    "rolling",
    "done",
    "failed",
    "requested",
    "request-failed",
  ])("does not say for Jenkins or a person that something is %s", (stage) => {
    const { outcome: _, ...rest } = own;
    const forged = { ...rest, stage, by: "ann", buildUrl: "https://evil.example" };
    expect(told(forged)).toMatchObject({ story: LEFT_OUT, needsPerson: false });
    expect(told({ ...forged, outcome: stage })).toMatchObject({ story: LEFT_OUT, needsPerson: false });
  });

  test.each(["<!here> click https://evil.example", '{"AlarmName":"x","NewStateValue":"ALARM"}', "[]", "null"])(
    "sends no text of its own: %s",
    (text) => {
      const report = told(text, "<!channel>");
      expect(report).toMatchObject({ story: LEFT_OUT, needsPerson: false });
      expect(JSON.stringify(report)).not.toContain("evil");
    },
  );

  test("speaks for its own stack, names nobody, and leads nowhere", () => {
    const report = told({
      ...{ ...own, stack: "other", by: "ann", from: "staging", channel: "x", buildUrl: "https://evil.example/x" },
      ...{ instance: "ann", commit: "c0ffee", done: 3, total: 3, reason: "see https://evil.example/x\nnow" },
      ...{ group: "web https://evil.example", version: "1.2.0 http://evil.example", at: "https://evil.example" },
    });
    const all = JSON.stringify(report);
    expect(all).toContain("prod");
    expect(all).not.toMatch(/other|ann|staging|c0ffee|3 of 3|:\/\//);
  });

  test("hands nobody a command that changes something", () => {
    for (const outcome of ["rolled-back", "boot-failed", "stuck", "replaced", "upgraded"]) {
      expect(JSON.stringify(told({ ...own, outcome }))).not.toMatch(/towline (rollback|withdraw|promote|reject|hold)/);
    }
  });
});

test("who publishes to the stack's own topic is believed as before, and so is everybody of a stack without a topic for hosts", () => {
  const stage = { ...own, outcome: undefined, stage: "promoted", by: "ann" };
  const elsewhere = from("arn:aws:sns:eu-central-1:210987654321:towline-prod", stage);
  expect(believed(elsewhere, ENVIRONMENT)).toBe(elsewhere);
  const older = from(HOSTS, stage);
  expect(believed(older, { TOWLINE_GROUP_PREFIX: "towline-prod-" })).toBe(older);
});
