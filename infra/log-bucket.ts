import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import { logBucketName, trailName } from "./names";
import { policyDocument, refuseOtherAccounts, refusePlainText, type Statement } from "./policy";
import { encrypt, keepPrivate, keepVersions } from "./private-bucket";
import type { Tags } from "./tags";

/** Where each kind of log lies in the bucket. */
export const LOG_PREFIX = { bucket: "bucket/", flows: "flows", loadBalancer: "load-balancer", trail: "trail" } as const;

export interface LogBucketArgs {
  readonly stack: string;
  /** Name of the bucket whose requests are logged; that of the logs is made of it. */
  readonly repositoryBucket: string;
  readonly repositoryArn: pulumi.Input<string>;
  /** Days that logs are kept. */
  readonly days: number;
  readonly region: string;
  readonly account: Account;
  readonly tags: Tags;
}

/** The bucket that AWS's services write a stack's logs to: the requests of its load balancer and bucket, its flows, its trail. */
export class LogBucket extends pulumi.ComponentResource {
  readonly bucket: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  /** What has to exist before a service is told to write here: each tries at once. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: LogBucketArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:LogBucket", name, {}, options);
    const bucket = new aws.s3.Bucket(
      `${name}-bucket`,
      { bucket: logBucketName(args.repositoryBucket), tags: args.tags },
      { parent: this },
    );
    this.bucket = bucket.bucket;
    this.arn = bucket.arn;
    encrypt(name, this.bucket, this);
    this.expire(name, args.days, keepVersions(name, this.bucket, this));
    this.ready = this.letServicesWrite(name, args, keepPrivate(name, this.bucket, this));
    this.registerOutputs({ bucket: this.bucket, arn: this.arn });
  }

  private expire(name: string, days: number, versioning: pulumi.Resource): void {
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket: this.bucket,
        rules: [
          {
            id: "expire-logs",
            status: "Enabled",
            filter: { prefix: "" },
            expiration: { days },
            noncurrentVersionExpiration: { noncurrentDays: 30 },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
        ],
      },
      { parent: this, dependsOn: versioning },
    );
  }

  private letServicesWrite(name: string, args: LogBucketArgs, block: pulumi.Resource): pulumi.Resource {
    const { stack, region, account } = args;
    return new aws.s3.BucketPolicy(
      `${name}-policy`,
      {
        bucket: this.bucket,
        policy: pulumi
          .all([this.arn, args.repositoryArn, account.id, account.partition])
          .apply(([arn, repository, id, partition]) => {
            const everything = [arn, `${arn}/*`];
            const trail = `arn:${partition}:cloudtrail:${region}:${id}:trail/${trailName(stack)}`;
            return policyDocument([
              refusePlainText("s3:*", everything),
              refuseOtherAccounts(id, everything),
              ...deliveries(arn, { repository, trail, id, region, partition }),
            ]);
          }),
      },
      { parent: this, dependsOn: block },
    );
  }
}

interface Sources {
  readonly repository: string;
  readonly trail: string;
  readonly id: string;
  readonly region: string;
  readonly partition: string;
}

/** What AWS's guides ask for, of each service on this stack's behalf alone. */
function deliveries(bucket: string, { repository, trail, id, region, partition }: Sources): Statement[] {
  const flows = `arn:${partition}:logs:${region}:${id}:*`;
  const balancers = `arn:${partition}:elasticloadbalancing:${region}:${id}:loadbalancer/*`;
  const below = (prefix: string, service: string) => `${bucket}/${prefix}/AWSLogs/${id}/${service}*`;
  const from = (source: string) => ({
    StringEquals: { "aws:SourceAccount": id },
    ArnLike: { "aws:SourceArn": source },
  });
  const write = (Sid: string, Service: string, Resource: string, source: string): Statement => ({
    Sid,
    Effect: "Allow",
    Principal: { Service },
    Action: "s3:PutObject",
    Resource,
    Condition: from(source),
  });
  const look = (Sid: string, Service: string, source: string): Statement => ({
    Sid,
    Effect: "Allow",
    Principal: { Service },
    Action: "s3:GetBucketAcl",
    Resource: bucket,
    Condition: from(source),
  });
  return [
    write("BucketRequests", "logging.s3.amazonaws.com", `${bucket}/${LOG_PREFIX.bucket}*`, repository),
    write(
      "LoadBalancerRequests",
      "logdelivery.elasticloadbalancing.amazonaws.com",
      below(LOG_PREFIX.loadBalancer, ""),
      balancers,
    ),
    write("Flows", "delivery.logs.amazonaws.com", below(LOG_PREFIX.flows, "vpcflowlogs/"), flows),
    look("LookBeforeFlows", "delivery.logs.amazonaws.com", flows),
    write("Trail", "cloudtrail.amazonaws.com", below(LOG_PREFIX.trail, "CloudTrail"), trail),
    look("LookBeforeTrail", "cloudtrail.amazonaws.com", trail),
  ];
}
