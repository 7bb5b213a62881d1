import {
  AutoScalingClient,
  DescribeAutoScalingInstancesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, DescribeAlarmsCommand, SetAlarmStateCommand } from "@aws-sdk/client-cloudwatch";
import { DescribeVolumesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { DescribeTargetHealthCommand, ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { GetAccountSettingsCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { type Principal, roleSession } from "../../local/iam/principal";
import {
  ACCOUNT,
  arns,
  associate,
  attach,
  BUCKET,
  type Case,
  call,
  complete,
  count,
  deregister,
  get,
  grow,
  HOSTS,
  host,
  leave,
  list,
  lockedFor,
  OTHER_KEY,
  outcome,
  own,
  PRINCIPALS,
  parameter,
  publish,
  put,
  queue,
  REGION,
  receive,
  region,
  register,
  relaunch,
  remove,
  removeAll,
  replace,
  role,
  rolesOf,
  run,
  sealed,
  send,
  stack,
  TOPIC,
  undelivered,
  unhealthy,
  useGatedStack,
  VPC,
  versions,
  voice,
} from "./gated-stack";

/** Who may do what with AWS: requests signed with roles' keys, decided by the policies that a stack declares, in both directions. */

useGatedStack();

const ALARM = { AlarmName: "errors", StateValue: "ALARM", StateReason: "said so" } as const;

/** Each function keeps what it could not handle in its own queue. */
const FUNCTIONS = ["endings", "notifier", "registry", "rollout-alarms", "slack-command"];
const LEFT_OVER: readonly Case[] = FUNCTIONS.map((name) => [
  name,
  "keeps what it could not handle",
  () => undelivered(name),
]);

/** What more than one role may do: by who needs it, the others. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  "channels adds a package": ["publisher"],
  "channels writes a channel's index": ["publisher"],
  "endings reads the index": ["channels", "db", "edge", "publisher", "shop", "web"],
  "mailer reads the index, like every host": ["channels", "db", "edge", "endings", "publisher", "shop", "web"],
  "notifier reads what hosts run": ["channels", "publisher"],
  "notifier sees what was found of versions": ["channels", "publisher", "web"],
  "notifier sees which versions are tried": ["channels", "publisher", "web"],
  "nudge has hosts look": ["publisher"],
  "publisher has hosts look": ["nudge"],
  "publisher lists packages": ["channels", "db", "edge", "shop", "web"],
  "publisher sees what hosts say": ["channels", "notifier"],
  "publisher takes the lock": ["channels"],
  "publisher tells Slack": ["slack-command"],
  "rollout-alarms tells the group that watches one": ["web"],
  "slack-command tells the stack's topic": ["publisher"],
  "web follows its group's rollouts": ["channels", "publisher", "rollout-alarms"],
  "web hears what its group's hosts say of a version": ["channels", "publisher"],
  "web reads packages": ["channels", "db", "edge", "publisher", "shop"],
  "web reads the index": ["channels", "db", "edge", "endings", "publisher", "shop"],
  "web sees the health of targets": ["shop"],
  "web tells the hosts' topic": ["db", "edge", "shop"],
};

const NEEDED: readonly Case[] = [
  ["web", "reads the index", () => get("dists/stable/InRelease")],
  ["web", "reads packages", () => get("pool/main/h/hello/hello_1.0.0_amd64.deb")],
  ["web", "follows its group's rollouts", () => get("rollout/web/control.json")],
  ["web", "takes its group's lease", () => put("rollout/web/lease.json", { IfNoneMatch: "*" })],
  ["web", "takes a slot", () => put("rollout/web/slots/1.json", { IfMatch: '"1"' })],
  ["web", "says what it found of a version", () => put("rollout/web/verdicts/hello/1.0.0.json")],
  ["web", "says what it finds of a version", () => put(voice("web"))],
  ["web", "hears what its group's hosts say of a version", () => list("rollout/web/voices/hello/1.0.0/")],
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
  ["an operator", "says what holds for a group", () => put("rollout/web/orders.json", { IfMatch: '"1"' })],
  ["an operator", "has what hosts say of a version forgotten", () => removeAll(voice("web"))],
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
  ["an operator", "replaces hosts by a version of their template", () => relaunch("towline-qa-web", arns.template)],
  ["endings", "counts what ends", () => count("towline-qa-endings")],
  ["endings", "reads the index", () => get("dists/stable/InRelease")],
  ["rollout-alarms", "sees alarms", () => [CloudWatchClient, new DescribeAlarmsCommand({})]],
  ["rollout-alarms", "tells the group that watches one", () => put("rollout/web/control.json", { IfMatch: '"1"' })],
  ["registry", "sees who serves", () => [AutoScalingClient, new DescribeAutoScalingInstancesCommand({})]],
  ["registry", "gives a host its group's name", () => register(arns.service)],
  ["registry", "takes a host's name away", () => deregister(arns.service)],
  ["slack-command", "reads its own secret", () => parameter("/towline/qa/slack-signing-secret")],
  ["slack-command", "hands on to itself", () => call("towline-qa-slack-command")],
  ["slack-command", "tells the stack's topic", () => publish(TOPIC)],
  ["shop", "reads its own app's settings", () => get("env/shop.env")],
  ...LEFT_OVER,
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
  ["web", "says for another host what it finds of a version", () => put(voice("shop"))],
  ["web", "says it below another host's name", () => put(`${voice("web")}/${own("shop")}.json`)],
  ["web", "says what people say of its group", () => put("rollout/web/orders.json")],
  ["web", "takes back what a host says of a version", () => remove(voice("web"))],
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
  ["nudge", "reads the index", () => get("dists/stable/InRelease")],
  ["endings", "counts for another function", () => count("towline-qa-notifier")],
  ["endings", "writes the index that it reads", () => put("dists/stable/InRelease")],
  ["endings", "reads settings", () => get("env/hello.env")],
  ["rollout-alarms", "holds a group that watches none", () => put("rollout/shop/control.json")],
  ["rollout-alarms", "takes a group's lease", () => put("rollout/web/lease.json")],
  ["rollout-alarms", "says that an alarm is on", () => [CloudWatchClient, new SetAlarmStateCommand(ALARM)]],
  ["registry", "gives a host another stack's name", () => register(arns.otherService)],
  ["registry", "has a host replaced", () => unhealthy("i-web")],
  ["registry", "reads packages", () => get("dists/stable/InRelease")],
  ["notifier", "speaks on the stack's topic", () => publish(TOPIC)],
  ["slack-command", "calls another function", () => call("towline-qa-notifier")],
  ["slack-command", "reads the notifier's secret", () => parameter("/towline/qa/slack-webhook")],
  ["shop", "reads another group's rollouts", () => get("rollout/web/control.json")],
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
  ["an operator", "says for a host what it finds of a version", () => put(voice("web"))],
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
  ["an operator", "gives hosts another role", () => relaunch("towline-qa-web", "lt-admin")],
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

describe("a stack's roles", () => {
  const has = (cases: readonly Case[], name: string) => cases.some(([who]) => who === name);

  test("each has a call that it needs and a neighbour's that it may not make", () => {
    const roles = rolesOf(stack);
    expect(roles.filter((name) => !has(NEEDED, name))).toEqual([]);
    expect(roles.filter((name) => !has(FORBIDDEN, name))).toEqual([]);
  });

  test("none may do what another needs, but for what is theirs as well", async () => {
    const found: Record<string, string[]> = {};
    for (const one of NEEDED.filter(([who]) => rolesOf(stack).includes(who))) {
      const before = region.asked.length;
      await run(one);
      const asked = region.asked.slice(before);
      // Who one is, anybody may ask.
      if (asked.length === 0) continue;
      const may = (other: string) =>
        asked.map(({ needed, circumstances }) =>
          region.decisions.allows(PRINCIPALS[other] as Principal, needed, circumstances),
        );
      const allowed: string[] = [];
      // The mailer has a managed policy that reads every bucket, which its boundary limits.
      for (const other of rolesOf(stack).filter((name) => name !== one[0] && name !== "mailer"))
        if ((await Promise.all(may(other))).every(Boolean)) allowed.push(other);
      if (allowed.length > 0) found[`${one[0]} ${one[1]}`] = allowed.sort();
    }
    expect(found).toEqual(SHARED);
  });
});

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
    const asked = outcome(PRINCIPALS.publisher as Principal, LambdaClient as never, new GetAccountSettingsCommand({}));
    expect(await asked).toBe("refused");
    expect(region.refused.at(-1)).toContain("local/iam does not know what lambda: needs; add it there");
  });
});

describe("what AWS asks for beside the call itself", () => {
  const somebody = (name: string, ...statements: object[]): Principal => {
    region.policies.put(name, "towline", JSON.stringify({ Version: "2012-10-17", Statement: statements }));
    return roleSession(role(name), "ada");
  };
  const allow = (Action: string | string[], Resource: string, over: object = {}) => ({
    ...{ Effect: "Allow", Action, Resource },
    ...over,
  });
  const refreshes = allow("autoscaling:*", "*");

  test("whoever names a launch template may run, tag and hand out what it holds; who names none, need not", async () => {
    const runs = allow("ec2:RunInstances", "*");
    const tags = allow("ec2:CreateTags", "*", { Condition: { StringEquals: { "ec2:CreateAction": "RunInstances" } } });
    const passes = allow("iam:PassRole", role("towline-qa-web-host"));
    const whole = somebody("whole", refreshes, runs, tags, passes);
    for (const [name, ...lacking] of [
      ["no-launch", refreshes, tags, passes],
      ["no-tags", refreshes, runs, passes],
      ["no-role", refreshes, runs, tags],
    ] as const) {
      const one = somebody(name, ...lacking);
      expect([name, await outcome(one, ...relaunch("towline-qa-web", arns.template))]).toEqual([name, "refused"]);
      expect(await outcome(one, ...replace("towline-qa-web"))).toBe("allowed");
    }
    expect(await outcome(whole, ...relaunch("towline-qa-web", arns.template))).toBe("allowed");
    expect(await outcome(whole, ...relaunch("towline-qa-web", "lt-admin"))).toBe("refused");
    expect(await outcome(whole, ...grow("towline-qa-web", arns.template))).toBe("allowed");
    expect(await outcome(whole, ...grow("towline-qa-web", "lt-admin"))).toBe("refused");
  });

  test("a parameter that is encrypted with a key of one's own is decrypted for whoever may use the key for it", async () => {
    const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/00000000-0000-4000-8000-00000000000a`;
    const root = allow("kms:*", "*", { Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } });
    region.policies.putOn(key, JSON.stringify({ Version: "2012-10-17", Statement: [{ Sid: "Account", ...root }] }));
    const name = "/towline/qa/slack-webhook";
    const parameters = `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter${name}`;
    const reads = somebody("reads", allow("ssm:GetParameter", "*"));
    const elsewhere = somebody(
      "elsewhere",
      allow("ssm:GetParameter", "*"),
      allow("kms:Decrypt", "*", {
        Condition: { StringEquals: { "kms:EncryptionContext:PARAMETER_ARN": `${parameters}-2` } },
      }),
    );
    for (const [kind, KeyId, others] of [
      ["String", undefined, "allowed"],
      // AWS's own key is everybody's in the account, by way of Systems Manager.
      ["SecureString", undefined, "allowed"],
      ["SecureString", key, "refused"],
    ] as const) {
      region.resources.keepParameter(parameters, kind, KeyId);
      expect(await outcome(PRINCIPALS.notifier as Principal, ...parameter(name))).toBe("allowed");
      for (const one of [reads, elsewhere])
        expect([kind, await outcome(one, ...parameter(name))]).toEqual([kind, others]);
    }
  });
});
