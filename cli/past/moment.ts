import { KEPT_VERSION_DAYS } from "../../infra/names";
import { InputError } from "../errors";
import { timestamp } from "../time";

const DAY = 86_400_000;
const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/;
const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?$/;

/**
 * The moment that `--at` names: `14:03` of today, or an ISO 8601 time, by this machine's clock where no zone is said.
 * @throws InputError where it is no time, is still to come, or is longer ago than the bucket keeps old versions
 */
export function momentOf(text: string, now: Date): Date {
  const moment = parse(text.trim(), now);
  if (moment === undefined || Number.isNaN(moment.getTime())) {
    throw new InputError(
      `--at ${text}: is no time; give one of today such as 14:03 or 14:03:20, or one such as 2026-01-31T14:03:00Z, by this machine's ` +
        `time zone (${zoneOf()}) where it says none`,
    );
  }
  if (moment.getTime() > now.getTime())
    throw new InputError(`--at ${text}: ${told(moment)} is still to come; give a time that has passed`);
  if (moment.getTime() < now.getTime() - KEPT_VERSION_DAYS * DAY) {
    throw new InputError(
      `--at ${text}: ${told(moment)} is over ${KEPT_VERSION_DAYS} days ago, and the bucket keeps old versions of its objects no longer: ` +
        "nobody can tell any more",
    );
  }
  return moment;
}

/** A moment by UTC and by this machine's clock, with the zone. */
export function told(moment: Date): string {
  const own = new Intl.DateTimeFormat("en-GB", { dateStyle: "short", timeStyle: "medium", timeZone: zoneOf() });
  return `${timestamp(moment)} (${own.format(moment)} ${zoneOf()})`;
}

function parse(text: string, now: Date): Date | undefined {
  const [, hours, minutes, seconds = "0"] = CLOCK.exec(text) ?? [];
  if (hours !== undefined)
    return new Date(now.getFullYear(), now.getMonth(), now.getDate(), Number(hours), Number(minutes), Number(seconds));
  if (!ISO.test(text)) return undefined;
  // A date alone is one of UTC to JavaScript.
  return new Date(text.length === 10 ? `${text}T00:00` : text.replace(" ", "T"));
}

function zoneOf(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
