import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { deployerStatements } from "../../infra/access/deployer-policy";
import { type AnyStatement, statementsIn } from "../../infra/access/evaluation/document";
import { coversAll } from "../../infra/access/evaluation/reach";
import { operatorStatements } from "../../infra/access/operator-policy";
import { refuseTooNarrow } from "../../infra/boundary";
import type { Cloud, Declared } from "../../infra/synth";
import { offlineCloud } from "../../infra/synth";
import { errorsOf, type GroupRaw, type Raw, valid, withWeb } from "./config-fixtures";
import { all, one, stackOf } from "./stack-of";

const QUEUE = "arn:aws:sqs:eu-west-1:123456789012:shop-mail";
const statement = { Action: "sqs:ReceiveMessage", Resource: QUEUE };
const BOUNDARY = "arn:aws:iam::123456789012:policy/workloads";
const MANAGED = "arn:aws:iam::123456789012:policy/team/queues";
const PLACE = "Pulumi.staging.yaml: towline:groups/web/policies";
const withPolicies = (...policies: unknown[]): Raw => withWeb({ policies });

describe("policies of a group", () => {
  it.each<[string, unknown[]]>([
    ["a statement of few words", [statement]],
    [
      "a statement with all that it can have",
      [
        {
          Sid: "Work",
          Effect: "Allow",
          Action: ["sqs:*"],
          NotResource: ["*"],
          Condition: { NumericLessThan: { "aws:MultiFactorAuthAge": 60 } },
        },
      ],
    ],
    ["managed policies", [MANAGED, "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"]],
    [
      "a bucket of the group's own",
      [{ Action: "s3:*", Resource: ["arn:aws:s3:::acme-mail", "arn:aws:s3:::acme-mail/*"] }],
    ],
    [
      "a bucket whose name begins as the stack's",
      [{ Action: "s3:*", Resource: "arn:aws:s3:::acme-staging-uploads/*" }],
    ],
    [
      "all buckets but the stack's",
      [{ Action: "s3:GetObject", NotResource: ["arn:aws:s3:::acme-staging", "arn:aws:s3:::acme-staging*"] }],
    ],
    ["a list of buckets", [{ Action: "s3:ListAllMyBuckets", Resource: "*" }]],
    ["a look at roles", [{ Action: "iam:ListRoles", Resource: "*" }]],
    ["a refusal of what hosts do not do", [{ Effect: "Deny", Action: "s3:DeleteObject", Resource: "*" }]],
    [
      "a refusal under a condition",
      [{ Effect: "Deny", Action: "*", Resource: "*", Condition: { Bool: { "aws:SecureTransport": false } } }],
    ],
  ])("may be %s", (_, policies) => {
    expect(errorsOf(withPolicies(...policies))).toEqual([]);
  });

  const opens = (what: string) =>
    `should leave alone what hosts have by exact prefixes, but opens ${what}, whatever its conditions. Name the resources that are meant, or take the stack's out with NotResource.`;
  it.each<[string, object, string]>([
    ["everything", { Action: "*", Resource: "*" }, opens("the stack's bucket acme-staging (* on *)")],
    [
      "the bucket by a wildcard",
      { Action: "s3:Get*", Resource: "arn:aws:s3:::acme-*/env/*" },
      opens("the stack's bucket acme-staging (s3:Get* on arn:aws:s3:::acme-*/env/*)"),
    ],
    [
      "the bucket's list",
      { Action: "s3:ListBucket", Resource: "arn:aws:s3:::acme-staging" },
      opens("the stack's bucket acme-staging (s3:ListBucket on arn:aws:s3:::acme-staging)"),
    ],
    [
      "the bucket by what is left out",
      { NotAction: "ec2:*", NotResource: "arn:aws:s3:::other/*" },
      opens("the stack's bucket acme-staging (all but ec2:* on all but arn:aws:s3:::other/*)"),
    ],
    [
      "the bucket under a condition",
      { Action: "S3:PutObject", Resource: "*", Condition: { StringEquals: { "aws:ResourceAccount": "123456789012" } } },
      opens("the stack's bucket acme-staging (S3:PutObject on *)"),
    ],
    [
      "the bucket of logs",
      { Action: "s3:*", Resource: "arn:aws:s3:::acme-staging-logs/*" },
      opens("the stack's bucket acme-staging-logs (s3:* on arn:aws:s3:::acme-staging-logs/*)"),
    ],
    [
      "another door to the bucket",
      { Action: "s3:CreateAccessPoint", Resource: "*" },
      opens("the stack's bucket acme-staging (s3:CreateAccessPoint on *)"),
    ],
    [
      "a role of the stack's",
      { Action: "iam:PutRolePolicy", Resource: "arn:aws:iam::123456789012:role/towline-*" },
      opens("the stack's roles towline-staging-* (iam:PutRolePolicy on arn:aws:iam::123456789012:role/towline-*)"),
    ],
    [
      "the publisher's role",
      { Action: "sts:AssumeRole", Resource: "*" },
      opens("the stack's roles towline-staging-* (sts:AssumeRole on *)"),
    ],
  ])("may not open %s", (_, opening, sentence) => {
    expect(errorsOf(withPolicies(statement, opening))).toEqual([`${PLACE}/1: ${sentence}`]);
  });

  it.each<[string, unknown, string, string]>([
    [
      "that is no policy",
      7,
      "0",
      'should be the ARN of a managed policy, or a statement as IAM writes it, a map with Action and Resource, but is 7. Write for example "policies: [{Action: sqs:ReceiveMessage, Resource: arn:aws:sqs:eu-west-1:123456789012:shop-mail}]".',
    ],
    [
      "with a misspelt key",
      { ...statement, Conditions: {} },
      "0/Conditions",
      "is not a key towline knows; did you mean Condition? Allowed here: Sid, Effect, Action, NotAction, Resource, NotResource, Condition.",
    ],
    [
      "without an action",
      { Resource: QUEUE },
      "0/Action",
      'is missing, and so is NotAction; a statement has one of the two. Write for example "Action: sqs:ReceiveMessage".',
    ],
    [
      "that says both",
      { ...statement, NotResource: "*" },
      "0/NotResource",
      "should not come with Resource, which says the contrary. Remove one of the two.",
    ],
    [
      "with an action of no service",
      { ...statement, Action: "ReceiveMessage" },
      "0/Action",
      `should be an action of AWS's, or a list of them, with * and ? for any letters, but is "ReceiveMessage". Write for example "Action: sqs:ReceiveMessage".`,
    ],
    [
      "with a queue's name",
      { ...statement, Resource: "shop-mail" },
      "0/Resource",
      `should be *, the ARN of a resource with * and ? for any letters in its last two parts, or a list of them, but is "shop-mail". Write for example "Resource: ${QUEUE}".`,
    ],
    [
      "with an unknown operator",
      { ...statement, Condition: { StringIs: {} } },
      "0/Condition/StringIs",
      `should be an operator of IAM's conditions, but is "StringIs". Write for example "Condition: {StringEquals: {…}}".`,
    ],
    [
      "of another partition",
      { ...statement, Resource: "arn:aws-us-gov:sqs:us-gov-west-1:123456789012:q" },
      "0",
      'should be of the partition of eu-west-1, which is aws, but is arn:aws-us-gov:sqs:us-gov-west-1:123456789012:q. Begin it with "arn:aws:".',
    ],
    [
      "that keeps hosts from their work",
      { Effect: "Deny", Action: "sns:*", Resource: "*" },
      "0",
      "should leave web's hosts what they work with, but denies sns:Publish on arn:aws:sns:eu-west-1:000000000000:towline-staging-hosts. Name other actions or resources, or add a Condition.",
    ],
  ])("are refused: one %s", (_, wrong, place, sentence) => {
    expect(errorsOf(withPolicies(wrong))).toEqual([`${PLACE}/${place}: ${sentence}`]);
  });

  it("are refused where there are too many, one is there twice, or they make a policy too long", () => {
    const many = Array.from({ length: 11 }, (_, index) => `${MANAGED}${index}`);
    expect(errorsOf(withPolicies(...many))).toEqual([
      `${PLACE}: should name at most 10 managed policies, as IAM takes them of a role, but names 11. Write statements in place of some.`,
    ]);
    expect(errorsOf(withPolicies(MANAGED, MANAGED))).toEqual([
      `${PLACE}/1: should be a policy the list does not hold yet, but is "${MANAGED}" again. Remove it here, or in __base__, whose list comes first.`,
    ]);
    const long = { ...statement, Resource: Array.from({ length: 150 }, (_, index) => `${QUEUE}-${index}`) };
    expect(errorsOf(withPolicies(long))).toEqual([
      expect.stringMatching(
        /^Pulumi\.staging\.yaml: towline:groups\/web\/policies: should make a policy of web's hosts of at most 10240 .*towline's own\. Write fewer statements/,
      ),
    ]);
  });

  it("come after those of __base__, where an error says that they stand", () => {
    const raw = withWeb({ policies: [statement] }, { policies: [{ Action: "*", Resource: "*" }] });
    expect(errorsOf(raw)).toEqual([expect.stringMatching(/towline:groups\/__base__\/policies\/0: should leave alone/)]);
  });
});

describe("what all roles have in common", () => {
  it.each<[object, string]>([
    [
      { path: "teams" },
      'towline:roles/path: should be a path of at most 512 characters that begins and ends with a slash, but is "teams". Write for example "path: /towline/".',
    ],
    [
      { boundary: "workloads" },
      'towline:roles/boundary: should be the ARN of a managed policy, but is "workloads". Write for example "boundary: arn:aws:iam::123456789012:policy/workloads".',
    ],
    [
      { boundary: "arn:aws-us-gov:iam::123456789012:policy/w" },
      'towline:roles/boundary: should be of the partition of eu-west-1, which is aws, but is arn:aws-us-gov:iam::123456789012:policy/w. Begin it with "arn:aws:".',
    ],
  ])("is refused: %j", (roles, sentence) => {
    expect(errorsOf(valid({ "towline:roles": roles }))).toEqual([`Pulumi.staging.yaml: ${sentence}`]);
  });
});

const size = { min: 1, max: 1 };
const groups: Record<string, GroupRaw> = {
  mailer: {
    packages: ["shop"],
    size,
    policies: [{ Sid: "Work", ...statement }, MANAGED, "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"],
  },
  web: { packages: ["shop"], size, http: { port: 6000 } },
};
const sections = {
  "towline:roles": { path: "/teams/shop/", boundary: BOUNDARY },
  "towline:publisher": { trustedArns: ["arn:aws:iam::123456789012:root"] },
  "towline:channels": { trustedArns: ["arn:aws:iam::123456789012:root"] },
};

describe("a stack whose groups have rights of their own, and whose roles have a boundary", () => {
  let stack: Declared[];
  beforeAll(async () => {
    stack = await stackOf(groups, sections);
  });
  const inputs = (type: string, name: string) => one(stack, `aws:iam/${type}`, name).inputs;

  it("gives a group's hosts the statements, and no other group's", () => {
    expect(JSON.parse(String(inputs("rolePolicy:RolePolicy", "mailer-role-policy").policy)).Statement.at(-1)).toEqual({
      Sid: "Policies1Work",
      Effect: "Allow",
      ...statement,
    });
    expect(String(inputs("rolePolicy:RolePolicy", "web-role-policy").policy)).not.toContain("sqs:");
  });

  it("attaches managed policies before the first host starts", () => {
    const attached = all(stack, "aws:iam/rolePolicyAttachment:RolePolicyAttachment");
    expect(
      Object.fromEntries(attached.map(({ name, inputs: { role, policyArn } }) => [name, [role, policyArn]])),
    ).toEqual({
      "mailer-team-queues-attachment": ["towline-qa-mailer-host", MANAGED],
      "mailer-aws-AmazonSQSReadOnlyAccess-attachment": [
        "towline-qa-mailer-host",
        "arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess",
      ],
    });
    const fleet = one(stack, "aws:autoscaling/group:Group", "mailer-fleet");
    expect(fleet.dependencies).toEqual(expect.arrayContaining(attached.map(({ urn }) => urn)));
  });

  it("gives each role and instance profile the path, and each role the boundary", () => {
    const made = all(stack, "aws:iam/role:Role").map(({ inputs: { path, permissionsBoundary } }) => [
      path,
      permissionsBoundary,
    ]);
    expect(made).toHaveLength(8);
    expect(new Set(made.map(String))).toEqual(new Set([`/teams/shop/,${BOUNDARY}`]));
    expect(all(stack, "aws:iam/instanceProfile:InstanceProfile").map(({ inputs: { path } }) => path)).toEqual(
      Array(2).fill("/teams/shop/"),
    );
  });

  it("lets who works on it do so: roles of the path, within the boundary, with these policies", () => {
    const place = { partition: "aws", region: "eu-west-1", account: "123456789012" };
    const roles = sections["towline:roles"];
    const types = stack.map(({ type }) => type);
    const deployer = deployerStatements({
      stack: "qa",
      place,
      bucketArn: "arn:aws:s3:::b",
      types,
      roles,
      managedPolicies: [MANAGED],
    });
    const of = (sid: string) => deployer.find(({ Sid }) => Sid === sid);
    const Resource = "arn:aws:iam::123456789012:role/teams/shop/towline-qa-*";
    expect(of("Roles")).toMatchObject({ Resource });
    expect(of("Rights")).toMatchObject({
      Action: ["iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"],
      Resource,
      Condition: { ArnEquals: { "iam:PermissionsBoundary": BOUNDARY } },
    });
    expect(of("Attachments")).toMatchObject({
      Action: ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
      Condition: { ArnEquals: { "iam:PermissionsBoundary": BOUNDARY, "iam:PolicyARN": [MANAGED] } },
    });
    expect(of("SeePolicies")).toMatchObject({
      Action: ["iam:GetPolicy", "iam:GetPolicyVersion"],
      Resource: [MANAGED, BOUNDARY],
    });
    const operator = operatorStatements({ stack: "qa", place, bucketArn: "arn:aws:s3:::b", rolePath: roles.path });
    expect(operator.find(({ Sid }) => Sid === "HandHostsTheirRole")).toMatchObject({
      Resource: "arn:aws:iam::123456789012:role/teams/shop/towline-qa-*-host",
    });
  });
});

describe("the kinds of groups in docs/groups.md", () => {
  const text = readFileSync(path.resolve(__dirname, "../../docs/groups.md"), "utf8");
  const kinds = parse(/```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? "");

  it("are a configuration, whose mailer may work with the queue that it scales by", async () => {
    expect(errorsOf(valid(kinds))).toEqual([]);
    const { mailer } = kinds["towline:groups"];
    const made = await stackOf({ mailer });
    const document = String(one(made, "aws:iam/rolePolicy:RolePolicy", "mailer-role-policy").inputs.policy);
    const alarm = one(made, "aws:cloudwatch/metricAlarm:MetricAlarm", "mailer-backlog-up-alarm");
    const { QueueName } = alarm.inputs.dimensions as { readonly QueueName: string };
    const deeds = ["sqs:ReceiveMessage", "sqs:DeleteMessage"].map((action) => ({
      action,
      resource: `arn:aws:sqs:eu-west-1:123456789012:${QueueName}`,
    }));
    for (const deed of deeds) expect(statementsIn(document).some((each) => coversAll(each, deed))).toBe(true);
  });
});

describe("a managed policy that AWS knows", () => {
  /** A cloud in which managed policies have these statements. */
  const knowing = (policies: Readonly<Record<string, readonly object[]>>): Cloud => {
    const offline = offlineCloud("eu-west-1");
    return {
      create: (registration) => offline.create(registration),
      invoke: (call) => {
        const statements = call.token.startsWith("aws:iam/getPolicy:") && policies[String(call.args.arn)];
        if (!statements) return offline.invoke(call);
        return Promise.resolve({ policy: JSON.stringify({ Version: "2012-10-17", Statement: statements }) });
      },
    };
  };
  const allow = (Action: string, Resource = "*") => ({ Effect: "Allow", Action, Resource });
  const failing = (policies: Readonly<Record<string, readonly object[]>>, own: object, preview = true) =>
    stackOf(
      { web: { packages: ["shop"], size, ...("towline:roles" in own ? {} : own) } },
      "towline:roles" in own ? own : {},
      "qa",
      {
        preview,
        cloud: knowing(policies),
      },
    );

  it("is refused in the preview where it opens the stack's bucket", async () => {
    await expect(failing({ [MANAGED]: [allow("sqs:*"), allow("s3:Get*")] }, { policies: [MANAGED] })).rejects.toThrow(
      `Pulumi.qa.yaml: towline:groups/web/policies/0: should leave alone what hosts have by exact prefixes, but opens the stack's bucket acme-qa (s3:Get* on *) by ${MANAGED}, whatever its conditions. Write statements for what the group needs in its place.`,
    );
    await expect(failing({ [MANAGED]: [allow("sqs:*")] }, { policies: [MANAGED] })).resolves.toBeDefined();
  });

  it("is refused where it is another account's", async () => {
    const other = "arn:aws:iam::999999999999:policy/queues";
    await expect(failing({ [other]: [allow("sqs:*")] }, { policies: [other] })).rejects.toThrow(
      `towline:groups/web/policies/0: should be a policy of AWS's or of the stack's account, which is 123456789012, since IAM attaches no other's, but is ${other}. Make one in 123456789012.`,
    );
  });

  const bounded = { "towline:roles": { boundary: BOUNDARY } };
  it("is refused in the preview, as a boundary that leaves hosts without what they need", async () => {
    await expect(failing({ [BOUNDARY]: [allow("s3:*"), allow("sns:*")] }, bounded)).rejects.toThrow(
      /^Pulumi\.qa\.yaml: towline:roles\/boundary: should allow what the stack's roles do, but arn:aws:iam::123456789012:policy\/workloads leaves towline-qa-\S+ without \S+ on \S+( and \d+ more)?\. Allow it there, or name another boundary\.\n/,
    );
    const denying = [allow("*"), { Effect: "Deny", Action: "kms:*", Resource: "*" }];
    await expect(failing({ [BOUNDARY]: denying }, bounded)).rejects.toThrow(
      "leaves towline-qa-web-host without kms:Decrypt on",
    );
  });

  const servicesAllowed = (...services: string[]) => services.map((service) => allow(`${service}:*`));
  const HOSTS = ["s3", "sns", "autoscaling", "ec2", "kms", "ssm", "ssmmessages", "ec2messages"];
  const FUNCTIONS = ["logs", "sqs", "cloudwatch", "servicediscovery", "route53", "lambda"];

  it("does as a boundary where it leaves each role what it needs", async () => {
    const policies = { [BOUNDARY]: servicesAllowed(...HOSTS, ...FUNCTIONS) };
    for (const preview of [true, false]) await expect(failing(policies, bounded, preview)).resolves.toBeDefined();
  });

  it("is held against what functions do, too, once that is known", async () => {
    const made = await stackOf({ web: { packages: ["shop"], size } });
    const lackOf =
      (name: string, ...services: string[]) =>
      () =>
        refuseTooNarrow({
          ...{ stack: "qa", arn: BOUNDARY, role: name, statements: servicesAllowed(...services) as AnyStatement[] },
          document: String(one(made, "aws:iam/rolePolicy:RolePolicy", `${name}-role-policy`).inputs.policy),
        });
    for (const name of ["notifier", "registry", "endings"]) {
      expect(lackOf(name, ...HOSTS, ...FUNCTIONS)).not.toThrow();
      expect(lackOf(name, ...HOSTS)).toThrow(
        new RegExp(`^Pulumi\\.qa\\.yaml: towline:roles/boundary: should allow .* leaves ${name} without .* on `),
      );
    }
  });
});
