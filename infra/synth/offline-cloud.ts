import { createHash } from "node:crypto";
import type { Cloud, Created, Registration } from "./cloud";

const ACCOUNT = "123456789012";

/** Answers with made-up identifiers of the right form, the same in every run, and asks nobody. */
export function offlineCloud(region: string): Cloud {
  return {
    create: async (registration) => create(region, registration),
    invoke: async ({ token, args }) => answer(region, token, args),
  };
}

function create(region: string, { type, name, inputs }: Registration): Created {
  const physical = String(inputs.name ?? inputs.bucket ?? name);
  const hex = createHash("sha256").update(`${type} ${name}`).digest("hex").slice(0, 17);
  const arn = ARNS[type]?.(physical, `${region}:${ACCOUNT}`, hex) ?? `arn:aws:towline:${region}:${ACCOUNT}:${physical}`;
  const state = { arn, name: physical, ...inputs };
  switch (type) {
    case "aws:ec2/securityGroup:SecurityGroup":
      return { id: `sg-${hex}`, state };
    case "aws:ec2/vpc:Vpc":
      return { id: `vpc-${hex}`, state };
    case "aws:ec2/vpcEndpoint:VpcEndpoint":
      return { id: `vpce-${hex}`, state };
    case "aws:ec2/launchTemplate:LaunchTemplate":
      return { id: `lt-${hex}`, state: { ...state, latestVersion: 1 } };
    case "aws:ebs/volume:Volume":
      return { id: `vol-${hex}`, state: { ...state, arn: `arn:aws:ec2:${region}:${ACCOUNT}:volume/vol-${hex}` } };
    case "aws:ec2/eip:Eip":
      return {
        id: `eipalloc-${hex}`,
        state: {
          ...state,
          arn: `arn:aws:ec2:${region}:${ACCOUNT}:elastic-ip/eipalloc-${hex}`,
          allocationId: `eipalloc-${hex}`,
          publicIp: "203.0.113.10",
        },
      };
    case "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace":
      return { id: `ns-${hex}`, state: { ...state, hostedZone: `Z${hex.toUpperCase()}` } };
    case "aws:servicediscovery/service:Service":
      return {
        id: `srv-${hex}`,
        state: { ...state, arn: `arn:aws:servicediscovery:${region}:${ACCOUNT}:service/srv-${hex}` },
      };
    case "aws:kms/key:Key": {
      const keyId = `${hex.slice(0, 8)}-0000-4000-8000-000000000000`;
      return { id: keyId, state: { ...state, keyId, arn: `arn:aws:kms:${region}:${ACCOUNT}:key/${keyId}` } };
    }
    case "aws:acm/certificate:Certificate":
      return { id: arn, state: { ...state, domainValidationOptions: [validation(String(inputs.domainName), hex)] } };
    case "aws:route53/record:Record":
      return { id: `${inputs.zoneId}_${physical}_${inputs.type}`, state: { ...state, fqdn: physical } };
    case "aws:lb/loadBalancer:LoadBalancer":
      return {
        id: arn,
        state: {
          ...state,
          dnsName: `${inputs.internal ? "internal-" : ""}${physical}-1234567890.${region}.elb.amazonaws.com`,
          zoneId: "Z0123456789ELB",
          arnSuffix: arn.slice(arn.indexOf("app/")),
        },
      };
    case "aws:lb/targetGroup:TargetGroup":
      return { id: arn, state: { ...state, arnSuffix: arn.slice(arn.indexOf("targetgroup/")) } };
    case "aws:lambda/functionUrl:FunctionUrl":
      return { id: physical, state: { ...state, functionUrl: `https://${hex}.lambda-url.${region}.on.aws/` } };
    case "aws:sqs/queue:Queue":
      return { id: arn, state: { ...state, url: `https://sqs.${region}.amazonaws.com/${ACCOUNT}/${physical}` } };
    case "awsx:ec2:Vpc":
      return { state: { ...inputs, vpcId: `vpc-${hex}`, ...subnets(Number(inputs.numberOfAvailabilityZones), hex) } };
    default:
      return { id: physical, state };
  }
}

/** ARNs in the form of each service, from a name, `<region>:<account>` and some hexadecimal digits. */
const ARNS: Readonly<Record<string, (name: string, place: string, hex: string) => string>> = {
  "aws:acm/certificate:Certificate": (_, place, hex) =>
    `arn:aws:acm:${place}:certificate/${hex.slice(0, 8)}-0000-4000-8000-000000000000`,
  "aws:s3/bucket:Bucket": (name) => `arn:aws:s3:::${name}`,
  "aws:cloudtrail/trail:Trail": (name, place) => `arn:aws:cloudtrail:${place}:trail/${name}`,
  "aws:sns/topic:Topic": (name, place) => `arn:aws:sns:${place}:${name}`,
  "aws:ssm/document:Document": (name, place) => `arn:aws:ssm:${place}:document/${name}`,
  "aws:sqs/queue:Queue": (name, place) => `arn:aws:sqs:${place}:${name}`,
  "aws:cloudwatch/logGroup:LogGroup": (name, place) => `arn:aws:logs:${place}:log-group:${name}`,
  "aws:lambda/function:Function": (name, place) => `arn:aws:lambda:${place}:function:${name}`,
  "aws:iam/role:Role": (name) => `arn:aws:iam::${ACCOUNT}:role/${name}`,
  "aws:iam/instanceProfile:InstanceProfile": (name) => `arn:aws:iam::${ACCOUNT}:instance-profile/${name}`,
  "aws:cloudwatch/metricAlarm:MetricAlarm": (name, place) => `arn:aws:cloudwatch:${place}:alarm:${name}`,
  "aws:cloudwatch/eventRule:EventRule": (name, place) => `arn:aws:events:${place}:rule/${name}`,
  "aws:lb/targetGroup:TargetGroup": (name, place, hex) =>
    `arn:aws:elasticloadbalancing:${place}:targetgroup/${name}/${hex.slice(0, 16)}`,
  "aws:lb/loadBalancer:LoadBalancer": (name, place, hex) =>
    `arn:aws:elasticloadbalancing:${place}:loadbalancer/app/${name}/${hex.slice(0, 16)}`,
  "aws:autoscaling/group:Group": (name, place, hex) =>
    `arn:aws:autoscaling:${place}:autoScalingGroup:${hex}:autoScalingGroupName/${name}`,
};

function subnets(zones: number, hex: string): Record<string, string[]> {
  const ids = (first: number): string[] =>
    Array.from({ length: zones }, (_, zone) => `subnet-${first + zone}${hex.slice(1)}`);
  return { publicSubnetIds: ids(0), privateSubnetIds: ids(zones) };
}

/** A range of a subnet that nobody has asked for. */
function rangeOf(id: string): string {
  return `10.0.${createHash("sha256").update(id).digest()[0]}.0/24`;
}

function tablesOf(filters: unknown): string[] {
  const [filter] = filters as readonly { readonly values: readonly string[] }[];
  return (filter?.values ?? []).map((id) => id.replace(/^subnet-/, "rtb-"));
}

/** What ACM asks for, to see whose a name is. */
function validation(domainName: string, hex: string): Record<string, string> {
  return {
    domainName,
    resourceRecordName: `_${hex}.${domainName}.`,
    resourceRecordType: "CNAME",
    resourceRecordValue: `_${hex}.acm-validations.aws.`,
  };
}

function balancerOf(listenerArn: unknown): string {
  return String(listenerArn)
    .replace(":listener/", ":loadbalancer/")
    .replace(/\/[^/]*$/, "");
}

type Answer = object | ((region: string, args: Readonly<Record<string, unknown>>) => object);

const ANSWERS: Readonly<Record<string, Answer>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": { accountId: ACCOUNT },
  "aws:index/getPartition:getPartition": { partition: "aws" },
  "aws:ssm/getParameter:getParameter": { value: "ami-0123456789abcdef0" },
  // What a managed policy allows only AWS knows.
  "aws:iam/getPolicy:getPolicy": (_, { arn }) => ({ arn }),
  "aws:ec2/getSubnet:getSubnet": (region, { id }) => ({
    availabilityZone: `${region}a`,
    cidrBlock: rangeOf(String(id)),
  }),
  // What is in a network only AWS knows: the checks have nothing to look at, and what is made in it a table for each subnet.
  "aws:ec2/getSubnets:getSubnets": {},
  "aws:ec2/getRouteTables:getRouteTables": (_, { filters }) => ({ ids: tablesOf(filters) }),
  // Of a zone that is named by its ID only AWS knows the name, and of none what is in it.
  "aws:route53/getZone:getZone": (_, { name, zoneId }) => ({ name, zoneId: zoneId ?? "Z0123456789EXAMPLE" }),
  // Of somebody else's listener only AWS knows whose it is, where its load balancer is, and which rules it has.
  "aws:lb/getListener:getListener": (_, { arn }) => ({
    arn,
    loadBalancerArn: balancerOf(arn),
    protocol: "HTTPS",
    port: 443,
  }),
  "aws:lb/getLoadBalancer:getLoadBalancer": (region, { arn }) => {
    const arnSuffix = String(arn).replace(/^.*:loadbalancer\//, "");
    const dnsName = `${arnSuffix.split("/")[1]}-1234567890.${region}.elb.amazonaws.com`;
    return { arn, arnSuffix, dnsName, securityGroups: ["sg-0123456789abcdef0"] };
  },
  "aws:lb/getListenerRule:getListenerRule": {},
  "aws:route53/getRecords:getRecords": (_, { zoneId }) => ({ zoneId, resourceRecordSets: [] }),
  "aws:ec2/getAmi:getAmi": { rootDeviceName: "/dev/xvda" },
};

function answer(region: string, token: string, args: Readonly<Record<string, unknown>>): object {
  const known = ANSWERS[token];
  if (known === undefined)
    throw new Error("the offline cloud has no answer to it: add one to infra/synth/offline-cloud.ts");
  return typeof known === "function" ? known(region, args) : known;
}
