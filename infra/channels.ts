import * as pulumi from "@pulumi/pulumi";
import { listBucket, REPOSITORY } from "./access/publisher-policy";
import { channelSuite } from "./names";
import { policyDocument, type Statement } from "./policy";
import { type TrustedRoleArgs, trustedRole } from "./role";

export interface ChannelPublisherArgs extends TrustedRoleArgs {
  readonly bucketArn: pulumi.Output<string>;
  /** Parts of the bucket's pool that it adds to. */
  readonly writablePool: pulumi.Output<readonly string[]>;
  /** The main suite, which it may not change. */
  readonly suite: string;
}

/** The role in which builds of branches publish to channels: it reads the repository, and changes nothing of the main suite. */
export class ChannelPublisher extends pulumi.ComponentResource {
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: ChannelPublisherArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:ChannelPublisher", name, {}, options);
    const policy = pulumi
      .all([args.bucketArn, args.writablePool])
      .apply(([bucket, pool]) => policyDocument(changeChannels(bucket, args.suite, pool)));
    this.roleArn = trustedRole(name, args, policy, this).arn;
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
