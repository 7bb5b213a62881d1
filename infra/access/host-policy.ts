import { rolloutObject } from "../names";
import type { Statement } from "../policy";
import { attachmentStatements } from "./attachment-access";

export interface HostPolicyValues {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  readonly bucketArn: string;
  readonly stack: string;
  /** Name of the group, which is its part of the bucket. */
  readonly group: string;
  /** Physical name of the group's Auto Scaling group. */
  readonly autoScalingGroup: string;
  readonly topicArn: string;
  /** Absent where the group is not behind the load balancer. */
  readonly targetGroupArn?: string;
  /** Absent where the group has no volume. */
  readonly volumeArn?: string;
  /** Absent where the group has no address of its own. */
  readonly elasticIpArn?: string;
}

/** What an instance of a group may do: read packages, take part in its own group's rollout, and say how it fares. */
export function hostStatements(values: HostPolicyValues): Statement[] {
  return [
    ...bucketStatements(values.bucketArn, values.group),
    { Sid: "PublishEvents", Effect: "Allow", Action: "sns:Publish", Resource: values.topicArn },
    ...fleetStatements(values),
    ...targetStatements(values.targetGroupArn),
    ...attachmentStatements(values),
    sessionManagerStatement(),
    ...fromTheInstanceItself(),
  ];
}

/**
 * What hosts write of their group's rollouts. What one host has done, and what it says of versions, lies under its own ARN, as its state does. The
 * others each of them may write, and hosts believe of them what a host may say for others (docs/rollout.md, "Voices"); orders.json is people's.
 */
export const WRITTEN_BY_HOSTS = [
  "control.json",
  "lease.json",
  "seen.json",
  "slots/*",
  "trials/*",
  "verdicts/*",
  `done/*/\${ec2:SourceInstanceARN}.json`,
  `voices/*/\${ec2:SourceInstanceARN}.json`,
];

function bucketStatements(bucket: string, group: string): Statement[] {
  const packages = ["dists/*", "pool/*"];
  const rollout = rolloutObject(group, "*");
  return [
    {
      Sid: "ReadPackages",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: packages.map((prefix) => `${bucket}/${prefix}`),
    },
    {
      Sid: "FollowRollout",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: `${bucket}/${rollout}`,
    },
    {
      // All but policy.json, which is the program's: no host gives itself more than its group's share.
      Sid: "TakePartInRollout",
      Effect: "Allow",
      Action: "s3:PutObject",
      Resource: WRITTEN_BY_HOSTS.map((name) => `${bucket}/${rolloutObject(group, name)}`),
    },
    {
      // IAM puts the ARN of the instance in whose name the request is made here: no host can speak for another.
      Sid: "ReportState",
      Effect: "Allow",
      Action: "s3:PutObject",
      Resource: `${bucket}/hosts/${group}/\${ec2:SourceInstanceARN}.json`,
    },
    {
      // S3 answers 404 for a missing key only to those who may list it, and 403 to others. It takes the key as s3:prefix.
      Sid: "SeeWhatIsMissing",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: bucket,
      Condition: { StringLike: { "s3:prefix": [...packages, rollout] } },
    },
  ];
}

/** What a host may tell its own Auto Scaling group. */
function fleetStatements(values: HostPolicyValues): Statement[] {
  const { partition, region, account, autoScalingGroup, volumeArn } = values;
  // The group's ARN holds an identifier that AWS makes up, but its name is known before it exists.
  const Resource = `arn:${partition}:autoscaling:${region}:${account}:autoScalingGroup:*:autoScalingGroupName/${autoScalingGroup}`;
  const hooks: Statement = {
    Sid: "AnswerLifecycleHooks",
    Effect: "Allow",
    Action: ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"],
    Resource,
  };
  // A stuck host with the only disk is a person's to look at: the next one would take over the disk as it is.
  if (volumeArn !== undefined) return [hooks];
  return [hooks, { Sid: "AskToBeReplaced", Effect: "Allow", Action: "autoscaling:SetInstanceHealth", Resource }];
}

function targetStatements(targetGroupArn: string | undefined): Statement[] {
  if (targetGroupArn === undefined) return [];
  return [
    {
      Sid: "LeaveAndJoinLoadBalancer",
      Effect: "Allow",
      Action: ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"],
      Resource: targetGroupArn,
    },
    {
      // Takes no resource: AWS allows it for all target groups or none.
      Sid: "SeeTargetHealth",
      Effect: "Allow",
      Action: "elasticloadbalancing:DescribeTargetHealth",
      Resource: "*",
    },
  ];
}

/** What the SSM agent needs to be reached by `towline nudge`; none of it takes a resource. */
function sessionManagerStatement(): Statement {
  return {
    Sid: "BeReachedThroughSystemsManager",
    Effect: "Allow",
    Action: [
      "ssm:UpdateInstanceInformation",
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
      "ec2messages:AcknowledgeMessage",
      "ec2messages:DeleteMessage",
      "ec2messages:FailMessage",
      "ec2messages:GetEndpoint",
      "ec2messages:GetMessages",
      "ec2messages:SendReply",
    ],
    Resource: "*",
  };
}

/**
 * Refuses the bucket to whoever uses an instance's credentials elsewhere than on it. Only requests that go through an endpoint of a VPC say where
 * they come from, which here are S3's alone; of one that does not say it, the default is compared ("How to use policies to restrict where EC2
 * instance credentials can be used from", AWS Security Blog).
 */
function fromTheInstanceItself(): Statement[] {
  const unless = (Sid: string, key: string, is: string): Statement => ({
    Sid,
    Effect: "Deny",
    Action: "s3:*",
    Resource: "*",
    Condition: { StringNotEquals: { [key]: `\${${is}, 'elsewhere'}` } },
  });
  return [
    unless("FromItsNetworkAlone", "aws:EC2InstanceSourceVPC", "aws:SourceVpc"),
    unless("FromItselfAlone", "aws:EC2InstanceSourcePrivateIPv4", "aws:VpcSourceIp"),
  ];
}
