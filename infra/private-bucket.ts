import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Encrypts what is put into a bucket. */
export function encrypt(name: string, bucket: pulumi.Input<string>, parent: pulumi.Resource): void {
  new aws.s3.BucketServerSideEncryptionConfiguration(
    `${name}-encryption`,
    { bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
    { parent },
  );
}

/** Keeps every version of what is in a bucket. */
export function keepVersions(name: string, bucket: pulumi.Input<string>, parent: pulumi.Resource): pulumi.Resource {
  return new aws.s3.BucketVersioning(
    `${name}-versioning`,
    { bucket, versioningConfiguration: { status: "Enabled" } },
    { parent },
  );
}

/** Closes a bucket to everybody, and gives its owner all that is in it. */
export function keepPrivate(name: string, bucket: pulumi.Input<string>, parent: pulumi.Resource): pulumi.Resource {
  new aws.s3.BucketOwnershipControls(
    `${name}-ownership`,
    { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
    { parent },
  );
  return new aws.s3.BucketPublicAccessBlock(
    `${name}-public-access`,
    {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    { parent },
  );
}
