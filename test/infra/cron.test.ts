import { isCron, longestPause } from "../../infra/config/cron";
import { errorsOf, withWeb } from "./config-fixtures";

describe("a cron expression", () => {
  it.each([
    "* * * * *",
    "0 7 * * MON-FRI",
    "30 6,18 1-15 jan-MAR 0",
    "*/5 0-23/2 1,15 12 7",
    "0-59/59 23 31 1,JUL,12 sun,6",
    "05 07 * * *",
  ])("takes %s", (text) => {
    expect(isCron(text)).toBe(true);
  });

  it.each([
    ["no number a field has", "99 99 99 99 99"],
    ["minute 60", "60 * * * *"],
    ["hour 24", "0 24 * * *"],
    ["day 0", "0 0 0 * *"],
    ["day 32", "0 0 32 * *"],
    ["month 13", "0 0 * 13 *"],
    ["weekday 8", "0 0 * * 8"],
    ["every zeroth", "*/0 * * * *"],
    ["steps of one value", "5/10 * * * *"],
    ["steps without a number", "*/ * * * *"],
    ["steps of steps", "*/2/2 * * * *"],
    ["signs alone", ",,, --- /// *** ***"],
    ["unknown names", "0 7 * FOO BAR"],
    ["a month among the hours", "0 JAN * * *"],
    ["a range the wrong way round", "0 0 * * FRI-MON"],
    ["a range without an end", "0 7- * * *"],
    ["a range of three", "0 1-2-3 * * *"],
    ["a list with a gap", "0,,5 * * * *"],
    ["six fields", "0 0 7 * * MON"],
    ["four fields", "0 7 * *"],
    ["two spaces", "0  7 * * *"],
    ["a word for a time", "@daily"],
  ])("does not take %s", (_, text) => {
    expect(isCron(text)).toBe(false);
  });
});

describe("the time zone of a schedule", () => {
  const zoned = (timeZone: string) =>
    errorsOf(withWeb({ scaling: { schedule: { morning: { cron: "0 7 * * *", min: 1, max: 2, timeZone } } } }));

  it.each(["Etc/UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+9", "UTC"])("can be %s", (name) => {
    expect(zoned(name)).toEqual([]);
  });

  it.each(["+02:00", "-0330", "europe/berlin", "Europe/Atlantis", ""])('cannot be "%s"', (name) => {
    expect(zoned(name)).toEqual([
      "Pulumi.staging.yaml: towline:groups/web/scaling/schedule/morning/timeZone: should be an IANA time zone, " +
        `but is "${name}". Write for example "timeZone: Europe/Berlin".`,
    ]);
  });
});

describe("the longest pause of a cron expression", () => {
  it.each([
    ["* * * * *", 1],
    ["*/15 * * * *", 15],
    ["5,50 * * * *", 45],
    ["0 9-17 * * *", 16 * 60],
    ["0 18 * * FRI", 7 * 24 * 60],
    // From Friday to Monday, whichever number Sunday has.
    ["0 0 * * 1-5", 3 * 24 * 60],
    ["0 0 * * 0", 7 * 24 * 60],
    ["0 0 * * 7", 7 * 24 * 60],
    ["0 0 * * 6-7", 6 * 24 * 60],
    ["0 0 1 * *", 31 * 24 * 60],
    // The first of the month or any Monday.
    ["0 0 1 * MON", 7 * 24 * 60],
    ["0 0 29 2 *", 1461 * 24 * 60],
    ["0 0 24 12 *", 366 * 24 * 60],
  ])("%s is of %i minutes", (text, minutes) => {
    expect(longestPause(text)).toBe(minutes);
  });

  it("has no end where the day never comes", () => {
    expect(longestPause("0 0 30 2 *")).toBe(Number.POSITIVE_INFINITY);
  });
});
