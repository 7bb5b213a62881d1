import { MetricType, RefreshStrategy, WarmPoolState } from "@aws-sdk/client-auto-scaling";
import { ComparisonOperator, Statistic } from "@aws-sdk/client-cloudwatch";
import {
  _InstanceType,
  DomainType,
  LaunchTemplateHttpTokensState,
  LaunchTemplateInstanceMetadataEndpointState,
  LogDestinationType,
  ResourceType,
  TrafficType,
  VolumeType,
} from "@aws-sdk/client-ec2";
import {
  ActionTypeEnum,
  LoadBalancerTypeEnum,
  ProtocolEnum,
  RedirectActionStatusCodeEnum,
  TargetTypeEnum,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { Architecture, FunctionUrlAuthType, LogFormat, Runtime } from "@aws-sdk/client-lambda";
import {
  BucketVersioningStatus,
  ExpirationStatus,
  ObjectLockEnabled,
  ObjectOwnership,
  ServerSideEncryption,
} from "@aws-sdk/client-s3";
import { RecordType, RoutingPolicy } from "@aws-sdk/client-servicediscovery";

/** What EC2 Auto Scaling, CloudWatch and others document as text only, at the operation of the name. */
const documented = {
  CreateAutoScalingGroup: ["EC2", "EBS", "ELB", "VPC_LATTICE"],
  PutLifecycleHook: ["autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"],
  PutNotificationConfiguration: [
    ...["LAUNCH", "LAUNCH_ERROR", "TERMINATE", "TERMINATE_ERROR"].map((event) => `autoscaling:EC2_INSTANCE_${event}`),
    "autoscaling:TEST_NOTIFICATION",
  ],
  EnableMetricsCollection: [
    ...["MinSize", "MaxSize", "DesiredCapacity", "InServiceInstances", "PendingInstances", "StandbyInstances"],
    ...["TerminatingInstances", "TotalInstances", "InServiceCapacity", "PendingCapacity", "StandbyCapacity"],
    ...["TerminatingCapacity", "TotalCapacity"],
  ].map((metric) => `Group${metric}`),
  PutScalingPolicy: ["TargetTrackingScaling", "StepScaling", "SimpleScaling", "PredictiveScaling"],
  PutMetricAlarm: ["breaching", "notBreaching", "ignore", "missing"],
  PutRetentionPolicy: [
    ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731],
    ...[1096, 1827, 2192, 2557, 2922, 3288, 3653],
  ],
};

/** The protocols of a security group's rules, which may be any number; these have names. */
const IP_PROTOCOLS = ["-1", "tcp", "udp", "icmp", "icmpv6"];

/**
 * What AWS takes where it takes certain values only, by type and place of the input, with `*` for any place of a list: the
 * enumerations of AWS's own SDK, or the values in its documentation.
 */
export const ENUMERATIONS: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
  // ACM, "RequestCertificate".
  "aws:acm/certificate:Certificate": { validationMethod: ["DNS", "EMAIL", "HTTP"] },
  "aws:autoscaling/group:Group": {
    healthCheckType: documented.CreateAutoScalingGroup,
    "initialLifecycleHooks/*/lifecycleTransition": documented.PutLifecycleHook,
    "initialLifecycleHooks/*/defaultResult": ["CONTINUE", "ABANDON"],
    "instanceRefresh/strategy": Object.values(RefreshStrategy),
    "mixedInstancesPolicy/instancesDistribution/onDemandAllocationStrategy": ["lowest-price", "prioritized"],
    "mixedInstancesPolicy/instancesDistribution/spotAllocationStrategy": [
      ...["capacity-optimized", "capacity-optimized-prioritized", "lowest-price", "price-capacity-optimized"],
    ],
    "mixedInstancesPolicy/launchTemplate/overrides/*/instanceType": Object.values(_InstanceType),
    "warmPool/poolState": Object.values(WarmPoolState),
    "enabledMetrics/*": documented.EnableMetricsCollection,
    metricsGranularity: ["1Minute"],
  },
  "aws:autoscaling/lifecycleHook:LifecycleHook": {
    lifecycleTransition: documented.PutLifecycleHook,
    defaultResult: ["CONTINUE", "ABANDON"],
  },
  "aws:autoscaling/notification:Notification": { "notifications/*": documented.PutNotificationConfiguration },
  "aws:autoscaling/policy:Policy": {
    policyType: documented.PutScalingPolicy,
    adjustmentType: ["ChangeInCapacity", "ExactCapacity", "PercentChangeInCapacity"],
    metricAggregationType: ["Minimum", "Maximum", "Average"],
    "targetTrackingConfiguration/predefinedMetricSpecification/predefinedMetricType": Object.values(MetricType),
  },
  // CloudTrail, "AdvancedFieldSelector".
  "aws:cloudtrail/trail:Trail": {
    "advancedEventSelectors/*/fieldSelectors/*/field": [
      ...["eventCategory", "eventName", "eventSource", "readOnly", "resources.ARN", "resources.type"],
    ],
  },
  "aws:cloudwatch/logGroup:LogGroup": { retentionInDays: documented.PutRetentionPolicy },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    statistic: Object.values(Statistic),
    comparisonOperator: Object.values(ComparisonOperator),
    treatMissingData: documented.PutMetricAlarm,
  },
  "aws:ebs/volume:Volume": { type: Object.values(VolumeType) },
  "aws:ec2/eip:Eip": { domain: Object.values(DomainType) },
  "aws:ec2/flowLog:FlowLog": {
    trafficType: Object.values(TrafficType),
    logDestinationType: Object.values(LogDestinationType),
    // EC2, "CreateFlowLogs".
    maxAggregationInterval: [60, 600],
  },
  "aws:ec2/launchTemplate:LaunchTemplate": {
    instanceType: Object.values(_InstanceType),
    "blockDeviceMappings/*/ebs/volumeType": Object.values(VolumeType),
    "metadataOptions/httpEndpoint": Object.values(LaunchTemplateInstanceMetadataEndpointState),
    "metadataOptions/httpTokens": Object.values(LaunchTemplateHttpTokensState),
    "tagSpecifications/*/resourceType": Object.values(ResourceType),
  },
  "aws:ec2/securityGroup:SecurityGroup": { "ingress/*/protocol": IP_PROTOCOLS, "egress/*/protocol": IP_PROTOCOLS },
  "aws:lambda/function:Function": {
    runtime: Object.values(Runtime),
    "architectures/*": Object.values(Architecture),
    "loggingConfig/logFormat": Object.values(LogFormat),
  },
  "aws:lambda/functionUrl:FunctionUrl": { authorizationType: Object.values(FunctionUrlAuthType) },
  "aws:lambda/permission:Permission": {
    action: ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"],
    functionUrlAuthType: Object.values(FunctionUrlAuthType),
  },
  "aws:lb/listener:Listener": {
    protocol: Object.values(ProtocolEnum),
    "defaultActions/*/type": Object.values(ActionTypeEnum),
    "defaultActions/*/redirect/protocol": ["HTTP", "HTTPS", "#{protocol}"],
    "defaultActions/*/redirect/statusCode": Object.values(RedirectActionStatusCodeEnum),
    // Elastic Load Balancing, "Security policies for your Application Load Balancer".
    sslPolicy: ["ELBSecurityPolicy-TLS13-1-2-2021-06", "ELBSecurityPolicy-TLS13-1-3-2021-06"],
  },
  "aws:lb/listenerRule:ListenerRule": { "actions/*/type": Object.values(ActionTypeEnum) },
  "aws:lb/loadBalancer:LoadBalancer": { loadBalancerType: Object.values(LoadBalancerTypeEnum) },
  "aws:lb/targetGroup:TargetGroup": {
    protocol: Object.values(ProtocolEnum),
    targetType: Object.values(TargetTypeEnum),
    "healthCheck/protocol": Object.values(ProtocolEnum),
  },
  // Route 53, "Supported DNS record types".
  "aws:route53/record:Record": { type: ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "PTR", "SOA", "SRV", "TXT"] },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
    "rules/*/status": Object.values(ExpirationStatus),
  },
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": {
    objectLockEnabled: Object.values(ObjectLockEnabled),
  },
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": { "rule/objectOwnership": Object.values(ObjectOwnership) },
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
    "rules/*/applyServerSideEncryptionByDefault/sseAlgorithm": Object.values(ServerSideEncryption),
  },
  "aws:s3/bucketVersioning:BucketVersioning": {
    "versioningConfiguration/status": Object.values(BucketVersioningStatus),
  },
  "aws:servicediscovery/service:Service": {
    "dnsConfig/routingPolicy": Object.values(RoutingPolicy),
    "dnsConfig/dnsRecords/*/type": Object.values(RecordType),
  },
  // SNS, "Subscribe".
  "aws:sns/topicSubscription:TopicSubscription": {
    protocol: ["http", "https", "email", "email-json", "sms", "sqs", "application", "lambda", "firehose"],
  },
};

/** The values at a place of a resource's inputs; none where it is not there. */
export function valuesAt(inputs: unknown, place: string): unknown[] {
  const [first, ...rest] = place.split("/");
  if (first === undefined || inputs === undefined) return [];
  const found = first === "*" ? (inputs as unknown[]) : [(inputs as Readonly<Record<string, unknown>>)[first]];
  const values = found.filter((value) => value !== undefined);
  return rest.length === 0 ? values : values.flatMap((value) => valuesAt(value, rest.join("/")));
}
