/** What a part of a deployer's policy is about: ARNs that names.ts knows beforehand, or everything. */
export type Scope =
  | "alarms"
  | "aliases"
  | "attachments"
  | "bucket"
  | "defaultGroups"
  | "documents"
  | "everything"
  | "functions"
  | "groups"
  | "keys"
  | "launches"
  | "listeners"
  | "loadBalancers"
  | "logs"
  | "namespaces"
  | "newTagged"
  | "newServices"
  | "newSnapshots"
  | "objects"
  | "profiles"
  | "publicParameters"
  | "queues"
  | "rights"
  | "roles"
  | "routeTables"
  | "rules"
  | "services"
  | "stackTagged"
  | "tagsOfNames"
  | "targetGroups"
  | "topics"
  | "trails"
  | "volumeKeys"
  | "toTag"
  | "zones";

/** Actions by what they are done to. */
export type Actions = Readonly<Partial<Record<Scope, readonly string[]>>>;

const of = (service: string, ...names: readonly string[]): string[] => names.map((name) => `${service}:${name}`);
/** Cloud Map's tags take no resource. */
const NAMES_TAGS = of("servicediscovery", "TagResource", "UntagResource");
const SEE_NAMES_TAGS = of("servicediscovery", "ListTagsForResource");
/** Listing, setting and removing tags of resources. */
const tagging = (service: string): string[] => of(service, "*Resource");

const TARGET_GROUP = of("elasticloadbalancing", ...["*Tags", "*TargetGroup", "ModifyTargetGroupAttributes"]);
/** Looking takes no resource; the provider looks at more with each of its versions. */
const SEE = {
  autoscaling: ["autoscaling:Describe*"],
  balancing: ["elasticloadbalancing:Describe*"],
  ec2: ["ec2:Describe*"],
};

// IAM takes 10,240 characters of a role: where the resource is the stack's own by its name or its tag, families of actions stand for their members.
/** What the AWS provider does to make, read, change and remove a resource, by Pulumi's type. */
export const ACTIONS: Readonly<Record<string, Actions>> = {
  "aws:acm/certificate:Certificate": {
    toTag: of("acm", "RequestCertificate"),
    newTagged: of("acm", "AddTagsToCertificate"),
    stackTagged: of("acm", "*TagsFor*", "*TagsFrom*", "*TagsTo*", "Delete*", "Describe*"),
  },
  "aws:acm/certificateValidation:CertificateValidation": { stackTagged: of("acm", "Describe*") },
  "aws:autoscaling/group:Group": {
    groups: of(
      "autoscaling",
      ...["*MetricsCollection", "CancelInstanceRefresh", "Create*", "Delete*", "Put*", "StartInstanceRefresh"],
      "UpdateAutoScalingGroup",
    ),
    everything: SEE.autoscaling,
    // Auto Scaling launches on behalf of whoever names a template.
    launches: of("ec2", "RunInstances"),
  },
  "aws:autoscaling/lifecycleHook:LifecycleHook": {
    groups: of("autoscaling", "Delete*", "Put*"),
    everything: SEE.autoscaling,
  },
  "aws:autoscaling/notification:Notification": {
    groups: of("autoscaling", "Delete*", "Put*"),
    everything: SEE.autoscaling,
  },
  "aws:autoscaling/policy:Policy": {
    groups: of("autoscaling", "Delete*", "Put*"),
    everything: SEE.autoscaling,
  },
  "aws:autoscaling/schedule:Schedule": {
    groups: of("autoscaling", "Delete*", "Put*"),
    everything: SEE.autoscaling,
  },
  "aws:cloudtrail/trail:Trail": {
    trails: of("cloudtrail", ...["*Logging", "*Tags", "*Trail", "Get*", "PutEventSelectors"]),
    everything: of("cloudtrail", "DescribeTrails"),
  },
  "aws:cloudwatch/eventRule:EventRule": {
    rules: [...of("events", "*Rule"), ...tagging("events")],
  },
  "aws:cloudwatch/eventTarget:EventTarget": {
    rules: of("events", "*Targets*"),
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    logs: [...of("logs", "CreateLogGroup", "DeleteLogGroup", "PutRetentionPolicy"), ...tagging("logs")],
    everything: of("logs", "DescribeLogGroups"),
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    alarms: [...of("cloudwatch", "DeleteAlarms", "DescribeAlarms", "PutMetricAlarm"), ...tagging("cloudwatch")],
  },
  "aws:ebs/volume:Volume": {
    toTag: of("ec2", "CreateVolume"),
    // A disk that is removed leaves a snapshot.
    newSnapshots: of("ec2", "CreateSnapshot"),
    stackTagged: of("ec2", "CreateSnapshot", "Delete*", "Modify*"),
    everything: SEE.ec2,
  },
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": {
    // AWS makes it, without tags.
    defaultGroups: of("ec2", "CreateTags", "RevokeSecurityGroupEgress", "RevokeSecurityGroupIngress"),
    everything: SEE.ec2,
  },
  "aws:ec2/eip:Eip": {
    toTag: of("ec2", "AllocateAddress"),
    // A host may have it.
    stackTagged: of("ec2", "Disassociate*", "ReleaseAddress"),
    everything: SEE.ec2,
  },
  "aws:ec2/flowLog:FlowLog": {
    toTag: of("ec2", "CreateFlowLogs"),
    stackTagged: of("ec2", "Delete*"),
    everything: [...SEE.ec2, ...of("logs", "CreateLogDelivery", "DeleteLogDelivery")],
  },
  "aws:ec2/launchTemplate:LaunchTemplate": {
    toTag: of("ec2", "CreateLaunchTemplate"),
    stackTagged: of("ec2", "CreateLaunchTemplateVersion", "Delete*", "Modify*"),
    everything: SEE.ec2,
  },
  "aws:ec2/securityGroup:SecurityGroup": {
    toTag: of("ec2", "CreateSecurityGroup"),
    stackTagged: of("ec2", "AuthorizeSecurityGroup*", "Delete*", "RevokeSecurityGroup*"),
    everything: SEE.ec2,
  },
  "aws:ec2/vpc:Vpc": {
    toTag: of("ec2", "CreateVpc"),
    stackTagged: of("ec2", "Delete*", "Modify*"),
    everything: SEE.ec2,
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    // Of a network that was there, whose route tables have other tags than the stack's.
    toTag: of("ec2", "CreateVpcEndpoint"),
    routeTables: of("ec2", "ModifyVpcEndpoint"),
    stackTagged: of("ec2", "Delete*", "Modify*"),
    everything: SEE.ec2,
  },
  "aws:iam/instanceProfile:InstanceProfile": { profiles: of("iam", "*InstanceProfile") },
  "aws:iam/role:Role": {
    // Not all of Delete*, which takes the boundary away.
    roles: of(
      "iam",
      ...[
        "DeleteRole",
        "GetRole*",
        "List*",
        "PassRole",
        "TagRole",
        "UntagRole",
        "UpdateAssumeRolePolicy",
        "UpdateRole",
      ],
    ),
    rights: of("iam", "CreateRole", "PutRolePermissionsBoundary"),
  },
  "aws:iam/rolePolicy:RolePolicy": {
    roles: of("iam", "DeleteRolePolicy", "GetRole*"),
    rights: of("iam", "PutRolePolicy"),
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    attachments: of("iam", "AttachRolePolicy", "DetachRolePolicy"),
    roles: of("iam", "List*"),
  },
  "aws:kms/alias:Alias": {
    aliases: of("kms", "*Alias"),
    keys: of("kms", "*Alias"),
    everything: of("kms", "ListAliases"),
  },
  "aws:kms/grant:Grant": { volumeKeys: of("kms", "CreateGrant", "ListGrants", "RevokeGrant") },
  "aws:kms/key:Key": {
    keys: of(
      "kms",
      ...["DescribeKey", "EnableKeyRotation", "GetKey*", "ListResourceTags"],
      ...["PutKeyPolicy", "ScheduleKeyDeletion", "TagResource", "UntagResource", "UpdateKeyDescription"],
    ),
    newTagged: of("kms", "TagResource"),
    toTag: of("kms", "CreateKey"),
  },
  "aws:lambda/function:Function": {
    functions: of(
      "lambda",
      ...["Create*", "Delete*", "Get*", "List*", "Put*", "TagResource", "UntagResource", "Update*"],
    ),
  },
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": {
    functions: of("lambda", "Delete*", "Put*"),
  },
  "aws:lambda/functionUrl:FunctionUrl": {
    functions: of("lambda", "Create*", "Delete*", "Update*"),
  },
  "aws:lambda/permission:Permission": { functions: of("lambda", "AddPermission", "RemovePermission") },
  "aws:lb/listener:Listener": {
    loadBalancers: of("elasticloadbalancing", "Create*"),
    listeners: of("elasticloadbalancing", "*Tags", "Delete*", "Modify*"),
    everything: SEE.balancing,
  },
  "aws:lb/listenerRule:ListenerRule": {
    listeners: of("elasticloadbalancing", ...["*Tags", "CreateRule", "Delete*", "Modify*", "SetRulePriorities"]),
    everything: SEE.balancing,
  },
  "aws:lb/loadBalancer:LoadBalancer": {
    loadBalancers: of(
      "elasticloadbalancing",
      ...["*Tags", "Create*", "DeleteLoadBalancer", "ModifyLoadBalancerAttributes", "Set*"],
    ),
    everything: SEE.balancing,
  },
  "aws:lb/targetGroup:TargetGroup": { targetGroups: TARGET_GROUP, everything: SEE.balancing },
  "aws:route53/record:Record": {
    everything: of("route53", "GetChange", "List*"),
    zones: of("route53", "ChangeResourceRecordSets", "GetHostedZone"),
  },
  "aws:route53/vpcAssociationAuthorization:VpcAssociationAuthorization": {
    zones: of(
      "route53",
      ...["CreateVPCAssociationAuthorization", "DeleteVPCAssociationAuthorization", "ListVPCAssociationAuthorizations"],
    ),
    everything: SEE.ec2,
  },
  "aws:s3/bucket:Bucket": {
    bucket: of(
      "s3",
      "CreateBucket",
      "DeleteBucket",
      "GetBucket*",
      "Get*Configuration",
      "ListBucket",
      "ListBucketVersions",
      "PutBucketTagging",
    ),
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": { bucket: of("s3", "PutLifecycleConfiguration") },
  "aws:s3/bucketLogging:BucketLogging": { bucket: of("s3", "PutBucketLogging") },
  "aws:s3/bucketNotification:BucketNotification": {
    bucket: of("s3", "PutBucketNotification"),
  },
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": {
    bucket: of("s3", "PutBucketObjectLockConfiguration"),
  },
  "aws:s3/bucketObjectv2:BucketObjectv2": {
    // All versions go with what is removed.
    objects: of("s3", "*Object", "*ObjectTagging", "DeleteObjectVersion"),
  },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
    bucket: of("s3", "PutBucketOwnershipControls"),
  },
  "aws:s3/bucketPolicy:BucketPolicy": { bucket: of("s3", "DeleteBucketPolicy", "PutBucketPolicy") },
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
    bucket: of("s3", "PutBucketPublicAccessBlock"),
  },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
    bucket: of("s3", "PutEncryptionConfiguration"),
  },
  "aws:s3/bucketVersioning:BucketVersioning": { bucket: of("s3", "PutBucketVersioning") },
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": {
    toTag: of("servicediscovery", "CreatePrivateDnsNamespace"),
    namespaces: of("servicediscovery", "DeleteNamespace", "GetNamespace", "UpdatePrivateDnsNamespace"),
    tagsOfNames: NAMES_TAGS,
    everything: [
      ...of("servicediscovery", "GetOperation"),
      ...SEE_NAMES_TAGS,
      ...SEE.ec2,
      // Cloud Map makes the zone on behalf of whoever makes the namespace.
      ...of("route53", "CreateHostedZone", "ListHostedZonesByName"),
    ],
    zones: of("route53", "DeleteHostedZone", "GetHostedZone"),
  },
  "aws:servicediscovery/service:Service": {
    namespaces: of("servicediscovery", "CreateService"),
    newServices: of("servicediscovery", "CreateService"),
    services: of("servicediscovery", "*Service", "DeregisterInstance"),
    tagsOfNames: NAMES_TAGS,
    everything: [...of("servicediscovery", "ListInstances"), ...SEE_NAMES_TAGS],
    zones: of("route53", "ChangeResourceRecordSets"),
  },
  "aws:sns/topic:Topic": {
    topics: [...of("sns", "*Topic*"), ...tagging("sns")],
  },
  "aws:sns/topicPolicy:TopicPolicy": { topics: of("sns", "*Topic*") },
  "aws:sns/topicSubscription:TopicSubscription": {
    topics: of("sns", "*Topic*", "Subscribe"),
    everything: of("sns", "GetSubscriptionAttributes", "SetSubscriptionAttributes", "Unsubscribe"),
  },
  "aws:sqs/queue:Queue": {
    queues: of("sqs", "*Queue*"),
  },
  "aws:sqs/queuePolicy:QueuePolicy": { queues: of("sqs", "*Queue*") },
  "aws:ssm/document:Document": {
    documents: of("ssm", "*Document*", "*Resource"),
  },
  "aws:wafv2/webAclAssociation:WebAclAssociation": {
    loadBalancers: of("elasticloadbalancing", "Set*"),
    everything: of("wafv2", "AssociateWebACL", "DisassociateWebACL", "GetWebACL", "GetWebACLForResource"),
  },
  "awsx:ec2:Vpc": {
    toTag: of(
      "ec2",
      ...["AllocateAddress", "CreateInternetGateway", "CreateNatGateway", "CreateRouteTable", "CreateSubnet"],
      ...["CreateVpc", "CreateVpcEndpoint"],
    ),
    stackTagged: of(
      "ec2",
      ...["Associate*", "Attach*", "CreateRoute", "Delete*", "Detach*", "Disassociate*", "Modify*", "ReleaseAddress"],
      "ReplaceRoute",
    ),
    everything: SEE.ec2,
  },
};

/** What every program looks up. */
export const LOOK_UPS: Actions = {
  everything: SEE.ec2,
  publicParameters: of("ssm", "GetParameter"),
};
