import { rolePolicy, tags } from "./resources";
import { type Given, violations } from "./violations";

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";

/** A role with what it says of who may assume it. */
function trusting(statement: object): Given {
  const assumeRolePolicy = JSON.stringify({ Statement: [{ Sid: "S", Effect: "Allow", ...statement }] });
  return { type: "aws:iam/role:Role", inputs: { assumeRolePolicy, tags } };
}

describe("a wildcard in an action", () => {
  it.each(["*", "s3:*", "s3:Get*Object", "iam:PassRol?", "s3:????????????"])("is refused: %s", async (Action) => {
    expect(await violations([rolePolicy({ Action, Resource: "arn:aws:s3:::acme/dists/*" })])).toEqual([
      `no-wildcards it: The statement S should name its actions one by one, but allows ${Action}.`,
    ]);
  });
});

describe("a wildcard in a resource", () => {
  it.each([
    "*",
    "**",
    "?*",
    "arn:*",
    "arn:aws:*",
    "arn:aws:*:*:*:*",
    "arn:*:s3:::acme/dists/x",
    "arn:aws:s3:::*",
    "arn:aws:s3:::*/*",
    "arn:aws:s3:::????",
    "arn:aws:iam::*:role/*",
    "arn:aws:iam::*:role/towline",
    "arn:aws:sns:eu-*:123456789012:towline-prod",
  ])("is refused where it stands for everything: %s", async (Resource) => {
    expect(
      await violations([rolePolicy({ Action: "s3:GetObject", Resource: ["arn:aws:s3:::acme/x", Resource] })]),
    ).toEqual([
      `no-wildcards it: The statement S should name the resources of s3:GetObject, but allows it on ${Resource}.`,
    ]);
  });

  it.each([
    "arn:aws:s3:::acme/dists/*",
    "arn:aws:ec2:eu-west-1:123456789012:instance/*",
    "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:*:autoScalingGroupName/towline-prod-web",
  ])("is left alone where it stands for a part of what is named: %s", async (Resource) => {
    expect(await violations([rolePolicy({ Action: "s3:GetObject", Resource })])).toEqual([]);
  });

  it("is refused under any name for an action that needs a condition with it", async () => {
    expect(await violations([rolePolicy({ Action: "kms:Decrypt", Resource: "arn:aws:kms:*:*:key/*" })])).toEqual([
      "no-wildcards it: The statement S should name the resources of kms:Decrypt, but allows it on arn:aws:kms:*:*:key/*.",
    ]);
  });
});

describe("who a policy allows something", () => {
  const everybody =
    "no-public-policies it: The statement S should name whom it allows something, but allows it everybody.";

  it.each<[string, Given]>([
    ["assume a role", trusting({ Principal: { AWS: "*" }, Action: "sts:AssumeRole" })],
    ["assume a role, but some", trusting({ NotPrincipal: { AWS: "arn:aws:iam::1:root" }, Action: "sts:AssumeRole" })],
    [
      "read a bucket, but some",
      {
        ...rolePolicy({
          NotPrincipal: { AWS: "arn:aws:iam::1:root" },
          Action: "s3:GetObject",
          Resource: "arn:aws:s3:::a/b",
        }),
        type: "aws:s3/bucketPolicy:BucketPolicy",
      },
    ],
  ])("is not everybody: %s", async (_, resource) => {
    expect(await violations([resource])).toEqual([everybody]);
  });

  it.each<[string, Given]>([
    [
      "a service that assumes a role",
      trusting({ Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }),
    ],
    [
      "a refusal to all but some",
      trusting({ Effect: "Deny", NotPrincipal: { AWS: "arn:aws:iam::1:root" }, Action: "sts:AssumeRole" }),
    ],
  ])("is left alone: %s", async (_, resource) => {
    expect(await violations([resource])).toEqual([]);
  });
});

describe("a managed policy of AWS", () => {
  it.each<[string, Given["inputs"]]>([
    ["aws:iam/rolePolicyAttachment:RolePolicyAttachment", { policyArn: ADMINISTRATOR }],
    ["aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", { policyArns: [ADMINISTRATOR] }],
    ["aws:iam/userPolicyAttachment:UserPolicyAttachment", { policyArn: ADMINISTRATOR }],
    ["aws:iam/groupPolicyAttachment:GroupPolicyAttachment", { policyArn: ADMINISTRATOR }],
    ["aws:iam/policyAttachment:PolicyAttachment", { policyArn: ADMINISTRATOR }],
    ["aws:iam/role:Role", { managedPolicyArns: [ADMINISTRATOR], tags }],
  ])("is refused, given by %s", async (type, inputs) => {
    expect(await violations([{ type, inputs }])).toEqual([
      `no-managed-policies it: A policy of the stack's own should be in place of ${ADMINISTRATOR}.`,
    ]);
  });

  it("is not mistaken for one of the stack's own", async () => {
    const own = { policyArn: "arn:aws:iam::123456789012:policy/towline-prod" };
    expect(await violations([{ type: "aws:iam/userPolicyAttachment:UserPolicyAttachment", inputs: own }])).toEqual([]);
  });
});

describe("a shell on hosts", () => {
  const document = (name: string) => `arn:aws:ssm:eu-west-1::document/${name}`;
  const ours = "arn:aws:ssm:eu-west-1:123456789012:document/towline-prod-poll";
  const refused = (action: string, shell: string) => [
    `no-shells it: The statement S should name a document of the stack's own, but allows ${action} on ${shell}.`,
  ];

  it.each([
    ["ssm:SendCommand", document("AWS-RunShellScript")],
    ["ssm:SendCommand", document("AWS-RunPowerShellScript")],
    ["ssm:SendCommand", document("AWS-Run*")],
    ["ssm:SendCommand", document("AWS-RunRemoteScrip?")],
    ["ssm:SendCommand", document("a*-runshellscript")],
    ["ssm:CreateAssociation", document("AWS-RunShellScript")],
    ["ssm:StartAutomationExecution", document("AWS-RunDocument")],
  ])("is refused: %s of %s", async (Action, Resource) => {
    expect(
      await violations([rolePolicy({ Action: ["ssm:ListCommands", Action], Resource: [ours, Resource] })]),
    ).toEqual(refused(Action, Resource));
  });

  it.each([
    ["every document, of every account", "arn:aws:ssm:eu-west-1:*:document/*"],
    ["every resource", "*"],
  ])("is refused where it is one of %s", async (_, Resource) => {
    expect(await violations([rolePolicy({ Action: "ssm:SendCommand", Resource })])).toContain(
      refused("ssm:SendCommand", Resource)[0],
    );
  });

  it("is refused in a rule's target", async () => {
    const target = (arn: string): Given => ({ type: "aws:cloudwatch/eventTarget:EventTarget", inputs: { arn } });
    expect(await violations([target(document("AWS-RunShellScript")), target(ours)])).toEqual([
      `no-shells it: The rule should run a document of the stack's own, but runs ${document("AWS-RunShellScript")}.`,
    ]);
  });

  const steps = (runCommand: string[]) => [{ action: "aws:runShellScript", name: "a", inputs: { runCommand } }];

  it.each<[string, object | string]>([
    ["with parameters", { mainSteps: steps(["{{ commands }}"]), parameters: { commands: { type: "StringList" } } }],
    ["with parameters that it does not use yet", { mainSteps: steps(["id"]), parameters: { a: { type: "String" } } }],
    ["that takes a text from Parameter Store", { mainSteps: steps(["{{ssm:anything}}"]) }],
    ["of an older schema", { runtimeConfig: { "aws:runShellScript": { properties: [{ runCommand: ["id"] }] } } }],
    ["in YAML", "schemaVersion: '2.2'"],
  ])("is refused as a document %s", async (_, content) => {
    const inputs = { content: typeof content === "string" ? content : JSON.stringify(content), tags };
    expect(await violations([{ type: "aws:ssm/document:Document", inputs }])).toEqual([
      "no-shells it: The document should take no parameters: whoever may start it would run on hosts what they like.",
    ]);
  });

  it("is none: a document with the same commands for everybody", async () => {
    const inputs = { content: JSON.stringify({ schemaVersion: "2.2", mainSteps: steps(["id"]) }), tags };
    expect(await violations([{ type: "aws:ssm/document:Document", inputs }])).toEqual([]);
  });

  it.each([
    ["a document of the stack's own", "ssm:SendCommand", ours],
    ["the instances it runs on", "ssm:SendCommand", "arn:aws:ec2:eu-west-1:123456789012:instance/*"],
    ["reading what AWS's does", "ssm:DescribeDocument", document("AWS-RunShellScript")],
  ])("is none: %s", async (_, Action, Resource) => {
    expect(await violations([rolePolicy({ Action, Resource })])).toEqual([]);
  });
});
