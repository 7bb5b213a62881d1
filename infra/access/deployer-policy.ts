import type { RolesConfig } from "../config";
import {
  loadBalancerName,
  logBucketName,
  pollDocumentName,
  rolloutObject,
  settingsKeyAlias,
  stackPrefix,
  topicName,
  trailName,
} from "../names";
import type { Condition, Statement } from "../policy";
import { ACTIONS, LOOK_UPS, type Scope } from "./deployer-actions";
import type { Place } from "./place";

export interface DeployerPolicyValues {
  readonly stack: string;
  readonly place: Place;
  readonly bucketArn: string;
  /** What the stack's roles have in common. @default nothing */
  readonly roles?: RolesConfig | undefined;
  /** ARNs of the managed policies that groups have. @default none */
  readonly managedPolicies?: readonly string[];
  /** Listener of somebody else's load balancer that the stack adds rules to. @default none: it has its own */
  readonly listenerArn?: string | undefined;
  /** ARNs of the keys that hosts' root volumes are encrypted with. @default none */
  readonly volumeKeys?: readonly string[];
  /** Pulumi's types of what the stack's program declares. */
  readonly types: readonly string[];
}

const LOGGING = "aws:s3/bucketLogging:BucketLogging";

/** Pulumi's own components, which make nothing themselves. */
const COMPONENT = /^(towline|pulumi):/;

/**
 * What `pulumi up` and `pulumi destroy` do to a stack: for each kind of resource that its program declares, what making, reading, changing and
 * removing it takes, tied to the stack's names, or to its tags where AWS makes the name up.
 *
 * @throws Error naming a type whose actions nobody has written down
 */
export function deployerStatements(values: DeployerPolicyValues): Statement[] {
  const byScope = new Map<Scope, Set<string>>();
  const kinds = values.types.filter((type) => !COMPONENT.test(type)).map(actionsOf);
  for (const [scope, actions] of [...kinds, LOOK_UPS].flatMap((one) => Object.entries(one))) {
    const known = byScope.get(scope as Scope) ?? new Set<string>();
    byScope.set(scope as Scope, known);
    for (const action of actions) known.add(action);
  }
  // Of somebody else's listener the rules alone are the stack's.
  if (values.listenerArn !== undefined) byScope.delete("listeners");
  const resources = resourcesOf(values);
  const made = [...byScope]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(
      ([scope, actions]): Statement => ({
        Sid: scope.charAt(0).toUpperCase() + scope.slice(1),
        Effect: "Allow",
        Action: [...actions].sort(),
        ...resources[scope],
      }),
    );
  return [...made, ...rulesOfAnother(values), ...tagWhatIsMade(values), ...seeManagedPolicies(values)];
}

function actionsOf(type: string) {
  const actions = ACTIONS[type];
  if (actions === undefined)
    throw new Error(`${type}: infra/access/deployer-actions.ts does not say what making it takes`);
  return actions;
}

type On = Pick<Statement, "Resource" | "Condition">;

function resourcesOf({
  stack,
  place,
  bucketArn,
  types,
  roles,
  managedPolicies = [],
  volumeKeys = [],
}: DeployerPolicyValues): Readonly<Record<Scope, On>> {
  const { partition, region, account } = place;
  const arn = (service: string, resource: string): On => ({
    Resource: `arn:${partition}:${service}:${region}:${account}:${resource}`,
  });
  const global = (service: string, resource: string): On => ({
    Resource: `arn:${partition}:${service}::${account}:${resource}`,
  });
  const names = `${stackPrefix(stack)}*`;
  const balancing = (kind: string) =>
    `arn:${partition}:elasticloadbalancing:${region}:${account}:${kind}/app/${loadBalancerName(stack)}/*`;
  const path = roles?.path ?? "/";
  const stackRoles = global("iam", `role${path}${names}`);
  // Who makes roles within a boundary makes none without it, and gives none more rights that has it not.
  const bounded: Condition =
    roles?.boundary === undefined ? {} : { ArnEquals: { "iam:PermissionsBoundary": roles.boundary } };
  const own: Condition = { StringEquals: { "aws:ResourceTag/towline:stack": stack } };
  const requested: Condition = { StringEquals: { "aws:RequestTag/towline:stack": stack } };
  const inRegion: Condition = { StringEquals: { "aws:RequestedRegion": region } };
  return {
    alarms: arn("cloudwatch", `alarm:${names}`),
    aliases: arn("kms", settingsKeyAlias(stack)),
    attachments: {
      ...stackRoles,
      Condition: { ArnEquals: { ...bounded.ArnEquals, "iam:PolicyARN": managedPolicies } },
    },
    // The bucket of the logs is there with whatever writes to it.
    bucket: { Resource: types.includes(LOGGING) ? [bucketArn, logBucketName(bucketArn)] : bucketArn },
    defaultGroups: { ...arn("ec2", "security-group/*"), Condition: inRegion },
    documents: arn("ssm", `document/${pollDocumentName(stack)}`),
    everything: { Resource: "*", Condition: { StringEquals: { "aws:RequestedRegion": [region, "us-east-1"] } } },
    functions: arn("lambda", `function:${names}`),
    groups: arn("autoscaling", `autoScalingGroup:*:autoScalingGroupName/${names}`),
    keys: { ...arn("kms", "key/*"), Condition: own },
    launches: {
      Resource: "*",
      Condition: { ArnLike: { "ec2:LaunchTemplate": `arn:${partition}:ec2:${region}:${account}:launch-template/*` } },
    },
    listeners: { Resource: [balancing("listener"), balancing("listener-rule")] },
    loadBalancers: { Resource: balancing("loadbalancer") },
    logs: arn("logs", `log-group:/aws/lambda/${names}`),
    namespaces: { ...arn("servicediscovery", "namespace/*"), Condition: own },
    // What is only being made has no tags yet; nothing that has another stack's is taken over.
    newTagged: {
      Resource: [arn("kms", "key/*").Resource, arn("acm", "certificate/*").Resource].flat(),
      Condition: { ...requested, Null: { "aws:ResourceTag/towline:stack": "true" } },
    },
    newServices: { ...arn("servicediscovery", "service/*"), Condition: requested },
    newSnapshots: { Resource: `arn:${partition}:ec2:${region}::snapshot/*`, Condition: requested },
    objects: { Resource: `${bucketArn}/${rolloutObject("*", "policy.json")}` },
    profiles: global("iam", `instance-profile${path}${names}`),
    publicParameters: { Resource: `arn:${partition}:ssm:${region}::parameter/aws/service/*` },
    queues: arn("sqs", names),
    rights: { ...stackRoles, ...(bounded.ArnEquals && { Condition: bounded }) },
    roles: stackRoles,
    routeTables: arn("ec2", "route-table/*"),
    rules: arn("events", `rule/${names}`),
    services: { ...arn("servicediscovery", "service/*"), Condition: own },
    stackTagged: { Resource: "*", Condition: own },
    tagsOfNames: {
      Resource: "*",
      Condition: { ...inRegion, StringEqualsIfExists: { "aws:RequestTag/towline:stack": stack } },
    },
    targetGroups: arn("elasticloadbalancing", `targetgroup/${stack}-*/*`),
    topics: { Resource: [topicName(stack), names].map((name) => `arn:${partition}:sns:${region}:${account}:${name}`) },
    trails: arn("cloudtrail", `trail/${trailName(stack)}`),
    toTag: { Resource: "*", Condition: inRegion },
    volumeKeys: { Resource: volumeKeys },
    zones: { Resource: `arn:${partition}:route53:::hostedzone/*` },
  };
}

/** The stack's own rules, by their tag, at a listener that is not its own, nor are its other rules. */
function rulesOfAnother({ stack, listenerArn }: DeployerPolicyValues): Statement[] {
  if (listenerArn === undefined) return [];
  const balancing = (...names: string[]): string[] => names.map((name) => `elasticloadbalancing:${name}`);
  const Resource = `${listenerArn.replace(":listener/", ":listener-rule/")}/*`;
  const requested = { "aws:RequestTag/towline:stack": stack };
  return [
    {
      Sid: "AddRules",
      Effect: "Allow",
      Action: balancing("CreateRule"),
      Resource: listenerArn,
      Condition: { StringEquals: requested },
    },
    {
      Sid: "TagRules",
      Effect: "Allow",
      Action: balancing("AddTags"),
      Resource,
      Condition: { StringEquals: { ...requested, "elasticloadbalancing:CreateAction": "CreateRule" } },
    },
    {
      Sid: "Rules",
      Effect: "Allow",
      Action: balancing("AddTags", "DeleteRule", "ModifyRule", "RemoveTags", "SetRulePriorities"),
      Resource,
      Condition: { StringEquals: { "aws:ResourceTag/towline:stack": stack } },
    },
  ];
}

/** What groups' managed policies and the boundary of all roles allow, `pulumi up` looks at first. */
function seeManagedPolicies({ roles, managedPolicies = [] }: DeployerPolicyValues): Statement[] {
  const Resource = [...new Set([...managedPolicies, ...(roles?.boundary === undefined ? [] : [roles.boundary])])];
  if (Resource.length === 0) return [];
  return [{ Sid: "SeePolicies", Effect: "Allow", Action: ["iam:GetPolicy", "iam:GetPolicyVersion"], Resource }];
}

/** EC2 asks for tags that are given with what is made, and for those that are changed later. */
function tagWhatIsMade({ stack, place: { partition, region, account } }: DeployerPolicyValues): Statement[] {
  const Resource = `arn:${partition}:ec2:${region}:${account}:*`;
  return [
    {
      Sid: "TagWhatIsMade",
      Effect: "Allow",
      Action: "ec2:CreateTags",
      // Snapshots name no account.
      Resource: [Resource, `arn:${partition}:ec2:${region}::snapshot/*`],
      Condition: { Null: { "ec2:CreateAction": "false" } },
    },
    {
      Sid: "ChangeTags",
      Effect: "Allow",
      Action: ["ec2:CreateTags", "ec2:DeleteTags"],
      Resource,
      Condition: { StringEquals: { "aws:ResourceTag/towline:stack": stack } },
    },
  ];
}
