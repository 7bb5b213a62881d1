import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";

import program = require("../../infra/index");

import { type Cloud, type Declared, offlineCloud, type Registration, synthesize } from "../../infra/synth";
import { type Recording, recordInto } from "../../infra/synth/monitor";
import { all, placeholderKey as key, one } from "./stack-of";

const root = path.resolve(__dirname, "../..");
const withKey = { config: { "towline:signingKey": key } };

let staging: Declared[];
let prod: Declared[];
beforeAll(async () => {
  [staging, prod] = await Promise.all([synthesize("staging", withKey), synthesize("prod", withKey)]);
});

function statements(entry: Declared): unknown {
  return JSON.parse(String(entry.inputs.policy)).Statement;
}

function userDataOf(stack: readonly Declared[]): string {
  const template = one(stack, "aws:ec2/launchTemplate:LaunchTemplate");
  return Buffer.from(String(template.inputs.userData), "base64").toString();
}

describe("a stack", () => {
  it("declares these resources and no others", () => {
    const types = staging.map(({ type }) => type).filter((type) => !type.startsWith("towline:"));
    expect(types.sort()).toEqual([
      "aws:autoscaling/group:Group",
      "aws:autoscaling/lifecycleHook:LifecycleHook",
      "aws:autoscaling/lifecycleHook:LifecycleHook",
      "aws:autoscaling/notification:Notification",
      "aws:cloudwatch/eventRule:EventRule",
      "aws:cloudwatch/eventRule:EventRule",
      "aws:cloudwatch/eventRule:EventRule",
      "aws:cloudwatch/eventRule:EventRule",
      "aws:cloudwatch/eventRule:EventRule",
      "aws:cloudwatch/eventTarget:EventTarget",
      "aws:cloudwatch/eventTarget:EventTarget",
      "aws:cloudwatch/eventTarget:EventTarget",
      "aws:cloudwatch/eventTarget:EventTarget",
      "aws:cloudwatch/eventTarget:EventTarget",
      "aws:cloudwatch/logGroup:LogGroup",
      "aws:cloudwatch/logGroup:LogGroup",
      "aws:cloudwatch/logGroup:LogGroup",
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      "aws:cloudwatch/metricAlarm:MetricAlarm",
      "aws:ec2/launchTemplate:LaunchTemplate",
      "aws:ec2/securityGroup:SecurityGroup",
      "aws:ec2/securityGroup:SecurityGroup",
      "aws:iam/instanceProfile:InstanceProfile",
      "aws:iam/role:Role",
      "aws:iam/role:Role",
      "aws:iam/role:Role",
      "aws:iam/role:Role",
      "aws:iam/role:Role",
      "aws:iam/rolePolicy:RolePolicy",
      "aws:iam/rolePolicy:RolePolicy",
      "aws:iam/rolePolicy:RolePolicy",
      "aws:iam/rolePolicy:RolePolicy",
      "aws:iam/rolePolicy:RolePolicy",
      "aws:kms/alias:Alias",
      "aws:kms/key:Key",
      "aws:lambda/function:Function",
      "aws:lambda/function:Function",
      "aws:lambda/function:Function",
      "aws:lambda/permission:Permission",
      "aws:lambda/permission:Permission",
      "aws:lambda/permission:Permission",
      "aws:lambda/permission:Permission",
      "aws:lambda/permission:Permission",
      "aws:lambda/permission:Permission",
      "aws:lb/listener:Listener",
      "aws:lb/loadBalancer:LoadBalancer",
      "aws:lb/targetGroup:TargetGroup",
      "aws:s3/bucket:Bucket",
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      "aws:s3/bucketNotification:BucketNotification",
      "aws:s3/bucketObjectv2:BucketObjectv2",
      "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
      "aws:s3/bucketPolicy:BucketPolicy",
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "aws:s3/bucketVersioning:BucketVersioning",
      "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
      "aws:servicediscovery/service:Service",
      "aws:sns/topic:Topic",
      "aws:sns/topic:Topic",
      "aws:sns/topicPolicy:TopicPolicy",
      "aws:sns/topicPolicy:TopicPolicy",
      "aws:sns/topicSubscription:TopicSubscription",
      "aws:sns/topicSubscription:TopicSubscription",
      "aws:sqs/queue:Queue",
      "aws:sqs/queue:Queue",
      "aws:sqs/queue:Queue",
      "aws:sqs/queuePolicy:QueuePolicy",
      "aws:sqs/queuePolicy:QueuePolicy",
      "aws:sqs/queuePolicy:QueuePolicy",
      "aws:ssm/document:Document",
      "awsx:ec2:Vpc",
      "pulumi:pulumi:Stack",
    ]);
  });

  it("tells its address, bucket, topic and groups", () => {
    expect(one(staging, "pulumi:pulumi:Stack").outputs).toEqual({
      url: "http://towline-staging-1234567890.eu-west-1.elb.amazonaws.com",
      bucket: "towline-example-staging",
      topicArn: "arn:aws:sns:eu-west-1:123456789012:towline-staging",
      groups: { web: "towline-staging-web" },
      // What a program of another stack's lets in, and where.
      securityGroups: { web: expect.stringMatching(/^sg-[0-9a-f]{17}$/) },
      vpcId: expect.stringMatching(/^vpc-[0-9a-f]{17}$/),
      publicSubnetIds: [expect.stringMatching(/^subnet-0/), expect.stringMatching(/^subnet-1/)],
      privateSubnetIds: [expect.stringMatching(/^subnet-2/), expect.stringMatching(/^subnet-3/)],
    });
  });

  it("gives everything a parent, and every component its children", () => {
    const [stack, ...others] = staging;
    expect(stack?.parent).toBeUndefined();
    const urns = new Set(staging.map(({ urn }) => urn));
    expect(others.filter(({ parent }) => parent === undefined || !urns.has(parent))).toEqual([]);
    expect(others.filter(({ type, parent }) => !type.startsWith("towline:") && parent === stack?.urn)).toEqual([]);
    expect(one(staging, "aws:autoscaling/group:Group").urn).toBe(
      "urn:pulumi:staging::towline::towline:infra:Group$aws:autoscaling/group:Group::web-fleet",
    );
  });

  it("shares no physical name with another in the same account", () => {
    const names = (stack: readonly Declared[]): string[] =>
      // The registry's services are named within their stack's domain, hooks within their group.
      stack.flatMap(({ type, inputs }) =>
        typeof inputs.name === "string" && !/^aws:servicediscovery\/service|^aws:autoscaling\/lifecycleHook/.test(type)
          ? [inputs.name]
          : [],
      );
    expect(names(staging).filter((name) => names(prod).includes(name))).toEqual([]);
    expect(names(staging)).toHaveLength(35);
  });
});

describe("the network", () => {
  it("has room for eight zones, NAT gateways as configured and a way to S3 past them", () => {
    expect(one(prod, "awsx:ec2:Vpc").inputs).toEqual({
      cidrBlock: "10.20.0.0/16",
      numberOfAvailabilityZones: 2,
      availabilityZoneCidrMask: 19,
      subnetStrategy: "Auto",
      natGateways: { strategy: "OnePerAz" },
      enableDnsHostnames: true,
      vpcEndpointStrategy: "Auto",
      vpcEndpointSpecs: [
        {
          serviceName: "com.amazonaws.eu-west-1.s3",
          vpcEndpointType: "Gateway",
          tags: { "towline:stack": "prod" },
        },
      ],
      tags: { "towline:stack": "prod" },
    });
    expect(one(staging, "awsx:ec2:Vpc").inputs.natGateways).toEqual({ strategy: "Single" });
  });
});

describe("the repository's bucket", () => {
  const bucket = "towline-example-staging";

  it("is versioned, encrypted, private and without ACLs", () => {
    expect(one(staging, "aws:s3/bucketVersioning:BucketVersioning").inputs).toEqual({
      bucket,
      versioningConfiguration: { status: "Enabled" },
    });
    expect(
      one(staging, "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration").inputs,
    ).toEqual({ bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] });
    expect(one(staging, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").inputs).toEqual({
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    expect(one(staging, "aws:s3/bucketOwnershipControls:BucketOwnershipControls").inputs).toEqual({
      bucket,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
  });

  it("forgets old versions after thirty days", () => {
    expect(one(staging, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").inputs.rules).toEqual([
      {
        id: "expire-old-versions",
        status: "Enabled",
        filter: { prefix: "" },
        noncurrentVersionExpiration: { noncurrentDays: 30 },
        expiration: { expiredObjectDeleteMarker: true },
        abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
      },
    ]);
  });

  it("refuses plain text, and everybody of another account but AWS's own services", () => {
    expect(statements(one(staging, "aws:s3/bucketPolicy:BucketPolicy"))).toEqual([
      {
        Sid: "RefusePlainText",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      {
        Sid: "RefuseOtherAccounts",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
        Condition: {
          StringNotEquals: { "aws:PrincipalAccount": "123456789012" },
          BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
        },
      },
      // test/infra/env-access.test.ts
      expect.objectContaining({ Sid: "RefuseOtherKeysForSettings" }),
    ]);
  });
});

describe("an instance", () => {
  it("may read packages, take part in its own group's rollout and report, and no more", () => {
    expect(statements(one(staging, "aws:iam/rolePolicy:RolePolicy", "web-role-policy"))).toEqual([
      {
        Sid: "ReadPackages",
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: ["arn:aws:s3:::towline-example-staging/dists/*", "arn:aws:s3:::towline-example-staging/pool/*"],
      },
      {
        Sid: "FollowRollout",
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::towline-example-staging/rollout/web/*",
      },
      {
        Sid: "TakePartInRollout",
        Effect: "Allow",
        Action: "s3:PutObject",
        Resource: [
          "control.json",
          "lease.json",
          "seen.json",
          "slots/*",
          "trials/*",
          "verdicts/*",
          `done/*/\${ec2:SourceInstanceARN}.json`,
          `voices/*/\${ec2:SourceInstanceARN}.json`,
        ].map((name) => `arn:aws:s3:::towline-example-staging/rollout/web/${name}`),
      },
      {
        Sid: "ReportState",
        Effect: "Allow",
        Action: "s3:PutObject",
        Resource: `arn:aws:s3:::towline-example-staging/hosts/web/\${ec2:SourceInstanceARN}.json`,
      },
      {
        Sid: "SeeWhatIsMissing",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: "arn:aws:s3:::towline-example-staging",
        Condition: { StringLike: { "s3:prefix": ["dists/*", "pool/*", "rollout/web/*"] } },
      },
      {
        Sid: "PublishEvents",
        Effect: "Allow",
        Action: "sns:Publish",
        Resource: "arn:aws:sns:eu-west-1:123456789012:towline-staging-hosts",
      },
      {
        Sid: "AnswerLifecycleHooks",
        Effect: "Allow",
        Action: ["autoscaling:CompleteLifecycleAction", "autoscaling:RecordLifecycleActionHeartbeat"],
        Resource:
          "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:*:autoScalingGroupName/towline-staging-web",
      },
      {
        Sid: "AskToBeReplaced",
        Effect: "Allow",
        Action: "autoscaling:SetInstanceHealth",
        Resource:
          "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:*:autoScalingGroupName/towline-staging-web",
      },
      {
        Sid: "LeaveAndJoinLoadBalancer",
        Effect: "Allow",
        Action: ["elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets"],
        Resource: expect.stringMatching(
          /^arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup\/staging-web-6000\/[0-9a-f]{16}$/,
        ),
      },
      { Sid: "SeeTargetHealth", Effect: "Allow", Action: "elasticloadbalancing:DescribeTargetHealth", Resource: "*" },
      {
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
      },
      {
        Sid: "FromItsNetworkAlone",
        Effect: "Deny",
        Action: "s3:*",
        Resource: "*",
        Condition: { StringNotEquals: { "aws:EC2InstanceSourceVPC": `\${aws:SourceVpc, 'elsewhere'}` } },
      },
      {
        Sid: "FromItselfAlone",
        Effect: "Deny",
        Action: "s3:*",
        Resource: "*",
        Condition: { StringNotEquals: { "aws:EC2InstanceSourcePrivateIPv4": `\${aws:VpcSourceIp, 'elsewhere'}` } },
      },
      // test/infra/env-access.test.ts
      ...["ReadSettings", "DecryptSettings", "SeeWhichSettingsAreMissing"].map((Sid) =>
        expect.objectContaining({ Sid }),
      ),
    ]);
  });

  it("starts from a template with IMDSv2 only, one hop, an encrypted disk, and tags on itself and its volume", () => {
    const { userData, vpcSecurityGroupIds, ...rest } = one(staging, "aws:ec2/launchTemplate:LaunchTemplate").inputs;
    const tags = {
      environment: "staging",
      service: "hello",
      Name: "towline-staging-web",
      "towline:stack": "staging",
      "towline:group": "web",
    };
    expect(rest).toEqual({
      namePrefix: "towline-staging-web-",
      imageId: "ami-0123456789abcdef0",
      instanceType: "t3.small",
      iamInstanceProfile: { arn: "arn:aws:iam::123456789012:instance-profile/towline-staging-web-host" },
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        { deviceName: "/dev/xvda", ebs: { encrypted: "true", volumeType: "gp3", deleteOnTermination: "true" } },
      ],
      tagSpecifications: [
        { resourceType: "instance", tags },
        { resourceType: "volume", tags },
        { resourceType: "network-interface", tags },
      ],
      tags,
    });
    expect(userData).toEqual(expect.any(String));
    expect(vpcSecurityGroupIds).toEqual([expect.stringMatching(/^sg-/)]);
  });

  it("gets values and the install script verbatim as user data", () => {
    const document = parse(userDataOf(staging));
    const contents = Object.fromEntries(
      document.write_files.map((file: { path: string; content: string }) => [file.path, file.content]),
    );
    expect(contents["/usr/local/sbin/towline-install"]).toBe(
      readFileSync(path.join(root, "userdata/install.sh"), "utf8"),
    );
    expect(contents["/etc/apt/keyrings/towline.asc"]).toBe(readFileSync(key, "utf8"));
    const lines = contents["/etc/towline/host.env"].split("\n");
    expect(lines).toContain("TOWLINE_TOPIC_ARN='arn:aws:sns:eu-west-1:123456789012:towline-staging'");
    expect(lines.find((line: string) => line.startsWith("TOWLINE_TARGET_GROUP_ARN="))).toMatch(
      /targetgroup\/staging-web-6000\/[0-9a-f]{16}'$/,
    );
    expect(Buffer.byteLength(userDataOf(staging))).toBeLessThan(16 * 1024);
  });

  it("can be connected to by the load balancer, and by those who find it by its name", () => {
    const { ingress } = one(staging, "aws:ec2/securityGroup:SecurityGroup", "web-security-group").inputs;
    const balancer = one(staging, "aws:lb/loadBalancer:LoadBalancer").inputs;
    expect(ingress).toEqual([
      {
        description: "Load balancer",
        protocol: "tcp",
        fromPort: 6000,
        toPort: 6000,
        securityGroups: balancer.securityGroups,
      },
      {
        description: "Hosts of the stack",
        protocol: "tcp",
        fromPort: 6000,
        toPort: 6000,
        cidrBlocks: ["10.10.0.0/16"],
      },
    ]);
  });
});

describe("an Auto Scaling group", () => {
  it("keeps its hooks as they are configured, without being replaced for a change of them", () => {
    const { name, inputs, options } = one(staging, "aws:autoscaling/group:Group");
    expect(options).toMatchObject({
      ignoreChanges: ["initialLifecycleHooks"],
      // Five seconds of draining, and a quarter of an hour.
      customTimeouts: { update: "905s", delete: "905s" },
    });
    const hooks = all(staging, "aws:autoscaling/lifecycleHook:LifecycleHook");
    expect(hooks.map((hook) => hook.name).sort()).toEqual(["web-launch-hook", "web-terminate-hook"]);
    expect(hooks.map((hook) => hook.inputs)).toEqual(
      (inputs.initialLifecycleHooks as object[]).map((hook) => ({ ...hook, autoscalingGroupName: inputs.name })),
    );
    expect(name).toBe("web-fleet");
  });

  it("holds new instances back, checks health through the load balancer and leaves the wanted size alone", () => {
    const { launchTemplate, targetGroupArns, tags, ...rest } = one(staging, "aws:autoscaling/group:Group").inputs;
    expect(rest).toEqual({
      name: "towline-staging-web",
      minSize: 2,
      maxSize: 4,
      vpcZoneIdentifiers: [expect.stringMatching(/^subnet-2/), expect.stringMatching(/^subnet-3/)],
      initialLifecycleHooks: [
        {
          name: "launch",
          lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
          heartbeatTimeout: 600,
          defaultResult: "ABANDON",
        },
        {
          name: "terminate",
          lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
          heartbeatTimeout: 275,
          defaultResult: "CONTINUE",
        },
      ],
      healthCheckType: "ELB",
      healthCheckGracePeriod: 12,
      defaultInstanceWarmup: 12,
      instanceRefresh: {
        strategy: "Rolling",
        preferences: {
          minHealthyPercentage: 100,
          maxHealthyPercentage: 150,
          skipMatching: true,
          instanceWarmup: "12",
        },
      },
      waitForCapacityTimeout: "0",
      enabledMetrics: [
        "GroupMinSize",
        "GroupMaxSize",
        "GroupDesiredCapacity",
        "GroupInServiceInstances",
        "GroupPendingInstances",
        "GroupTerminatingInstances",
        "GroupTotalInstances",
      ],
      metricsGranularity: "1Minute",
    });
    expect(launchTemplate).toEqual({ id: expect.stringMatching(/^lt-/), version: "1" });
    expect(targetGroupArns).toEqual([expect.stringContaining(":targetgroup/staging-web-6000/")]);
    expect(tags).toContainEqual({ key: "towline:group", value: "web", propagateAtLaunch: true });
    expect(tags).toHaveLength(5);
  });

  it("comes after what its first instance needs", () => {
    const { dependencies } = one(staging, "aws:autoscaling/group:Group");
    expect(dependencies).toContain(one(staging, "aws:iam/rolePolicy:RolePolicy", "web-role-policy").urn);
    expect(dependencies).toContain(one(staging, "aws:lb/listener:Listener").urn);
    expect(one(staging, "aws:ec2/launchTemplate:LaunchTemplate").dependencies).toContain(
      one(staging, "aws:sns/topicPolicy:TopicPolicy", "events-policy").urn,
    );
  });

  it("tells the topic about launches and terminations, failed ones too", () => {
    expect(one(staging, "aws:autoscaling/notification:Notification").inputs).toEqual({
      groupNames: ["towline-staging-web"],
      topicArn: "arn:aws:sns:eu-west-1:123456789012:towline-staging",
      notifications: [
        "autoscaling:EC2_INSTANCE_LAUNCH",
        "autoscaling:EC2_INSTANCE_LAUNCH_ERROR",
        "autoscaling:EC2_INSTANCE_TERMINATE",
        "autoscaling:EC2_INSTANCE_TERMINATE_ERROR",
      ],
    });
  });
});

describe("the load balancer", () => {
  it("sends port 80 to the targets of the group with http", () => {
    const targets = one(staging, "aws:lb/targetGroup:TargetGroup").inputs;
    expect(targets).toMatchObject({
      name: "staging-web-6000",
      port: 6000,
      protocol: "HTTP",
      targetType: "instance",
      deregistrationDelay: 5,
      healthCheck: {
        protocol: "HTTP",
        path: "/health",
        matcher: "200",
        interval: 5,
        timeout: 4,
        healthyThreshold: 2,
        unhealthyThreshold: 2,
      },
    });
    expect(one(staging, "aws:lb/listener:Listener").inputs).toMatchObject({
      port: 80,
      protocol: "HTTP",
      defaultActions: [{ type: "forward", targetGroupArn: expect.stringContaining("targetgroup/staging-web-6000/") }],
    });
    expect(one(staging, "aws:lb/loadBalancer:LoadBalancer").inputs).toMatchObject({
      name: "towline-staging",
      internal: false,
      loadBalancerType: "application",
      subnets: [expect.stringMatching(/^subnet-0/), expect.stringMatching(/^subnet-1/)],
    });
  });
});

describe("the notifier", () => {
  it("may read its one parameter and what hosts say, see what was released, write its log and put aside what it cannot deliver", () => {
    const parameter = "arn:aws:ssm:eu-west-1:123456789012:parameter/towline/staging/slack-webhook";
    expect(statements(one(staging, "aws:iam/rolePolicy:RolePolicy", "notifier-role-policy"))).toEqual([
      { Sid: "ReadSecrets", Effect: "Allow", Action: "ssm:GetParameter", Resource: [parameter] },
      {
        Sid: "DecryptSecrets",
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: "*",
        Condition: {
          StringEquals: {
            "kms:ViaService": "ssm.eu-west-1.amazonaws.com",
            "kms:EncryptionContext:PARAMETER_ARN": [parameter],
          },
        },
      },
      {
        Sid: "ReadHosts",
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::towline-example-staging/hosts/*",
      },
      {
        // The names of what was released lately and of what is tried, not what they say.
        Sid: "SeeWhatReachedGroups",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: "arn:aws:s3:::towline-example-staging",
        Condition: { StringLike: { "s3:prefix": ["rollout/*/verdicts/", "rollout/*/trials/"] } },
      },
      {
        Sid: "WriteLog",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/towline-staging-notifier:*",
      },
      {
        Sid: "KeepUndelivered",
        Effect: "Allow",
        Action: "sqs:SendMessage",
        Resource: "arn:aws:sqs:eu-west-1:123456789012:towline-staging-notifier-undelivered",
      },
    ]);
  });

  it("is the bundle, with the webhook's name and not the webhook", () => {
    expect(one(staging, "aws:lambda/function:Function", "notifier-function").inputs).toMatchObject({
      name: "towline-staging-notifier",
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      handler: "index.handler",
      code: { assets: { "index.js": { path: path.join(root, "dist/notifier/index.js") } } },
      environment: {
        variables: {
          SLACK_WEBHOOK_PARAMETER: "/towline/staging/slack-webhook",
          TOWLINE_BUCKET: "towline-example-staging",
          TOWLINE_GROUP_PREFIX: "towline-staging-",
          TOWLINE_HOSTS_TOPIC_ARN: "arn:aws:sns:eu-west-1:123456789012:towline-staging-hosts",
        },
      },
      deadLetterConfig: { targetArn: "arn:aws:sqs:eu-west-1:123456789012:towline-staging-notifier-undelivered" },
      loggingConfig: { logFormat: "Text", logGroup: "/aws/lambda/towline-staging-notifier" },
    });
    expect(one(staging, "aws:cloudwatch/logGroup:LogGroup", "notifier-log").inputs.retentionInDays).toBe(30);
  });

  it("is called by the stack's topic, to which Auto Scaling and the stack's alarms may publish", () => {
    const topic = "arn:aws:sns:eu-west-1:123456789012:towline-staging";
    expect(one(staging, "aws:sns/topicSubscription:TopicSubscription", "notifier-subscription").inputs).toEqual({
      topic,
      protocol: "lambda",
      endpoint: "arn:aws:lambda:eu-west-1:123456789012:function:towline-staging-notifier",
      redrivePolicy: JSON.stringify({
        deadLetterTargetArn: "arn:aws:sqs:eu-west-1:123456789012:towline-staging-notifier-undelivered",
      }),
    });
    expect(one(staging, "aws:lambda/permission:Permission", "notifier-permission").inputs).toEqual({
      action: "lambda:InvokeFunction",
      function: "towline-staging-notifier",
      principal: "sns.amazonaws.com",
      sourceArn: topic,
    });
    expect(statements(one(staging, "aws:sns/topicPolicy:TopicPolicy", "events-policy"))).toEqual([
      {
        Sid: "AutoScalingPublishes",
        Effect: "Allow",
        Principal: { Service: "autoscaling.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topic,
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      },
      {
        Sid: "AlarmsPublish",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topic,
        Condition: {
          StringEquals: { "aws:SourceAccount": "123456789012" },
          ArnLike: { "aws:SourceArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:towline-staging-*" },
        },
      },
      {
        Sid: "RefusePlainText",
        Effect: "Deny",
        Principal: "*",
        Action: "sns:Publish",
        Resource: [topic],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });

  it("is called by the hosts' topic too, to which nothing but hosts may publish, and is told which it is", () => {
    const topic = "arn:aws:sns:eu-west-1:123456789012:towline-staging-hosts";
    const { inputs } = one(staging, "aws:sns/topicSubscription:TopicSubscription", "notifier-hosts-subscription");
    expect(inputs).toMatchObject({ topic, protocol: "lambda" });
    expect(one(staging, "aws:lambda/permission:Permission", "notifier-hosts-permission").inputs).toMatchObject({
      principal: "sns.amazonaws.com",
      sourceArn: topic,
    });
    expect(statements(one(staging, "aws:sns/topicPolicy:TopicPolicy", "host-events-policy"))).toMatchObject([
      { Sid: "RefusePlainText", Effect: "Deny" },
    ]);
    const publishers = staging
      .filter(({ type, inputs }) => type === "aws:iam/rolePolicy:RolePolicy" && String(inputs.policy).includes(topic))
      .map(({ name }) => name);
    expect(publishers).toEqual(["web-role-policy"]);
    expect(one(staging, "aws:iam/rolePolicy:RolePolicy", "web-role-policy").inputs.policy).not.toContain(
      '"arn:aws:sns:eu-west-1:123456789012:towline-staging"',
    );
  });

  it("is called by EventBridge when one of the stack's own groups is replaced", () => {
    const rule = one(staging, "aws:cloudwatch/eventRule:EventRule", "notifier-refreshes-rule");
    expect(JSON.parse(String(rule.inputs.eventPattern))).toEqual({
      source: ["aws.autoscaling"],
      "detail-type": [{ prefix: "EC2 Auto Scaling Instance Refresh " }],
      detail: { AutoScalingGroupName: [{ prefix: "towline-staging-" }] },
    });
    const queue = "arn:aws:sqs:eu-west-1:123456789012:towline-staging-notifier-undelivered";
    expect(one(staging, "aws:cloudwatch/eventTarget:EventTarget", "notifier-refreshes-target").inputs).toEqual({
      rule: "towline-staging-notifier-refreshes",
      arn: "arn:aws:lambda:eu-west-1:123456789012:function:towline-staging-notifier",
      deadLetterConfig: { arn: queue },
      retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 20 },
    });
    const sourceArn = "arn:aws:events:eu-west-1:123456789012:rule/towline-staging-notifier-refreshes";
    expect(one(staging, "aws:lambda/permission:Permission", "notifier-refreshes-permission").inputs).toEqual({
      action: "lambda:InvokeFunction",
      function: "towline-staging-notifier",
      principal: "events.amazonaws.com",
      sourceArn,
    });
    const keep = { Effect: "Allow", Action: "sqs:SendMessage", Resource: queue };
    expect(statements(one(staging, "aws:sqs/queuePolicy:QueuePolicy", "notifier-undelivered-policy"))).toEqual([
      {
        Sid: "KeepUndelivered1",
        ...keep,
        Principal: { Service: "sns.amazonaws.com" },
        Condition: { ArnLike: { "aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:towline-staging" } },
      },
      {
        Sid: "KeepUndelivered2",
        ...keep,
        Principal: { Service: "sns.amazonaws.com" },
        Condition: { ArnLike: { "aws:SourceArn": "arn:aws:sns:eu-west-1:123456789012:towline-staging-hosts" } },
      },
      {
        Sid: "KeepUndelivered3",
        ...keep,
        Principal: { Service: "events.amazonaws.com" },
        Condition: { ArnLike: { "aws:SourceArn": sourceArn } },
      },
    ]);
  });
});

describe("a stack of workers only", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(path.join(tmpdir(), "towline-stack-"));
    writeFileSync(
      path.join(dir, "Pulumi.qa.yaml"),
      "config:\n  aws:region: eu-west-1\n  repository: {bucket: acme-qa}\n  groups:\n" +
        "    worker: {packages: [hello], processes: {hello: worker=2}, size: {min: 1, max: 3}, scaling: {cpu: 60}}\n",
    );
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it("has no load balancer, opens no port, checks EC2's health and scales on CPU", async () => {
    const qa = await synthesize("qa", { ...withKey, dir });
    expect(qa.filter(({ type }) => type.startsWith("aws:lb/"))).toEqual([]);
    expect(one(qa, "pulumi:pulumi:Stack").outputs).not.toHaveProperty("url");
    expect(one(qa, "aws:ec2/securityGroup:SecurityGroup").inputs.ingress).toEqual([]);
    expect(one(qa, "aws:autoscaling/group:Group").inputs).toMatchObject({
      healthCheckType: "EC2",
      targetGroupArns: [],
    });
    expect(String(one(qa, "aws:iam/rolePolicy:RolePolicy", "worker-role-policy").inputs.policy)).not.toContain(
      "elasticloadbalancing",
    );
    expect(one(qa, "aws:autoscaling/policy:Policy").inputs).toEqual({
      autoscalingGroupName: "towline-qa-worker",
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: "ASGAverageCPUUtilization" },
        targetValue: 60,
      },
    });
  });
});

describe("synthesis", () => {
  it("says the same each time it runs", async () => {
    const digest = (stack: Declared[]): string => createHash("sha256").update(JSON.stringify(stack)).digest("hex");
    expect(digest(await synthesize("staging", withKey))).toBe(digest(staging));
  });

  it("asks the given cloud for every resource but towline's own components, and builds on its answers", async () => {
    const offline = offlineCloud("eu-west-1");
    const asked: Registration[] = [];
    const cloud: Cloud = {
      ...offline,
      create: async (registration) => {
        asked.push(registration);
        await new Promise((resolve) => setTimeout(resolve, 1));
        const created = await offline.create(registration);
        const isTopic = registration.type === "aws:sns/topic:Topic";
        return isTopic ? { ...created, state: { ...created.state, arn: "arn:real" } } : created;
      },
    };
    const declared = await synthesize("staging", { ...withKey, cloud });
    expect(asked).toHaveLength(77);
    expect(asked.filter(({ custom }) => !custom).map(({ type }) => type)).toEqual(["awsx:ec2:Vpc"]);
    expect(one(declared, "aws:autoscaling/notification:Notification").inputs.topicArn).toBe("arn:real");
  });

  it("fails with the cloud's reason, and asks it for nothing more", async () => {
    const offline = offlineCloud("eu-west-1");
    let asked = 0;
    const cloud: Cloud = {
      ...offline,
      create: () => {
        asked += 1;
        return Promise.reject(new Error("no more buckets today"));
      },
    };
    await expect(synthesize("staging", { ...withKey, cloud })).rejects.toThrow(
      /^creating \S+ \S+: no more buckets today$/,
    );
    expect(asked).toBeLessThan(35);
    await expect(synthesize("staging", withKey)).resolves.toHaveLength(staging.length);
  });

  it("refuses two resources with one name, as Pulumi's engine would", async () => {
    const offline = offlineCloud("eu-west-1");
    const recording: Recording = { declared: new Map() };
    await recordInto(recording, "staging", offline, offline);
    await pulumi.runtime.runInPulumiStack(async () => {
      new aws.sns.Topic("events");
      new aws.sns.Topic("events");
    });
    await pulumi.runtime.disconnect();
    expect(recording.failure?.message).toBe(
      "urn:pulumi:staging::towline::aws:sns/topic:Topic::events is declared twice: give one of the two another name",
    );
  });

  it("fails when the signing key is missing", async () => {
    const missing = { config: { "towline:signingKey": "keys/nobody.asc" } };
    await expect(synthesize("staging", missing)).rejects.toThrow(/^keys\/nobody\.asc is missing: it should hold/);
  });
});

describe("Pulumi's entry", () => {
  it("exports the function that Pulumi calls, and nothing else", () => {
    expect(program).toBeInstanceOf(Function);
    expect(Object.keys(program)).toEqual([]);
  });
});
