import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";

/** Where the ARNs of a stack's resources lie. */
export interface Account {
  /** Number of the AWS account. */
  readonly id: pulumi.Output<string>;
  /** First part of every ARN: aws or aws-us-gov. */
  readonly partition: pulumi.Output<string>;
}

/** Asks AWS which account the stack is built in. */
export function currentAccount(): Account {
  return {
    id: aws.getCallerIdentityOutput({}).accountId,
    partition: aws.getPartitionOutput({}).partition,
  };
}
