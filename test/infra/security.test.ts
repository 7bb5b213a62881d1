import path from "node:path";
import { type Declared, synthesize } from "../../infra/synth";
import { one } from "./stack-of";

const key = path.resolve(__dirname, "../../infra/synth/placeholder.asc");
const branches = "arn:aws:iam::999999999999:role/jenkins-branches";
const jenkins = "arn:aws:iam::999999999999:role/jenkins";

let stack: Declared[];
beforeAll(async () => {
  const publisher = { trustedArns: [jenkins], promoteFromBucket: "towline-example-staging" };
  const channels = { trustedArns: [branches] };
  stack = await synthesize("prod", {
    config: { "towline:signingKey": key, "towline:publisher": publisher, "towline:channels": channels },
  });
});

function policyOf(role: string): unknown {
  return JSON.parse(String(one(stack, "aws:iam/rolePolicy:RolePolicy", `${role}-role-policy`).inputs.policy)).Statement;
}

const runCommands = [
  {
    Sid: "TellToLook",
    Effect: "Allow",
    Action: "ssm:SendCommand",
    Resource: "arn:aws:ssm:eu-west-1:123456789012:document/towline-prod-poll",
  },
  {
    Sid: "TellTheStack",
    Effect: "Allow",
    Action: "ssm:SendCommand",
    Resource: "arn:aws:ec2:eu-west-1:123456789012:instance/*",
    Condition: { StringEquals: { "ssm:resourceTag/towline:stack": "prod" } },
  },
];

describe("the publisher", () => {
  const bucket = "arn:aws:s3:::towline-example-prod";
  const source = "arn:aws:s3:::towline-example-staging";
  const all = ["dists/*", "pool/*", "channels/*", "releases/*", "publish/lock.json", "rollout/*", "hosts/*"];

  it("is a role for those who are trusted, and is told", () => {
    const { inputs } = one(stack, "aws:iam/role:Role", "publisher-role");
    expect(inputs.name).toBe("towline-prod-publisher");
    expect(JSON.parse(String(inputs.assumeRolePolicy)).Statement).toEqual([
      { Effect: "Allow", Principal: { AWS: [jenkins] }, Action: "sts:AssumeRole" },
    ]);
    expect(one(stack, "pulumi:pulumi:Stack").outputs?.publisherRoleArn).toBe(
      "arn:aws:iam::123456789012:role/towline-prod-publisher",
    );
  });

  it("may change the stack's packages, read the other's, tell the topic, follow and nudge the fleet, and no more", () => {
    expect(policyOf("publisher")).toEqual([
      {
        Sid: "ReadRepository",
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: all.map((prefix) => `${bucket}/${prefix}`),
      },
      {
        Sid: "WriteRepository",
        Effect: "Allow",
        Action: "s3:PutObject",
        Resource: [
          ...["dists/*", "channels/*", "releases/*", "publish/lock.json"],
          ...["h/hello/*", "t/towline-agent/*", "t/towline-archive-keyring/*"].map((folder) => `pool/main/${folder}`),
        ].map((prefix) => `${bucket}/${prefix}`),
      },
      {
        Sid: "RemoveOldPackages",
        Effect: "Allow",
        Action: "s3:DeleteObject",
        Resource: [`${bucket}/dists/*`, `${bucket}/pool/*`, `${bucket}/channels/*`],
      },
      {
        Sid: "ListRepository",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: bucket,
        Condition: { StringLike: { "s3:prefix": all } },
      },
      {
        Sid: "LockReleases",
        Effect: "Allow",
        Action: "s3:PutObjectRetention",
        Resource: "arn:aws:s3:::towline-example-prod/pool/*",
        Condition: { NumericLessThanEquals: { "s3:object-lock-remaining-retention-days": "31" } },
      },
      {
        Sid: "ReadSource",
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: ["dists/*", "pool/*", "channels/*", "releases/*", "rollout/*"].map((prefix) => `${source}/${prefix}`),
      },
      {
        Sid: "ListSource",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: source,
        Condition: { StringLike: { "s3:prefix": ["dists/*", "pool/*", "channels/*", "releases/*", "rollout/*"] } },
      },
      {
        Sid: "TellTheTopic",
        Effect: "Allow",
        Action: "sns:Publish",
        Resource: "arn:aws:sns:eu-west-1:123456789012:towline-prod",
      },
      ...runCommands,
      {
        Sid: "SeeFleet",
        Effect: "Allow",
        Action: ["autoscaling:DescribeAutoScalingGroups", "ssm:ListCommands"],
        Resource: "*",
      },
    ]);
  });
});

describe("who publishes to channels", () => {
  const bucket = "arn:aws:s3:::towline-example-prod";
  const read = ["dists/*", "pool/*", "channels/*", "releases/*", "publish/lock.json", "rollout/*", "hosts/*"];

  it("is a role for those who are trusted, and is told", () => {
    const { inputs } = one(stack, "aws:iam/role:Role", "channels-role");
    expect(inputs.name).toBe("towline-prod-channels");
    expect(JSON.parse(String(inputs.assumeRolePolicy)).Statement).toEqual([
      { Effect: "Allow", Principal: { AWS: [branches] }, Action: "sts:AssumeRole" },
    ]);
    expect(one(stack, "pulumi:pulumi:Stack").outputs?.channelsRoleArn).toBe(
      "arn:aws:iam::123456789012:role/towline-prod-channels",
    );
  });

  it("may read the repository, change channels and add packages, and change nothing of the main suite or of hosts", () => {
    expect(policyOf("channels")).toEqual([
      {
        Sid: "ReadRepository",
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: read.map((prefix) => `${bucket}/${prefix}`),
      },
      {
        Sid: "ListRepository",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: bucket,
        Condition: { StringLike: { "s3:prefix": read } },
      },
      {
        Sid: "WriteChannels",
        Effect: "Allow",
        Action: "s3:PutObject",
        Resource: [`${bucket}/dists/stable-*/*`, `${bucket}/channels/*`, `${bucket}/publish/lock.json`],
      },
      {
        Sid: "AddPackages",
        Effect: "Allow",
        Action: "s3:PutObject",
        Resource: ["h/hello", "t/towline-agent", "t/towline-archive-keyring"].map(
          (folder) => `${bucket}/pool/main/${folder}/*`,
        ),
        Condition: { Null: { "s3:if-none-match": "false" } },
      },
      {
        Sid: "RemoveOldChannels",
        Effect: "Allow",
        Action: "s3:DeleteObject",
        Resource: [`${bucket}/dists/stable-*/*`, `${bucket}/channels/*`],
      },
    ]);
  });
});

describe("the alarms", () => {
  it.each([
    [
      "notifier-failures",
      "towline-prod-notifier-failures",
      "AWS/Lambda",
      "Errors",
      { FunctionName: "towline-prod-notifier" },
      "Sum",
    ],
    [
      "notifier-undelivered",
      "towline-prod-notifier-undelivered",
      "AWS/SQS",
      "ApproximateNumberOfMessagesVisible",
      { QueueName: "towline-prod-notifier-undelivered" },
      "Maximum",
    ],
    [
      "registry-failures",
      "towline-prod-registry-failures",
      "AWS/Lambda",
      "Errors",
      { FunctionName: "towline-prod-registry" },
      "Sum",
    ],
    [
      "registry-undelivered",
      "towline-prod-registry-undelivered",
      "AWS/SQS",
      "ApproximateNumberOfMessagesVisible",
      { QueueName: "towline-prod-registry-undelivered" },
      "Maximum",
    ],
  ])("%s tells the topic, and when it is over", (resource, name, namespace, metricName, dimensions, statistic) => {
    const topic = "arn:aws:sns:eu-west-1:123456789012:towline-prod";
    expect(one(stack, "aws:cloudwatch/metricAlarm:MetricAlarm", resource).inputs).toEqual({
      name,
      alarmDescription: expect.any(String),
      namespace,
      metricName,
      dimensions,
      statistic,
      period: 300,
      evaluationPeriods: 1,
      threshold: 0,
      comparisonOperator: "GreaterThanThreshold",
      treatMissingData: "notBreaching",
      alarmActions: [topic],
      okActions: [topic],
      tags: { "towline:stack": "prod" },
    });
  });
});

describe("the nudge", () => {
  it("follows a new InRelease of the main suite or a channel's, and new settings", () => {
    expect(one(stack, "aws:s3/bucketNotification:BucketNotification").inputs).toEqual({
      bucket: "towline-example-prod",
      eventbridge: true,
    });
    const { inputs, dependencies } = one(stack, "aws:cloudwatch/eventRule:EventRule", "nudge-rule");
    expect(inputs.name).toBe("towline-prod-nudge");
    expect(dependencies).toContain(one(stack, "aws:s3/bucketNotification:BucketNotification").urn);
    expect(JSON.parse(String(inputs.eventPattern))).toEqual({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: {
        bucket: { name: ["towline-example-prod"] },
        object: { key: [{ wildcard: "dists/stable*/InRelease" }, { wildcard: "env/*.env" }] },
      },
    });
  });

  it("has the stack's instances poll, as `towline nudge` does, by a document and in a role that can do nothing else", () => {
    const { input, ...target } = one(stack, "aws:cloudwatch/eventTarget:EventTarget", "nudge-target").inputs;
    expect(target).toEqual({
      rule: "towline-prod-nudge",
      arn: "arn:aws:ssm:eu-west-1:123456789012:document/towline-prod-poll",
      roleArn: "arn:aws:iam::123456789012:role/towline-prod-nudge",
      runCommandTargets: [{ key: "tag:towline:stack", values: ["prod"] }],
    });
    expect(input).toBe("{}");
    const { content, ...document } = one(stack, "aws:ssm/document:Document").inputs;
    expect(document).toMatchObject({ name: "towline-prod-poll", documentType: "Command", documentFormat: "JSON" });
    // No parameters: whoever may run it gets these two commands, and no shell.
    expect(JSON.parse(String(content))).toEqual({
      schemaVersion: "2.2",
      description: "Has a host look for new versions and settings now",
      mainSteps: [
        {
          action: "aws:runShellScript",
          name: "poll",
          inputs: {
            runCommand: [
              "systemctl start towline-agent-poll.service",
              "systemctl start --no-block towline-agent-poll.service",
            ],
          },
        },
      ],
    });
    expect(policyOf("nudge")).toEqual(runCommands);
    expect(JSON.parse(String(one(stack, "aws:iam/role:Role", "nudge-role").inputs.assumeRolePolicy)).Statement).toEqual(
      [
        {
          ...{ Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sts:AssumeRole" },
          Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
        },
      ],
    );
  });
});
