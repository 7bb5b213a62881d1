import { rmSync } from "node:fs";
import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  SetInstanceHealthCommand,
  StartInstanceRefreshCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { AssociateAddressCommand, AttachVolumeCommand, DescribeVolumesCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  DeregisterTargetsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetParameterCommand, SendCommandCommand, SSMClient } from "@aws-sdk/client-ssm";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { JOBS, jobStatements } from "../../infra/access/job-policy";
import type { StackConfig } from "../../infra/config";
import { policyDocument } from "../../infra/policy";
import type { Declared } from "../../infra/synth";
import { instanceSession, type Principal, roleSession } from "../../local/iam/principal";
import { one, stackOf } from "../infra/stack-of";
import { GatedRegion } from "../local/gated-region";

/** Who may do what with AWS: requests signed with roles' keys, decided by the policies that a stack declares, in both directions. */

const REGION = "eu-west-1";
const BUCKET = "acme-qa";
const [ACCOUNT, VPC] = ["123456789012", "vpc-1"];
const OTHER_KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/00000000-0000-4000-8000-000000000001`;
const HOSTS = `arn:aws:sns:${REGION}:${ACCOUNT}:towline-qa-hosts`;
const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:towline-qa`;
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/workloads`;
const size = { min: 1, max: 2 };
const GROUPS = {
  web: { packages: ["hello"], processes: { hello: "web=1" }, size, http: { port: 6000 } },
  shop: {
    packages: ["shop"],
    processes: { shop: "web=1" },
    size,
    http: { port: 7000, paths: ["/shop/*"], priority: 1 },
  },
  db: { packages: ["store"], size: { min: 0, max: 1 }, volume: { size: 1, mountPoint: "/srv" } },
  edge: { packages: ["edge"], size: { min: 0, max: 1 }, elasticIp: { ports: [80] } },
  mailer: {
    packages: ["mail"],
    size,
    policies: [
      { Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage"], Resource: `arn:aws:sqs:${REGION}:${ACCOUNT}:shop-mail` },
      `arn:aws:iam::${ACCOUNT}:policy/mail`,
    ],
  },
};
const SECTIONS = {
  "towline:publisher": { trustedArns: [`arn:aws:iam::${ACCOUNT}:role/jenkins`], promoteFromBucket: "acme-source" },
  "towline:channels": { trustedArns: [`arn:aws:iam::${ACCOUNT}:role/branches`] },
  "towline:protect": { releaseDays: 30 },
  "towline:roles": { boundary: BOUNDARY },
  "towline:slackCommand": { jenkins: { url: "https://jenkins.example.com" }, allow: { users: ["U0123456789"] } },
};

const instanceOf = (group: string, stack = "qa") => ({
  group: `towline-${stack}-${group}`,
  tags: { "towline:stack": stack, "towline:group": group },
});
const INSTANCES = {
  "i-web": instanceOf("web"),
  "i-shop": instanceOf("shop"),
  "i-db": instanceOf("db"),
  "i-edge": instanceOf("edge"),
  "i-mailer": instanceOf("mailer"),
  "i-prod": instanceOf("web", "prod"),
};

const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const host = (group: string, over: object = {}) =>
  instanceSession({
    ...{ id: `i-${group}`, region: REGION, address: "127.0.0.1", vpc: VPC, roleArn: role(`towline-qa-${group}-host`) },
    ...over,
  });
const WORKING = JOBS.filter((job) => job !== "deployer");
const PRINCIPALS: Readonly<Record<string, Principal>> = {
  web: host("web"),
  shop: host("shop"),
  db: host("db"),
  edge: host("edge"),
  mailer: host("mailer"),
  publisher: roleSession(role("towline-qa-publisher"), "jenkins"),
  channels: roleSession(role("towline-qa-channels"), "branches"),
  nudge: roleSession(role("towline-qa-nudge"), "events"),
  endings: roleSession(role("towline-qa-endings"), "endings"),
  notifier: roleSession(role("towline-qa-notifier"), "notifier"),
  "slack-command": roleSession(role("towline-qa-slack-command"), "slack-command"),
  ...Object.fromEntries(
    JOBS.map((job) => [job === "operator" ? `an ${job}` : `a ${job}`, roleSession(role(`job-${job}`), "ada")]),
  ),
};

let region: GatedRegion;
let stack: Declared[];
/** ARNs that the stack's program is told by AWS. */
let arns: Readonly<Record<"web" | "shop" | "volume" | "address" | "key", string>>;

beforeAll(async () => {
  region = await GatedRegion.start(REGION, INSTANCES);
  stack = await stackOf(GROUPS, SECTIONS);
  region.take(stack);
  const named = (group: string, sid: string) =>
    (
      JSON.parse(String(one(stack, "aws:iam/rolePolicy:RolePolicy", `${group}-role-policy`).inputs.policy))
        .Statement as {
        Sid: string;
        Resource: string;
      }[]
    ).find(({ Sid }) => Sid === sid)?.Resource ?? "";
  arns = {
    web: named("web", "LeaveAndJoinLoadBalancer"),
    shop: named("shop", "LeaveAndJoinLoadBalancer"),
    volume: named("db", "ClaimVolume"),
    address: named("edge", "ClaimAddress"),
    key: named("web", "DecryptSettings"),
  };
  const keyPolicy = String(one(stack, "aws:kms/key:Key").inputs.policy);
  region.policies.putOn(arns.key, keyPolicy);
  region.policies.name("alias/towline-qa", arns.key);
  region.policies.putOn(OTHER_KEY, keyPolicy);
  region.policies.name("alias/towline-prod", OTHER_KEY);
  const document = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const allow = { Effect: "Allow", Resource: "*" };
  const mail = { ...allow, Action: ["sqs:GetQueueAttributes", "s3:GetObject"] };
  region.policies.manage(`arn:aws:iam::${ACCOUNT}:policy/mail`, document(mail));
  const letters = { Effect: "Deny", Action: "s3:*", Resource: "arn:aws:s3:::acme-mail/*" };
  region.policies.manage(BOUNDARY, document({ ...allow, Action: "*" }, letters));
  const place = { partition: "aws", region: REGION, account: ACCOUNT };
  const config = {
    stack: "qa",
    repository: { bucket: BUCKET, component: "main" },
    groups: GROUPS,
  } as unknown as StackConfig;
  for (const job of WORKING) {
    const source = job === "promoter" ? "acme-source" : undefined;
    region.policies.put(
      `job-${job}`,
      "towline",
      policyDocument(jobStatements(job, { config, place, source, types: [] })),
    );
  }
});
afterAll(async () => {
  await region.stop();
  rmSync(region.folder, { recursive: true });
});
beforeEach(() => {
  region.vpc = VPC;
  region.missing.clear();
  region.headers.clear();
});

interface Sendable {
  send(command: never): Promise<unknown>;
}

const clients = new Map<string, Sendable>();

/** A client that acts as somebody; one for all calls, since connections cost more than calls. */
function clientOf(principal: Principal, Client: new (settings: never) => Sendable): Sendable {
  const key = `${JSON.stringify(principal)} ${Client.name}`;
  const client = clients.get(key) ?? new Client({ region: REGION, ...region.as(principal) } as never);
  clients.set(key, client);
  return client;
}

/** What came of a command: `allowed`, or the error that the SDK makes of the service's refusal. */
async function outcome(principal: Principal, Client: new (settings: never) => Sendable, command: object) {
  const reached = region.carriedOut.length;
  try {
    await clientOf(principal, Client).send(command as never);
  } catch (error) {
    const refused = region.carriedOut.length === reached;
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode: number } };
    return refused && /Denied|Unauthorized|AuthorizationError/.test(name)
      ? "refused"
      : `${name} ${$metadata?.httpStatusCode}: ${error}`;
  }
  return "allowed";
}

const get = (Key: string, Bucket = BUCKET) => [S3Client, new GetObjectCommand({ Bucket, Key })] as const;
const put = (Key: string, over: object = {}) =>
  [S3Client, new PutObjectCommand({ Bucket: BUCKET, Key, Body: "x", ...over })] as const;
const remove = (Key: string) => [S3Client, new DeleteObjectCommand({ Bucket: BUCKET, Key })] as const;
const list = (Prefix: string) => [S3Client, new ListObjectsV2Command({ Bucket: BUCKET, Prefix })] as const;
const publish = (TopicArn: string) => [SNSClient, new PublishCommand({ TopicArn, Message: "{}" })] as const;
const send = (DocumentName: string, stack = "qa") =>
  [
    SSMClient,
    new SendCommandCommand({ DocumentName, Targets: [{ Key: "tag:towline:stack", Values: [stack] }] }),
  ] as const;
const leave = (TargetGroupArn: string) =>
  [ElasticLoadBalancingV2Client, new DeregisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: "i-1" }] })] as const;
const unhealthy = (InstanceId: string) =>
  [AutoScalingClient, new SetInstanceHealthCommand({ InstanceId, HealthStatus: "Unhealthy" })] as const;
const complete = (group: string) => {
  const hook = { LifecycleHookName: "launch", LifecycleActionResult: "CONTINUE" };
  return [AutoScalingClient, new CompleteLifecycleActionCommand({ AutoScalingGroupName: group, ...hook })] as const;
};
const attach = (InstanceId: string) => {
  const VolumeId = arns.volume.split("/")[1];
  return [EC2Client, new AttachVolumeCommand({ VolumeId, InstanceId, Device: "/dev/sdf" })] as const;
};
const associate = (InstanceId: string) =>
  [EC2Client, new AssociateAddressCommand({ AllocationId: arns.address.split("/")[1], InstanceId })] as const;
const versions = (Prefix: string) => [S3Client, new ListObjectVersionsCommand({ Bucket: BUCKET, Prefix })] as const;
const removeAll = (...keys: string[]) =>
  [S3Client, new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects: keys.map((Key) => ({ Key })) } })] as const;
const sealed = (SSEKMSKeyId: string) => ({ SSEKMSKeyId, ServerSideEncryption: "aws:kms" });
const replace = (AutoScalingGroupName: string) =>
  [AutoScalingClient, new StartInstanceRefreshCommand({ AutoScalingGroupName })] as const;
const count = (Namespace: string) =>
  [
    CloudWatchClient,
    new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: "EndingSoon", Value: 0 }] }),
  ] as const;
const lockedFor = (days: number) => ({
  ObjectLockMode: "GOVERNANCE",
  ObjectLockRetainUntilDate: new Date(Date.now() + days * 24 * 3600 * 1000),
});
const queue = (name: string) => `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`;
const receive = (name: string) => [SQSClient, new ReceiveMessageCommand({ QueueUrl: queue(name) })] as const;
const own = (group: string) => `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-${group}`;
const parameter = (Name: string) => [SSMClient, new GetParameterCommand({ Name })] as const;

type Case = readonly [who: string, what: string, call: () => readonly [unknown, object]];

const NEEDED: readonly Case[] = [
  ["web", "reads the index", () => get("dists/stable/InRelease")],
  ["web", "reads packages", () => get("pool/main/h/hello/hello_1.0.0_amd64.deb")],
  ["web", "follows its group's rollouts", () => get("rollout/web/control.json")],
  ["web", "takes its group's lease", () => put("rollout/web/lease.json", { IfNoneMatch: "*" })],
  ["web", "takes a slot", () => put("rollout/web/slots/1.json", { IfMatch: '"1"' })],
  ["web", "says what it found of a version", () => put("rollout/web/verdicts/hello/1.0.0.json")],
  ["web", "says what it has done", () => put(`rollout/web/done/hello/${own("web")}.json`)],
  ["web", "reports itself", () => put(`hosts/web/${own("web")}.json`)],
  ["web", "reads its app's settings", () => get("env/hello.env")],
  ["web", "tells the hosts' topic", () => publish(HOSTS)],
  ["web", "leaves its own target group", () => leave(arns.web)],
  [
    "web",
    "sees the health of targets",
    () => [ElasticLoadBalancingV2Client, new DescribeTargetHealthCommand({ TargetGroupArn: arns.web })],
  ],
  ["web", "answers its own group's hooks", () => complete("towline-qa-web")],
  ["web", "asks to be replaced", () => unhealthy("i-web")],
  ["web", "knows who it is", () => [STSClient, new GetCallerIdentityCommand({})]],
  ["db", "claims its volume", () => attach("i-db")],
  ["db", "sees where the volume is", () => [EC2Client, new DescribeVolumesCommand({})]],
  ["edge", "claims its address", () => associate("i-edge")],
  ["mailer", "takes work from its queue", () => receive("shop-mail")],
  [
    "mailer",
    "sees how long its queue is, by a managed policy",
    () => [SQSClient, new GetQueueAttributesCommand({ QueueUrl: queue("shop-mail") })],
  ],
  ["mailer", "reads the index, like every host", () => get("dists/stable/InRelease")],
  ["publisher", "reads and writes the index", () => put("dists/stable/InRelease")],
  ["publisher", "adds a package", () => put("pool/main/h/hello/hello_1.0.0_amd64.deb")],
  ["publisher", "locks a package", () => put("pool/main/h/hello/hello_1.0.0_amd64.deb", lockedFor(30))],
  ["publisher", "removes an old package", () => remove("pool/main/h/hello/hello_1.0.0_amd64.deb")],
  ["publisher", "lists packages", () => list("pool/")],
  ["publisher", "takes the lock", () => put("publish/lock.json", { IfNoneMatch: "*" })],
  ["publisher", "reads what is promoted", () => get("releases/hello/1.0.0.json", "acme-source")],
  ["publisher", "sees what hosts say", () => get(`hosts/web/${own("web")}.json`)],
  ["publisher", "has hosts look", () => send("towline-qa-poll")],
  ["publisher", "tells Slack", () => publish(TOPIC)],
  ["channels", "writes a channel's index", () => put("dists/stable-feature/InRelease")],
  ["channels", "adds a package", () => put("pool/main/h/hello/hello_1.0.0_amd64.deb", { IfNoneMatch: "*" })],
  ["nudge", "has hosts look", () => send("towline-qa-poll")],
  ["a publisher", "publishes", () => put("dists/stable/InRelease")],
  ["a promoter", "reads what is promoted", () => get("pool/main/h/hello/hello_1.0.0_amd64.deb", "acme-source")],
  ["an operator", "sees what hosts run", () => get(`hosts/web/${own("web")}.json`)],
  ["an operator", "lists the bucket in one request", () => list("")],
  ["an operator", "sees how a rollout went", () => versions("rollout/web/")],
  ["an operator", "holds a group", () => put("rollout/web/control.json", { IfMatch: '"1"' })],
  [
    "an operator",
    "has a version tried again",
    () => removeAll("rollout/web/verdicts/hello/1.json", "rollout/web/trials/hello/1.json"),
  ],
  ["an operator", "has hosts look", () => send("towline-qa-poll")],
  [
    "an operator",
    "finds the key of settings",
    () => [KMSClient, new DescribeKeyCommand({ KeyId: "alias/towline-qa" })],
  ],
  ["an operator", "changes settings", () => put("env/hello.env", sealed(arns.key))],
  ["an operator", "sees older settings", () => versions("env/hello.env")],
  ["an operator", "replaces hosts", () => replace("towline-qa-web")],
  ["an operator", "has one host replaced", () => unhealthy("i-web")],
  ["endings", "counts what ends", () => count("towline-qa-endings")],
  ["notifier", "reads its secret", () => parameter("/towline/qa/slack-webhook")],
  ["notifier", "reads what hosts run", () => get(`hosts/web/${own("web")}.json`)],
  ["notifier", "sees what was found of versions", () => list("rollout/web/verdicts/")],
  ["notifier", "sees which versions are tried", () => list("rollout/web/trials/")],
];

const FORBIDDEN: readonly Case[] = [
  ["web", "takes another group's lease", () => put("rollout/shop/lease.json")],
  ["web", "reads another group's rollouts", () => get("rollout/shop/control.json")],
  ["web", "changes its own group's policy", () => put("rollout/web/policy.json")],
  ["web", "says what another host has done", () => put(`rollout/web/done/hello/${own("shop")}.json`)],
  ["web", "reports for another host", () => put(`hosts/web/${own("shop")}.json`)],
  ["web", "reports to another group", () => put(`hosts/shop/${own("web")}.json`)],
  ["web", "reads another host's report", () => get(`hosts/web/${own("shop")}.json`)],
  ["web", "reads another app's settings", () => get("env/shop.env")],
  ["web", "changes its app's settings", () => put("env/hello.env")],
  ["web", "lists all settings", () => list("env/")],
  ["web", "lists the whole bucket", () => list("")],
  ["web", "writes the index", () => put("dists/stable/InRelease")],
  ["web", "adds a package", () => put("pool/main/h/hello/hello_9.0.0_amd64.deb")],
  ["web", "removes a package", () => remove("pool/main/h/hello/hello_1.0.0_amd64.deb")],
  ["web", "removes its group's lease", () => remove("rollout/web/lease.json")],
  ["web", "records a release", () => put("releases/hello/9.0.0.json")],
  ["web", "takes the publishers' lock", () => put("publish/lock.json")],
  ["web", "speaks as a publisher on the stack's topic", () => publish(TOPIC)],
  ["web", "takes another group's targets out", () => leave(arns.shop)],
  ["web", "has another group's host replaced", () => unhealthy("i-shop")],
  ["web", "answers another group's hooks", () => complete("towline-qa-shop")],
  [
    "web",
    "ends a host of its group",
    () => [
      AutoScalingClient,
      new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: "i-web", ShouldDecrementDesiredCapacity: true }),
    ],
  ],
  ["web", "runs something on hosts", () => send("towline-qa-poll")],
  ["web", "reads Slack's secret", () => parameter("/towline/qa/slack-webhook")],
  ["web", "takes the database's volume", () => attach("i-web")],
  [
    "web",
    "publishes as the publisher",
    () => [STSClient, new AssumeRoleCommand({ RoleArn: role("towline-qa-publisher"), RoleSessionName: "web" })],
  ],
  [
    "web",
    "gives itself more",
    () => [
      IAMClient,
      new PutRolePolicyCommand({ RoleName: "towline-qa-web-host", PolicyName: "more", PolicyDocument: "{}" }),
    ],
  ],
  ["web", "opens the bucket", () => [S3Client, new PutBucketPolicyCommand({ Bucket: BUCKET, Policy: "{}" })]],
  ["web", "takes another group's work", () => receive("shop-mail")],
  ["mailer", "takes work from another queue", () => receive("shop-orders")],
  [
    "mailer",
    "gives itself work",
    () => [SQSClient, new SendMessageCommand({ QueueUrl: queue("shop-mail"), MessageBody: "x" })],
  ],
  ["mailer", "looks into a bucket that its boundary leaves out", () => get("letter.txt", "acme-mail")],
  ["db", "gives its volume to another group's host", () => attach("i-web")],
  ["db", "has itself replaced, with the disk as it is", () => unhealthy("i-db")],
  ["edge", "gives its address to another group's host", () => associate("i-web")],
  ["publisher", "locks a package for years", () => put("pool/main/h/hello/hello_1.0.0_amd64.deb", lockedFor(3000))],
  ["publisher", "adds a package that no group runs", () => put("pool/main/l/libc6/libc6_9_amd64.deb")],
  ["publisher", "reads settings", () => get("env/hello.env")],
  ["publisher", "changes settings", () => put("env/hello.env")],
  ["publisher", "runs a shell on hosts", () => send("AWS-RunShellScript")],
  ["publisher", "has another stack's hosts look", () => send("towline-qa-poll", "prod")],
  ["publisher", "holds a group's rollouts", () => put("rollout/web/control.json")],
  ["publisher", "says that a version is good", () => put("rollout/web/verdicts/hello/1.0.0.json")],
  [
    "publisher",
    "changes what it promotes from",
    () => [S3Client, new PutObjectCommand({ Bucket: "acme-source", Key: "dists/stable/InRelease", Body: "x" })],
  ],
  ["publisher", "reads settings of what it promotes from", () => get("env/hello.env", "acme-source")],
  ["publisher", "removes records of releases", () => remove("releases/hello/1.0.0.json")],
  [
    "publisher",
    "removes several things, a release's record among them",
    () => [
      S3Client,
      new DeleteObjectsCommand({
        Bucket: BUCKET,
        Delete: { Objects: [{ Key: "pool/x.deb" }, { Key: "releases/hello/1.0.0.json" }] },
      }),
    ],
  ],
  [
    "publisher",
    "lists old versions of settings",
    () => [S3Client, new ListObjectVersionsCommand({ Bucket: BUCKET, Prefix: "env/" })],
  ],
  ["publisher", "speaks as a host", () => publish(HOSTS)],
  ["channels", "writes the main suite's index", () => put("dists/stable/InRelease")],
  ["channels", "writes over a package", () => put("pool/main/h/hello/hello_1.0.0_amd64.deb")],
  ["channels", "removes a package", () => remove("pool/main/h/hello/hello_1.0.0_amd64.deb")],
  ["channels", "records a release", () => put("releases/hello/9.0.0.json")],
  ["channels", "has hosts look", () => send("towline-qa-poll")],
  ["channels", "reads settings", () => get("env/hello.env")],
  ["nudge", "runs a shell on hosts", () => send("AWS-RunShellScript")],
  ["nudge", "has another stack's hosts look", () => send("towline-qa-poll", "prod")],
  ["endings", "counts for another function", () => count("towline-qa-notifier")],
  ["notifier", "reads packages", () => get("dists/stable/InRelease")],
  ["notifier", "lists all of a group's rollouts", () => list("rollout/web/")],
  ["notifier", "lists settings", () => list("env/")],
  ["notifier", "lists everything", () => list("")],
  ["notifier", "reads what was found of a version", () => get("rollout/web/verdicts/hello/1.0.0.json")],
  ["notifier", "reads the other functions' secrets", () => parameter("/towline/qa/slack-signing-secret")],
  ["slack-command", "publishes a package", () => put("dists/stable/InRelease")],
  ["slack-command", "speaks as a host", () => publish(HOSTS)],
  ["a publisher", "reads what others promote", () => get("dists/stable/InRelease", "acme-source")],
  ["a publisher", "adds a package that no group runs", () => put("pool/main/l/libc6/libc6_9_amd64.deb")],
  ["a publisher", "changes settings", () => put("env/hello.env", sealed(arns.key))],
  ["a publisher", "holds a group", () => put("rollout/web/control.json")],
  [
    "a promoter",
    "changes what it promotes from",
    () => [S3Client, new PutObjectCommand({ Bucket: "acme-source", Key: "pool/x.deb", Body: "x" })],
  ],
  ["publisher", "has a host replaced", () => unhealthy("i-web")],
  ["an operator", "publishes", () => put("dists/stable/InRelease")],
  ["an operator", "adds a package", () => put("pool/main/h/hello/hello_9.0.0_amd64.deb")],
  ["an operator", "records a release", () => put("releases/hello/9.0.0.json")],
  ["an operator", "says that a version is good", () => put("rollout/web/verdicts/hello/1.0.0.json")],
  ["an operator", "changes a group's policy", () => put("rollout/web/policy.json")],
  ["an operator", "reports for a host", () => put(`hosts/web/${own("web")}.json`)],
  ["an operator", "encrypts settings with another stack's key", () => put("env/hello.env", sealed(OTHER_KEY))],
  [
    "an operator",
    "looks at another stack's key",
    () => [KMSClient, new DescribeKeyCommand({ KeyId: "alias/towline-prod" })],
  ],
  ["an operator", "runs a shell on hosts", () => send("AWS-RunShellScript")],
  ["an operator", "has another stack's hosts look", () => send("towline-qa-poll", "prod")],
  ["an operator", "replaces another stack's hosts", () => replace("towline-prod-web")],
  [
    "an operator",
    "ends a host",
    () => [
      AutoScalingClient,
      new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: "i-web", ShouldDecrementDesiredCapacity: true }),
    ],
  ],
  ["an operator", "speaks on the stack's topic", () => publish(TOPIC)],
  ["an operator", "reads another stack's settings", () => get("env/hello.env", "acme-prod")],
  [
    "an operator",
    "gives itself more",
    () => [IAMClient, new PutRolePolicyCommand({ RoleName: "job-operator", PolicyName: "more", PolicyDocument: "{}" })],
  ],
];

const run = ([who, , call]: Case) => {
  const [Client, command] = call();
  return outcome(PRINCIPALS[who] as Principal, Client as never, command);
};

test.each(NEEDED)("%s %s", async (...each) => {
  expect(await run(each)).toBe("allowed");
});

test.each(FORBIDDEN)("%s may not: %s", async (...each) => {
  expect(await run(each)).toBe("refused");
});

describe("credentials of a host", () => {
  test("read nothing from outside the stack's network", async () => {
    region.vpc = undefined;
    expect(await outcome(PRINCIPALS.web as Principal, ...get("dists/stable/InRelease"))).toBe("refused");
  });

  test("read nothing from another network's endpoint, nor on another host", async () => {
    region.vpc = "vpc-other";
    expect(await outcome(PRINCIPALS.web as Principal, ...get("dists/stable/InRelease"))).toBe("refused");
    region.vpc = VPC;
    expect(await outcome(host("web", { address: "10.0.0.9" }), ...get("dists/stable/InRelease"))).toBe("refused");
  });

  test("decrypt settings of the group's apps with the stack's key alone", async () => {
    const encrypted = (key: string) => ({ "x-amz-server-side-encryption-aws-kms-key-id": key });
    region.headers.set("env/hello.env", encrypted(arns.key));
    expect(await outcome(PRINCIPALS.web as Principal, ...get("env/hello.env"))).toBe("allowed");
    region.headers.set("env/hello.env", encrypted(`arn:aws:kms:${REGION}:${ACCOUNT}:key/another`));
    expect(await outcome(PRINCIPALS.web as Principal, ...get("env/hello.env"))).toMatch(/^AccessDenied 403/);
  });

  test("are told that an object is not there where they may list it, and else nothing", async () => {
    for (const key of ["rollout/web/lease.json", "hosts/x"]) region.missing.add(key);
    expect(await outcome(PRINCIPALS.web as Principal, ...get("rollout/web/lease.json"))).toMatch(/^NoSuchKey 404/);
    region.missing.add(`hosts/web/${own("web")}.json`);
    expect(await outcome(PRINCIPALS.notifier as Principal, ...get(`hosts/web/${own("web")}.json`))).toMatch(
      /^(NoSuchKey 404|AccessDenied 403)/,
    );
  });
});

describe("the gate", () => {
  test("lets in no request that another key has signed, whose token is another's, or whose time is over", async () => {
    const settings = { region: REGION, ...region.as(PRINCIPALS.web as Principal) };
    const { accessKeyId, secretAccessKey, sessionToken } = settings.credentials;
    const over = region.keys.issue(PRINCIPALS.web as Principal, -1);
    for (const [credentials, error] of [
      [{ accessKeyId, sessionToken, secretAccessKey: "guessed" }, "SignatureDoesNotMatch"],
      [{ accessKeyId, secretAccessKey, sessionToken: "guessed" }, "InvalidToken"],
      [{ accessKeyId: "AKIAGUESSED", secretAccessKey, sessionToken }, "InvalidAccessKeyId"],
      [over, "ExpiredToken"],
    ] as const) {
      const asked = new S3Client({ ...settings, credentials }).send(get("dists/stable/InRelease")[1]);
      await expect(asked).rejects.toMatchObject({ name: error, $metadata: { httpStatusCode: 403 } });
    }
  });

  test("knows an object by its name, however strange, and a listing by its prefix", async () => {
    for (const name of ["a+b~c (1)!*'.deb", "ü/%41/é&x=1;?.deb", "%2F//:@$,"])
      expect(await outcome(PRINCIPALS.publisher as Principal, ...put(`pool/main/h/hello/${name}`))).toBe("allowed");
    expect(await outcome(PRINCIPALS.publisher as Principal, ...list("pool/a+b &c"))).toBe("allowed");
    const Objects = [{ Key: "pool/<a>&amp;'b.deb" }];
    const several = new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects } });
    expect(await outcome(PRINCIPALS.publisher as Principal, S3Client, several)).toBe("allowed");
  });

  test("refuses what nobody has said the needs of, and says so", async () => {
    const asked = outcome(PRINCIPALS.publisher as Principal, LambdaClient as never, new ListFunctionsCommand({}));
    expect(await asked).toBe("refused");
    expect(region.refused.at(-1)).toContain("local/iam does not know what lambda: needs; add it there");
  });
});
