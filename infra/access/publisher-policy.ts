import type { Statement } from "../policy";
import type { Place } from "./place";
import { tellToLook } from "./poll-access";

export interface PublisherPolicyValues {
  readonly stack: string;
  readonly place: Place;
  readonly bucketArn: string;
  /** What it may write of the pool (pool-access.ts). */
  readonly writablePool: readonly string[];
  /** Days for which it may lock what it publishes; undefined where it may not. */
  readonly releaseDays: number | undefined;
  /** Topic that carries the stack's events. */
  readonly topicArn: string;
  /** Bucket of the stack that releases are promoted from; undefined where none are. */
  readonly sourceArn: string | undefined;
}

/** What changing a stack's packages takes, and nothing else. */
export function publisherStatements(values: PublisherPolicyValues): Statement[] {
  return [
    ...changePackages(values.bucketArn, values.writablePool),
    ...(values.releaseDays === undefined ? [] : [lockReleases(values.bucketArn, values.releaseDays)]),
    ...(values.sourceArn === undefined ? [] : readReleases(values.sourceArn)),
    ...followAndTell(values),
  ];
}

/** Parts of the bucket (docs/contracts.md, "The bucket"): what a publication changes, and what hosts say of it. */
const PACKAGES = ["dists/*", "pool/*", "channels/*"];
const RECORDS = ["releases/*", "publish/lock.json"];
const HOSTS_WORD = ["rollout/*", "hosts/*"];
/** All that whoever publishes reads. */
export const REPOSITORY = [...PACKAGES, ...RECORDS, ...HOSTS_WORD];

function changePackages(bucket: string, pool: readonly string[]): Statement[] {
  const under = (prefixes: readonly string[]): string[] => prefixes.map((prefix) => `${bucket}/${prefix}`);
  return [
    {
      Sid: "ReadRepository",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: under(REPOSITORY),
    },
    {
      Sid: "WriteRepository",
      Effect: "Allow",
      Action: "s3:PutObject",
      Resource: [...under(["dists/*", "channels/*", ...RECORDS]), ...pool],
    },
    // Of what is not published any more, too.
    { Sid: "RemoveOldPackages", Effect: "Allow", Action: "s3:DeleteObject", Resource: under(PACKAGES) },
    listBucket("ListRepository", bucket, REPOSITORY),
  ];
}

/** S3 counts days that have begun, of a time that the publisher's clock says. */
const CLOCKS = 1;

/** For no longer than the stack says: whoever publishes fills no bucket for years. */
function lockReleases(bucket: string, days: number): Statement {
  return {
    Sid: "LockReleases",
    Effect: "Allow",
    Action: "s3:PutObjectRetention",
    Resource: `${bucket}/pool/*`,
    Condition: { NumericLessThanEquals: { "s3:object-lock-remaining-retention-days": String(days + CLOCKS) } },
  };
}

/** What `towline promote` reads of the stack a release comes from. */
function readReleases(bucket: string): Statement[] {
  const prefixes = [...PACKAGES, "releases/*", "rollout/*"];
  return [
    {
      Sid: "ReadSource",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: prefixes.map((prefix) => `${bucket}/${prefix}`),
    },
    listBucket("ListSource", bucket, prefixes),
  ];
}

/** Lets a bucket be listed. Without it, S3 also answers 403 in place of 404 for what is not there. */
export function listBucket(Sid: string, bucket: string, prefixes: readonly string[]): Statement {
  return {
    Sid,
    Effect: "Allow",
    Action: "s3:ListBucket",
    Resource: bucket,
    Condition: { StringLike: { "s3:prefix": prefixes } },
  };
}

function followAndTell({ stack, place, topicArn }: PublisherPolicyValues): Statement[] {
  return [
    { Sid: "TellTheTopic", Effect: "Allow", Action: "sns:Publish", Resource: topicArn },
    ...tellToLook(place, stack),
    {
      // None of these takes a resource.
      Sid: "SeeFleet",
      Effect: "Allow",
      Action: ["autoscaling:DescribeAutoScalingGroups", "ssm:ListCommands"],
      Resource: "*",
    },
  ];
}
