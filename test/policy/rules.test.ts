import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { PolicyResource, ResourceValidationArgs, StackValidationArgs } from "@pulumi/policy";
import { type Declared, synthesize } from "../../infra/synth";
import { rules } from "../../policy/rules";
import { UNTAGGABLE } from "../../policy/rules/tags";
import { stackOf } from "../infra/stack-of";

const root = path.resolve(__dirname, "../..");
const withKey = { config: { "towline:signingKey": path.join(root, "infra/synth/placeholder.asc") } };

type Given = Pick<Declared, "type" | "inputs"> & { readonly urn?: string; readonly name?: string };

/** Runs every rule over resources as Pulumi's engine does, and tells what was found as `<rule> <name>: <message>`. */
async function violations(given: readonly Given[]): Promise<string[]> {
  const found: string[] = [];
  const resources = given.map(asPulumiPasses);
  for (const rule of rules) {
    const report = (message: string, urn?: string): void => {
      found.push(`${rule.name} ${urn ?? current}: ${message}`);
    };
    let current = "";
    if ("validateStack" in rule) await rule.validateStack({ resources } as unknown as StackValidationArgs, report);
    else {
      for (const resource of resources) {
        current = resource.urn;
        for (const check of [rule.validateResource ?? []].flat()) {
          await applicable(() => check(resource as unknown as ResourceValidationArgs, report));
        }
      }
    }
  }
  return found;
}

/** How a rule says that a resource is of a type it has nothing to say about. */
class NotApplicable extends Error {}

async function applicable(check: () => unknown): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (!(error instanceof NotApplicable)) throw error;
  }
}

function asPulumiPasses({ type, inputs, urn = "it" }: Given): PolicyResource {
  const isType = (kind: unknown): boolean => (kind as { __pulumiType: string }).__pulumiType === type;
  const asType = (kind: unknown) => (isType(kind) ? inputs : undefined);
  const notApplicable = () => {
    throw new NotApplicable();
  };
  return { type, props: inputs, urn, isType, asType, notApplicable } as unknown as PolicyResource;
}

describe.each(["staging", "prod"])("the stack %s", (stack) => {
  it("keeps every rule", async () => {
    expect(await violations(await synthesize(stack, withKey))).toEqual([]);
  });
});

describe("a stack with everything a stack can have", () => {
  it("keeps every rule", async () => {
    const step = { namespace: "AWS/SQS", metric: "Depth", up: [{ at: 100, by: 1 }] };
    const group = {
      packages: ["hello"],
      size: { min: 1, max: 2 },
      alternativeTypes: ["t3a.small"],
      spot: { percent: 50 },
    };
    const groups = {
      web: { ...group, http: { port: 6000 }, rootVolume: { size: 20 } },
      api: { ...group, http: { port: 7000, paths: ["/api/*"], priority: 1 }, scaling: { requestsPerTarget: 1000 } },
      worker: { ...group, scaling: { steps: { step }, schedule: { night: { cron: "0 0 * * *", min: 0, max: 1 } } } },
    };
    const [packages, size] = [["hello"], { min: 1, max: 1 }];
    const others = {
      db: { packages, size, volume: { size: 8, mountPoint: "/srv/db" }, uses: ["worker"] },
      edge: { packages, size, http: { port: 443 }, elasticIp: { ports: [443] } },
      spare: { packages, size: { min: 1, max: 2 }, warmPool: { min: 1 }, access: { sshFrom: ["203.0.113.0/24"] } },
    };
    const certificateArn = "arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012";
    const sections = {
      "towline:loadBalancer": { certificateArn },
      "towline:publisher": { trustedArns: ["arn:aws:iam::123456789012:root"], promoteFromBucket: "acme-staging" },
      "towline:slackCommand": { jenkins: { url: "https://jenkins.example.com" }, allow: { users: ["U0123456789"] } },
    };
    expect(await violations(await stackOf({ ...groups, ...others }, sections))).toEqual([]);
  }, 20_000);
});

const tags = { "towline:stack": "qa" };
const template = {
  type: "aws:ec2/launchTemplate:LaunchTemplate",
  inputs: {
    metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 },
    blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { encrypted: "true" } }],
    tagSpecifications: [
      { resourceType: "instance", tags },
      { resourceType: "volume", tags },
    ],
    tags,
  },
};
const bucket: Given[] = [
  { type: "aws:s3/bucket:Bucket", inputs: { bucket: "acme", tags } },
  {
    type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    inputs: { bucket: "acme", rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
  },
  {
    type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    inputs: {
      bucket: "acme",
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
  },
];

function rolePolicy(statement: object): Given {
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [{ Sid: "S", Effect: "Allow", ...statement }] });
  return { type: "aws:iam/rolePolicy:RolePolicy", inputs: { policy } };
}

function withUserData(text: string | Buffer): Given {
  return {
    ...template,
    inputs: { ...template.inputs, userData: (typeof text === "string" ? Buffer.from(text) : text).toString("base64") },
  };
}

function firewall(opening: object): Given {
  const inputs = { ingress: [{ protocol: "tcp", ...opening }], tags };
  return { type: "aws:ec2/securityGroup:SecurityGroup", inputs };
}

/** Changes one input of the template above. */
function templateWith(change: Given["inputs"]): Given {
  return { ...template, inputs: { ...template.inputs, ...change } };
}

describe("a resource that keeps the rules", () => {
  it.each<[string, Given[]]>([
    ["a launch template", [template]],
    ["a bucket", bucket],
    ["a queue under a key of KMS", [{ type: "aws:sqs/queue:Queue", inputs: { kmsMasterKeyId: "key", tags } }]],
    ["an action AWS ties to no resource", [rolePolicy({ Action: "ssm:UpdateInstanceInformation", Resource: "*" })]],
    [
      "decryption for one service",
      [rolePolicy({ Action: "kms:Decrypt", Resource: "*", Condition: { StringEquals: { "kms:ViaService": "ssm" } } })],
    ],
    ["a refusal to everybody", [rolePolicy({ Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*" })]],
    ["user data with a public key", [withUserData("-----BEGIN PGP PUBLIC KEY BLOCK-----\ntoken=$(fetch)")]],
    ["a port that is open to the world", [firewall({ fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] })]],
    ["SSH for a range", [firewall({ fromPort: 22, toPort: 22, cidrBlocks: ["203.0.113.0/24"] })]],
    ["a resource of another provider", [{ type: "random:index/randomId:RandomId", inputs: {} }]],
  ])("is left alone: %s", async (_, resources) => {
    expect(await violations(resources)).toEqual([]);
  });
});

describe("a resource that breaks a rule", () => {
  const cases: [string, Given[], string][] = [
    ...[
      firewall({ fromPort: 20, toPort: 30, cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"] }),
      firewall({ protocol: "-1", fromPort: 0, toPort: 0, ipv6CidrBlocks: ["::/0"] }),
      {
        type: "aws:ec2/securityGroupRule:SecurityGroupRule",
        inputs: { type: "ingress", protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] },
      },
      {
        type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        inputs: { ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv4: "0.0.0.0/0", tags },
      },
    ].map((opened): [string, Given[], string] => [
      "no-open-ssh",
      [opened],
      "Port 22 should be open to named ranges, or to nobody and sessions go by SSM, but is open to the world.",
    ]),
    [
      "metadata-version-2-only",
      [templateWith({ metadataOptions: { httpTokens: "optional", httpPutResponseHopLimit: 1 } })],
      'metadataOptions.httpTokens should be "required", but is "optional": set it.',
    ],
    [
      "metadata-one-hop",
      [templateWith({ metadataOptions: { httpTokens: "required" } })],
      "metadataOptions.httpPutResponseHopLimit should be 1, but is absent: set it.",
    ],
    [
      "metadata-one-hop",
      [
        {
          type: "aws:ec2/instance:Instance",
          inputs: { metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 2 }, tags },
        },
      ],
      "metadataOptions.httpPutResponseHopLimit should be 1, but is 2: set it.",
    ],
    [
      "encrypted-volumes",
      [templateWith({ blockDeviceMappings: [{ deviceName: "/dev/xvdb", ebs: { volumeSize: 8 } }] })],
      "The volume /dev/xvdb should be encrypted: set ebs.encrypted.",
    ],
    [
      "encrypted-volumes",
      [templateWith({ blockDeviceMappings: [] })],
      "blockDeviceMappings should hold the root volume, with encryption.",
    ],
    [
      "encrypted-volumes",
      [{ type: "aws:ebs/volume:Volume", inputs: { tags } }],
      "The volume should be encrypted: set encrypted.",
    ],
    [
      "encrypted-queues",
      [{ type: "aws:sqs/queue:Queue", inputs: { tags } }],
      "The queue should be encrypted: set sqsManagedSseEnabled.",
    ],
    [
      "usable-topic-keys",
      [{ type: "aws:sns/topic:Topic", inputs: { kmsMasterKeyId: "alias/aws/sns", tags } }],
      "alias/aws/sns lets no AWS service publish to the topic: take a key of your own, or none.",
    ],
    [
      "encrypted-buckets",
      bucket.filter(({ type }) => !type.includes("Encryption")),
      "The bucket should have a BucketServerSideEncryptionConfiguration with a default.",
    ],
    [
      "no-wildcards",
      [rolePolicy({ Action: "s3:Get*", Resource: "arn:aws:s3:::acme/dists/*" })],
      "The statement S should name its actions one by one, but allows s3:Get*.",
    ],
    [
      "no-wildcards",
      [rolePolicy({ Action: ["ssm:ListCommands", "s3:GetObject"], Resource: "*" })],
      "The statement S should name the resources of s3:GetObject, but allows it on all.",
    ],
    [
      "no-wildcards",
      [rolePolicy({ Action: "s3:GetObject", NotResource: "arn:aws:s3:::acme/env/*" })],
      "The statement S should name the resources of s3:GetObject, but allows it on all.",
    ],
    [
      "no-wildcards",
      [rolePolicy({ Action: "kms:Decrypt", Resource: "*" })],
      "The statement S should name the resources of kms:Decrypt, but allows it on all.",
    ],
    [
      "no-wildcards",
      [
        {
          type: "aws:iam/role:Role",
          inputs: {
            inlinePolicies: [{ policy: '{"Statement":{"Effect":"Allow","NotAction":"iam:*","Resource":"arn:x"}}' }],
            tags,
          },
        },
      ],
      "The statement number 1 should name its actions one by one, but allows *.",
    ],
    [
      "no-managed-policies",
      [{ type: "aws:iam/role:Role", inputs: { managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"], tags } }],
      "The role should have a policy of its own in place of arn:aws:iam::aws:policy/ReadOnlyAccess.",
    ],
    [
      "tagged",
      [{ type: "aws:sns/topic:Topic", inputs: { tags: { team: "web" } } }],
      "tags should hold towline:stack. Give it the stack's tags, or its group's.",
    ],
    [
      "tagged-at-launch",
      [templateWith({ tagSpecifications: [{ resourceType: "instance", tags }] })],
      "tagSpecifications should tag each volume with towline:stack.",
    ],
    [
      "tagged-at-launch",
      [
        {
          type: "aws:autoscaling/group:Group",
          inputs: { tags: [{ key: "towline:stack", value: "qa", propagateAtLaunch: false }] },
        },
      ],
      "tags should hold towline:stack with propagateAtLaunch.",
    ],
    [
      "no-public-buckets",
      bucket.filter(({ type }) => !type.includes("Public")),
      "The bucket should have a BucketPublicAccessBlock with blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets.",
    ],
    [
      "no-public-policies",
      [
        {
          ...rolePolicy({ Principal: { AWS: "*" }, Action: "s3:GetObject", Resource: "arn:aws:s3:::acme/*" }),
          type: "aws:s3/bucketPolicy:BucketPolicy",
        },
      ],
      "The statement S should name whom it allows something, but allows it everybody.",
    ],
    ...(
      [
        ["-----BEGIN OPENSSH PRIVATE KEY-----", "a private key"],
        ["AKIAIOSFODNN7EXAMPLE", "an AWS access key"],
        [`AWS_SECRET_ACCESS_KEY=${"k".repeat(40)}`, "an AWS secret key"],
        ["https://hooks.slack.com/services/T0/B0/x", "a Slack webhook"],
        ["xoxb-1234567890-abc", "a Slack token"],
        [`ghp_${"k".repeat(36)}`, "a GitHub token"],
        ['{"password": "correct-horse"}', "a password"],
      ] as const
    ).flatMap(([text, what]): [string, Given[], string][] => [
      [
        "no-secrets-in-user-data",
        [withUserData(text)],
        `The user data holds ${what}. Let the instance read it from where it is kept.`,
      ],
    ]),
    [
      "no-secrets-in-user-data",
      [withUserData(gzipSync("xoxb-1234567890-abc"))],
      "The user data holds a Slack token. Let the instance read it from where it is kept.",
    ],
  ];

  it.each(cases)("is found by %s", async (rule, resources, message) => {
    expect(await violations(resources)).toEqual([`${rule} it: ${message}`]);
  });

  it("is among the cases above for every rule", () => {
    expect(rules.map(({ name }) => name).filter((name) => !cases.some(([rule]) => rule === name))).toEqual([]);
  });
});

describe("the types without tags", () => {
  it.each([...UNTAGGABLE])("%s takes none from the provider", (type) => {
    const [, token = ""] = type.split(":");
    const file = path.join(root, "node_modules/@pulumi/aws", `${token}.d.ts`);
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, "utf8")).not.toMatch(/^ {4}(readonly )?tags\??:/m);
  });
});
