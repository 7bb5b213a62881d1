import type { Mapping } from "./authorization";
import { tagged } from "./authorization";
import {
  alarm,
  arn,
  balancing,
  byName,
  byTags,
  certificate,
  document,
  everything,
  type Fields,
  field,
  givenTags,
  group,
  key,
  lambda,
  logGroup,
  on,
  profile,
  queue,
  role,
  rule,
  tagging,
  targets,
  topic,
  trail,
} from "./deploy-resources";

/** The library knows these of the older load balancers alone: of the others' parts, whoever may change one may tag it. */
const balancingTags: Mapping = (call) => {
  const resource = call.form.get("ResourceArns.member.1") ?? "";
  const changes: Readonly<Record<string, string>> = {
    listener: "ModifyListener",
    "listener-rule": "ModifyRule",
    targetgroup: "ModifyTargetGroup",
  };
  const change = changes[(resource.split(":")[5] ?? "").split("/")[0] ?? ""];
  return [on(resource, {}, change === undefined ? "" : `elasticloadbalancing:${change}`)];
};

/** The same for each of some calls, with a space between their names. */
function of(service: string, mapping: Mapping, names: string): Record<string, Mapping> {
  return Object.fromEntries(names.split(" ").map((name) => [`${service}:${name}`, mapping]));
}

/** What making, changing and removing a stack's resources takes, beside EC2's and S3's. */
export const DEPLOY_NEEDS: Readonly<Record<string, Mapping>> = {
  "acm:RequestCertificate": (call, facts) => [
    ...everything(call, facts),
    ...certificate(call, facts).map((one) => ({ ...one, action: "acm:AddTagsToCertificate" })),
  ],
  ...of("acm", certificate, "AddTagsToCertificate DeleteCertificate DescribeCertificate ListTagsForCertificate"),
  ...of("acm", certificate, "RemoveTagsFromCertificate"),
  ...of(
    "autoscaling",
    group,
    "DeleteAutoScalingGroup DeleteLifecycleHook DeleteNotificationConfiguration DeletePolicy",
  ),
  ...of("autoscaling", group, "CreateOrUpdateTags DeleteScheduledAction DeleteTags DisableMetricsCollection"),
  ...of("autoscaling", group, "EnableMetricsCollection PutLifecycleHook PutNotificationConfiguration PutScalingPolicy"),
  ...of("autoscaling", group, "PutScheduledUpdateGroupAction"),
  ...of("cloudtrail", tagging(trail("Name"), "cloudtrail:AddTags"), "CreateTrail"),
  ...of("cloudtrail", trail("Name"), "DeleteTrail GetTrail GetTrailStatus StartLogging StopLogging UpdateTrail"),
  ...of("cloudtrail", trail("TrailName"), "GetEventSelectors GetInsightSelectors PutEventSelectors"),
  ...of("cloudtrail", trail("ResourceId"), "AddTags RemoveTags"),
  "cloudtrail:ListTags": (call) => ((call.json?.ResourceIdList ?? []) as readonly string[]).map((one) => on(one)),
  ...of("cloudwatch", tagging(alarm, "cloudwatch:TagResource"), "PutMetricAlarm"),
  ...of("cloudwatch", alarm, "DeleteAlarms ListTagsForResource TagResource UntagResource"),
  ...of("elasticloadbalancing", balancing("ListenerArn"), "DeleteListener ModifyListener ModifyListenerAttributes"),
  "elasticloadbalancing:AddTags": balancingTags,
  "elasticloadbalancing:RemoveTags": balancingTags,
  ...of("elasticloadbalancing", balancing("RuleArn"), "DeleteRule ModifyRule"),
  ...of(
    "elasticloadbalancing",
    balancing("LoadBalancerArn"),
    "DeleteLoadBalancer ModifyLoadBalancerAttributes SetSecurityGroups",
  ),
  ...of(
    "elasticloadbalancing",
    balancing("TargetGroupArn"),
    "DeleteTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes",
  ),
  "elasticloadbalancing:CreateListener": balancing("LoadBalancerArn"),
  "elasticloadbalancing:CreateLoadBalancer": tagging(
    byName("elasticloadbalancing", "Name", "loadbalancer/app/", "/0"),
    "elasticloadbalancing:AddTags",
  ),
  "elasticloadbalancing:CreateRule": balancing("ListenerArn"),
  // What the library knows of AddTags is the older load balancers' alone.
  "elasticloadbalancing:CreateTargetGroup": byName("elasticloadbalancing", "Name", "targetgroup/", "/0"),
  ...of("events", tagging(rule("Name"), "events:TagResource"), "PutRule"),
  ...of("events", rule("Name"), "DeleteRule DescribeRule"),
  ...of("events", rule("Rule"), "ListTargetsByRule RemoveTargets"),
  ...of("events", rule("ResourceARN"), "ListTagsForResource TagResource UntagResource"),
  "events:PutTargets": targets,
  ...of("iam", role, "AttachRolePolicy DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DetachRolePolicy"),
  ...of("iam", role, "GetRole GetRolePolicy ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies"),
  ...of("iam", role, "PutRolePermissionsBoundary PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole"),
  ...of("iam", tagging(role, "iam:TagRole"), "CreateRole"),
  ...of("iam", byName("iam", "UserName", "user/"), "CreateAccessKey AttachUserPolicy PutUserPolicy CreateLoginProfile"),
  ...of("iam", byName("iam", "PolicyArn"), "CreatePolicyVersion SetDefaultPolicyVersion"),
  ...of("iam", tagging(profile, "iam:TagInstanceProfile"), "CreateInstanceProfile"),
  ...of("iam", profile, "DeleteInstanceProfile GetInstanceProfile RemoveRoleFromInstanceProfile"),
  ...of("iam", profile, "TagInstanceProfile UntagInstanceProfile"),
  "iam:AddRoleToInstanceProfile": (call, facts) => [
    ...profile(call, facts),
    on(facts.roleArn(field(call, "RoleName")), {}, "iam:PassRole"),
  ],
  ...of("kms", key, "CreateAlias DeleteAlias EnableKeyRotation GetKeyPolicy GetKeyRotationStatus ListResourceTags"),
  ...of("kms", key, "PutKeyPolicy ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription"),
  "kms:CreateKey": (call, facts) => {
    const made = tagging(everything, "kms:TagResource")(call, facts);
    return made.map((one) => (one.action === "" ? one : { ...one, resource: arn("kms", call, "key/new") }));
  },
  ...of("lambda", tagging(lambda, "lambda:TagResource"), "CreateFunction"),
  ...of("lambda", lambda, "AddPermission CreateFunctionUrlConfig DeleteFunction DeleteFunctionConcurrency"),
  ...of(
    "lambda",
    lambda,
    "DeleteFunctionEventInvokeConfig DeleteFunctionUrlConfig GetFunction GetFunctionConfiguration",
  ),
  ...of("lambda", lambda, "GetFunctionCodeSigningConfig GetFunctionEventInvokeConfig GetFunctionUrlConfig GetPolicy"),
  ...of("lambda", lambda, "InvokeFunction ListTags ListVersionsByFunction PutFunctionConcurrency"),
  ...of("lambda", lambda, "PutFunctionEventInvokeConfig RemovePermission TagResource UntagResource"),
  ...of("lambda", lambda, "UpdateFunctionCode UpdateFunctionConfiguration UpdateFunctionUrlConfig"),
  ...of("logs", tagging(logGroup, "logs:TagResource"), "CreateLogGroup"),
  ...of("logs", logGroup, "DeleteLogGroup ListTagsForResource PutRetentionPolicy TagResource UntagResource"),
  "servicediscovery:CreatePrivateDnsNamespace": tagging(everything, "servicediscovery:TagResource"),
  "servicediscovery:CreateService": (call, facts) => {
    const id = String((call.json?.DnsConfig as Fields | undefined)?.NamespaceId ?? call.json?.NamespaceId);
    const context = tagged(givenTags(call), "aws:RequestTag");
    return [
      on(arn("servicediscovery", call, `namespace/${id}`), {
        ...context,
        ...tagged(facts.tags(id), "aws:ResourceTag"),
      }),
      on(arn("servicediscovery", call, "service/new"), context),
      on("*", context, "servicediscovery:TagResource"),
    ];
  },
  "servicediscovery:GetOperation": (call) => [on(arn("servicediscovery", call, "namespace/0"))],
  ...of("servicediscovery", byTags("namespace"), "DeleteNamespace GetNamespace UpdatePrivateDnsNamespace"),
  ...of("servicediscovery", byTags("service"), "DeleteService GetService UpdateService"),
  ...of("servicediscovery", everything, "ListTagsForResource UntagResource"),
  "servicediscovery:TagResource": (call) => [on("*", tagged(givenTags(call), "aws:RequestTag"))],
  ...of("sns", tagging(topic, "sns:TagResource"), "CreateTopic"),
  ...of("sns", topic, "DeleteTopic GetTopicAttributes ListSubscriptionsByTopic ListTagsForResource SetTopicAttributes"),
  ...of("sns", topic, "Subscribe TagResource UntagResource"),
  ...of("sns", everything, "GetSubscriptionAttributes SetSubscriptionAttributes Unsubscribe"),
  ...of("sqs", tagging(queue, "sqs:TagQueue"), "CreateQueue"),
  ...of("sqs", queue, "DeleteQueue ListQueueTags SetQueueAttributes TagQueue UntagQueue"),
  ...of("ssm", tagging(document, "ssm:AddTagsToResource"), "CreateDocument"),
  ...of("ssm", document, "DeleteDocument DescribeDocument DescribeDocumentPermission GetDocument UpdateDocument"),
  ...of("ssm", document, "UpdateDocumentDefaultVersion"),
  ...of(
    "ssm",
    byName("ssm", "ResourceId", "document/"),
    "AddTagsToResource ListTagsForResource RemoveTagsFromResource",
  ),
  "wafv2:AssociateWebACL": (call) => [on(field(call, "WebACLArn")), on(field(call, "ResourceArn"))],
  ...of("wafv2", byName("wafv2", "ResourceArn"), "DisassociateWebACL GetWebACLForResource"),
};
