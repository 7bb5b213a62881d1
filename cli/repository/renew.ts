import { timestamp } from "../time";
import { type PublisherOptions, signAgain } from "./change";
import { readIndex } from "./index";
import { endOf, type IndexIdentity } from "./index-identity";
import type { Shelf } from "./suite";

/** What became of a suite's index. */
export interface Renewal {
  readonly suite: string;
  /** Until when hosts believe it, as a timestamp. */
  readonly until: string;
  /** Whole seconds that were left of that before; negative where it had ended. */
  readonly leftSeconds: number;
  /** Whether less is left than half of what it was to last, or it names no end at all. */
  readonly due: boolean;
  /** Whether it was signed anew. */
  readonly renewed: boolean;
}

/**
 * Signs a suite's index anew, with the same packages, where its end comes nearer.
 * @param options undefined to say only what would be done
 * @returns undefined where nothing was published to the suite
 */
export async function renewSuite(
  shelf: Shelf,
  options: Omit<PublisherOptions, "purpose"> | undefined,
): Promise<Renewal | undefined> {
  const { validDays } = shelf.stack.config.repository;
  const { suite } = shelf.suite.repository;
  const index = await readIndex(shelf.bucket, shelf.suite.repository);
  if (index === undefined) return undefined;
  const before = index.identity;
  const left = endOf(before, validDays) - Date.now();
  const due = before.until === undefined || isDue(before, left);
  if (due && options !== undefined) await signAgain(shelf, { ...options, purpose: `signing ${suite} anew` }, index);
  const renewed = due && options !== undefined;
  const after = renewed ? (await readIndex(shelf.bucket, shelf.suite.repository))?.identity : before;
  const until = timestamp(endOf(after ?? before, validDays));
  return { suite, until, leftSeconds: Math.floor(left / 1000), due, renewed };
}

/** A setting that has become shorter counts from the next signature on. */
function isDue({ date, until }: IndexIdentity, left: number): boolean {
  return until !== undefined && left < (until - date) / 2;
}
