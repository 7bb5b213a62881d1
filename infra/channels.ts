import * as pulumi from "@pulumi/pulumi";
import { listBucket, REPOSITORY } from "./access/publisher-policy";
import { channelSuite } from "./names";
import { policyDocument, type Statement, trustPrincipals } from "./policy";
import { type RoleSettings, stackRole } from "./role";
import type { Tags } from "./tags";

export interface ChannelPublisherArgs {
  /** Physical name of the role. */
  readonly name: string;
  readonly trustedArns: readonly string[];
  readonly bucketArn: pulumi.Output<string>;
  /** Parts of the bucket's pool that it adds to. */
  readonly writablePool: pulumi.Output<readonly string[]>;
  /** The main suite, which it may not change. */
  readonly suite: string;
  /** What the role has in common with the stack's others. */
  readonly roles: RoleSettings;
  readonly tags: Tags;
}

/** The role in which builds of branches publish to channels: it reads the repository, and changes nothing of the main suite. */
export class ChannelPublisher extends pulumi.ComponentResource {
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: ChannelPublisherArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:ChannelPublisher", name, {}, options);
    const policy = pulumi
      .all([args.bucketArn, args.writablePool])
      .apply(([bucket, pool]) => policyDocument(changeChannels(bucket, args.suite, pool)));
    const { role } = stackRole(
      name,
      {
        name: args.name,
        assumeRolePolicy: trustPrincipals(args.trustedArns),
        policy,
        settings: args.roles,
        tags: args.tags,
      },
      this,
    );
    this.roleArn = role.arn;
    this.registerOutputs({ roleArn: this.roleArn });
  }
}

function changeChannels(bucket: string, suite: string, pool: readonly string[]): Statement[] {
  const under = (prefixes: readonly string[]): string[] => prefixes.map((prefix) => `${bucket}/${prefix}`);
  // The suite's name and a hyphen: those of channels alone.
  const channels = [`dists/${channelSuite(suite, "*")}/*`, "channels/*"];
  return [
    { Sid: "ReadRepository", Effect: "Allow", Action: "s3:GetObject", Resource: under(REPOSITORY) },
    listBucket("ListRepository", bucket, REPOSITORY),
    {
      Sid: "WriteChannels",
      Effect: "Allow",
      Action: "s3:PutObject",
      Resource: under([...channels, "publish/lock.json"]),
    },
    // The pool is the main suite's too: nothing in it is written over, and nothing removed.
    {
      Sid: "AddPackages",
      Effect: "Allow",
      Action: "s3:PutObject",
      Resource: pool,
      Condition: { Null: { "s3:if-none-match": "false" } },
    },
    { Sid: "RemoveOldChannels", Effect: "Allow", Action: "s3:DeleteObject", Resource: under(channels) },
  ];
}
