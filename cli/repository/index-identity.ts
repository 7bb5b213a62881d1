import { UserError } from "../errors";
import type { Stanza } from "./stanzas";

/** Fields of a Release that towline adds: apt, which knows nothing of them, passes them over. */
const SERIAL = "X-Towline-Serial";
const KEY_UNTIL = "X-Towline-Key-Until";

/** Which index of which suite a Release is. */
export interface IndexIdentity {
  readonly suite: string;
  readonly codename: string;
  /** When it was made, in milliseconds since the epoch. */
  readonly date: number;
  /** Number of the index among those of its suite, one more for each; undefined where a towline from before there were numbers signed it. */
  readonly serial: number | undefined;
  /** Until when hosts believe it, in milliseconds since the epoch; undefined where a towline from before there was an end signed it. */
  readonly until: number | undefined;
  /** Until when the keys last that signed it; undefined where they have no end, or an older towline signed it. */
  readonly keyUntil: number | undefined;
}

const DAY = 24 * 60 * 60 * 1000;

/** @throws Error when a field is missing or malformed. */
export function identityOf(release: Stanza): IndexIdentity {
  const field = (name: string) => release.get(name.toLowerCase());
  const time = (name: string) => {
    const moment = Date.parse(field(name) ?? "");
    if (Number.isNaN(moment)) throw new Error(`'${field(name) ?? ""}' is no ${name}`);
    return moment;
  };
  const serial = field(SERIAL);
  if (serial !== undefined && !/^[1-9]\d{0,14}$/.test(serial)) throw new Error(`'${serial}' is no ${SERIAL}`);
  return {
    suite: field("Suite") ?? "",
    codename: field("Codename") ?? "",
    date: time("Date"),
    until: field("Valid-Until") === undefined ? undefined : time("Valid-Until"),
    keyUntil: field(KEY_UNTIL) === undefined ? undefined : time(KEY_UNTIL),
    serial: serial === undefined ? undefined : Number(serial),
  };
}

/**
 * When hosts stop believing an index, in milliseconds since the epoch. One that names no end counts from its date, as to hosts that know the
 * stack's setting.
 *
 * @param validDays towline:repository/validDays
 */
export function endOf({ date, until }: Pick<IndexIdentity, "date" | "until">, validDays: number): number {
  return until ?? date + validDays * DAY;
}

/** What a Release gets beside what aptly writes. */
export interface Stamp {
  readonly serial: number;
  /** Days from its date to its end. */
  readonly validDays: number;
  /** When the first of the keys that sign it ends, in milliseconds since the epoch; undefined where none does. */
  readonly keyUntil: number | undefined;
}

/** The text of a Release with its number and its end, and that of the keys that sign it. */
export function stamped(release: Buffer, { serial, validDays, keyUntil }: Stamp): Buffer {
  const stamp = (line: string, date: string) => {
    const until = Date.parse(date) + validDays * DAY;
    const key = keyUntil === undefined ? "" : `\n${KEY_UNTIL}: ${releaseTime(keyUntil)}`;
    return `${line}\nValid-Until: ${releaseTime(until)}\n${SERIAL}: ${serial}${key}`;
  };
  return Buffer.from(release.toString("utf8").replace(/^Date: (.*)$/m, stamp));
}

function releaseTime(moment: number): string {
  return new Date(moment).toUTCString().replace("GMT", "UTC");
}

/**
 * A signature says who made an index, not for which suite: that of another suite, signed by the same key, must not be taken for it.
 * @param place of the index, for people
 * @throws UserError where it is another suite's
 */
export function refuseOtherSuite({ suite, codename }: IndexIdentity, expected: string, place: string): void {
  const other = [suite, codename].find((name) => name !== expected);
  if (other === undefined) return;
  throw new UserError(
    `${place} was signed as the index of suite ${other === "" ? "(none)" : other}, not of ${expected}: somebody copied it there; bring its last ` +
      "good version back in S3",
  );
}
