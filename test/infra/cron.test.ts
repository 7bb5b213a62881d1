import { isCron } from "../../infra/config/cron";
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
