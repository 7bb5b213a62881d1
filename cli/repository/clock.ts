import { UserError } from "../errors";
import type { Bucket } from "./bucket";

/** Seconds. apt refuses an index that is more than 10 ahead of a host's clock (Acquire::Max-FutureTime). */
const MOST = 5;

/**
 * Refuses to date an index by a clock that is wrong: hosts refuse one from the future, and pass over one that is older than what they have,
 * without a word.
 * @param previous date of the index that hosts see, in milliseconds since the epoch
 * @param now this machine's clock
 * @throws UserError where the clock is further from S3's than it may be, or the index would not be newer
 */
export function refuseWrongClock(
  bucket: Pick<Bucket, "name" | "clockAhead">,
  previous: number | undefined,
  now: number,
): void {
  const ahead = bucket.clockAhead();
  if (ahead !== undefined && Math.abs(ahead) > MOST) {
    const direction = ahead > 0 ? "ahead of" : "behind";
    throw new UserError(
      `this machine's clock is ${Math.round(Math.abs(ahead))} s ${direction} S3's, at most ${MOST} are allowed: hosts would not take an index of ` +
        "that time; set the clock (chrony or systemd-timesyncd keep it right) and publish again",
    );
  }
  if (previous !== undefined && now < previous) {
    throw new UserError(
      `the index that hosts of s3://${bucket.name} see is dated ${Math.round((previous - now) / 1000)} s after now: they would pass over an older ` +
        "one; wait, or set the clock of the machine that signed it",
    );
  }
}
