import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { SETTINGS_FOLDER } from "./names";
import { policyDocument, type Statement } from "./policy";
import type { Tags } from "./tags";

export interface SettingsKeyArgs {
  /** Name by which the command line finds it, `alias/…`. */
  readonly alias: string;
  readonly bucketArn: pulumi.Output<string>;
  readonly region: string;
  readonly account: Account;
  readonly tags: Tags;
}

/** Declares the key that the settings of a stack's apps are encrypted with, and its alias, as children of the repository. */
export function settingsKey(name: string, args: SettingsKeyArgs, parent: pulumi.Resource): aws.kms.Key {
  const { alias, bucketArn, region, account, tags } = args;
  const key = new aws.kms.Key(
    `${name}-settings-key`,
    {
      description: "Settings of apps, as towline env writes them",
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: pulumi
        .all([account.partition, account.id, bucketArn])
        .apply(([partition, id, bucket]) =>
          policyDocument(keyStatements(`arn:${partition}:iam::${id}:root`, region, bucket)),
        ),
      tags,
    },
    { parent },
  );
  new aws.kms.Alias(`${name}-settings-key-alias`, { name: alias, targetKeyId: key.keyId }, { parent });
  return key;
}

/** What it takes to look after a key, and to delete it. */
const ADMINISTRATION = [
  ...[
    "CancelKeyDeletion",
    "CreateAlias",
    "DeleteAlias",
    "DescribeKey",
    "DisableKey",
    "DisableKeyRotation",
    "EnableKey",
  ],
  ...["EnableKeyRotation", "GetKeyPolicy", "GetKeyRotationStatus", "ListGrants", "ListKeyPolicies", "ListKeyRotations"],
  ...["ListResourceTags", "PutKeyPolicy", "RevokeGrant", "RotateKeyOnDemand", "ScheduleKeyDeletion", "TagResource"],
  ...["UntagResource", "UpdateAlias", "UpdateKeyDescription"],
].map((action) => `kms:${action}`);

/**
 * The account's own IAM policies say who may do what with the key (that is what its root stands for), but nobody may use it
 * for anything but settings in this bucket. `*` is the key itself, whose ARN is not known before it exists.
 */
function keyStatements(root: string, region: string, bucketArn: string): Statement[] {
  return [
    { Sid: "AdministerKey", Effect: "Allow", Principal: { AWS: root }, Action: ADMINISTRATION, Resource: "*" },
    {
      Sid: "EncryptSettings",
      Effect: "Allow",
      Principal: { AWS: root },
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: "*",
      Condition: {
        StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` },
        StringLike: { "kms:EncryptionContext:aws:s3:arn": `${bucketArn}/${SETTINGS_FOLDER}/*` },
      },
    },
  ];
}

/**
 * Refuses settings that are not encrypted with the stack's key. A request that names no key has none of that name either, so
 * that it is refused too (a condition that something is *not* equal holds where it is missing). Of a key that is named by its
 * alias or number, S3 does not see that it is the same one: it must be the ARN.
 */
export function refuseOtherKeys(bucketArn: string, keyArn: string): Statement {
  return {
    Sid: "RefuseOtherKeysForSettings",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: `${bucketArn}/${SETTINGS_FOLDER}/*`,
    Condition: { StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": keyArn } },
  };
}
