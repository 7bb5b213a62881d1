import { architectureOf } from "../../infra/config/architecture";
import { stepAdjustments } from "../../infra/group/step-scaling";
import type { Declared } from "../../infra/synth";
import { CERTIFICATE as certificateArn } from "./arns";
import { all, one, stackOf } from "./stack-of";

const [GROUP, LISTENER] = ["aws:autoscaling/group:Group", "aws:lb/listener:Listener"];
const worker = { packages: ["hello"], processes: { hello: "worker=1" }, size: { min: 1, max: 3 } };
const web = { ...worker, processes: {}, http: { port: 6000 } };

describe("a group of several instance types", () => {
  it("prefers them in order, and buys the share it may as spot instances where there is most to be had", async () => {
    const stack = await stackOf({
      worker: { ...worker, alternativeTypes: ["t3a.small", "t2.small"], spot: { percent: 75, onDemand: 1 } },
    });
    expect(one(stack, GROUP).inputs).not.toHaveProperty("launchTemplate");
    expect(one(stack, GROUP).inputs).toMatchObject({
      capacityRebalance: true,
      mixedInstancesPolicy: {
        launchTemplate: {
          launchTemplateSpecification: { launchTemplateId: expect.stringMatching(/^lt-/), version: "1" },
          overrides: [{ instanceType: "t3.small" }, { instanceType: "t3a.small" }, { instanceType: "t2.small" }],
        },
        instancesDistribution: {
          onDemandAllocationStrategy: "prioritized",
          onDemandBaseCapacity: 1,
          onDemandPercentageAboveBaseCapacity: 25,
          spotAllocationStrategy: "price-capacity-optimized",
        },
      },
    });
  });

  it("buys no spot instance where none is asked for", async () => {
    const { inputs } = one(await stackOf({ worker: { ...worker, alternativeTypes: ["t3a.small"] } }), GROUP);
    expect(inputs).toMatchObject({
      capacityRebalance: false,
      mixedInstancesPolicy: {
        instancesDistribution: { onDemandBaseCapacity: 0, onDemandPercentageAboveBaseCapacity: 100 },
      },
    });
  });
});

describe("an instance type's architecture", () => {
  it.each([
    "t4g.small",
    "m6g.large",
    "c7gn.xlarge",
    "im4gn.large",
    "is4gen.medium",
    "x2gd.metal",
    "g5g.xlarge",
    "a1.large",
  ])("of %s is arm64", (type) => expect(architectureOf(type)).toBe("arm64"));

  it.each([
    "t3.small",
    "g4dn.xlarge",
    "gr6.4xlarge",
    "m7i-flex.large",
    "u-6tb1.metal",
    "x2iedn.large",
    "p6-b200.48xlarge",
  ])("of %s is amd64", (type) => expect(architectureOf(type)).toBe("amd64"));
});

describe("a group's root volume", () => {
  it("has the size it is given, encrypted all the same", async () => {
    const stack = await stackOf({ worker: { ...worker, rootVolume: { size: 40 } } });
    expect(one(stack, "aws:ec2/launchTemplate:LaunchTemplate").inputs.blockDeviceMappings).toEqual([
      {
        deviceName: "/dev/xvda",
        ebs: { encrypted: "true", volumeType: "gp3", volumeSize: 40, deleteOnTermination: "true" },
      },
    ]);
  });
});

describe("a group's scaling", () => {
  it("holds the requests of each target that the load balancer counts", async () => {
    const stack = await stackOf({ web: { ...web, scaling: { requestsPerTarget: 1200 } } });
    expect(one(stack, "aws:autoscaling/policy:Policy").inputs).toEqual({
      autoscalingGroupName: "towline-qa-web",
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: {
        predefinedMetricSpecification: {
          predefinedMetricType: "ALBRequestCountPerTarget",
          resourceLabel: expect.stringMatching(
            /^app\/towline-qa\/[0-9a-f]{16}\/targetgroup\/qa-web-6000\/[0-9a-f]{16}$/,
          ),
        },
        targetValue: 1200,
      },
    });
  });

  it("follows any metric in steps, up and down", async () => {
    const backlog = {
      namespace: "AWS/SQS",
      metric: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: "jobs" },
      statistic: "Maximum",
      periods: 2,
      up: [{ at: 100, by: 1 }],
      down: [{ at: 10, by: 1 }],
    };
    const stack = await stackOf({ worker: { ...worker, scaling: { steps: { backlog } } } });
    const alarms = all(stack, "aws:cloudwatch/metricAlarm:MetricAlarm").filter(({ name }) =>
      name.startsWith("worker-"),
    );
    const common = {
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: "jobs" },
      statistic: "Maximum",
      period: 60,
      evaluationPeriods: 2,
    };
    expect(alarms.map(({ inputs }) => inputs)).toEqual([
      expect.objectContaining({
        ...common,
        name: "towline-qa-worker-backlog-down",
        threshold: 10,
        comparisonOperator: "LessThanOrEqualToThreshold",
      }),
      expect.objectContaining({
        ...common,
        name: "towline-qa-worker-backlog-up",
        threshold: 100,
        comparisonOperator: "GreaterThanOrEqualToThreshold",
      }),
    ]);
    expect(all(stack, "aws:autoscaling/policy:Policy").map(({ inputs }) => inputs.stepAdjustments)).toEqual([
      [{ metricIntervalUpperBound: "0", scalingAdjustment: -1 }],
      [{ metricIntervalLowerBound: "0", scalingAdjustment: 1 }],
    ]);
    expect(alarms.map(({ propertyDependencies }) => propertyDependencies.alarmActions)).toEqual(
      all(stack, "aws:autoscaling/policy:Policy").map(({ urn }) => expect.arrayContaining([urn])),
    );
  });

  it("counts the bounds of steps from the mildest one's value, in whatever order they are written", () => {
    const steps = [
      { at: 500, by: 5 },
      { at: 100, by: 1 },
      { at: 200, by: 2 },
    ];
    expect(stepAdjustments("up", steps)).toEqual({
      threshold: 100,
      adjustments: [
        { metricIntervalLowerBound: "0", metricIntervalUpperBound: "100", scalingAdjustment: 1 },
        { metricIntervalLowerBound: "100", metricIntervalUpperBound: "400", scalingAdjustment: 2 },
        { metricIntervalLowerBound: "400", scalingAdjustment: 5 },
      ],
    });
    expect(stepAdjustments("down", steps)).toEqual({
      threshold: 500,
      adjustments: [
        { metricIntervalUpperBound: "0", metricIntervalLowerBound: "-300", scalingAdjustment: -5 },
        { metricIntervalUpperBound: "-300", metricIntervalLowerBound: "-400", scalingAdjustment: -2 },
        { metricIntervalUpperBound: "-400", scalingAdjustment: -1 },
      ],
    });
  });

  it("changes its bounds at times, and leaves the number of instances between them alone", async () => {
    const morning = { cron: "0 7 * * MON-FRI", timeZone: "Europe/Berlin", min: 2, max: 3 };
    const stack = await stackOf({ worker: { ...worker, scaling: { schedule: { morning } } } });
    expect(one(stack, "aws:autoscaling/schedule:Schedule").inputs).toEqual({
      scheduledActionName: "morning",
      autoscalingGroupName: "towline-qa-worker",
      recurrence: "0 7 * * MON-FRI",
      timeZone: "Europe/Berlin",
      minSize: 2,
      maxSize: 3,
      desiredCapacity: -1,
    });
  });

  it("has its times made anew for any change, one after the other", async () => {
    const [morning, night] = ["0 7 * * *", "0 22 * * *"].map((cron) => ({ cron, min: 1, max: 3 }));
    const stack = await stackOf({ worker: { ...worker, scaling: { schedule: { morning, night } } } });
    const [first, second] = all(stack, "aws:autoscaling/schedule:Schedule");
    for (const time of [first, second]) {
      expect(time?.options).toMatchObject({
        replaceOnChanges: ["recurrence", "timeZone", "minSize", "maxSize"],
        deleteBeforeReplace: true,
      });
    }
    expect(first?.dependencies).not.toContain(second?.urn);
    expect(second?.dependencies).toContain(first?.urn);
  });
});

describe("a group with a volume", () => {
  const db = { ...worker, size: { min: 0, max: 0 }, volume: { size: 20, mountPoint: "/srv/data" } };

  it("can be emptied before its volume goes, whose snapshot may take its time", async () => {
    const stack = await stackOf({ db });
    expect(one(stack, GROUP).inputs).toMatchObject({ minSize: 0, maxSize: 0 });
    const { inputs, options } = one(stack, "aws:ebs/volume:Volume");
    expect(inputs).toMatchObject({ finalSnapshot: true });
    expect(options).toMatchObject({ customTimeouts: { delete: "12h" } });
  });
});

describe("groups that use each other", () => {
  const of = (stack: readonly Declared[], group: string) =>
    one(stack, "aws:ec2/securityGroup:SecurityGroup", `${group}-security-group`);
  const used = { description: "Groups that use it", protocol: "tcp" };

  it("let in those who declare it, at their ports, and nobody else", async () => {
    const groups = { db: { ...worker, ports: [5432, 9187] }, worker: { ...worker, uses: ["db"] }, other: worker };
    const stack = await stackOf(groups);
    const user = [expect.stringMatching(/^sg-/)];
    expect(of(stack, "db").inputs.ingress).toEqual([
      { ...used, fromPort: 5432, toPort: 5432, securityGroups: user },
      { ...used, fromPort: 9187, toPort: 9187, securityGroups: user },
    ]);
    expect(of(stack, "db").dependencies).toContain(of(stack, "worker").urn);
    expect(of(stack, "db").dependencies).not.toContain(of(stack, "other").urn);
    expect(of(stack, "worker").inputs.ingress).toEqual([]);
    expect(of(stack, "other").inputs.ingress).toEqual([]);
  });

  it("without a port of their own let them in wherever an app can listen", async () => {
    const stack = await stackOf({ a: { ...worker, uses: ["c"] }, b: { ...worker, uses: ["c", "a"] }, c: worker });
    const [users, usersOfA] = [
      [expect.stringMatching(/^sg-/), expect.stringMatching(/^sg-/)],
      [expect.stringMatching(/^sg-/)],
    ];
    expect(of(stack, "c").inputs.ingress).toEqual([{ ...used, fromPort: 1024, toPort: 65535, securityGroups: users }]);
    expect(of(stack, "a").inputs.ingress).toEqual([
      { ...used, fromPort: 1024, toPort: 65535, securityGroups: usersOfA },
    ]);
  });
});

describe("several groups with http", () => {
  const groups = {
    web,
    api: { ...web, http: { port: 7000, hosts: ["api.example.com"], paths: ["/api/*"], priority: 10 } },
    worker,
  };

  it("get their requests by host and path, in order of priority; what is left goes to the one without", async () => {
    const stack = await stackOf(groups);
    expect(one(stack, LISTENER).inputs.defaultActions).toEqual([
      { type: "forward", targetGroupArn: expect.stringContaining(":targetgroup/qa-web-6000/") },
    ]);
    expect(one(stack, "aws:lb/listenerRule:ListenerRule").inputs).toEqual({
      listenerArn: expect.any(String),
      priority: 10,
      conditions: [{ hostHeader: { values: ["api.example.com"] } }, { pathPattern: { values: ["/api/*"] } }],
      actions: [{ type: "forward", targetGroupArn: expect.stringContaining(":targetgroup/qa-api-7000/") }],
      tags: { "towline:stack": "qa" },
    });
    expect(one(stack, "aws:ec2/securityGroup:SecurityGroup", "load-balancer-security-group").inputs.egress).toEqual([
      expect.objectContaining({ fromPort: 6000, toPort: 6000 }),
      expect.objectContaining({ fromPort: 7000, toPort: 7000 }),
    ]);
  });

  it("come after what sends them requests, and open their own port to it and to the stack's hosts", async () => {
    const stack = await stackOf(groups);
    const { dependencies } = one(stack, GROUP, "api-fleet");
    expect(dependencies).toContain(one(stack, "aws:lb/listenerRule:ListenerRule").urn);
    expect(one(stack, GROUP, "web-fleet").dependencies).toContain(one(stack, LISTENER).urn);
    expect(one(stack, "aws:ec2/securityGroup:SecurityGroup", "api-security-group").inputs.ingress).toEqual([
      expect.objectContaining({ fromPort: 7000, toPort: 7000, securityGroups: [expect.stringMatching(/^sg-/)] }),
      expect.objectContaining({ fromPort: 7000, toPort: 7000, cidrBlocks: ["10.0.0.0/16"] }),
    ]);
    expect(one(stack, "aws:ec2/securityGroup:SecurityGroup", "worker-security-group").inputs.ingress).toEqual([]);
    expect(one(stack, GROUP, "worker-fleet").inputs).toMatchObject({ healthCheckType: "EC2", targetGroupArns: [] });
  });
});

describe("a load balancer with a certificate", () => {
  it("speaks HTTPS, and sends who comes in the clear there once it does", async () => {
    const api = { ...web, http: { port: 6000, paths: ["/api/*"], priority: 10 } };
    const stack = await stackOf({ web, api }, { "towline:loadBalancer": { certificateArn } });
    const secure = one(stack, LISTENER, "load-balancer-https");
    expect(secure.inputs).toMatchObject({
      port: 443,
      protocol: "HTTPS",
      certificateArn,
      sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
      defaultActions: [{ type: "forward", targetGroupArn: expect.stringContaining(":targetgroup/qa-web-6000/") }],
    });
    const plain = one(stack, LISTENER, "load-balancer-http");
    expect(plain.inputs).toMatchObject({
      port: 80,
      protocol: "HTTP",
      defaultActions: [{ type: "redirect", redirect: { port: "443", protocol: "HTTPS", statusCode: "HTTP_301" } }],
    });
    expect(plain.dependencies).toContain(secure.urn);
    const rule = one(stack, "aws:lb/listenerRule:ListenerRule");
    expect(rule.propertyDependencies.listenerArn).toContain(secure.urn);
    const ports = one(stack, "aws:ec2/securityGroup:SecurityGroup", "load-balancer-security-group").inputs.ingress;
    expect((ports as { fromPort: number }[]).map(({ fromPort }) => fromPort)).toEqual([80, 443]);
    expect(one(stack, "pulumi:pulumi:Stack").outputs?.url).toMatch(/^https:\/\/towline-qa-/);
  });
});

describe("a host that is stuck", () => {
  it("may have itself replaced in its own group, unless the group has a disk that the next one would take over", async () => {
    const single = { packages: ["hello"], size: { min: 1, max: 1 } };
    const stack = await stackOf({ jobs: single, db: { ...single, volume: { size: 8, mountPoint: "/srv" } } });
    const asking = (group: string) =>
      JSON.parse(String(one(stack, "aws:iam/rolePolicy:RolePolicy", `${group}-role-policy`).inputs.policy))
        .Statement.filter(({ Action }: { Action: unknown }) =>
          [Action].flat().includes("autoscaling:SetInstanceHealth"),
        )
        .map(({ Resource }: { Resource: unknown }) => Resource);
    expect(asking("jobs")).toEqual([
      "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:*:autoScalingGroupName/towline-qa-jobs",
    ]);
    expect(asking("db")).toEqual([]);
  });
});

describe("what a group's hosts may write of its rollouts", () => {
  it("is neither its policy nor anything of another group's, and what one host did only in its own name", async () => {
    const single = { packages: ["hello"], size: { min: 1, max: 1 } };
    const stack = await stackOf({ jobs: single, "jobs-2": single });
    const { Statement } = JSON.parse(
      String(one(stack, "aws:iam/rolePolicy:RolePolicy", "jobs-role-policy").inputs.policy),
    );
    const allowed: string[] = Statement.filter(({ Action }: { Action: unknown }) =>
      [Action].flat().includes("s3:PutObject"),
    ).flatMap(({ Resource }: { Resource: unknown }) => Resource);
    const instance = "arn:aws:ec2:eu-west-1:123456789012:instance/i-0c0ffee0c0ffee001";
    const may = (key: string): boolean =>
      allowed.some((pattern) => {
        const own = pattern.replace(`\${ec2:SourceInstanceARN}`, instance);
        const parts = own.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
        return new RegExp(`^${parts.join(".*")}$`).test(`arn:aws:s3:::acme-qa/${key}`);
      });
    const written = [
      ...["control.json", "lease.json", "seen.json", "slots/1.json", "trials/hello/1.json", "verdicts/hello/1.json"],
      `done/hello/1/${instance}.json`,
      `voices/hello/1/ok/${instance}.json`,
      `voices/hello/1/bad/8/${instance}.json`,
    ];
    expect(written.filter((name) => !may(`rollout/jobs/${name}`))).toEqual([]);
    const refused = [
      "policy.json",
      "orders.json",
      "other.json",
      `voices/hello/1/ok/${instance}0.json`,
      `voices/hello/1/ok/${instance}.json/x`,
      `done/hello/1/${instance}0.json`,
      "done/hello.json",
      "control.json.bak",
    ];
    expect(refused.filter((name) => may(`rollout/jobs/${name}`))).toEqual([]);
    expect(written.filter((name) => may(`rollout/jobs-2/${name}`))).toEqual([]);
  });
});
