import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { RolloutPolicy } from "../config";
import { rolloutObject } from "../names";
import { stackTags } from "../tags";

export interface RolloutPolicyArgs {
  readonly bucket: pulumi.Input<string>;
  readonly stack: string;
  readonly group: string;
  readonly policy: RolloutPolicy;
}

/**
 * Declares the object in which a group's hosts read how they take releases, as a child of the group. It is one of its own, since
 * the program would take back what people and hosts write into another (docs/decisions/0013-policy-of-its-own.md).
 */
export function rolloutPolicyObject(
  name: string,
  { bucket, stack, group, policy }: RolloutPolicyArgs,
  parent: pulumi.Resource,
): aws.s3.BucketObjectv2 {
  return new aws.s3.BucketObjectv2(
    `${name}-rollout-policy`,
    {
      bucket,
      key: rolloutObject(group, "policy.json"),
      content: JSON.stringify(policy),
      contentType: "application/json",
      // An object takes ten tags: the group's own, of which there may be more, stay with its instances.
      tags: { ...stackTags(stack), "towline:group": group },
    },
    { parent },
  );
}
