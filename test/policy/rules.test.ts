import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { rules } from "../../policy/rules";
import { UNTAGGABLE } from "../../policy/rules/tags";
import { bucket, firewall, rolePolicy, tags, template, templateWith, withUserData } from "./resources";
import { type Given, violations } from "./violations";

const root = path.resolve(__dirname, "../..");

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
    ["a resource of another provider", [{ type: "random:index/randomId:RandomId", inputs: {} }]],
  ])("is left alone: %s", async (_, resources) => {
    expect(await violations(resources)).toEqual([]);
  });
});

const ofGroup = { ...tags, "towline:group": "db" };

describe("a resource that breaks a rule", () => {
  const cases: [string, Given[], string][] = [
    [
      "no-open-ssh",
      [firewall({ fromPort: 22, toPort: 22, cidrBlocks: ["0.0.0.0/0"] })],
      "Port 22 should be open to ranges of /8 and narrower, or to nobody and sessions go by SSM, but is open to 0.0.0.0/0.",
    ],
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
          inputs: {
            metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 2 },
            rootBlockDevice: { encrypted: true },
            volumeTags: tags,
            tags,
          },
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
      "The statement S should name the resources of s3:GetObject, but allows it on *.",
    ],
    [
      "no-wildcards",
      [rolePolicy({ Action: "s3:GetObject", NotResource: "arn:aws:s3:::acme/env/*" })],
      "The statement S should name the resources of s3:GetObject, but allows it on *.",
    ],
    [
      "no-wildcards",
      [rolePolicy({ Action: "kms:Decrypt", Resource: "*" })],
      "The statement S should name the resources of kms:Decrypt, but allows it on *.",
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
      "A policy of the stack's own should be in place of arn:aws:iam::aws:policy/ReadOnlyAccess.",
    ],
    [
      "no-clear-text",
      [
        {
          type: "aws:lb/listener:Listener",
          inputs: { protocol: "HTTP", defaultActions: [{ type: "forward", targetGroupArn: "arn:x" }], tags },
        },
      ],
      "The listener should send clients to HTTPS, but serves HTTP: give it a name (towline:loadBalancer: {domain, zone}) or a certificate " +
        "({certificateArn}), or say that HTTP alone is meant ({httpOnly: true}).",
    ],
    [
      "no-shells",
      [rolePolicy({ Action: "ssm:SendCommand", Resource: "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript" })],
      "The statement S should name a document of the stack's own, but allows ssm:SendCommand on " +
        "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript.",
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
    [
      "no-open-hosts",
      [
        templateWith({ networkInterfaces: [{ associatePublicIpAddress: "true" }], tags: ofGroup }),
        {
          type: "aws:ec2/securityGroup:SecurityGroup",
          inputs: {
            ingress: [{ protocol: "tcp", fromPort: 5432, toPort: 5432, cidrBlocks: ["0.0.0.0/0"] }],
            tags: ofGroup,
          },
        },
      ],
      "Port 5432 of hosts with public addresses should be open to ranges of /8 and narrower, but is open to 0.0.0.0/0. Narrow allowFrom of db.",
    ],
    [
      "no-secrets-in-user-data",
      [withUserData("xoxb-1234567890-abc")],
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
