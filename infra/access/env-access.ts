import { settingsObject } from "../names";
import type { Statement } from "../policy";

export interface SettingsValues {
  readonly region: string;
  readonly bucketArn: string;
  /** ARN of the key the stack's settings are encrypted with. */
  readonly keyArn: string;
  /** The group's packages that have settings. */
  readonly apps: readonly string[];
}

/**
 * Lets an instance read the settings of its group's apps and of no others. Decryption is tied to these objects: S3 encrypts
 * each with its ARN as the context.
 */
export function settingsStatements({ region, bucketArn, keyArn, apps }: SettingsValues): Statement[] {
  if (apps.length === 0) return [];
  const keys = apps.map(settingsObject);
  const objects = keys.map((key) => `${bucketArn}/${key}`);
  return [
    { Sid: "ReadSettings", Effect: "Allow", Action: "s3:GetObject", Resource: objects },
    {
      Sid: "DecryptSettings",
      Effect: "Allow",
      Action: "kms:Decrypt",
      Resource: keyArn,
      Condition: {
        StringEquals: {
          "kms:ViaService": `s3.${region}.amazonaws.com`,
          "kms:EncryptionContext:aws:s3:arn": objects,
        },
      },
    },
    {
      // Without it, S3 answers 403 for settings that are not there.
      Sid: "SeeWhichSettingsAreMissing",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: bucketArn,
      Condition: { StringEquals: { "s3:prefix": keys } },
    },
  ];
}
