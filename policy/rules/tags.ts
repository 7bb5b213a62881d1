import * as aws from "@pulumi/aws";
import { type ResourceValidationPolicy, validateResourceOfType } from "@pulumi/policy";

/** The tag that says which stack a resource belongs to. */
const TAG = "towline:stack";

/** Types that AWS, or its provider, gives no tags. Every other type has to carry them. */
export const UNTAGGABLE: ReadonlySet<string> = new Set([
  "aws:acm/certificateValidation:CertificateValidation",
  "aws:autoscaling/lifecycleHook:LifecycleHook",
  "aws:autoscaling/notification:Notification",
  "aws:autoscaling/policy:Policy",
  "aws:autoscaling/schedule:Schedule",
  "aws:cloudwatch/eventTarget:EventTarget",
  "aws:ec2/launchConfiguration:LaunchConfiguration",
  "aws:ec2/route:Route",
  "aws:ec2/routeTableAssociation:RouteTableAssociation",
  "aws:ec2/securityGroupRule:SecurityGroupRule",
  "aws:iam/groupPolicy:GroupPolicy",
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
  "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
  "aws:iam/policyAttachment:PolicyAttachment",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
  "aws:iam/userPolicy:UserPolicy",
  "aws:iam/userPolicyAttachment:UserPolicyAttachment",
  "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
  "aws:kms/alias:Alias",
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
  "aws:lambda/functionUrl:FunctionUrl",
  "aws:lambda/permission:Permission",
  "aws:route53/record:Record",
  "aws:route53/vpcAssociationAuthorization:VpcAssociationAuthorization",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketLogging:BucketLogging",
  "aws:s3/bucketNotification:BucketNotification",
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:sqs/queuePolicy:QueuePolicy",
  "aws:sns/topicPolicy:TopicPolicy",
  "aws:sns/topicSubscription:TopicSubscription",
  "aws:wafv2/webAclAssociation:WebAclAssociation",
]);

export const tagged: ResourceValidationPolicy = {
  name: "tagged",
  description: `Everything that can carry tags carries ${TAG}.`,
  validateResource: ({ type, props }, report) => {
    // A component of another provider, such as awsx's VPC, is nothing in AWS: what it is made of comes by here as well.
    if (!type.startsWith("aws:") || UNTAGGABLE.has(type)) return;
    const tags: unknown = props.tags;
    const keys = Array.isArray(tags) ? tags.map(({ key }) => key) : Object.keys(tags ?? {});
    if (!keys.includes(TAG)) report(`tags should hold ${TAG}. Give it the stack's tags, or its group's.`);
  },
};

export const taggedAtLaunch: ResourceValidationPolicy = {
  name: "tagged-at-launch",
  description: `Instances and their volumes are launched with ${TAG}: they take no tags from what launches them.`,
  validateResource: [
    validateResourceOfType(aws.ec2.LaunchTemplate, ({ tagSpecifications = [] }, _, report) => {
      for (const launched of ["instance", "volume"]) {
        const specification = tagSpecifications.find(({ resourceType }) => resourceType === launched);
        if (specification?.tags?.[TAG] === undefined) {
          report(`tagSpecifications should tag each ${launched} with ${TAG}.`);
        }
      }
    }),
    validateResourceOfType(aws.ec2.LaunchConfiguration, (_, __, report) =>
      report("A launch template should be in place of the launch configuration, which cannot tag volumes."),
    ),
    validateResourceOfType(aws.ec2.Instance, ({ volumeTags, rootBlockDevice, ebsBlockDevices = [] }, _, report) => {
      const volumes = [rootBlockDevice, ...ebsBlockDevices];
      if (volumeTags?.[TAG] === undefined && volumes.some((volume) => volume?.tags?.[TAG] === undefined)) {
        report(`volumeTags should hold ${TAG}: volumes take no tags from their instance.`);
      }
    }),
    validateResourceOfType(aws.autoscaling.Group, ({ tags = [] }, _, report) => {
      if (!tags.some(({ key, propagateAtLaunch }) => key === TAG && propagateAtLaunch)) {
        report(`tags should hold ${TAG} with propagateAtLaunch.`);
      }
    }),
  ],
};
