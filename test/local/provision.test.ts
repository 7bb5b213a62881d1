import { invoke } from "../../local/answers/invokes";
import { createResource } from "../../local/provision";
import { subnetRange } from "../../local/provision/network";
import type { Context } from "../../local/provision/resource";
import type { Clients } from "../../local/region/clients";

const sent: [string, unknown][] = [];
const send = async (command: { input: unknown }) => void sent.push([command.constructor.name, command.input]);
const contextIn = (region: string) => ({ clients: { region, s3: { send }, sns: { send } } }) as unknown as Context;
beforeEach(() => {
  sent.length = 0;
});

test.each([
  ["10.0.0.0/16", 4, ["10.0.0.0/18", "10.0.64.0/18", "10.0.128.0/18", "10.0.192.0/18"]],
  ["10.1.16.0/20", 4, ["10.1.16.0/22", "10.1.20.0/22", "10.1.24.0/22", "10.1.28.0/22"]],
  ["192.168.7.0/24", 6, ["192.168.7.0/27", "192.168.7.32/27", "192.168.7.64/27"]],
])("%s has room for %i equal subnets", (cidr, count, ranges) => {
  expect(ranges.map((_, index) => subnetRange(cidr, count, index))).toEqual(ranges);
});

describe("a resource", () => {
  test("of a type that has no counterpart is refused by name", async () => {
    await expect(createResource(contextIn("eu-west-1"), "aws:rds/instance:Instance", "db", {})).rejects.toThrow(
      "db: the local region has no counterpart of aws:rds/instance:Instance; add one in local/provision",
    );
  });

  test.each([
    ["aws:sns/topic:Topic", {}, "the input name should be a text, but is undefined"],
    ["aws:s3/bucket:Bucket", { bucket: 7 }, "the input bucket should be a text, but is 7"],
    ["aws:sqs/queue:Queue", { name: "q" }, "the input messageRetentionSeconds should be a number, but is undefined"],
  ])("%s says which input is wrong", async (type, inputs, expected) => {
    await expect(createResource(contextIn("eu-west-1"), type, "it", inputs)).rejects.toThrow(
      `it (${type}): ${expected}`,
    );
  });

  test("a bucket names its region, but for the one that S3 does not let be named", async () => {
    for (const region of ["eu-west-1", "us-east-1"]) {
      const created = await createResource(contextIn(region), "aws:s3/bucket:Bucket", "it", { bucket: "b" });
      expect(created).toEqual({ id: "b", state: { bucket: "b", arn: "arn:aws:s3:::b" } });
    }
    expect(sent).toEqual([
      ["CreateBucketCommand", { Bucket: "b", CreateBucketConfiguration: { LocationConstraint: "eu-west-1" } }],
      ["CreateBucketCommand", { Bucket: "b", CreateBucketConfiguration: undefined }],
    ]);
  });
});

describe("a look-up", () => {
  test("that has no counterpart is refused by name", async () => {
    await expect(invoke({} as Clients, "aws:route53/getZone:getZone", {})).rejects.toThrow(
      "the local region has no counterpart of the look-up aws:route53/getZone:getZone; add one in local/answers/invokes.ts",
    );
  });

  test("of the account is moto's", async () => {
    const identity = { Account: "123456789012", Arn: "arn:aws:sts::123456789012:user/moto", UserId: "AIDA" };
    const clients = { sts: { send: async () => identity } } as unknown as Clients;
    expect(await invoke(clients, "aws:index/getCallerIdentity:getCallerIdentity", {})).toMatchObject({
      accountId: "123456789012",
    });
  });
});
