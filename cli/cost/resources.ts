import type { StackConfig } from "../../infra/config";
import type { Declared } from "../../infra/synth/declared";
import { flowLog, trail } from "./audit";
import { alarm, eventRule, lambda, logGroup, queue, scalingPolicy, subscription, topic } from "./events";
import { fleet } from "./fleet";
import { elasticIp, endpoint, loadBalancer, namespace, service, vpc } from "./network";
import { bucket, bucketNotification, key, launchTemplate, volume } from "./storage";
import { type Usage, type UsageOf, unknown } from "./usage";

/** Types of resources that cost something, or may with other inputs. */
const CHARGED: Readonly<Record<string, UsageOf>> = {
  "aws:autoscaling/group:Group": fleet,
  "aws:autoscaling/policy:Policy": scalingPolicy,
  "aws:cloudtrail/trail:Trail": trail,
  "aws:cloudwatch/eventRule:EventRule": eventRule,
  "aws:cloudwatch/logGroup:LogGroup": logGroup,
  "aws:cloudwatch/metricAlarm:MetricAlarm": alarm,
  "aws:ebs/volume:Volume": volume,
  "aws:ec2/eip:Eip": elasticIp,
  "aws:ec2/flowLog:FlowLog": flowLog,
  "aws:ec2/launchTemplate:LaunchTemplate": launchTemplate,
  "aws:ec2/vpcEndpoint:VpcEndpoint": endpoint,
  "aws:kms/key:Key": key,
  "aws:lambda/function:Function": lambda,
  "aws:lb/loadBalancer:LoadBalancer": loadBalancer,
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketNotification:BucketNotification": bucketNotification,
  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": namespace,
  "aws:servicediscovery/service:Service": service,
  "aws:sns/topic:Topic": topic,
  "aws:sns/topicSubscription:TopicSubscription": subscription,
  "aws:sqs/queue:Queue": queue,
  "awsx:ec2:Vpc": vpc,
};

/**
 * Types that AWS takes nothing for. What they bring about is charged with the resource it happens to: a listener's requests
 * with the load balancer, the instances of a schedule with the fleet, Run Command not at all.
 */
const FREE: ReadonlySet<string> = new Set([
  // A public one, for services of AWS's alone.
  "aws:acm/certificate:Certificate",
  "aws:acm/certificateValidation:CertificateValidation",
  "aws:autoscaling/lifecycleHook:LifecycleHook",
  "aws:autoscaling/notification:Notification",
  "aws:autoscaling/schedule:Schedule",
  "aws:cloudwatch/eventTarget:EventTarget",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  "aws:ec2/securityGroup:SecurityGroup",
  // Empty, beside a network that another account shares.
  "aws:ec2/vpc:Vpc",
  "aws:iam/instanceProfile:InstanceProfile",
  "aws:iam/role:Role",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "aws:kms/alias:Alias",
  // Of a key that is not the stack's.
  "aws:kms/grant:Grant",
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
  "aws:lambda/functionUrl:FunctionUrl",
  "aws:lambda/permission:Permission",
  "aws:lb/listener:Listener",
  "aws:lb/listenerRule:ListenerRule",
  "aws:lb/targetGroup:TargetGroup",
  // The zone is not the stack's, and an alias is asked for nothing.
  "aws:route53/record:Record",
  "aws:route53/vpcAssociationAuthorization:VpcAssociationAuthorization",
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketLogging:BucketLogging",
  "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:sns/topicPolicy:TopicPolicy",
  "aws:sqs/queuePolicy:QueuePolicy",
  "aws:ssm/document:Document",
  // The web ACL itself is not the stack's.
  "aws:wafv2/webAclAssociation:WebAclAssociation",
]);

/** What one resource uses in a month. */
export interface ResourceUsage {
  /** Name in the program. */
  readonly resource: string;
  readonly usages: readonly Usage[];
}

/** What everything a stack declares uses in a month. A resource of a type nobody thought of has a usage of unknown price. */
export function usageOf(declared: readonly Declared[], config: StackConfig): ResourceUsage[] {
  return declared
    .filter(({ type }) => !isGrouping(type))
    .map((resource) => ({ resource: resource.name, usages: usagesOf(resource, config) }))
    .filter(({ usages }) => usages.length > 0);
}

function usagesOf(resource: Declared, config: StackConfig): readonly Usage[] {
  if (FREE.has(resource.type)) return [];
  return CHARGED[resource.type]?.(resource, config) ?? [unknown(resource.type)];
}

/** The stack, towline's components and providers exist in the program only. */
function isGrouping(type: string): boolean {
  return /^(pulumi|towline):/.test(type);
}
