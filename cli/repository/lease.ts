import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { messageOf, UserError } from "../errors";
import { onInterrupt } from "../interrupt";
import { progress, warn } from "../progress";
import { timestamp } from "../time";
import type { Bucket } from "./bucket";
import { readFreeLease, writeFreeLease } from "./free-lease";

const KEY = "publish/lock.json";
const POLL_MILLISECONDS = 1000;

const schema = z.object({
  /** Tells this lease from every other, also of the same holder. */
  id: z.string(),
  /** Who publishes, as `user@machine`; empty once the lease was given back. */
  holder: z.string(),
  /** Completes "is …": `publishing hello 1.2.0`. */
  purpose: z.string(),
  since: z.string(),
  /** ISO 8601 UTC; nobody needs to heed the lease from then on. */
  expires: z.string(),
});

type Lease = z.infer<typeof schema>;

export interface LeaseOptions {
  /** Who publishes. */
  readonly by: string;
  readonly purpose: string;
  /** Seconds to wait for another publisher. */
  readonly wait: number;
  /** Folder in which this machine remembers how it gave the lease back; without one it asks each time who has it. */
  readonly stateDirectory?: string | undefined;
  /** Seconds a lease lasts unless it is renewed, which happens three times as often. @default 30 */
  readonly lifetime?: number | undefined;
}

/** A lease that is held. */
export interface HeldLease {
  /** Whether nobody held it since this machine gave it back, with nothing left to be done: what this machine knows of the bucket holds. */
  readonly undisturbed: boolean;
  /** Says that something is left which the next holder has to see to. */
  leaveUndone(): void;
  /** @throws UserError when it may be another publisher's by now. */
  check(): void;
}

/**
 * Runs `work` as the only publisher of a bucket, on whatever machine: under a lease in the bucket, which is renewed while
 * the work goes on and ends by itself soon after its holder died.
 * @throws UserError naming the holder when another one keeps it longer than `wait`.
 */
export async function withPublishLease<T>(
  bucket: Bucket,
  options: LeaseOptions,
  work: (lease: HeldLease) => Promise<T>,
): Promise<T> {
  const lifetime = (options.lifetime ?? 30) * 1000;
  const lease = newLease(options, lifetime);
  const taken = await take(bucket, lease, options, lifetime);
  let { etag } = taken;
  let done = false;
  let expires = Date.now() + lifetime;
  let lost: string | undefined;

  const renew = async (): Promise<void> => {
    const next = Date.now() + lifetime;
    try {
      const renewed = await write(bucket, { ...lease, expires: timestamp(next) }, { etag });
      if (renewed === undefined) lost = "another publisher took it over";
      else [etag, expires] = [renewed, next];
    } catch (error) {
      // It is still ours until it expires, and the next attempt may get through.
      warn(`the lease s3://${bucket.name}/${KEY} could not be renewed: ${messageOf(error)}`);
    }
  };
  let renewal = Promise.resolve();
  const timer = setInterval(() => {
    renewal = renewal.then(renew);
  }, lifetime / 3);
  let released: Promise<void> | undefined;
  const release = (): Promise<void> => {
    clearInterval(timer);
    lost ??= "it was given back";
    released ??= renewal.then(async () => {
      const free = await giveBack(bucket, lease, etag);
      if (done && free !== undefined) await remember(options.stateDirectory, free);
    });
    return released;
  };
  const ended = onInterrupt(release);
  let undone = false;
  try {
    const result = await work({
      undisturbed: taken.undisturbed,
      leaveUndone() {
        undone = true;
      },
      check() {
        if (Date.now() >= expires) lost ??= "it could not be renewed in time";
        if (lost !== undefined) {
          throw new UserError(
            `the lease s3://${bucket.name}/${KEY} was lost: ${lost}; nothing was published, try again`,
          );
        }
      },
    });
    done = !undone;
    return result;
  } finally {
    await release();
    ended();
  }
}

async function take(
  bucket: Bucket,
  lease: Lease,
  { wait, stateDirectory }: LeaseOptions,
  lifetime: number,
): Promise<{ etag: string; undisturbed: boolean }> {
  const fresh = () => ({ ...lease, expires: timestamp(Date.now() + lifetime) });
  const free = await readFreeLease(stateDirectory);
  const again = free && (await bucket.put(KEY, textOf(fresh()), { etag: free }));
  if (again !== undefined) return { etag: again, undisturbed: true };

  const deadline = Date.now() + wait * 1000;
  let announced = "";
  for (;;) {
    const current = await bucket.get(KEY);
    const rival = current && parse(bucket, current.content.toString("utf8"));
    // The first write got through although its answer was lost.
    if (current !== undefined && rival?.id === lease.id) return { etag: current.etag, undisturbed: false };
    if (rival === undefined || rival.holder === "" || Date.parse(rival.expires) <= Date.now()) {
      const etag = await write(bucket, fresh(), current === undefined ? { absent: true } : { etag: current.etag });
      if (etag !== undefined) return { etag, undisturbed: false };
      continue;
    }
    const sentence =
      `another publisher of s3://${bucket.name} is at work: ${rival.holder} is ${rival.purpose} since ${rival.since}, ` +
      `and keeps its lease at least until ${rival.expires}`;
    if (Date.now() >= deadline) throw new UserError(`${sentence}; try again later, or wait longer with --wait`);
    if (announced !== rival.id) progress(`${sentence}; waiting`);
    announced = rival.id;
    await sleep(Math.min(POLL_MILLISECONDS, Math.max(deadline - Date.now(), 0)));
  }
}

/** A write that got through although its answer was lost looks like one whose condition did not hold: the id tells. */
async function write(
  bucket: Bucket,
  lease: Lease,
  condition: Parameters<Bucket["put"]>[2],
): Promise<string | undefined> {
  const etag = await bucket.put(KEY, textOf(lease), condition);
  if (etag !== undefined) return etag;
  const current = await bucket.get(KEY);
  const ours = current !== undefined && parse(bucket, current.content.toString("utf8")).id === lease.id;
  return ours ? current.etag : undefined;
}

/** @returns its entity tag from now on; undefined where it is another's, or could not be given back */
async function giveBack(bucket: Bucket, lease: Lease, etag: string): Promise<string | undefined> {
  try {
    // If it is not ours any more, it is not ours to give back either.
    return await bucket.put(KEY, textOf({ ...lease, holder: "" }), { etag });
  } catch (error) {
    warn(`the lease s3://${bucket.name}/${KEY} could not be given back and ends by itself: ${messageOf(error)}`);
    return undefined;
  }
}

/** What is published is published: that the next publication has to ask more is no failure. */
async function remember(stateDirectory: string | undefined, free: string): Promise<void> {
  try {
    await writeFreeLease(stateDirectory, free);
  } catch (error) {
    warn(`${stateDirectory}: the next publication will ask more of the bucket: ${messageOf(error)}`);
  }
}

function textOf(lease: Lease): string {
  return `${JSON.stringify(lease)}\n`;
}

function newLease({ by, purpose }: LeaseOptions, lifetime: number): Lease {
  const now = Date.now();
  const holder = `${by}@${hostname()}`;
  return { id: randomUUID(), holder, purpose, since: timestamp(now), expires: timestamp(now + lifetime) };
}

function parse(bucket: Bucket, text: string): Lease {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new UserError(`s3://${bucket.name}/${KEY}: is no lease towline wrote; delete it if nobody publishes there`, {
      cause: error,
    });
  }
}
