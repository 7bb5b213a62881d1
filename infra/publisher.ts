import * as pulumi from "@pulumi/pulumi";
import { publisherStatements } from "./access/publisher-policy";
import type { Account } from "./account";
import { policyDocument } from "./policy";
import { type TrustedRoleArgs, trustedRole } from "./role";

export interface PublisherArgs extends TrustedRoleArgs {
  readonly stack: string;
  readonly bucketArn: pulumi.Output<string>;
  /** Parts of the bucket's pool that it writes. */
  readonly writablePool: pulumi.Output<readonly string[]>;
  /** Bucket of the stack that releases are promoted from. @default none is read */
  readonly promoteFromBucket?: string | undefined;
  readonly topicArn: pulumi.Output<string>;
  /** Days for which it may lock what it publishes. @default it may not */
  readonly releaseDays?: number | undefined;
  readonly region: string;
  readonly account: Account;
}

/** The role in which Jenkins, or a person, changes a stack's packages: what the command line needs, and nothing else. */
export class Publisher extends pulumi.ComponentResource {
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: PublisherArgs, options?: pulumi.ComponentResourceOptions) {
    super("towline:infra:Publisher", name, {}, options);
    const { account, region, stack, promoteFromBucket } = args;
    const policy = pulumi
      .all([account.partition, account.id, args.bucketArn, args.writablePool, args.topicArn])
      .apply(([partition, id, bucket, pool, topic]) =>
        policyDocument(
          publisherStatements({
            stack,
            place: { partition, region, account: id },
            bucketArn: bucket,
            writablePool: pool,
            topicArn: topic,
            releaseDays: args.releaseDays,
            sourceArn: promoteFromBucket && `arn:${partition}:s3:::${promoteFromBucket}`,
          }),
        ),
      );
    this.roleArn = trustedRole(name, args, policy, this).arn;
    this.registerOutputs({ roleArn: this.roleArn });
  }
}
