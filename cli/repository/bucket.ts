import type { Readable } from "node:stream";
import type { PutObjectCommandInput, S3Client } from "@aws-sdk/client-s3";
import { explained } from "../aws";
import { UserError } from "../errors";
import { type Listed, listingOf } from "./listing";
import { watchClock } from "./s3-clock";

/** An object's content and its entity tag, which a later conditional write can name. */
export interface StoredObject {
  readonly content: Buffer;
  readonly etag: string;
}

/** What must hold for a write to happen: nothing of that key exists, or what exists is still that version. */
export type Condition = { readonly absent: true } | { readonly etag: string };

/** How an object is encrypted, and what is said of it beside its content. */
export interface Sealing {
  /** ARN of the KMS key. */
  readonly keyArn: string;
  /** ASCII alone, which is all S3 gives back as it was. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where objects can be read from: a bucket, or a folder laid out like one. */
export interface Objects {
  readonly name: string;
  /**
   * The object, or undefined when there is none of that key.
   * @param most bytes that it may have; without it, any number
   * @throws UserError when it has more
   */
  get(key: string, most?: number): Promise<StoredObject | undefined>;
}

/** A stack's bucket, as far as the command uses it. */
export interface Bucket extends Objects {
  /** All keys below a prefix. */
  list(prefix: string): Promise<string[]>;
  /** All objects below a prefix, with when they were written. */
  objectsBelow(prefix: string): Promise<Listed[]>;
  /** Writes an object and returns its entity tag, or undefined when `condition` does not hold. */
  put(key: string, content: Buffer | string, condition?: Condition, sealing?: Sealing): Promise<string | undefined>;
  /** Removes objects; those that do not exist count as removed. */
  remove(keys: readonly string[]): Promise<void>;
  /**
   * Seconds by which this machine's clock is at least ahead of S3's, by its last answer; negative where it is behind, and 0 where nothing
   * speaks against it. Undefined before the first answer.
   */
  clockAhead(): number | undefined;
}

/** Most keys that one request may delete (S3's DeleteObjects). */
const DELETE_LIMIT = 1000;
/** S3's answers to a write whose condition does not hold; the last two come from writers that collide, or find nothing to match. */
const UNMET = ["PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"];

/** Packages, which alone are locked: of all else in the bucket newer versions come, and hosts write some of it. */
const LOCKED = /^pool\//;
const DAY = 24 * 60 * 60 * 1000;

/**
 * The bucket `name` in S3, used with the default credentials.
 * @param lockDays for how many days nobody deletes a version of a package that is put there; without it, they are not locked
 */
export async function openBucket(region: string, name: string, lockDays?: number): Promise<Bucket> {
  const s3 = await import("@aws-sdk/client-s3");
  const client: S3Client = new s3.S3Client({ region });
  const clockAhead = watchClock(client);
  const listing = listingOf(client, name, s3.paginateListObjectsV2);
  return {
    name,
    clockAhead,
    get: (key, most) =>
      explained(`read s3://${name}/${key}`, async () => {
        try {
          const command = new s3.GetObjectCommand({ Bucket: name, Key: key });
          const { Body, ContentLength, ETag = "" } = await client.send(command);
          if (most !== undefined && (ContentLength ?? Number.POSITIVE_INFINITY) > most) {
            (Body as Readable | undefined)?.destroy();
            throw new UserError(
              `s3://${name}/${key} has ${ContentLength ?? "unknown"} bytes, and ${most} at the most are read: bring its last good version back`,
            );
          }
          return { content: Buffer.from((await Body?.transformToByteArray()) ?? []), etag: ETag };
        } catch (error) {
          if (error instanceof s3.NoSuchKey) return undefined;
          throw error;
        }
      }),
    list: async (prefix) => (await listing(prefix)).map(({ key }) => key),
    objectsBelow: (prefix) => listing(prefix),
    put: (key, content, condition, sealing) =>
      explained(`write s3://${name}/${key}`, async () => {
        const lock = lockDays !== undefined && LOCKED.test(key) ? lockOf(lockDays) : {};
        const header = { ...conditionOf(condition), ...sealingOf(sealing), ...lock };
        try {
          const command = new s3.PutObjectCommand({ Bucket: name, Key: key, Body: content, ...header });
          return (await client.send(command)).ETag ?? "";
        } catch (error) {
          if (error instanceof Error && /Object ?Lock ?Configuration/i.test(error.message)) throw notLocking(name);
          if (condition !== undefined && error instanceof Error && UNMET.includes(error.name)) return undefined;
          throw error;
        }
      }),
    remove: (keys) =>
      explained(`delete objects of s3://${name}`, async () => {
        for (let start = 0; start < keys.length; start += DELETE_LIMIT) {
          const Objects = keys.slice(start, start + DELETE_LIMIT).map((Key) => ({ Key }));
          const { Errors = [] } = await client.send(
            new s3.DeleteObjectsCommand({ Bucket: name, Delete: { Objects, Quiet: true } }),
          );
          const [failed] = Errors;
          if (failed !== undefined)
            throw Object.assign(new Error(`${failed.Key}: ${failed.Message}`), { code: failed.Code });
        }
      }),
  };
}

/** Nobody, but whoever has the right to pass by: it is no record that the law asks for, and a fault must not last for years. */
function lockOf(days: number): Pick<PutObjectCommandInput, "ObjectLockMode" | "ObjectLockRetainUntilDate"> {
  return { ObjectLockMode: "GOVERNANCE", ObjectLockRetainUntilDate: new Date(Date.now() + days * DAY) };
}

function notLocking(name: string): UserError {
  return new UserError(
    `s3://${name} does not lock what is published yet, as the stack's towline:protect asks for: run 'pulumi up' first, or take ` +
      "towline:protect out of the stack's file",
  );
}

function conditionOf(condition: Condition | undefined): Pick<PutObjectCommandInput, "IfNoneMatch" | "IfMatch"> {
  if (condition === undefined) return {};
  return "absent" in condition ? { IfNoneMatch: "*" } : { IfMatch: condition.etag };
}

/** A bucket key would take the bucket for the context of the encryption, and hosts may decrypt single objects only. */
function sealingOf(sealing: Sealing | undefined): Partial<PutObjectCommandInput> {
  if (sealing === undefined) return {};
  const { keyArn, metadata } = sealing;
  return { ServerSideEncryption: "aws:kms", SSEKMSKeyId: keyArn, BucketKeyEnabled: false, Metadata: { ...metadata } };
}
