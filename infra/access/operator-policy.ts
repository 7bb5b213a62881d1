import { hostRoleName, resourceName, rolloutObject, SETTINGS_FOLDER, settingsKeyAlias } from "../names";
import type { Statement } from "../policy";
import type { Place } from "./place";
import { tellToLook } from "./poll-access";
import { listBucket, REPOSITORY } from "./publisher-policy";

export interface OperatorPolicyValues {
  readonly stack: string;
  readonly place: Place;
  readonly bucketArn: string;
  /** Path of the stack's roles. @default / */
  readonly rolePath?: string | undefined;
}

/**
 * What looking after a stack takes: seeing what its hosts run, holding and recalling versions, settings of apps, replacing hosts. No packages:
 * whoever signs is a publisher.
 */
export function operatorStatements(values: OperatorPolicyValues): Statement[] {
  const { stack, place, bucketArn } = values;
  return [
    {
      // Older versions tell how a rollout went.
      Sid: "ReadRepository",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:GetObjectVersion"],
      Resource: REPOSITORY.map((prefix) => `${bucketArn}/${prefix}`),
    },
    {
      // The page lists the bucket as a whole, in one request; contents are another matter.
      ...listBucket("ListRepository", bucketArn, ["", ...REPOSITORY]),
      Action: ["s3:ListBucket", "s3:ListBucketVersions"],
    },
    ...rolloutStatements(bucketArn),
    ...settingsStatements(values),
    ...tellToLook(place, stack),
    ...fleetStatements(values),
  ];
}

/** Holds, recalls, and versions that are to be tried again. */
function rolloutStatements(bucketArn: string): Statement[] {
  const under = (name: string): string => `${bucketArn}/${rolloutObject("*", name)}`;
  return [
    {
      Sid: "ControlRollouts",
      Effect: "Allow",
      Action: "s3:PutObject",
      Resource: [under("orders.json"), under("control.json")],
    },
    {
      Sid: "HaveVersionsTriedAgain",
      Effect: "Allow",
      Action: "s3:DeleteObject",
      Resource: [under("verdicts/*"), under("trials/*"), under("voices/*")],
    },
  ];
}

/** Settings as `towline env` reads and writes them, older ones too. */
function settingsStatements({ stack, place, bucketArn }: OperatorPolicyValues): Statement[] {
  const { partition, region, account } = place;
  const settings = `${bucketArn}/${SETTINGS_FOLDER}/*`;
  const keys = `arn:${partition}:kms:${region}:${account}:key/*`;
  // The number of the key is AWS's; its alias is the stack's own.
  const ownKey = { "ForAnyValue:StringEquals": { "kms:ResourceAliases": settingsKeyAlias(stack) } };
  return [
    {
      Sid: "ChangeSettings",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
      Resource: settings,
    },
    {
      Sid: "ListSettings",
      Effect: "Allow",
      Action: ["s3:ListBucket", "s3:ListBucketVersions"],
      Resource: bucketArn,
      Condition: { StringLike: { "s3:prefix": `${SETTINGS_FOLDER}/*` } },
    },
    { Sid: "FindTheKey", Effect: "Allow", Action: "kms:DescribeKey", Resource: keys, Condition: ownKey },
    {
      Sid: "EncryptSettings",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: keys,
      Condition: {
        ...ownKey,
        StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` },
        StringLike: { "kms:EncryptionContext:aws:s3:arn": settings },
      },
    },
  ];
}

/** Replacing hosts is Auto Scaling's work, which launches in the name of whoever asks for another version of the template. */
function fleetStatements({
  stack,
  place: { partition, region, account },
  rolePath = "/",
}: OperatorPolicyValues): Statement[] {
  const here = `${region}:${account}`;
  return [
    {
      // None of them takes a resource.
      Sid: "SeeFleet",
      Effect: "Allow",
      Action: [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeInstanceRefreshes",
        "autoscaling:DescribeScalingActivities",
        "elasticloadbalancing:DescribeTargetHealth",
        "ssm:ListCommands",
      ],
      Resource: "*",
    },
    {
      Sid: "ReplaceHosts",
      Effect: "Allow",
      Action: [
        "autoscaling:StartInstanceRefresh",
        "autoscaling:CancelInstanceRefresh",
        "autoscaling:SetInstanceHealth",
      ],
      Resource: `arn:${partition}:autoscaling:${here}:autoScalingGroup:*:autoScalingGroupName/${resourceName(stack, "*")}`,
    },
    {
      Sid: "LaunchFromTemplates",
      Effect: "Allow",
      Action: "ec2:RunInstances",
      Resource: "*",
      Condition: { ArnLike: { "ec2:LaunchTemplate": `arn:${partition}:ec2:${here}:launch-template/*` } },
    },
    {
      Sid: "TagWhatIsLaunched",
      Effect: "Allow",
      Action: "ec2:CreateTags",
      Resource: ["instance", "network-interface", "volume"].map((kind) => `arn:${partition}:ec2:${here}:${kind}/*`),
      Condition: { StringEquals: { "ec2:CreateAction": "RunInstances" } },
    },
    {
      Sid: "HandHostsTheirRole",
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: `arn:${partition}:iam::${account}:role${rolePath}${hostRoleName(stack, "*")}`,
      Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
    },
  ];
}
