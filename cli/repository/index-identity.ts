import { UserError } from "../errors";
import type { Stanza } from "./stanzas";

/** Field of a Release that towline adds: apt, which knows nothing of it, passes it over. */
const SERIAL = "X-Towline-Serial";

/** Which index of which suite a Release is. */
export interface IndexIdentity {
  readonly suite: string;
  readonly codename: string;
  /** When it was made, in milliseconds since the epoch. */
  readonly date: number;
  /** Number of the index among those of its suite, one more for each; undefined where a towline from before there were numbers signed it. */
  readonly serial: number | undefined;
}

/** @throws Error when a field is missing or malformed. */
export function identityOf(release: Stanza): IndexIdentity {
  const field = (name: string) => release.get(name.toLowerCase());
  const date = Date.parse(field("Date") ?? "");
  if (Number.isNaN(date)) throw new Error(`'${field("Date") ?? ""}' is no Date`);
  const serial = field(SERIAL);
  if (serial !== undefined && !/^[1-9]\d{0,14}$/.test(serial)) throw new Error(`'${serial}' is no ${SERIAL}`);
  return {
    suite: field("Suite") ?? "",
    codename: field("Codename") ?? "",
    date,
    serial: serial === undefined ? undefined : Number(serial),
  };
}

/** The text of a Release, numbered. */
export function numbered(release: Buffer, serial: number): Buffer {
  return Buffer.from(release.toString("utf8").replace(/^(Date: .*)$/m, `$1\n${SERIAL}: ${serial}`));
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
