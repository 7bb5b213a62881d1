import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../account";
import type { GroupConfig } from "../config";

export interface VolumeGrantsArgs {
  readonly group: GroupConfig;
  readonly account: Account;
}

/** What attaching an encrypted volume takes (EC2 Auto Scaling, "Required AWS KMS key policy for use with encrypted volumes"). */
const OPERATIONS = [
  ...["Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"],
  ...["DescribeKey", "CreateGrant"],
];

/** The roles that AWS launches hosts in, by what they are for. */
const LAUNCHERS = {
  "auto-scaling": "autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
  spot: "spot.amazonaws.com/AWSServiceRoleForEC2Spot",
} as const;

/**
 * Declares, as children of the group, that whoever launches its hosts may use the key of their root volumes: Auto Scaling, and EC2 for spot hosts, in roles of
 * AWS's own that know the account's default key alone. The key's own policy stays as it is.
 */
export function volumeGrants(
  name: string,
  { group, account }: VolumeGrantsArgs,
  parent: pulumi.Resource,
): readonly pulumi.Resource[] {
  const keyId = group.rootVolume?.kmsKey;
  if (keyId === undefined) return [];
  const launchers = group.spot === undefined ? (["auto-scaling"] as const) : (["auto-scaling", "spot"] as const);
  return launchers.map(
    (launcher) =>
      new aws.kms.Grant(
        `${name}-root-volume-${launcher}-grant`,
        {
          keyId,
          granteePrincipal: pulumi.interpolate`arn:${account.partition}:iam::${account.id}:role/aws-service-role/${LAUNCHERS[launcher]}`,
          operations: OPERATIONS,
        },
        { parent },
      ),
  );
}
