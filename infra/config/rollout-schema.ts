import { z } from "zod";
import { isCron } from "./cron";
import { expecting, text, whole } from "./expectations";
import * as format from "./formats";
import { type Context, report } from "./report";

const freeze = expecting(
  z.strictObject({
    cron: expecting(
      z.string().refine(isCron),
      "five fields of a Unix cron expression: minute, hour, day, month, day of the week",
      'cron: "0 18 * * FRI"',
    ),
    timeZone: expecting(z.string().refine(format.isTimeZone), "an IANA time zone", "timeZone: Europe/Berlin").default(
      "Etc/UTC",
    ),
    hours: whole(1, 168, "hours: 62", "whole number of hours"),
  }),
  "a map with cron and hours",
  '{cron: "0 18 * * FRI", timeZone: Europe/Berlin, hours: 62}',
);

/** How a group's hosts follow each other to a new release. */
export const rollout = expecting(
  z.strictObject({
    maxUnavailable: expecting(
      z.union([z.int().min(1).max(100), z.string().regex(format.PERCENT)]),
      "a whole number of hosts from 1 to 100, or a share of the group from 1% to 100%",
      "maxUnavailable: 25%",
    ).default(1),
    bake: whole(0, 86_400, "bake: 120", "whole number of seconds").default(0),
    timeout: whole(60, 7200, "timeout: 900", "whole number of seconds").optional(),
    freeze: expecting(
      z.array(freeze).max(10),
      "a list of at most 10 times",
      'freeze: [{cron: "0 18 * * FRI", timeZone: Europe/Berlin, hours: 62}]',
    ).default([]),
    alarms: expecting(
      z
        .array(text(format.ALARM, "the name of a CloudWatch alarm", "alarms: [shop-errors]"))
        .max(10)
        .superRefine(namesAlarmsOnce),
      "a list of at most 10 names of CloudWatch alarms",
      "alarms: [shop-errors]",
    ).default([]),
  }),
  "a map with maxUnavailable, bake, timeout, freeze or alarms",
  "rollout: {maxUnavailable: 25%, bake: 120}",
);

function namesAlarmsOnce(alarms: readonly string[], context: Context): void {
  alarms.forEach((name, index) => {
    if (alarms.indexOf(name) === index) return;
    report(
      context,
      [index],
      `should be an alarm the list does not hold yet, but is "${name}" again. Remove one of the two.`,
    );
  });
}
