import type { Declared } from "../../infra/synth";
import { one, stackOf } from "./stack-of";

const worker = { packages: ["hello", "other"], processes: { hello: "worker=1" }, size: { min: 1, max: 1 } };
const bucket = "arn:aws:s3:::acme-qa";
const root = "arn:aws:iam::123456789012:root";
const keyArn = expect.stringMatching(/^arn:aws:kms:eu-west-1:123456789012:key\/[0-9a-f-]{36}$/);

let stack: Declared[];
beforeAll(async () => {
  stack = await stackOf({
    worker,
    db: { packages: ["db"], size: { min: 1, max: 1 } },
    bare: { packages: ["monitor"], processes: { monitor: "none" }, size: { min: 0, max: 1 } },
  });
});

interface Statement {
  readonly Sid: string;
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

function statements(type: string, name?: string): Statement[] {
  return JSON.parse(String(one(stack, type, name).inputs.policy)).Statement;
}

function ofSettings(group: string): Statement[] {
  return statements("aws:iam/rolePolicy:RolePolicy", `${group}-role-policy`).filter(({ Sid }) =>
    Sid.includes("Settings"),
  );
}

describe("the key of the settings", () => {
  it("is the stack's own, rotates, stays thirty days after its deletion, and is found by its alias", () => {
    const { policy: _, ...key } = one(stack, "aws:kms/key:Key").inputs;
    expect(key).toEqual({
      description: "Settings of apps, as towline env writes them",
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      tags: { "towline:stack": "qa" },
    });
    expect(one(stack, "aws:kms/alias:Alias").inputs).toEqual({
      name: "alias/towline-qa",
      targetKeyId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it("is looked after by the account, and used by S3 for settings in the stack's bucket and for nothing else", () => {
    const [administer, use, ...others] = statements("aws:kms/key:Key");
    expect(administer).toMatchObject({
      Sid: "AdministerKey",
      Effect: "Allow",
      Principal: { AWS: root },
      Resource: "*",
    });
    const { Action } = administer as unknown as { Action: string[] };
    expect(Action).toEqual(expect.arrayContaining(["kms:PutKeyPolicy", "kms:DescribeKey", "kms:ScheduleKeyDeletion"]));
    expect(Action.filter((action) => /[*]|Encrypt|Decrypt|DataKey|CreateGrant|Sign|Mac/.test(action))).toEqual([]);
    expect(use).toEqual({
      Sid: "EncryptSettings",
      Effect: "Allow",
      Principal: { AWS: root },
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: "*",
      Condition: {
        StringEquals: { "kms:ViaService": "s3.eu-west-1.amazonaws.com" },
        StringLike: { "kms:EncryptionContext:aws:s3:arn": `${bucket}/env/*` },
      },
    });
    expect(others).toEqual([]);
  });
});

describe("the bucket", () => {
  const refusal = (): Statement => {
    const found = statements("aws:s3/bucketPolicy:BucketPolicy").find(
      ({ Sid }) => Sid === "RefuseOtherKeysForSettings",
    );
    if (found === undefined) throw new Error("the bucket refuses no key");
    return found;
  };

  it("refuses settings without the stack's key", () => {
    expect(refusal()).toEqual({
      Sid: "RefuseOtherKeysForSettings",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: `${bucket}/env/*`,
      Condition: { StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": keyArn } },
    });
  });

  /** As IAM evaluates it: all operators must hold, and one that negates holds of a key the request does not have. */
  const refuses = (request: Readonly<Record<string, string>>): boolean =>
    Object.entries(refusal().Condition ?? {}).every(([operator, keys]) => {
      if (operator !== "StringNotEquals") throw new Error(`unknown operator ${operator}`);
      return Object.entries(keys).every(([key, value]) => request[key] !== value);
    });

  it.each([
    ["no encryption header", {}, true],
    ["S3's own keys", { "s3:x-amz-server-side-encryption": "AES256" }, true],
    ["the account's default key of KMS", { "s3:x-amz-server-side-encryption": "aws:kms" }, true],
    ["another key", keyed("arn:aws:kms:eu-west-1:123456789012:key/other"), true],
    ["the key by its alias", keyed("alias/towline-qa"), true],
  ])("refuses %s", (_, request, expected) => expect(refuses(request)).toBe(expected));

  it("takes the stack's key by its ARN", () => {
    const own = refusal().Condition?.StringNotEquals?.["s3:x-amz-server-side-encryption-aws-kms-key-id"] ?? "";
    expect(refuses(keyed(own))).toBe(false);
  });

  function keyed(arn: string): Record<string, string> {
    return { "s3:x-amz-server-side-encryption": "aws:kms", "s3:x-amz-server-side-encryption-aws-kms-key-id": arn };
  }
});

describe("a host", () => {
  it("reads and decrypts the settings of its group's packages, and of no others", () => {
    const objects = [`${bucket}/env/hello.env`, `${bucket}/env/other.env`];
    expect(ofSettings("worker")).toEqual([
      { Sid: "ReadSettings", Effect: "Allow", Action: "s3:GetObject", Resource: objects },
      {
        Sid: "DecryptSettings",
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: keyArn,
        Condition: {
          StringEquals: {
            "kms:ViaService": "s3.eu-west-1.amazonaws.com",
            "kms:EncryptionContext:aws:s3:arn": objects,
          },
        },
      },
      {
        Sid: "SeeWhichSettingsAreMissing",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: bucket,
        Condition: { StringEquals: { "s3:prefix": ["env/hello.env", "env/other.env"] } },
      },
    ]);
    expect(ofSettings("db").map(({ Resource }) => Resource)).toEqual([[`${bucket}/env/db.env`], keyArn, bucket]);
  });

  it("of a group whose packages run by themselves may read none", () => expect(ofSettings("bare")).toEqual([]));
});
