import {
  CreateBucketCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { type Create, type Inputs, list, text } from "./resource";

const create: Create = async ({ clients }, inputs) => {
  const bucket = text(inputs, "bucket");
  // S3's first region is the one that is not to be named.
  const CreateBucketConfiguration =
    clients.region === "us-east-1" ? undefined : { LocationConstraint: clients.region as "eu-west-1" };
  // AWS takes the lock at any time; its stand-in does so with a bucket that was made for it, to which it does nothing else.
  const ObjectLockEnabledForBucket = true;
  await clients.s3.send(
    new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration, ObjectLockEnabledForBucket }),
  );
  return { id: bucket, state: { bucket, arn: `arn:aws:s3:::${bucket}` } };
};

const versioning: Create = async ({ clients }, inputs) => {
  const { status } = inputs.versioningConfiguration as { status: "Enabled" };
  const Bucket = text(inputs, "bucket");
  await clients.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: status } }));
  return { id: Bucket };
};

function expiration(rule: Inputs) {
  const { days } = (rule.expiration ?? {}) as { days?: number };
  return days !== undefined && { Expiration: { Days: days } };
}

const lifecycle: Create = async ({ clients }, inputs) => {
  const Bucket = text(inputs, "bucket");
  const Rules = list(inputs, "rules").map((rule) => ({
    ID: text(rule, "id"),
    Status: "Enabled" as const,
    Filter: { Prefix: ((rule.filter as Inputs | undefined)?.prefix as string | undefined) ?? "" },
    ...expiration(rule),
    NoncurrentVersionExpiration: {
      NoncurrentDays: (rule.noncurrentVersionExpiration as { noncurrentDays: number }).noncurrentDays,
    },
  }));
  await clients.s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
  return { id: Bucket };
};

const encryption: Create = async ({ clients }, inputs) => {
  const Bucket = text(inputs, "bucket");
  const Rules = list(inputs, "rules").map((rule) => {
    const { sseAlgorithm } = rule.applyServerSideEncryptionByDefault as { sseAlgorithm: "AES256" };
    return { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: sseAlgorithm } };
  });
  await clients.s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
  return { id: Bucket };
};

const ownership: Create = async ({ clients }, inputs) => {
  const Bucket = text(inputs, "bucket");
  const { objectOwnership } = inputs.rule as { objectOwnership: "BucketOwnerEnforced" };
  const OwnershipControls = { Rules: [{ ObjectOwnership: objectOwnership }] };
  await clients.s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
  return { id: Bucket };
};

const publicAccess: Create = async ({ clients }, inputs) => {
  const Bucket = text(inputs, "bucket");
  const PublicAccessBlockConfiguration = {
    BlockPublicAcls: inputs.blockPublicAcls === true,
    BlockPublicPolicy: inputs.blockPublicPolicy === true,
    IgnorePublicAcls: inputs.ignorePublicAcls === true,
    RestrictPublicBuckets: inputs.restrictPublicBuckets === true,
  };
  await clients.s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
  return { id: Bucket };
};

const policy: Create = async ({ clients }, inputs) => {
  const Bucket = text(inputs, "bucket");
  await clients.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: text(inputs, "policy") }));
  return { id: Bucket };
};

const object: Create = async ({ clients }, inputs) => {
  const [Bucket, Key] = [text(inputs, "bucket"), text(inputs, "key")];
  const Tagging = new URLSearchParams(inputs.tags as Record<string, string>).toString();
  const content = { Body: text(inputs, "content"), ContentType: text(inputs, "contentType") };
  await clients.s3.send(new PutObjectCommand({ Bucket, Key, ...content, Tagging }));
  return { id: Key };
};

const objectLock: Create = async ({ clients }, inputs) => {
  const Bucket = text(inputs, "bucket");
  const ObjectLockConfiguration = { ObjectLockEnabled: text(inputs, "objectLockEnabled") as "Enabled" };
  await clients.s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
  return { id: Bucket };
};

/** The bucket and what is set on it, each a resource of its own. */
export const bucketResources: Readonly<Record<string, Create>> = {
  "aws:s3/bucket:Bucket": create,
  "aws:s3/bucketVersioning:BucketVersioning": versioning,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": lifecycle,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": encryption,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ownership,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": publicAccess,
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": objectLock,
  "aws:s3/bucketPolicy:BucketPolicy": policy,
  "aws:s3/bucketObjectv2:BucketObjectv2": object,
};
