import type { Declared } from "../../infra/synth";
import { WEB_ACL as webAclArn } from "./arns";
import { all, one, stackOf } from "./stack-of";

const groups = {
  web: { packages: ["hello"], size: { min: 1, max: 2 }, http: { port: 6000 } },
  jobs: { packages: ["hello"], size: { min: 1, max: 1 } },
};

/** What the provider of AWS changes in place (its documentation: none of these says "forces new resource"). */
const IN_PLACE: Readonly<Record<string, readonly string[]>> = {
  "aws:cloudwatch/logGroup:LogGroup": ["retentionInDays"],
  "aws:lb/loadBalancer:LoadBalancer": ["accessLogs", "enableDeletionProtection"],
  "aws:s3/bucketPolicy:BucketPolicy": ["policy"],
};

let plain: Declared[];
let full: Declared[];
beforeAll(async () => {
  plain = await stackOf(groups);
  full = await stackOf(groups, { "towline:protect": { webAclArn }, "towline:audit": {} });
});

describe("a stack that is given protect and audit", () => {
  it("keeps everything it had, and has nothing replaced", () => {
    const later = new Map(full.map((entry) => [entry.urn, entry]));
    for (const { urn, type, inputs } of plain) {
      const now = later.get(urn)?.inputs ?? {};
      const names = [...new Set([...Object.keys(inputs), ...Object.keys(now)])];
      const changed = names.filter((name) => JSON.stringify(inputs[name]) !== JSON.stringify(now[name]));
      expect({ urn, there: later.has(urn) }).toEqual({ urn, there: true });
      expect({ urn, changed: changed.filter((name) => !IN_PLACE[type]?.includes(name)) }).toEqual({ urn, changed: [] });
    }
  });

  it("gets these resources and no others", () => {
    const before = new Set(plain.map(({ urn }) => urn));
    const added = full.filter(({ urn }) => !before.has(urn)).map(({ name }) => name);
    expect(added.filter((name) => !name.startsWith("logs")).sort()).toEqual([
      "audit",
      "audit-bucket-logging",
      "audit-flow-log",
      "audit-trail",
      "load-balancer-web-acl",
      "network-default-security-group",
      "repository-object-lock",
    ]);
  });

  it("does not lose its load balancer or its bucket by mistake", () => {
    expect(one(full, "aws:lb/loadBalancer:LoadBalancer").inputs.enableDeletionProtection).toBe(true);
    const policy = one(full, "aws:s3/bucketPolicy:BucketPolicy", "repository-policy").inputs.policy;
    expect(JSON.parse(String(policy)).Statement).toContainEqual({
      Sid: "RefuseDeletion",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:DeleteBucket",
      Resource: "arn:aws:s3:::acme-qa",
    });
    expect(one(full, "aws:s3/bucket:Bucket", "repository-bucket").options).toMatchObject({ protect: true });
  });

  it("lets releases be locked, and nothing that hosts write", () => {
    const lock = one(full, "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration").inputs;
    expect(lock).toEqual({ bucket: "acme-qa", objectLockEnabled: "Enabled" });
  });

  it("lets who publishes lock packages for as long as it says, and nobody delete what is locked", async () => {
    const sections = { "towline:publisher": { trustedArns: ["arn:aws:iam::123456789012:root"] } };
    const statements = async (more: object) => {
      const stack = await stackOf({ jobs: groups.jobs }, { ...sections, ...more });
      return JSON.parse(String(one(stack, "aws:iam/rolePolicy:RolePolicy", "publisher-role-policy").inputs.policy))
        .Statement;
    };
    const locked = await statements({ "towline:protect": { releaseDays: 90 } });
    expect(locked.filter(({ Sid }: { Sid: string }) => Sid === "LockReleases")).toEqual([
      {
        Sid: "LockReleases",
        Effect: "Allow",
        Action: "s3:PutObjectRetention",
        Resource: "arn:aws:s3:::acme-qa/pool/*",
        Condition: { NumericLessThanEquals: { "s3:object-lock-remaining-retention-days": "91" } },
      },
    ]);
    expect(JSON.stringify(await statements({}))).not.toMatch(/Retention|DeleteObjectVersion/);
    expect(JSON.stringify(full)).not.toMatch(/BypassGovernanceRetention|DeleteObjectVersion/);
  });

  it("has a web ACL before its load balancer", () => {
    const { inputs } = one(full, "aws:wafv2/webAclAssociation:WebAclAssociation");
    expect(inputs).toMatchObject({ webAclArn, resourceArn: expect.stringContaining(":loadbalancer/app/towline-qa/") });
  });

  it("logs to a bucket of its own, which four services write to, each in its place and for this account alone", () => {
    const policy = JSON.parse(String(one(full, "aws:s3/bucketPolicy:BucketPolicy", "logs-policy").inputs.policy));
    const writes = policy.Statement.filter(({ Action }: { Action: string }) => Action === "s3:PutObject");
    expect(
      writes.map(({ Principal, Resource }: { Principal: object; Resource: string }) => [Principal, Resource]),
    ).toEqual([
      [{ Service: "logging.s3.amazonaws.com" }, "arn:aws:s3:::acme-qa-logs/bucket/*"],
      [
        { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
        "arn:aws:s3:::acme-qa-logs/load-balancer/AWSLogs/123456789012/*",
      ],
      [
        { Service: "delivery.logs.amazonaws.com" },
        "arn:aws:s3:::acme-qa-logs/flows/AWSLogs/123456789012/vpcflowlogs/*",
      ],
      [{ Service: "cloudtrail.amazonaws.com" }, "arn:aws:s3:::acme-qa-logs/trail/AWSLogs/123456789012/CloudTrail*"],
    ]);
    for (const { Condition } of writes) expect(Condition.StringEquals).toEqual({ "aws:SourceAccount": "123456789012" });
    expect(one(full, "aws:lb/loadBalancer:LoadBalancer").inputs.accessLogs).toEqual({
      enabled: true,
      bucket: "acme-qa-logs",
      prefix: "load-balancer",
    });
    expect(one(full, "aws:s3/bucketLogging:BucketLogging").inputs).toEqual({
      bucket: "acme-qa",
      targetBucket: "acme-qa-logs",
      targetPrefix: "bucket/",
    });
    expect(one(full, "aws:ec2/flowLog:FlowLog").inputs.logDestination).toBe("arn:aws:s3:::acme-qa-logs/flows");
  });

  it("writes down who changes indexes, and who reads or changes settings", () => {
    const { advancedEventSelectors } = one(full, "aws:cloudtrail/trail:Trail").inputs;
    const fields = (advancedEventSelectors as { fieldSelectors: object[] }[]).map(
      ({ fieldSelectors }) => fieldSelectors,
    );
    expect(fields[0]).toContainEqual({ field: "resources.ARN", startsWiths: ["arn:aws:s3:::acme-qa/dists/"] });
    expect(fields[0]).toContainEqual({ field: "readOnly", equals: ["false"] });
    expect(fields[1]).toContainEqual({ field: "resources.ARN", startsWiths: ["arn:aws:s3:::acme-qa/env/"] });
    expect(JSON.stringify(fields[1])).not.toContain("readOnly");
  });

  it("keeps logs for a year", () => {
    const days = all(full, "aws:cloudwatch/logGroup:LogGroup").map(({ inputs }) => inputs.retentionInDays);
    expect(new Set(days)).toEqual(new Set([365]));
    const { rules } = one(
      full,
      "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
      "logs-lifecycle",
    ).inputs;
    expect(rules).toMatchObject([{ expiration: { days: 365 } }]);
  });
});
