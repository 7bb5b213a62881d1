import type { ApiCall } from "../region/calls";
import { ACCOUNT } from "../region/place";
import { type Mapping, type Needed, tagged } from "./authorization";

export type Fields = Readonly<Record<string, unknown>>;

export const field = ({ json, form }: ApiCall, name: string): string => String(json?.[name] ?? form.get(name) ?? "");
export const arn = (service: string, { region }: ApiCall, rest: string): string =>
  `arn:aws:${service}:${service === "iam" ? "" : region}:${ACCOUNT}:${rest}`;
export const on = (resource: string, context: Readonly<Record<string, string>> = {}, action = ""): Needed => ({
  action,
  resource,
  context,
});

/** A resource by a field that holds its name, or its ARN. */
export function byName(service: string, name: string, prefix = "", suffix = ""): Mapping {
  return (call) => {
    const given = field(call, name);
    return [on(given.startsWith("arn:") ? given : arn(service, call, `${prefix}${given}${suffix}`))];
  };
}

/** The tags of a request in whichever form its service has them. */
export function givenTags({ json = {}, form }: ApiCall): Record<string, string> {
  const list = (json.Tags ?? json.tags ?? json.TagsList) as Fields | readonly Fields[] | undefined;
  if (Array.isArray(list))
    return Object.fromEntries(
      list.map((one: Fields) => [String(one.Key ?? one.TagKey), String(one.Value ?? one.TagValue)]),
    );
  if (list !== undefined) return list as unknown as Record<string, string>;
  const keys = [...form].filter(([name]) => /^Tags\.(member|entry)\.\d+\.Key$/.test(name));
  return Object.fromEntries(keys.map(([name, key]) => [key, form.get(name.replace(/Key$/, "Value")) ?? ""]));
}

/** What is made with tags needs the right to tag as well, of the same resource. */
export function tagging(made: Mapping, action: string): Mapping {
  return (call, facts) => {
    const given = givenTags(call);
    const context = tagged(given, "aws:RequestTag");
    const needed = made(call, facts).map((one) => ({ ...one, context: { ...one.context, ...context } }));
    const first = needed[0];
    return first === undefined || Object.keys(given).length === 0 ? needed : [...needed, { ...first, action }];
  };
}

/** A resource of Cloud Map, whose name AWS makes up, is the stack's by its tags. */
export function byTags(kind: string): Mapping {
  return (call, facts) => {
    const given = field(call, "Id");
    const id = given.slice(given.lastIndexOf("/") + 1);
    const type = given.startsWith("arn:") ? (given.split(":").at(-1) ?? "").split("/")[0] : kind;
    return [on(arn("servicediscovery", call, `${type}/${id}`), tagged(facts.tags(id), "aws:ResourceTag"))];
  };
}

const passed = (roleArn: string, service: string): Needed[] =>
  roleArn === "" ? [] : [on(roleArn, { "iam:PassedToService": service }, "iam:PassRole")];

export const role: Mapping = (call, facts) => {
  const [name, path] = [field(call, "RoleName"), field(call, "Path")];
  // One that is only being made is where the call says.
  const resource = path === "" ? facts.roleArn(name) : arn("iam", call, `role${path}${name}`);
  const boundary = field(call, "PermissionsBoundary") || facts.boundary(field(call, "RoleName"));
  const policy = field(call, "PolicyArn");
  return [
    on(resource, {
      ...(boundary && { "iam:PermissionsBoundary": boundary }),
      ...(policy && { "iam:PolicyARN": policy }),
    }),
  ];
};
export const profile = byName("iam", "InstanceProfileName", "instance-profile/");
export const lambda: Mapping = (call) => {
  const name = field(call, "FunctionName");
  return [
    on(name.startsWith("arn:") ? name : arn("lambda", call, `function:${name}`)),
    ...passed(field(call, "Role"), "lambda.amazonaws.com"),
  ];
};
/** The identifier in the ARN is made up by AWS; no policy that is written before the group is there can name it. */
export const group: Mapping = (call, facts) => {
  const id = "00000000-0000-4000-8000-000000000000";
  const name =
    field(call, "AutoScalingGroupName") ||
    call.form.get("Tags.member.1.ResourceId") ||
    facts.instance(field(call, "InstanceId"))?.group ||
    "";
  return [on(arn("autoscaling", call, `autoScalingGroup:${id}:autoScalingGroupName/${name}`))];
};
export const rule = (name: string) => byName("events", name, "rule/");
export const targets: Mapping = (call, facts) => [
  ...rule("Rule")(call, facts),
  ...((call.json?.Targets ?? []) as readonly Fields[]).flatMap(({ RoleArn }) =>
    passed(RoleArn === undefined ? "" : String(RoleArn), "events.amazonaws.com"),
  ),
];
export const logGroup: Mapping = (call) => {
  const given = field(call, "resourceArn") || field(call, "logGroupName");
  return [on(given.startsWith("arn:") ? given.replace(/:\*$/, "") : arn("logs", call, `log-group:${given}`))];
};
export const alarm: Mapping = (call, facts) => {
  const name =
    field(call, "AlarmName") ||
    (call.form.get("AlarmNames.member.1") ?? String((call.json?.AlarmNames as string[])?.[0] ?? ""));
  return name === ""
    ? byName("cloudwatch", "ResourceARN")(call, facts)
    : [on(arn("cloudwatch", call, `alarm:${name}`))];
};
export const topic: Mapping = (call) => [
  on(field(call, "TopicArn") || field(call, "ResourceArn") || arn("sns", call, field(call, "Name"))),
];
export const queue: Mapping = (call) => {
  const name = field(call, "QueueName") || field(call, "QueueUrl");
  return [on(arn("sqs", call, name.slice(name.lastIndexOf("/") + 1)))];
};
export const balancing =
  (name: string): Mapping =>
  (call) => {
    const named = field(call, name) || call.form.get(`${name}.member.1`) || "";
    return named === "" ? [] : [on(named)];
  };
export const key: Mapping = (call, facts) => {
  const name = field(call, "TargetKeyId") || field(call, "KeyId") || field(call, "ResourceArn");
  const id = name.slice(name.lastIndexOf("/") + 1);
  const aliased = field(call, "AliasName");
  return [
    ...(name === "" ? [] : [on(arn("kms", call, `key/${id}`), tagged(facts.tags(id), "aws:ResourceTag"))]),
    ...(aliased === "" ? [] : [on(arn("kms", call, aliased))]),
  ];
};
/** Of a certificate that is only being asked for nobody knows the number. */
export const certificate: Mapping = (call, facts) => {
  const named = field(call, "CertificateArn") || arn("acm", call, "certificate/new");
  const id = named.slice(named.lastIndexOf("/") + 1);
  return [on(named, { ...tagged(facts.tags(id), "aws:ResourceTag"), ...tagged(givenTags(call), "aws:RequestTag") })];
};
export const document = byName("ssm", "Name", "document/");
export const trail = (name: string) => byName("cloudtrail", name, "trail/");
export const everything: Mapping = () => [on("*")];
