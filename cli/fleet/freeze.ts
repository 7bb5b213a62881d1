import type { FreezeConfig } from "../../infra/config";
import { cronMatches, parseCron } from "../../infra/config/cron";

const MINUTE = 60_000;
const QUARTER = 15 * MINUTE;
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** Until when the windows of a group last of which one is now; undefined where none is. @throws RangeError for no time zone */
export function frozenUntil(windows: readonly FreezeConfig[], now: Date): Date | undefined {
  const ends = windows.flatMap((window) => endOf(window, now) ?? []);
  return ends.length === 0 ? undefined : new Date(Math.max(...ends));
}

/**
 * The last beginning says how long a window lasts: looked for back from now, minute by minute. A clock is asked for each quarter of an hour
 * alone, within which no time zone puts it forward or back.
 */
function endOf({ cron: text, timeZone, hours }: FreezeConfig, now: Date): number | undefined {
  const cron = parseCron(text);
  if (cron === undefined) return undefined;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    ...{ weekday: "short", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" },
  });
  const last = Math.floor(now.getTime() / MINUTE) * MINUTE;
  const span = hours * 60 * MINUTE;
  for (let quarter = last - (last % QUARTER); quarter > now.getTime() - span - QUARTER; quarter -= QUARTER) {
    const parts = Object.fromEntries(format.formatToParts(quarter).map(({ type, value }) => [type, value]));
    const weekday = WEEKDAYS.indexOf(parts.weekday ?? "");
    const [first = 0, hour = 0, day = 0, month = 0] = ["minute", "hour", "day", "month"].map((key) =>
      Number(parts[key]),
    );
    for (
      let at = Math.min(last, quarter + QUARTER - MINUTE);
      at >= quarter && at > now.getTime() - span;
      at -= MINUTE
    ) {
      const minute = first + (at - quarter) / MINUTE;
      if (cronMatches(cron, { minute, hour, day, month, weekday })) return at + span;
    }
  }
  return undefined;
}
