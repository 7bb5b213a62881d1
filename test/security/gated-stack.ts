import { rmSync } from "node:fs";
import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  SetInstanceHealthCommand,
  StartInstanceRefreshCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { AssociateAddressCommand, AttachVolumeCommand, EC2Client } from "@aws-sdk/client-ec2";
import { DeregisterTargetsCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  DeregisterInstanceCommand,
  RegisterInstanceCommand,
  ServiceDiscoveryClient,
} from "@aws-sdk/client-servicediscovery";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { GetParameterCommand, SendCommandCommand, SSMClient } from "@aws-sdk/client-ssm";
import { JOBS, jobStatements } from "../../infra/access/job-policy";
import type { StackConfig } from "../../infra/config";
import { policyDocument } from "../../infra/policy";
import type { Declared } from "../../infra/synth";
import { instanceSession, type Principal, roleSession } from "../../local/iam/principal";
import { all, one, stackOf } from "../infra/stack-of";
import { GatedRegion } from "../local/gated-region";

/** A stack with all roles that there are, behind the gate, and the calls that tests make of it. */

export const REGION = "eu-west-1";
export const BUCKET = "acme-qa";
export const [ACCOUNT, VPC] = ["123456789012", "vpc-1"];
export const OTHER_KEY = `arn:aws:kms:${REGION}:${ACCOUNT}:key/00000000-0000-4000-8000-000000000001`;
export const HOSTS = `arn:aws:sns:${REGION}:${ACCOUNT}:towline-qa-hosts`;
export const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:towline-qa`;
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/workloads`;
const size = { min: 1, max: 2 };
const GROUPS = {
  web: {
    packages: ["hello"],
    processes: { hello: "web=1" },
    size,
    http: { port: 6000 },
    rollout: { alarms: ["errors"] },
  },
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

export const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
export const host = (group: string, over: object = {}) =>
  instanceSession({
    ...{ id: `i-${group}`, region: REGION, address: "127.0.0.1", vpc: VPC, roleArn: role(`towline-qa-${group}-host`) },
    ...over,
  });
const WORKING = JOBS.filter((job) => job !== "deployer");
/** People's jobs, by the policy that `towline policy` prints. */
const PEOPLE: Readonly<Record<string, Principal>> = Object.fromEntries(
  WORKING.map((job) => [job === "operator" ? `an ${job}` : `a ${job}`, roleSession(role(`job-${job}`), "ada")]),
);

/** Everybody by the name that tests call them: people, and each role of the stack by the part of its name that is its own. */
export const PRINCIPALS: Record<string, Principal> = { ...PEOPLE };

/** The stack's roles, as PRINCIPALS calls them. */
export const rolesOf = (declared: readonly Declared[]): string[] =>
  all(declared, "aws:iam/role:Role").map(({ inputs }) => String(inputs.name).replace(/^towline-qa-|-host$/g, ""));

function principalOf(name: string): Principal {
  return name in GROUPS ? host(name) : roleSession(role(`towline-qa-${name}`), name);
}

export let region: GatedRegion;
export let stack: Declared[];
/** ARNs that the stack's program is told by AWS. */
export let arns: Readonly<
  Record<"web" | "shop" | "volume" | "address" | "key" | "service" | "otherService" | "template", string>
>;

/** To be called once by each file of tests. */
export function useGatedStack(): void {
  beforeAll(start);
  afterAll(async () => {
    await region.stop();
    rmSync(region.folder, { recursive: true });
  });
  beforeEach(() => {
    region.vpc = VPC;
    region.missing.clear();
    region.headers.clear();
  });
}

async function start(): Promise<void> {
  region = await GatedRegion.start(REGION, INSTANCES);
  stack = await stackOf(GROUPS, SECTIONS);
  region.take(stack);
  for (const name of rolesOf(stack)) PRINCIPALS[name] = principalOf(name);
  const named = (name: string, sid: string) =>
    (
      JSON.parse(String(one(stack, "aws:iam/rolePolicy:RolePolicy", `${name}-role-policy`).inputs.policy))
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
    service: [named("registry", "Register")].flat()[0] ?? "",
    otherService: `arn:aws:servicediscovery:${REGION}:${ACCOUNT}:service/srv-other`,
    template: region.keepTemplate("lt-web", "towline-qa-web-host", ["instance", "volume"]),
  };
  region.keepTemplate("lt-admin", "admin", []);
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
}

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
export async function outcome(principal: Principal, Client: new (settings: never) => Sendable, command: object) {
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

export const get = (Key: string, Bucket = BUCKET) => [S3Client, new GetObjectCommand({ Bucket, Key })] as const;
export const put = (Key: string, over: object = {}) =>
  [S3Client, new PutObjectCommand({ Bucket: BUCKET, Key, Body: "x", ...over })] as const;
export const remove = (Key: string) => [S3Client, new DeleteObjectCommand({ Bucket: BUCKET, Key })] as const;
export const list = (Prefix: string) => [S3Client, new ListObjectsV2Command({ Bucket: BUCKET, Prefix })] as const;
export const publish = (TopicArn: string) => [SNSClient, new PublishCommand({ TopicArn, Message: "{}" })] as const;
export const send = (DocumentName: string, stack = "qa") =>
  [
    SSMClient,
    new SendCommandCommand({ DocumentName, Targets: [{ Key: "tag:towline:stack", Values: [stack] }] }),
  ] as const;
export const leave = (TargetGroupArn: string) =>
  [ElasticLoadBalancingV2Client, new DeregisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: "i-1" }] })] as const;
export const unhealthy = (InstanceId: string) =>
  [AutoScalingClient, new SetInstanceHealthCommand({ InstanceId, HealthStatus: "Unhealthy" })] as const;
export const complete = (group: string) => {
  const hook = { LifecycleHookName: "launch", LifecycleActionResult: "CONTINUE" };
  return [AutoScalingClient, new CompleteLifecycleActionCommand({ AutoScalingGroupName: group, ...hook })] as const;
};
export const attach = (InstanceId: string) => {
  const VolumeId = arns.volume.split("/")[1];
  return [EC2Client, new AttachVolumeCommand({ VolumeId, InstanceId, Device: "/dev/sdf" })] as const;
};
export const associate = (InstanceId: string) =>
  [EC2Client, new AssociateAddressCommand({ AllocationId: arns.address.split("/")[1], InstanceId })] as const;
export const versions = (Prefix: string) =>
  [S3Client, new ListObjectVersionsCommand({ Bucket: BUCKET, Prefix })] as const;
export const removeAll = (...keys: string[]) =>
  [S3Client, new DeleteObjectsCommand({ Bucket: BUCKET, Delete: { Objects: keys.map((Key) => ({ Key })) } })] as const;
export const sealed = (SSEKMSKeyId: string) => ({ SSEKMSKeyId, ServerSideEncryption: "aws:kms" });
export const replace = (AutoScalingGroupName: string) =>
  [AutoScalingClient, new StartInstanceRefreshCommand({ AutoScalingGroupName })] as const;
export const count = (Namespace: string) =>
  [
    CloudWatchClient,
    new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: "EndingSoon", Value: 0 }] }),
  ] as const;
const serviceId = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);
export const register = (service: string) =>
  [
    ServiceDiscoveryClient,
    new RegisterInstanceCommand({ ServiceId: serviceId(service), InstanceId: "i-web", Attributes: {} }),
  ] as const;
export const deregister = (service: string) =>
  [
    ServiceDiscoveryClient,
    new DeregisterInstanceCommand({ ServiceId: serviceId(service), InstanceId: "i-web" }),
  ] as const;
export const call = (FunctionName: string) =>
  [LambdaClient, new InvokeCommand({ FunctionName, InvocationType: "Event" })] as const;
export const queue = (name: string): string => `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`;
export const receive = (name: string) => [SQSClient, new ReceiveMessageCommand({ QueueUrl: queue(name) })] as const;
export const undelivered = (name: string) => {
  const QueueUrl = queue(`towline-qa-${name}-undelivered`);
  return [SQSClient, new SendMessageCommand({ QueueUrl, MessageBody: "{}" })] as const;
};
/** A change of a group that names what is launched. */
export const grow = (AutoScalingGroupName: string, LaunchTemplateId: string) => {
  const LaunchTemplate = { LaunchTemplateId, Version: "2" };
  return [
    AutoScalingClient,
    new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, MinSize: 1, LaunchTemplate }),
  ] as const;
};
/** A replacement that names what is launched. */
export const relaunch = (AutoScalingGroupName: string, LaunchTemplateId: string) => {
  const DesiredConfiguration = { LaunchTemplate: { LaunchTemplateId, Version: "2" } };
  return [AutoScalingClient, new StartInstanceRefreshCommand({ AutoScalingGroupName, DesiredConfiguration })] as const;
};
export const lockedFor = (days: number) => ({
  ObjectLockMode: "GOVERNANCE",
  ObjectLockRetainUntilDate: new Date(Date.now() + days * 24 * 3600 * 1000),
});
export const own = (group: string) => `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-${group}`;
export const voice = (group: string) => `rollout/web/voices/hello/1.0.0/bad/2/${own(group)}.json`;
export const parameter = (Name: string) =>
  [SSMClient, new GetParameterCommand({ Name, WithDecryption: true })] as const;

export type Case = readonly [who: string, what: string, call: () => readonly [unknown, object]];

/** What comes of a case. */
export function run([who, , call]: Case): Promise<string> {
  const [Client, command] = call();
  return outcome(PRINCIPALS[who] as Principal, Client as never, command);
}
