import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../errors";
import { readIfThere } from "../read-if-there";
import { replaceFile } from "../replace-file";
import { timestamp } from "../time";
import type { Index } from "./index";
import type { Shelf } from "./suite";

const schema = z.object({
  serial: z.int().positive(),
  /** Milliseconds since the epoch. */
  date: z.number(),
  /** Of InRelease. */
  sha256: z.string(),
  /** Keys of the lists of packages that were left in the bucket; an older towline did not say. */
  lists: z.array(z.string()).optional(),
});

/**
 * The index of a suite that this machine signed last. It is kept outside of the bucket, since whoever may write there can put any older index
 * in the newest one's place.
 */
export type LastSigned = z.infer<typeof schema>;

/** @param folder the bucket's state on this machine */
function fileOf(folder: string, { suite }: Pick<Shelf, "suite">): string {
  return join(folder, "signed", `${suite.repository.suite}.json`);
}

/** @throws UserError where the file is there and is not what towline wrote */
export async function readLastSigned(folder: string, shelf: Shelf): Promise<LastSigned | undefined> {
  const file = fileOf(folder, shelf);
  try {
    const text = await readIfThere(file);
    return text === undefined ? undefined : schema.parse(JSON.parse(text.toString("utf8")));
  } catch (cause) {
    throw new UserError(
      `${file}: is not what towline wrote about the index it signed last; delete it, after a look at the bucket`,
      { cause },
    );
  }
}

/** Remembers an index that hosts see by now. */
export async function writeLastSigned(folder: string, shelf: Shelf, last: LastSigned): Promise<void> {
  await replaceFile(fileOf(folder, shelf), JSON.stringify(last));
}

/**
 * Refuses to build on an index from before the last one that this machine signed: a signature does not age. Dates only grow, since no publisher
 * signs by a clock that is wrong; of one second, numbers tell.
 *
 * @param index what hosts see; undefined where there is none, as of a channel that was removed
 * @throws UserError where it is older, or the main suite's is gone
 */
export function refuseOlderIndex(
  folder: string,
  shelf: Shelf,
  index: Index | undefined,
  last: LastSigned | undefined,
): void {
  if (last === undefined || (index === undefined && shelf.suite.channel !== undefined)) return;
  const place = `s3://${shelf.bucket.name}/dists/${shelf.suite.repository.suite}/InRelease`;
  const known = `number ${last.serial} of ${timestamp(last.date)}, which this machine signed`;
  const fix = `bring the newest version of that object back in S3; if the repository was emptied on purpose, delete ${fileOf(folder, shelf)}`;
  if (index === undefined) throw new UserError(`${place} is gone, although there was ${known}: ${fix}`);
  const { serial = 0, date } = index.identity;
  if (date > last.date || (date === last.date && serial >= last.serial)) return;
  const found = serial === 0 ? "an index without a number" : `number ${serial}`;
  throw new UserError(
    `${place} is ${found} of ${timestamp(date)}, which is older than ${known}: somebody put it back; ${fix}`,
  );
}
