import { judge } from "../../lambda/event/severity";
import { format } from "../../lambda/formatters";
import { parseNotifications } from "../../lambda/notification";
import type { Report } from "../../lambda/report";
import { snsEvent } from "./events";
import { SERVICE_EVENTS } from "./service-events";

function report(message: unknown, subject?: string): Report {
  const [notification] = parseNotifications(snsEvent([message], subject ?? null));
  if (notification === undefined) throw new Error("no notification");
  return format(notification);
}

describe("an event of any service says what, which and how bad:", () => {
  test.each(SERVICE_EVENTS.map(([severity, story, message, subject]) => ({ severity, story, message, subject })))(
    "$severity: $story",
    ({ severity, story, message, subject }) => {
      expect(report(message, subject)).toMatchObject({ severity, story });
    },
  );

  test("what is an action calls somebody, and so does an approval that is waited for", () => {
    const called = SERVICE_EVENTS.filter(([, , message, subject]) => report(message, subject).needsPerson);
    const expected = SERVICE_EVENTS.filter(([severity, story]) => severity === "danger" || story.includes("approval"));
    expect(called).toEqual(expected);
  });
});

describe("how bad it is", () => {
  test.each([
    ["danger", { label: "HIGH", words: "" }],
    ["danger", { label: "7", words: "" }],
    ["danger", { label: "85", words: "" }],
    ["warning", { label: "4", words: "" }],
    ["info", { label: "3.9", words: "" }],
    ["info", { label: "LOW", words: "" }],
    // A service's label does not make a failure harmless, and what went well is good whatever the label.
    ["warning", { label: "INFO", state: "TERMINATED_WITH_ERRORS", words: "" }],
    ["good", { label: "critical", state: "compliant", words: "" }],
    // The state counts before the words around it.
    ["good", { state: "SUCCEEDED", words: "after 2 failed attempts" }],
    ["warning", { state: "FAILED", words: "succeeded before" }],
    ["warning", { state: "STOPPED", words: "the task failed" }],
    ["warning", { state: "PERFORMANCE_DEGRADED", words: "" }],
    ["warning", { state: "NonCompliant", words: "" }],
    ["info", { state: "NO_THREATS_FOUND", words: "" }],
    // What did not happen is no trouble.
    ["info", { words: "0 errors, failed: 0, without any warning" }],
    ["good", { words: "Completed with no errors" }],
    ["warning", { words: "The backup did not complete" }],
    ["good", { words: "The incident is resolved" }],
    ["good", { words: "Health went from Severe to Ok" }],
    ["danger", { words: "Health went from Ok to Severe" }],
  ])("%s: %j", (severity, outcome) => {
    expect(judge(outcome)).toBe(severity);
  });
});
