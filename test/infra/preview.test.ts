import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type Cloud, type Declared, offlineCloud, synthesize, UNKNOWN } from "../../infra/synth";
import { type Recording, recordInto } from "../../infra/synth/monitor";
import type { Plain } from "../../infra/synth/plain";
import { previewing } from "../../infra/synth/preview";
import { one, placeholderKey, stackOf } from "./stack-of";

const single = { packages: ["hello"], size: { min: 1, max: 1 } };
const step = { namespace: "AWS/SQS", metric: "Depth", up: [{ at: 100, by: 1 }] };
const groups = {
  web: { ...single, http: { port: 6000 }, scaling: { requestsPerTarget: 100, steps: { backlog: step } } },
  api: { ...single, http: { port: 7000, paths: ["/api/*"], priority: 1 } },
  mixed: { ...single, alternativeTypes: ["t3a.small"], scaling: { cpu: 60 } },
  door: { ...single, elasticIp: { ports: [443] } },
  db: { ...single, volume: { size: 10, mountPoint: "/srv/data" } },
};
const sections = {
  "towline:publisher": { trustedArns: ["arn:aws:iam::123456789012:root"] },
  "towline:slackCommand": { jenkins: { url: "https://jenkins.example.com" }, allow: { users: ["U0123456789"] } },
};

let preview: Declared[];
beforeAll(async () => {
  preview = await stackOf(groups, sections, "qa", { preview: true });
});

/** Where a value holds something unknown, with `*` for any place of a list. */
function unknownIn(value: Plain, path: string): string[] {
  if (value === UNKNOWN) return [path];
  if (Array.isArray(value)) return value.flatMap((item) => unknownIn(item, `${path}/*`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => unknownIn(item, `${path}/${key}`));
}

describe("the preview of a stack that is not there yet", () => {
  it("shows the very resources that an update makes", async () => {
    const update = await stackOf(groups, sections);
    expect(preview.map(({ urn }) => urn)).toEqual(update.map(({ urn }) => urn));
    expect(update.flatMap(({ inputs, urn }) => unknownIn(inputs, urn))).toEqual([]);
  });

  it("leaves nothing open but what AWS makes up, and what is written with it", () => {
    const open = preview.flatMap(({ type, inputs }) => unknownIn(inputs, type.replace(/^aws:/, "")));
    expect([...new Set(open)].sort()).toEqual([
      "autoscaling/group:Group/launchTemplate/id",
      "autoscaling/group:Group/launchTemplate/version",
      "autoscaling/group:Group/mixedInstancesPolicy/launchTemplate/launchTemplateSpecification/launchTemplateId",
      "autoscaling/group:Group/mixedInstancesPolicy/launchTemplate/launchTemplateSpecification/version",
      "autoscaling/group:Group/targetGroupArns/*",
      "autoscaling/group:Group/vpcZoneIdentifiers",
      "autoscaling/notification:Notification/topicArn",
      "autoscaling/policy:Policy/targetTrackingConfiguration/predefinedMetricSpecification/resourceLabel",
      "cloudwatch/eventTarget:EventTarget/arn",
      "cloudwatch/eventTarget:EventTarget/deadLetterConfig/arn",
      "cloudwatch/eventTarget:EventTarget/roleArn",
      "cloudwatch/metricAlarm:MetricAlarm/alarmActions/*",
      "cloudwatch/metricAlarm:MetricAlarm/okActions/*",
      "ebs/volume:Volume/availabilityZone",
      "ec2/launchTemplate:LaunchTemplate/iamInstanceProfile/arn",
      "ec2/launchTemplate:LaunchTemplate/networkInterfaces/*/securityGroups/*",
      "ec2/launchTemplate:LaunchTemplate/userData",
      "ec2/launchTemplate:LaunchTemplate/vpcSecurityGroupIds/*",
      "ec2/securityGroup:SecurityGroup/ingress/*/securityGroups/*",
      "ec2/securityGroup:SecurityGroup/vpcId",
      "iam/rolePolicy:RolePolicy/policy",
      "kms/alias:Alias/targetKeyId",
      "kms/key:Key/policy",
      "lambda/function:Function/deadLetterConfig/targetArn",
      "lambda/function:Function/environment/variables/TOWLINE_HOSTS_TOPIC_ARN",
      "lambda/function:Function/environment/variables/TOWLINE_SERVICES",
      "lambda/function:Function/environment/variables/TOWLINE_TOPIC_ARN",
      "lambda/function:Function/role",
      "lambda/permission:Permission/sourceArn",
      "lb/listener:Listener/defaultActions/*/targetGroupArn",
      "lb/listener:Listener/loadBalancerArn",
      "lb/listenerRule:ListenerRule/actions/*/targetGroupArn",
      "lb/listenerRule:ListenerRule/listenerArn",
      "lb/loadBalancer:LoadBalancer/securityGroups/*",
      "lb/loadBalancer:LoadBalancer/subnets",
      "lb/targetGroup:TargetGroup/vpcId",
      "s3/bucketPolicy:BucketPolicy/policy",
      "servicediscovery/privateDnsNamespace:PrivateDnsNamespace/vpc",
      "servicediscovery/service:Service/dnsConfig/namespaceId",
      "sns/topicPolicy:TopicPolicy/arn",
      "sns/topicPolicy:TopicPolicy/policy",
      "sns/topicSubscription:TopicSubscription/endpoint",
      "sns/topicSubscription:TopicSubscription/redrivePolicy",
      "sns/topicSubscription:TopicSubscription/topic",
      "sqs/queuePolicy:QueuePolicy/policy",
      "sqs/queuePolicy:QueuePolicy/queueUrl",
    ]);
  });

  it("tells the outputs that are chosen, and that the others will be there", () => {
    expect(one(preview, "pulumi:pulumi:Stack").outputs).toEqual({
      url: UNKNOWN,
      slackCommandUrl: UNKNOWN,
      publisherRoleArn: UNKNOWN,
      bucket: "acme-qa",
      topicArn: UNKNOWN,
      addresses: { door: UNKNOWN },
      groups: Object.fromEntries(Object.keys(groups).map((name) => [name, `towline-qa-${name}`])),
      securityGroups: Object.fromEntries(Object.keys(groups).map((name) => [name, UNKNOWN])),
      vpcId: UNKNOWN,
      publicSubnetIds: UNKNOWN,
      privateSubnetIds: UNKNOWN,
    });
  });

  it("creates nothing, and asks for what exists only: where nothing is unknown in the question", async () => {
    const tokens: string[] = [];
    const offline = offlineCloud("eu-west-1");
    const cloud: Cloud = {
      create: ({ name }) => Promise.reject(new Error(`${name} was created`)),
      invoke: (call) => {
        tokens.push(call.token);
        return offline.invoke(call);
      },
    };
    const config = { "towline:signingKey": placeholderKey, "towline:groups": groups };
    await synthesize("staging", { config, cloud, preview: true });
    expect([...new Set(tokens)].sort()).toEqual([
      "aws:ec2/getAmi:getAmi",
      "aws:index/getCallerIdentity:getCallerIdentity",
      "aws:index/getPartition:getPartition",
      "aws:ssm/getParameter:getParameter",
    ]);
  });

  it("misses what a program declares only once something is known, so that the first test finds such a program", async () => {
    const declaredIn = async (inPreview: boolean): Promise<string[]> => {
      const offline = offlineCloud("eu-west-1");
      const cloud = inPreview ? previewing(offline) : offline;
      const recording: Recording = { declared: new Map() };
      await recordInto(recording, "qa", cloud, cloud, inPreview);
      await pulumi.runtime.runInPulumiStack(async () => {
        const { arn } = new aws.sns.Topic("events");
        return { policy: arn.apply((topic) => new aws.sns.TopicPolicy("policy", { arn: topic, policy: "{}" }).id) };
      });
      await pulumi.runtime.disconnect();
      return [...recording.declared.values()].map(({ name }) => name);
    };
    expect(await declaredIn(false)).toEqual(["towline-qa", "events", "policy"]);
    expect(await declaredIn(true)).toEqual(["towline-qa", "events"]);
  });
});
