import { UserError } from "../errors";
import { timestamp } from "../time";
import type { Index } from "./index";
import type { LastSigned } from "./last-signed";
import type { Shelf } from "./suite";

/**
 * Refuses to sign an index of the main suite anew that has ended, unless this machine signed it: whoever writes the bucket may have put back one
 * that hosts do not believe any more, and a new signature would have them believe it again.
 *
 * @param index what is in the bucket
 * @param now in milliseconds since the epoch
 * @throws UserError with what to do
 */
export function refuseEnded(
  { bucket, suite, stack }: Shelf,
  index: Index | undefined,
  last: LastSigned | undefined,
  now: number,
): void {
  if (suite.channel !== undefined || index?.identity.until === undefined || index.identity.until >= now) return;
  if (last?.sha256 === index.sha256) return;
  throw new UserError(
    `s3://${bucket.name}/dists/${suite.repository.suite}/InRelease ended on ${timestamp(index.identity.until)}, and this machine did not sign ` +
      "it, so that an older one may have been put in its place: look whether it is the newest version of that object in S3, and sign " +
      `it anew with 'towline renew --stack ${stack.name} --ended'`,
  );
}
