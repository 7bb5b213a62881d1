import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { policyDocument, refuseOtherAccounts, refusePlainText } from "./policy";
import { refuseOtherKeys, settingsKey } from "./settings-key";
import type { Tags } from "./tags";

/** Days that overwritten or deleted objects stay recoverable. */
const KEEP_OLD_VERSIONS = 30;

export interface RepositoryArgs {
  /** Name of the bucket. */
  readonly bucket: string;
  /** Name of the key that the settings of apps are encrypted with, `alias/…`. */
  readonly settingsKeyAlias: string;
  readonly region: string;
  /** The account whose users and roles may reach it at all. */
  readonly account: Account;
  readonly tags: Tags;
}

/**
 * The stack's bucket: the signed apt repository, the settings of its apps and what the hosts say about themselves. Private,
 * versioned, TLS only, for one account.
 */
export class Repository extends pulumi.ComponentResource {
  readonly bucket: pulumi.Output<string>;
  readonly bucketArn: pulumi.Output<string>;
  readonly settingsKeyArn: pulumi.Output<string>;

  constructor(name: string, args: RepositoryArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:Repository", name, {}, options);
    const bucket = new aws.s3.Bucket(`${name}-bucket`, { bucket: args.bucket, tags: args.tags }, { parent: this });
    this.bucket = bucket.bucket;
    this.bucketArn = bucket.arn;
    const { settingsKeyAlias: alias, region, account, tags } = args;
    this.settingsKeyArn = settingsKey(name, { alias, bucketArn: bucket.arn, region, account, tags }, this).arn;

    const versioning = this.keepOldVersions(name);
    this.expireOldVersions(name, versioning);
    this.encrypt(name);
    this.keepPrivate(name, account.id);
    this.registerOutputs({ bucket: this.bucket, bucketArn: this.bucketArn });
  }

  private keepOldVersions(name: string): pulumi.Resource {
    return new aws.s3.BucketVersioning(
      `${name}-versioning`,
      { bucket: this.bucket, versioningConfiguration: { status: "Enabled" } },
      { parent: this },
    );
  }

  private expireOldVersions(name: string, versioning: pulumi.Resource): void {
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket: this.bucket,
        rules: [
          {
            id: "expire-old-versions",
            status: "Enabled",
            filter: { prefix: "" },
            noncurrentVersionExpiration: { noncurrentDays: KEEP_OLD_VERSIONS },
            expiration: { expiredObjectDeleteMarker: true },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
        ],
      },
      { parent: this, dependsOn: versioning },
    );
  }

  private encrypt(name: string): void {
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      { bucket: this.bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
      { parent: this },
    );
  }

  private keepPrivate(name: string, accountId: pulumi.Output<string>): void {
    new aws.s3.BucketOwnershipControls(
      `${name}-ownership`,
      { bucket: this.bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
      { parent: this },
    );
    const block = new aws.s3.BucketPublicAccessBlock(
      `${name}-public-access`,
      {
        bucket: this.bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      { parent: this },
    );
    // S3 answers 409 to two changes of a bucket's access at once.
    new aws.s3.BucketPolicy(
      `${name}-policy`,
      {
        bucket: this.bucket,
        policy: pulumi.all([this.bucketArn, accountId, this.settingsKeyArn]).apply(([arn, account, keyArn]) => {
          const everything = [arn, `${arn}/*`];
          return policyDocument([
            refusePlainText("s3:*", everything),
            refuseOtherAccounts(account, everything),
            refuseOtherKeys(arn, keyArn),
          ]);
        }),
      },
      { parent: this, dependsOn: block },
    );
  }
}
