import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import type { ProtectConfig } from "./config";
import { KEPT_VERSION_DAYS } from "./names";
import { policyDocument, refuseDeletion, refuseOtherAccounts, refusePlainText } from "./policy";
import { encrypt, keepPrivate, keepVersions } from "./private-bucket";
import { refuseOtherKeys, settingsKey } from "./settings-key";
import type { Tags } from "./tags";

export interface RepositoryArgs {
  /** Name of the bucket. */
  readonly bucket: string;
  /** Name of the key that the settings of apps are encrypted with, `alias/…`. */
  readonly settingsKeyAlias: string;
  readonly region: string;
  /** The account whose users and roles may reach it at all. */
  readonly account: Account;
  /** What keeps it and its releases from being deleted. @default nothing */
  readonly protect?: ProtectConfig | undefined;
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
    const kept = args.protect !== undefined;
    const bucket = new aws.s3.Bucket(
      `${name}-bucket`,
      { bucket: args.bucket, tags: args.tags },
      { parent: this, ...(kept && { protect: true }) },
    );
    this.bucket = bucket.bucket;
    this.bucketArn = bucket.arn;
    const { settingsKeyAlias: alias, region, account, tags } = args;
    this.settingsKeyArn = settingsKey(name, { alias, bucketArn: bucket.arn, region, account, tags }, this).arn;

    const versioning = keepVersions(name, this.bucket, this);
    this.expireOldVersions(name, versioning);
    encrypt(name, this.bucket, this);
    this.keepPrivate(name, account.id, kept);
    if (kept) this.letReleasesBeLocked(name, versioning);
    this.registerOutputs({ bucket: this.bucket, bucketArn: this.bucketArn });
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
            noncurrentVersionExpiration: { noncurrentDays: KEPT_VERSION_DAYS },
            expiration: { expiredObjectDeleteMarker: true },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
        ],
      },
      { parent: this, dependsOn: versioning },
    );
  }

  /** Without a rule for all: what hosts write comes without the checksum that S3 asks for then. Who publishes asks for the lock. */
  private letReleasesBeLocked(name: string, versioning: pulumi.Resource): void {
    new aws.s3.BucketObjectLockConfiguration(
      `${name}-object-lock`,
      { bucket: this.bucket, objectLockEnabled: "Enabled" },
      { parent: this, dependsOn: versioning },
    );
  }

  private keepPrivate(name: string, accountId: pulumi.Output<string>, kept: boolean): void {
    const block = keepPrivate(name, this.bucket, this);
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
            ...(kept ? [refuseDeletion(arn)] : []),
          ]);
        }),
      },
      { parent: this, dependsOn: block },
    );
  }
}
