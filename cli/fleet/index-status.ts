import { UserError } from "../errors";
import { warn } from "../progress";
import type { Stack } from "../project";
import type { Objects } from "../repository/bucket";
import { type Index, readIndex } from "../repository/index";
import { endOf } from "../repository/index-identity";
import { suiteOf } from "../repository/suite";
import { timestamp } from "../time";

/** How long hosts go on believing an index. */
export interface IndexStatus {
  readonly suite: string;
  /** When it was signed, as a timestamp. */
  readonly signed: string;
  /** When hosts stop taking anything from it. */
  readonly until: string;
  /** When the first of the keys ends that signed it; null where none does. */
  readonly keyUntil: string | null;
}

/** An index that a stack's hosts follow. */
export interface FollowedIndex {
  /** Undefined for the main suite. */
  readonly channel: string | undefined;
  readonly index: Index;
  readonly status: IndexStatus;
}

/** When the indexes that a stack's hosts follow were signed, and until when hosts go on believing them. */
export async function readIndexStatus(stack: Stack, bucket: Objects): Promise<IndexStatus[]> {
  return (await readFollowedIndexes(stack, bucket)).map(({ status }) => status);
}

/** Reads the indexes that a stack's hosts follow. One that cannot be trusted is told about, and left out. */
export async function readFollowedIndexes(
  stack: Stack,
  bucket: Objects,
  tell: (fault: string) => void = warn,
): Promise<FollowedIndex[]> {
  const channels = Object.values(stack.config.groups).map(({ channel }) => channel);
  const followed = [...new Set([undefined, ...channels])].map((channel) => suiteOf(stack, channel));
  const read = await Promise.all(
    followed.map(async ({ channel, repository }): Promise<FollowedIndex[]> => {
      try {
        const index = await readIndex(bucket, repository);
        if (index === undefined) return [];
        const { date, keyUntil } = index.identity;
        const until = timestamp(endOf(index.identity, stack.config.repository.validDays));
        const end = keyUntil === undefined ? null : timestamp(keyUntil);
        const status = { suite: repository.suite, signed: timestamp(date), until, keyUntil: end };
        return [{ channel, index, status }];
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        tell(error.message);
        return [];
      }
    }),
  );
  return read.flat();
}

/** `the index of stable is of …, and ends on …, in 9.3 days` */
export function indexLines(indexes: readonly IndexStatus[], now: Date = new Date()): string[] {
  const end = (moment: string) => {
    const days = (Date.parse(moment) - now.getTime()) / 86_400_000;
    const far = Math.abs(days) < 10 ? Math.abs(days).toFixed(1) : String(Math.floor(Math.abs(days)));
    return days < 0 ? `ended on ${moment}, ${far} days ago` : `ends on ${moment}, in ${far} days`;
  };
  return indexes.flatMap(({ suite, signed, until, keyUntil }) => [
    `the index of ${suite} is of ${signed} and ${end(until)}`,
    ...(keyUntil === null ? [] : [`its key ${end(keyUntil)}`]),
  ]);
}
