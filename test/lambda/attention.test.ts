import { isWanted, mentionFor, readAttention } from "../../lambda/attention";
import type { Report } from "../../lambda/report";

const report = (change: Partial<Report> = {}): Report => ({ severity: "danger", story: "x", blocks: [], ...change });
const noon = new Date("2026-07-01T12:00:00Z");

test.each([
  ["here", "<!here>"],
  ["channel", "<!channel>"],
  ["S0FEED", "<!subteam^S0FEED>"],
  ["U0FEED", "<@U0FEED>"],
])("SLACK_MENTION=%s calls %s for what needs a person, and for nothing else", (setting, mention) => {
  const attention = readAttention({ SLACK_MENTION: setting });
  expect(mentionFor(report({ needsPerson: true }), attention, noon)).toBe(mention);
  expect(mentionFor(report(), attention, noon)).toBeUndefined();
});

test("nobody is called who is not named", () => {
  expect(mentionFor(report({ needsPerson: true }), readAttention({}), noon)).toBeUndefined();
});

test.each([
  ["22:00-07:00 Europe/Berlin", "2026-07-01T20:00:00Z", true],
  ["22:00-07:00 Europe/Berlin", "2026-07-01T19:59:00Z", false],
  ["22:00-07:00 Europe/Berlin", "2026-07-01T04:59:00Z", true],
  ["22:00-07:00 Europe/Berlin", "2026-07-01T05:00:00Z", false],
  ["22:00-07:00", "2026-07-01T22:00:00Z", true],
  ["12:00-13:00", "2026-07-01T12:30:00Z", true],
  ["12:00-13:00", "2026-07-01T13:00:00Z", false],
  ["00:00-06:00", "2026-07-01T00:00:00Z", true],
])("in quiet hours %s at %s nobody is called: %s", (hours, at, isQuiet) => {
  const attention = readAttention({ SLACK_MENTION: "here", SLACK_QUIET_HOURS: hours });
  expect(mentionFor(report({ needsPerson: true }), attention, new Date(at))).toBe(isQuiet ? undefined : "<!here>");
});

test("below the minimum severity nothing is posted", () => {
  const wanted = (minimum: string) =>
    (["info", "good", "warning", "danger"] as const).filter((severity) =>
      isWanted(report({ severity }), readAttention({ SLACK_MINIMUM_SEVERITY: minimum })),
    );
  expect(wanted("")).toEqual(["info", "good", "warning", "danger"]);
  expect(wanted("warning")).toEqual(["warning", "danger"]);
});

test.each([
  ["SLACK_MENTION", "everybody!"],
  ["SLACK_QUIET_HOURS", "25:00-07:00"],
  ["SLACK_QUIET_HOURS", "22:00-07:00 Mars/Olympus"],
  ["SLACK_MINIMUM_SEVERITY", "loud"],
])("%s=%s is complained of and left out", (variable, value) => {
  const log = jest.spyOn(console, "error").mockImplementation(() => undefined);
  expect(readAttention({ [variable]: value })).toEqual({ minimum: "info", mention: undefined, quiet: undefined });
  expect(log).toHaveBeenCalledWith(expect.stringMatching(`^${variable} should be .* but is "${value}"`));
  log.mockRestore();
});
