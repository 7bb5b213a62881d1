/** Who a policy is for: an identity, everybody who asks for a resource, or those who assume a role. */
export type PolicyKind = "identity" | "resource" | "trust";

/** Which parts a statement of each kind must have, beside `Effect` and `Action`, and which it may (IAM, "JSON policy elements"). */
const PARTS: Readonly<Record<PolicyKind, { readonly must: readonly string[]; readonly may: readonly string[] }>> = {
  identity: { must: ["Sid", "Resource"], may: ["Condition"] },
  resource: { must: ["Sid", "Principal", "Resource"], may: ["Condition"] },
  trust: { must: ["Principal"], may: ["Sid", "Condition"] },
};

const [REGION, ACCOUNT] = ["[a-z]{2}(?:-[a-z]+)+-\\d", "\\d{12}"];
const here = `${REGION}:${ACCOUNT}`;

/** The forms of ARNs that a policy can name, one a service and kind of resource (AWS's Service Authorization Reference). */
const ARNS = [
  `autoscaling:${here}:autoScalingGroup:[0-9a-f*-]+:autoScalingGroupName/[^/:]+`,
  `cloudtrail:${here}:trail/[A-Za-z0-9._-]{3,128}`,
  `cloudwatch:${here}:alarm:[^/:]+`,
  `ec2:${here}:(?:instance|network-interface)/\\*`,
  `ec2:${here}:elastic-ip/eipalloc-[0-9a-f]{17}`,
  `ec2:${here}:volume/vol-[0-9a-f]{17}`,
  `elasticloadbalancing:${here}:loadbalancer/\\*`,
  `elasticloadbalancing:${here}:targetgroup/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}`,
  `events:${here}:rule/[.A-Za-z0-9_*-]+`,
  `iam::${ACCOUNT}:(?:root|(?:role|user)/[\\w+=,.@/-]+)`,
  `kms:${here}:key/[0-9a-f-]{36}`,
  `lambda:${here}:function:[A-Za-z0-9_-]{1,64}`,
  // Who delivers flow logs.
  `logs:${here}:\\*`,
  `logs:${here}:log-group:[.A-Za-z0-9_/#-]{1,512}:\\*`,
  "route53:::hostedzone/[A-Z0-9]+",
  // Keys take any character; IAM's variables stand in braces.
  "s3:::[a-z0-9-]{3,63}(?:/\\S+)?",
  `servicediscovery:${here}:service/srv-[a-z0-9]+`,
  `sns:${here}:[A-Za-z0-9_-]{1,256}`,
  `sqs:${here}:[A-Za-z0-9_-]{1,80}`,
  `ssm:${here}:document/[A-Za-z0-9_.-]{3,128}`,
  `ssm:${here}:parameter/[.A-Za-z0-9_/-]+`,
].map((form) => new RegExp(`^arn:aws:${form}$`));

/** Operators of conditions (IAM, "JSON policy elements: Condition operators"), and keys (the services' own, and IAM's global ones). */
const OPERATORS = [
  "ArnLike",
  "Bool",
  "BoolIfExists",
  "Null",
  "NumericLessThanEquals",
  "StringEquals",
  "StringLike",
  "StringNotEquals",
];
const CONDITION_KEYS = [
  /^aws:(PrincipalAccount|PrincipalIsAWSService|SecureTransport|SourceAccount|SourceArn)$/,
  /^aws:EC2InstanceSource(PrivateIPv4|VPC)$/,
  /^(aws:ResourceTag|ssm:resourceTag)\/towline:(stack|group)$/,
  /^kms:(ViaService|EncryptionContext:(PARAMETER_ARN|aws:s3:arn))$/,
  /^s3:(if-none-match|object-lock-remaining-retention-days|prefix|x-amz-server-side-encryption-aws-kms-key-id)$/,
  /^cloudwatch:namespace$/,
  /^servicediscovery:ServiceArn$/,
];

const SERVICE = /^([a-z0-9-]+\.){1,2}amazonaws\.com$/;
const ACTION = /^([a-z0-9-]+):(\*|[A-Z][A-Za-z]+)$/;

/** Finds what IAM would refuse, or not understand as it is meant, in a policy document. */
export function policyFaults(text: string, kind: PolicyKind): string[] {
  const { Version, Statement, ...others } = JSON.parse(text);
  const unknown = Object.keys(others).map((key) => `the document has ${key}`);
  if (Version !== "2012-10-17") return [...unknown, `the version is ${Version}`];
  if (!Array.isArray(Statement) || Statement.length === 0) return [...unknown, "there is no statement"];
  const sids = Statement.map(({ Sid }) => Sid).filter((sid) => sid !== undefined);
  return [
    ...unknown,
    ...sids.filter((sid, index) => sids.indexOf(sid) < index).map((sid) => `${sid} is there twice`),
    ...Statement.flatMap((statement) => statementFaults(statement, kind)),
  ];
}

function statementFaults(statement: Readonly<Record<string, unknown>>, kind: PolicyKind): string[] {
  const { Sid = "the statement", Effect, Action, Resource = [], Principal = {}, Condition = {} } = statement;
  const { must, may } = PARTS[kind];
  const parts = ["Effect", "Action", ...must];
  return [
    ...parts.filter((part) => statement[part] === undefined).map((part) => `has no ${part}`),
    ...Object.keys(statement)
      .filter((part) => ![...parts, ...may].includes(part))
      .map((part) => `has ${part}`),
    ...(/^[A-Za-z0-9]+$/.test(String(statement.Sid ?? "none")) ? [] : ["has a Sid of other characters"]),
    ...(Effect === "Allow" || Effect === "Deny" ? [] : [`has the effect ${Effect}`]),
    ...empty("Action", Action),
    ...list(Action)
      .filter((action) => !ACTION.test(action))
      .map((action) => `has the action ${action}`),
    ...empty("Resource", statement.Resource),
    ...list(Resource)
      .filter((resource) => resource !== "*" && !isArn(resource))
      .map((resource) => `has the resource ${resource}`),
    ...principalFaults(Principal),
    ...conditionFaults(Condition as Readonly<Record<string, Readonly<Record<string, unknown>>>>),
  ].map((fault) => `${Sid} ${fault}`);
}

function empty(part: string, value: unknown): string[] {
  return Array.isArray(value) && value.length === 0 ? [`has an empty ${part}`] : [];
}

function principalFaults(principal: unknown): string[] {
  if (principal === "*") return [];
  return Object.entries(principal as object).flatMap(([kind, value]) =>
    list(value)
      .filter((who) => !(kind === "Service" ? SERVICE.test(who) : kind === "AWS" && isArn(who)))
      .map((who) => `has the principal ${kind} ${who}`),
  );
}

function conditionFaults(condition: Readonly<Record<string, Readonly<Record<string, unknown>>>>): string[] {
  return Object.entries(condition).flatMap(([operator, comparisons]) => [
    ...(OPERATORS.includes(operator) ? [] : [`has the operator ${operator}`]),
    ...Object.entries(comparisons).flatMap(([key, value]) => [
      ...(CONDITION_KEYS.some((known) => known.test(key)) ? [] : [`has the condition key ${key}`]),
      ...empty(key, value),
      ...(/Arn$/.test(key)
        ? list(value)
            .filter((arn) => !isArn(arn))
            .map((arn) => `compares ${key} with ${arn}`)
        : []),
    ]),
  ]);
}

function isArn(text: string): boolean {
  return ARNS.some((form) => form.test(text));
}

function list(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map(String);
}
