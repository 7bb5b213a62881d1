import * as aws from "@pulumi/aws";
import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { settingsOf } from "./buckets";
import { statementsOf } from "./statements";

const BLOCKS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"] as const;

export const noPublicBuckets: StackValidationPolicy = {
  name: "no-public-buckets",
  description: "Buckets block every kind of public access.",
  validateStack: ({ resources }, report) => {
    const accessBlocks = settingsOf(resources, (each) => each.asType(aws.s3.BucketPublicAccessBlock));
    for (const { bucket, settings } of accessBlocks) {
      const missing = BLOCKS.filter((block) => settings?.[block] !== true);
      if (missing.length > 0) {
        report(`The bucket should have a BucketPublicAccessBlock with ${missing.join(", ")}.`, bucket.urn);
      }
    }
  },
};

export const noPublicPolicies: ResourceValidationPolicy = {
  name: "no-public-policies",
  description: "No bucket, topic or queue allows everybody anything, and no role lets everybody assume it.",
  validateResource: (args, report) => {
    for (const { sid } of statementsOf(args).filter(({ allows, principals }) => allows && principals.includes("*"))) {
      report(`The statement ${sid} should name whom it allows something, but allows it everybody.`);
    }
  },
};
