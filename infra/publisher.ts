import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "./account";
import type { PublisherConfig } from "./config";
import { policyDocument, type Statement, trustPrincipals } from "./policy";
import { type Place, tellToLook } from "./run-command";
import type { Tags } from "./tags";

export interface PublisherArgs extends Pick<PublisherConfig, "promoteFromBucket"> {
  readonly trustedArns: readonly string[];
  /** Physical name of the role. */
  readonly name: string;
  readonly stack: string;
  readonly bucketArn: pulumi.Output<string>;
  /** Parts of the bucket's pool that it writes. */
  readonly writablePool: pulumi.Output<readonly string[]>;
  readonly topicArn: pulumi.Output<string>;
  readonly region: string;
  readonly account: Account;
  readonly tags: Tags;
}

/** The role in which Jenkins, or a person, changes a stack's packages: what the command line needs, and nothing else. */
export class Publisher extends pulumi.ComponentResource {
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: PublisherArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:Publisher", name, {}, options);
    const role = new aws.iam.Role(
      `${name}-role`,
      { name: args.name, assumeRolePolicy: trustPrincipals(args.trustedArns), tags: args.tags },
      { parent: this },
    );
    const { account, region, stack, promoteFromBucket } = args;
    const policy = pulumi
      .all([account.partition, account.id, args.bucketArn, args.writablePool, args.topicArn])
      .apply(([partition, id, bucket, pool, topic]) =>
        policyDocument([
          ...changePackages(bucket, pool),
          ...(promoteFromBucket === undefined ? [] : readReleases(`arn:${partition}:s3:::${promoteFromBucket}`)),
          ...followAndTell(stack, { partition, region, account: id }, topic),
        ]),
      );
    new aws.iam.RolePolicy(`${name}-role-policy`, { role: role.name, policy }, { parent: this });
    this.roleArn = role.arn;
    this.registerOutputs({ roleArn: this.roleArn });
  }
}

/** Parts of the bucket (docs/contracts.md, "The bucket"): what a publication changes, and what hosts say of it. */
const PACKAGES = ["dists/*", "pool/*", "channels/*"];
const RECORDS = ["releases/*", "publish/lock.json"];
const HOSTS_WORD = ["rollout/*", "hosts/*"];
/** All that whoever publishes reads. */
export const REPOSITORY = [...PACKAGES, ...RECORDS, ...HOSTS_WORD];

function changePackages(bucket: string, pool: readonly string[]): Statement[] {
  const under = (prefixes: readonly string[]): string[] => prefixes.map((prefix) => `${bucket}/${prefix}`);
  return [
    {
      Sid: "ReadRepository",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: under(REPOSITORY),
    },
    {
      Sid: "WriteRepository",
      Effect: "Allow",
      Action: "s3:PutObject",
      Resource: [...under(["dists/*", "channels/*", ...RECORDS]), ...pool],
    },
    // Of what is not published any more, too.
    { Sid: "RemoveOldPackages", Effect: "Allow", Action: "s3:DeleteObject", Resource: under(PACKAGES) },
    listBucket("ListRepository", bucket, REPOSITORY),
  ];
}

/** What `towline promote` reads of the stack a release comes from. */
function readReleases(bucket: string): Statement[] {
  const prefixes = [...PACKAGES, "releases/*", "rollout/*"];
  return [
    {
      Sid: "ReadSource",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: prefixes.map((prefix) => `${bucket}/${prefix}`),
    },
    listBucket("ListSource", bucket, prefixes),
  ];
}

/** Lets a bucket be listed. Without it, S3 also answers 403 in place of 404 for what is not there. */
export function listBucket(Sid: string, bucket: string, prefixes: readonly string[]): Statement {
  return {
    Sid,
    Effect: "Allow",
    Action: "s3:ListBucket",
    Resource: bucket,
    Condition: { StringLike: { "s3:prefix": prefixes } },
  };
}

function followAndTell(stack: string, place: Place, topicArn: string): Statement[] {
  return [
    { Sid: "TellTheTopic", Effect: "Allow", Action: "sns:Publish", Resource: topicArn },
    ...tellToLook(place, stack),
    {
      // None of these takes a resource.
      Sid: "SeeFleet",
      Effect: "Allow",
      Action: ["autoscaling:DescribeAutoScalingGroups", "ssm:ListCommands"],
      Resource: "*",
    },
  ];
}
