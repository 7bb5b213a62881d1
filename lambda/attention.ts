import type { Environment } from "./environment";
import { type Report, SEVERITIES, type Severity } from "./report";

/** Whom a message may call, and when. */
export interface Attention {
  /** Below it nothing is posted. */
  readonly minimum: Severity;
  /** Who is called for what needs a person, in Slack's own form. */
  readonly mention?: string;
  /** When nobody is called: minutes of the day in a time zone, the end excluded. */
  readonly quiet?: { readonly from: number; readonly to: number; readonly zone: string };
}

/**
 * Reads `SLACK_MINIMUM_SEVERITY` (default info), `SLACK_MENTION` (`here`, `channel`, the ID of a user group or a user) and
 * `SLACK_QUIET_HOURS` (`22:00-07:00 Europe/Berlin`; UTC without a zone). What it cannot read it logs and leaves out: a slip
 * in the settings must not cost a message.
 */
export function readAttention(environment: Environment): Attention {
  const { SLACK_MINIMUM_SEVERITY: minimum, SLACK_MENTION: mention, SLACK_QUIET_HOURS: hours } = environment;
  const severity = SEVERITIES.find((candidate) => candidate === (minimum || "info"));
  const called = mention ? mentionOf(mention) : undefined;
  const quiet = hours ? quietHours(hours) : undefined;
  if (severity === undefined) complain("SLACK_MINIMUM_SEVERITY", minimum, SEVERITIES.join(", "));
  if (mention && called === undefined) complain("SLACK_MENTION", mention, "here, channel, or an ID of Slack's");
  if (hours && quiet === undefined) complain("SLACK_QUIET_HOURS", hours, "a span such as 22:00-07:00 Europe/Berlin");
  return { minimum: severity ?? "info", mention: called, quiet };
}

export function isWanted({ severity }: Report, { minimum }: Attention): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(minimum);
}

/** @returns who is called for a report at a moment; undefined when nobody is */
export function mentionFor({ needsPerson }: Report, { mention, quiet }: Attention, now: Date): string | undefined {
  return needsPerson && !(quiet && isWithin(quiet, now)) ? mention : undefined;
}

function isWithin({ from, to, zone }: NonNullable<Attention["quiet"]>, now: Date): boolean {
  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(now);
  const minute = minuteOf(clock);
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

function quietHours(text: string): Attention["quiet"] {
  const [, from, to, zone = "UTC"] =
    text.trim().match(/^([01]\d:[0-5]\d|2[0-3]:[0-5]\d)-([01]\d:[0-5]\d|2[0-3]:[0-5]\d)(?: (\S+))?$/) ?? [];
  if (from === undefined || to === undefined) return undefined;
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: zone });
  } catch {
    return undefined;
  }
  return { from: minuteOf(from), to: minuteOf(to), zone };
}

function minuteOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return (hours % 24) * 60 + minutes;
}

function mentionOf(who: string): string | undefined {
  if (who === "here" || who === "channel") return `<!${who}>`;
  if (/^S[A-Z0-9]+$/.test(who)) return `<!subteam^${who}>`;
  return /^[UW][A-Z0-9]+$/.test(who) ? `<@${who}>` : undefined;
}

function complain(variable: string, value: string | undefined, allowed: string): void {
  console.error(`${variable} should be ${allowed}, but is ${JSON.stringify(value)}: going on without it`);
}
