import type { ApiCall } from "../region/calls";
import { ACCOUNT } from "../region/place";
import { type Facts, type Needed, tagged } from "./authorization";

/** Kinds of EC2's resources whose ARNs name no account. */
const OF_NO_ACCOUNT = new Set(["image", "snapshot"]);

/** Kinds of EC2's resources in ARNs, by how their numbers begin. */
const KINDS: Readonly<Record<string, string>> = {
  eipalloc: "elastic-ip",
  eipassoc: "elastic-ip",
  fl: "vpc-flow-log",
  igw: "internet-gateway",
  lt: "launch-template",
  nat: "natgateway",
  rtb: "route-table",
  rtbassoc: "route-table",
  sg: "security-group",
  subnet: "subnet",
  vol: "volume",
  vpc: "vpc",
  vpce: "vpc-endpoint",
};

/** What the calls that make something make. */
const MADE: Readonly<Record<string, string>> = {
  AllocateAddress: "elastic-ip",
  CreateFlowLogs: "vpc-flow-log",
  CreateInternetGateway: "internet-gateway",
  CreateLaunchTemplate: "launch-template",
  CreateNatGateway: "natgateway",
  CreateRouteTable: "route-table",
  CreateSecurityGroup: "security-group",
  CreateSnapshot: "snapshot",
  CreateSubnet: "subnet",
  CreateVolume: "volume",
  CreateVpc: "vpc",
  CreateVpcEndpoint: "vpc-endpoint",
};

/** Calls that need the right to what they name, and make nothing: they change or remove it, or EC2 answers them by it alone. */
const NAMING = new Set([
  ...["DescribeVpcAttribute", "DisassociateAddress"],
  ...["AssociateRouteTable", "AttachInternetGateway", "AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress"],
  ...["CreateLaunchTemplateVersion", "CreateRoute", "CreateTags", "DeleteFlowLogs", "DeleteInternetGateway"],
  ...[
    "DeleteLaunchTemplate",
    "DeleteNatGateway",
    "DeleteRoute",
    "DeleteRouteTable",
    "DeleteSecurityGroup",
    "DeleteSubnet",
  ],
  ...[
    "DeleteTags",
    "DeleteVolume",
    "DeleteVpc",
    "DeleteVpcEndpoints",
    "DetachInternetGateway",
    "DisassociateRouteTable",
  ],
  ...["ModifyLaunchTemplate", "ModifySubnetAttribute", "ModifyVolume", "ModifyVpcAttribute", "ModifyVpcEndpoint"],
  ...["ReleaseAddress", "ReplaceRoute", "RevokeSecurityGroupEgress", "RevokeSecurityGroupIngress"],
]);

/** Of calls that name more than EC2 asks for: what it asks for. */
const ASKED: Readonly<Record<string, readonly string[]>> = {
  CreateLaunchTemplate: ["launch-template"],
  CreateLaunchTemplateVersion: ["launch-template"],
  CreateRoute: ["route-table"],
};

/**
 * What making, changing and removing resources of EC2 takes: the call for each resource that it names or makes, and the tags that it gives;
 * undefined for other calls.
 */
export function ec2Needs(call: ApiCall, facts: Facts): readonly Needed[] | undefined {
  const made = MADE[call.action];
  if (made === undefined && !NAMING.has(call.action)) return undefined;
  const action = `ec2:${call.action}`;
  const named = existing(call, facts).map((on) => ({ ...on, action }));
  if (made === undefined) return named;
  const given = tagsOf(call.form);
  const context = tagged(given, "aws:RequestTag");
  const resource = ec2Arn(call, made, "new");
  const tagging = { ...context, "ec2:CreateAction": call.action };
  return [
    { action, resource, context },
    ...named,
    ...(Object.keys(given).length === 0 ? [] : [{ action: "ec2:CreateTags", resource, context: tagging }]),
    // A log that goes to S3 is delivered by CloudWatch Logs, in the name of whoever makes it.
    ...(call.action === "CreateFlowLogs" ? [{ action: "logs:CreateLogDelivery", resource: "*", context: {} }] : []),
  ];
}

/** The number and the tags of what a call has made, from EC2's answer; undefined for other calls. */
export function madeByEc2(call: ApiCall, reply: string): { id: string; tags: Record<string, string> } | undefined {
  const kind = MADE[call.action];
  const prefix = Object.keys(KINDS).find((name) => KINDS[name] === kind);
  const id = prefix === undefined ? undefined : new RegExp(`>(${prefix}-[0-9a-f]+)<`).exec(reply)?.[1];
  return id === undefined ? undefined : { id, tags: tagsOf(call.form) };
}

/** ARN of a resource of EC2. */
export function ec2Arn({ region }: ApiCall, kind: string, id: string): string {
  return `arn:aws:ec2:${region}:${OF_NO_ACCOUNT.has(kind) ? "" : ACCOUNT}:${kind}/${id}`;
}

/** What is there already of what a call names; of a call that gives tags, in the resource's and the request's. */
function existing(call: ApiCall, facts: Facts): Omit<Needed, "action">[] {
  const found = [...call.form].flatMap(([, value]) => {
    const kind = KINDS[/^([a-z]+)-[0-9a-f]+$/.exec(value)?.[1] ?? ""];
    return kind === undefined ? [] : [{ kind, id: value }];
  });
  const asked = ASKED[call.action];
  const wanted = found.filter(({ kind }) => asked === undefined || asked.includes(kind));
  return wanted.map(({ kind, id }) => ({
    resource: ec2Arn(call, kind, id),
    context: tagged(facts.tags(id), "aws:ResourceTag", "ec2:ResourceTag"),
  }));
}

function tagsOf(form: URLSearchParams): Record<string, string> {
  const keys = [...form].filter(([name]) => /^TagSpecification\.\d+\.Tag\.\d+\.Key$/.test(name));
  return Object.fromEntries(keys.map(([name, key]) => [key, form.get(name.replace(/Key$/, "Value")) ?? ""]));
}
