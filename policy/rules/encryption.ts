import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, type StackValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { settingsOf } from "./buckets";

export const encryptedVolumes: ResourceValidationPolicy = {
  name: "encrypted-volumes",
  description: "Volumes are encrypted, those that instances are launched with too.",
  validateResource: [
    validateResourceOfType(aws.ec2.LaunchTemplate, ({ blockDeviceMappings = [] }, _, report) => {
      // A template without a mapping leaves the root volume as the image has it.
      if (blockDeviceMappings.length === 0) report("blockDeviceMappings should hold the root volume, with encryption.");
      for (const { deviceName, ebs } of blockDeviceMappings) {
        if (ebs?.encrypted !== "true") report(`The volume ${deviceName} should be encrypted: set ebs.encrypted.`);
      }
    }),
    validateResourceOfType(aws.ec2.Instance, ({ rootBlockDevice, ebsBlockDevices = [] }, _, report) => {
      if (rootBlockDevice?.encrypted !== true) {
        report("The root volume should be encrypted: set rootBlockDevice.encrypted.");
      }
      for (const { deviceName, encrypted } of ebsBlockDevices) {
        if (encrypted !== true)
          report(`The volume ${deviceName} should be encrypted: set encrypted in ebsBlockDevices.`);
      }
    }),
    validateResourceOfType(aws.ebs.Volume, ({ encrypted }, _, report) => {
      if (encrypted !== true) report("The volume should be encrypted: set encrypted.");
    }),
  ],
};

export const encryptedQueues: ResourceValidationPolicy = {
  name: "encrypted-queues",
  description: "Queues are encrypted, with SQS's own key or one of KMS.",
  validateResource: validateResourceOfType(aws.sqs.Queue, ({ sqsManagedSseEnabled, kmsMasterKeyId }, _, report) => {
    if (sqsManagedSseEnabled !== true && kmsMasterKeyId === undefined) {
      report("The queue should be encrypted: set sqsManagedSseEnabled.");
    }
  }),
};

/** SNS keeps its messages on encrypted disks by itself; a key of KMS comes on top. */
export const usableTopicKeys: ResourceValidationPolicy = {
  name: "usable-topic-keys",
  description: "A topic's key is one that Auto Scaling and CloudWatch may use, which AWS's own alias/aws/sns is not.",
  validateResource: validateResourceOfType(aws.sns.Topic, ({ kmsMasterKeyId }, _, report) => {
    if (kmsMasterKeyId?.endsWith("alias/aws/sns")) {
      report("alias/aws/sns lets no AWS service publish to the topic: take a key of your own, or none.");
    }
  }),
};

export const encryptedBuckets: StackValidationPolicy = {
  name: "encrypted-buckets",
  description: "Buckets encrypt every object.",
  validateStack: ({ resources }, report) => {
    const encryptions = settingsOf(
      resources,
      (each) =>
        each.asType(aws.s3.BucketServerSideEncryptionConfiguration) ??
        each.asType(aws.s3.BucketServerSideEncryptionConfigurationV2),
    );
    for (const { bucket, settings } of encryptions) {
      const encrypts = settings?.rules.some((rule) => rule.applyServerSideEncryptionByDefault !== undefined);
      if (encrypts !== true) {
        report("The bucket should have a BucketServerSideEncryptionConfiguration with a default.", bucket.urn);
      }
    }
  },
};
