/** A resource as a program declares it. */
export interface Resource {
  readonly type: string;
  readonly name?: string;
  // biome-ignore lint/suspicious/noExplicitAny: inputs are of as many shapes as there are types
  readonly inputs: Readonly<Record<string, any>>;
}

/** A control of AWS Security Hub that applies to what a stack declares. */
export interface Control {
  readonly id: string;
  /** What it asks for. */
  readonly asks: string;
  /** Types it looks at; nothing of them, and it does not apply. */
  readonly of: string;
  /** Whether a resource is as it asks. */
  readonly holds: (resource: Resource, stack: readonly Resource[]) => boolean;
  /** Why it is not everywhere, and what makes it so. */
  readonly why?: string;
}

/** `fail` names those that are not as a control asks, where others are. */
export type Outcome = "pass" | "–" | `fail${string}`;

/** What Security Hub would find of a control in a stack. */
export function outcomeOf({ of, holds }: Control, stack: readonly Resource[]): Outcome {
  const resources = stack.filter(({ type }) => type === of);
  if (resources.length === 0) return "–";
  const others = resources.filter((resource) => !holds(resource, stack));
  if (others.length === 0) return "pass";
  return others.length === resources.length ? "fail" : `fail: ${others.map(({ name }) => name).join(", ")}`;
}

const BUCKET = "aws:s3/bucket:Bucket";
const BALANCER = "aws:lb/loadBalancer:LoadBalancer";
const FLEET = "aws:autoscaling/group:Group";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
const TRAIL = "aws:cloudtrail/trail:Trail";
const VPC = "awsx:ec2:Vpc";

/** What is set on a bucket by a resource of its own. */
function setOn(type: string, asked: (inputs: Resource["inputs"]) => boolean = () => true) {
  return ({ inputs: { bucket } }: Resource, stack: readonly Resource[]) =>
    stack.some((other) => other.type === `aws:s3/${type}` && other.inputs.bucket === bucket && asked(other.inputs));
}
const has = (type: string) => (_: Resource, stack: readonly Resource[]) => stack.some((other) => other.type === type);
const policyOf = (
  text: unknown,
): { Effect: string; Principal?: unknown; Action: unknown; Resource: unknown; Condition?: object }[] =>
  JSON.parse(String(text)).Statement;
const isPublic = (text: unknown) =>
  policyOf(text).some(
    ({ Effect, Principal, Condition }) => Effect === "Allow" && Principal === "*" && Condition === undefined,
  );
const privately = setOn("bucketPublicAccessBlock:BucketPublicAccessBlock", (inputs) =>
  ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"].every(
    (key) => inputs[key] === true,
  ),
);
const never = () => false;

/** Those that apply, by Security Hub's reference; of what a stack has none of, such as databases, there is nothing to say. */
export const CONTROLS: readonly Control[] = [
  {
    id: "AutoScaling.1",
    asks: "groups behind a load balancer use its health checks",
    of: FLEET,
    holds: ({ inputs }) => inputs.targetGroupArns === undefined || inputs.healthCheckType === "ELB",
  },
  {
    id: "AutoScaling.2",
    asks: "groups cover several zones",
    of: FLEET,
    holds: ({ inputs }) => inputs.vpcZoneIdentifiers.length > 1,
  },
  {
    id: "AutoScaling.6",
    asks: "groups use several instance types",
    of: FLEET,
    holds: ({ inputs }) => (inputs.mixedInstancesPolicy?.launchTemplate?.overrides ?? []).length > 1,
    why: "passes for a group with `alternativeTypes`: which types do as well is the app's to know",
  },
  {
    id: "AutoScaling.9",
    asks: "groups use launch templates",
    of: FLEET,
    holds: ({ inputs }) => inputs.launchConfiguration === undefined,
  },
  {
    id: "CloudTrail.2",
    asks: "trails are encrypted with a key of KMS",
    of: TRAIL,
    holds: ({ inputs }) => inputs.kmsKeyId !== undefined,
    why: "S3's own encryption: whoever may read the logs' bucket would get the key as well",
  },
  {
    id: "CloudTrail.4",
    asks: "trails can be validated",
    of: TRAIL,
    holds: ({ inputs }) => inputs.enableLogFileValidation === true,
  },
  {
    id: "CloudTrail.5",
    asks: "trails go to CloudWatch Logs",
    of: TRAIL,
    holds: ({ inputs }) => inputs.cloudWatchLogsGroupArn !== undefined,
    why: "they are kept in S3, which costs less, and nobody watches them by filters",
  },
  {
    id: "CloudWatch.16",
    asks: "logs are kept for a year",
    of: "aws:cloudwatch/logGroup:LogGroup",
    holds: ({ inputs }) => inputs.retentionInDays >= 365,
    why: "30 days without `towline:audit`",
  },
  {
    id: "EC2.2",
    asks: "the VPC's default security group has no rules",
    of: VPC,
    holds: has("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"),
    why: "nothing is in it; `towline:protect` takes its rules",
  },
  {
    id: "EC2.3",
    asks: "volumes are encrypted",
    of: TEMPLATE,
    holds: ({ inputs }) =>
      inputs.blockDeviceMappings.every(({ ebs }: { ebs: { encrypted: unknown } }) => ebs.encrypted === "true"),
  },
  {
    id: "EC2.6",
    asks: "the VPC logs its flows",
    of: VPC,
    holds: has("aws:ec2/flowLog:FlowLog"),
    why: "`towline:audit` logs them",
  },
  {
    id: "EC2.8",
    asks: "instances use version 2 of the metadata service",
    of: TEMPLATE,
    holds: ({ inputs }) => inputs.metadataOptions.httpTokens === "required",
  },
  {
    id: "EC2.10",
    asks: "the VPC has an endpoint of EC2's API",
    of: VPC,
    holds: ({ inputs }) =>
      (inputs.vpcEndpointSpecs ?? []).some(({ serviceName }: { serviceName: string }) => /\.ec2$/.test(serviceName)),
    why: "hosts call EC2 where they claim a disk or an address, and by TLS; an endpoint costs 8 USD a month in each zone",
  },
  {
    id: "EC2.15",
    asks: "no subnet gives public addresses by itself",
    of: VPC,
    holds: never,
    why: "awsx's public subnets do; load balancer and NAT gateways alone are in them, hosts in private ones",
  },
  {
    id: "EC2.18",
    asks: "the world reaches ports 80 and 443 alone",
    of: "aws:ec2/securityGroup:SecurityGroup",
    holds: ({ inputs }) =>
      (inputs.ingress ?? []).every(
        ({ cidrBlocks = [], fromPort, toPort }: { cidrBlocks?: string[]; fromPort: number; toPort: number }) =>
          !cidrBlocks.includes("0.0.0.0/0") || (fromPort === toPort && [80, 443].includes(fromPort)),
      ),
  },
  {
    id: "EC2.25",
    asks: "launch templates give no public addresses",
    of: TEMPLATE,
    holds: ({ inputs }) => !JSON.stringify(inputs.networkInterfaces ?? []).includes('associatePublicIpAddress":"true'),
  },
  {
    id: "ELB.1",
    asks: "requests in the clear are sent to HTTPS",
    of: "aws:lb/listener:Listener",
    holds: ({ inputs }) =>
      inputs.protocol === "HTTPS" || inputs.defaultActions.every(({ type }: { type: string }) => type === "redirect"),
    why: "passes with `towline:loadBalancer: {certificateArn}`, or `{domain, zone}`",
  },
  {
    id: "ELB.4",
    asks: "invalid headers are dropped",
    of: BALANCER,
    holds: ({ inputs }) => inputs.dropInvalidHeaderFields === true,
  },
  {
    id: "ELB.5",
    asks: "requests are logged",
    of: BALANCER,
    holds: ({ inputs }) => inputs.accessLogs?.enabled === true,
    why: "`towline:audit` logs them",
  },
  {
    id: "ELB.6",
    asks: "the load balancer cannot be deleted",
    of: BALANCER,
    holds: ({ inputs }) => inputs.enableDeletionProtection === true,
    why: "`towline:protect` sees to it",
  },
  {
    id: "ELB.12",
    asks: "requests that may smuggle others are stopped",
    of: BALANCER,
    holds: ({ inputs }) => ["defensive", "strictest"].includes(inputs.desyncMitigationMode ?? "defensive"),
  },
  {
    id: "ELB.13",
    asks: "the load balancer is in several zones",
    of: BALANCER,
    holds: ({ inputs }) => inputs.subnets.length > 1,
  },
  {
    id: "ELB.16",
    asks: "a web ACL is before the load balancer",
    of: BALANCER,
    holds: has("aws:wafv2/webAclAssociation:WebAclAssociation"),
    why: "passes with `towline:protect: {webAclArn}`",
  },
  {
    id: "IAM.1",
    asks: "no policy allows everything",
    of: "aws:iam/rolePolicy:RolePolicy",
    holds: ({ inputs }) =>
      policyOf(inputs.policy).every(
        ({ Action, Resource }) => !([Action].flat().includes("*") && [Resource].flat().includes("*")),
      ),
  },
  { id: "KMS.4", asks: "keys rotate", of: "aws:kms/key:Key", holds: ({ inputs }) => inputs.enableKeyRotation === true },
  {
    id: "Lambda.2",
    asks: "functions run on a supported runtime",
    of: "aws:lambda/function:Function",
    holds: ({ inputs }) => inputs.runtime === "nodejs22.x",
  },
  { id: "S3.2, .3, .8", asks: "buckets are not public", of: BUCKET, holds: privately },
  {
    id: "S3.5",
    asks: "buckets refuse what does not come by TLS",
    of: BUCKET,
    holds: setOn("bucketPolicy:BucketPolicy", ({ policy }) => String(policy).includes('"aws:SecureTransport":"false"')),
  },
  {
    id: "S3.9",
    asks: "requests to buckets are logged",
    of: BUCKET,
    holds: setOn("bucketLogging:BucketLogging"),
    why: "`towline:audit` logs those to the stack's bucket; the bucket of the logs does not log itself, without end",
  },
  {
    id: "S3.10, .13",
    asks: "buckets have lifecycles",
    of: BUCKET,
    holds: setOn("bucketLifecycleConfiguration:BucketLifecycleConfiguration"),
  },
  {
    id: "S3.12",
    asks: "buckets know no ACLs",
    of: BUCKET,
    holds: setOn(
      "bucketOwnershipControls:BucketOwnershipControls",
      ({ rule }) => rule.objectOwnership === "BucketOwnerEnforced",
    ),
  },
  { id: "S3.14", asks: "buckets keep versions", of: BUCKET, holds: setOn("bucketVersioning:BucketVersioning") },
  {
    id: "S3.15",
    asks: "buckets have object lock",
    of: BUCKET,
    holds: setOn("bucketObjectLockConfiguration:BucketObjectLockConfiguration"),
    why: "`towline:protect` gives it to the stack's bucket; that of the logs has digests of the trail in its place",
  },
  {
    id: "S3.17",
    asks: "buckets are encrypted with a key of KMS",
    of: BUCKET,
    holds: setOn("bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", (inputs) =>
      JSON.stringify(inputs.rules).includes("aws:kms"),
    ),
    why: "settings are, by the bucket's policy; packages and reports are no secrets, and load balancers write no logs with one",
  },
  {
    id: "S3.22, .23",
    asks: "a trail of all regions logs what is read and written in all buckets",
    of: VPC,
    holds: never,
    why: "the account's to have; of the stack's bucket `towline:audit` logs writes to `dists/` and all of `env/`",
  },
  {
    id: "SNS.4",
    asks: "topics are not public",
    of: "aws:sns/topicPolicy:TopicPolicy",
    holds: ({ inputs }) => !isPublic(inputs.policy),
  },
  {
    id: "SQS.1",
    asks: "queues are encrypted",
    of: "aws:sqs/queue:Queue",
    holds: ({ inputs }) => inputs.sqsManagedSseEnabled === true,
  },
  {
    id: "SSM.4",
    asks: "documents are not public",
    of: "aws:ssm/document:Document",
    holds: ({ inputs }) => inputs.permissions === undefined,
  },
];

/** The table of docs/security.md: a row for each control, with what it finds in each of the stacks. */
export function controlTable(stacks: Readonly<Record<string, readonly Resource[]>>): string {
  const rows = CONTROLS.map((control) => {
    const outcomes = Object.values(stacks).map((stack) => outcomeOf(control, stack));
    const why = outcomes.some((one) => one.startsWith("fail")) ? (control.why ?? "") : "";
    return `| ${[control.id, control.asks, ...outcomes, why].join(" | ")} |`;
  });
  const count = Object.values(stacks).map(
    (stack) => CONTROLS.filter((control) => outcomeOf(control, stack) === "pass").length,
  );
  const head = ["control", "asks that", ...Object.keys(stacks), "why"];
  return [
    `| ${head.join(" | ")} |`,
    `|${" --- |".repeat(head.length)}`,
    ...rows,
    `| passes | | ${count.join(" | ")} | of ${CONTROLS.length} |`,
  ].join("\n");
}
