import { once } from "node:events";
import { type IncomingMessage, request, type Server } from "node:http";
import { Keys } from "../../local/iam/keys";
import { listen } from "../../local/region/listen";
import { type KnownHost, metadataService } from "../../local/region/metadata";

const SPEC: KnownHost = {
  id: "i-0abc",
  address: "127.0.0.2",
  zone: "eu-west-1a",
  region: "eu-west-1",
  vpc: "vpc-1",
  securityGroups: [],
  roleArn: "arn:aws:iam::123456789012:role/towline-test-web",
  userData: "#cloud-config\n{}\n",
  tags: { "towline:stack": "test", Name: "towline-test-web" },
  targetState: "Terminated",
  market: "spot",
  interruption: new Date("2026-03-04T05:08:07.890Z"),
};
const specs: KnownHost[] = [SPEC, { ...SPEC, id: "i-0def", address: "127.0.0.3", interruption: undefined }];
const keys = new Keys();
let server: Server;
let port: number;

beforeAll(async () => {
  server = metadataService(keys, (address) => specs.find((spec) => spec.address === address)) as Server;
  port = await listen(server, 0, "127.0.0.1");
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** Asks as the instance that has the address would. */
async function ask(from: string, path: string, headers: Record<string, string> = {}, method = "GET") {
  const sent = request({ host: "127.0.0.1", port, localAddress: from, path, headers, method, agent: false });
  const [reply] = (await once(sent.end(), "response")) as [IncomingMessage];
  let body = "";
  for await (const chunk of reply) body += chunk;
  return { status: reply.statusCode, body };
}

const TTL = "x-aws-ec2-metadata-token-ttl-seconds";
const getToken = async (from: string, seconds = "60") => ask(from, "/latest/api/token", { [TTL]: seconds }, "PUT");
const get = async (path: string, token: string, from = SPEC.address) =>
  ask(from, path, { "x-aws-ec2-metadata-token": token });

describe("version 2 only", () => {
  test("a question without a token, or with a wrong one, is refused", async () => {
    expect(await ask(SPEC.address, "/latest/meta-data/instance-id")).toEqual({ status: 401, body: "" });
    expect((await get("/latest/meta-data/instance-id", "undefined")).status).toBe(401);
    expect((await get("/latest/meta-data/instance-id", "guessed")).status).toBe(401);
  });

  test("a token is good for the address that asked for it, and for no other", async () => {
    const { status, body } = await getToken(SPEC.address);
    expect(status).toBe(200);
    expect(await get("/latest/meta-data/instance-id", body)).toEqual({ status: 200, body: "i-0abc" });
    expect((await get("/latest/meta-data/instance-id", body, "127.0.0.3")).status).toBe(401);
  });

  test("a token ends with its time", async () => {
    const { body } = await getToken(SPEC.address, "1");
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect((await get("/latest/meta-data/instance-id", body)).status).toBe(401);
  });

  test.each(["0", "21601", "soon", ""])("a token for %j seconds is not given", async (seconds) => {
    expect((await getToken(SPEC.address, seconds)).status).toBe(400);
  });

  test("a token has one place only, and strangers get nothing", async () => {
    expect((await ask(SPEC.address, "/latest/meta-data/", { [TTL]: "60" }, "PUT")).status).toBe(400);
    expect((await getToken("127.0.0.1")).status).toBe(404);
  });
});

describe("answers", () => {
  let token: string;
  beforeAll(async () => {
    token = (await getToken(SPEC.address)).body;
  });

  test.each([
    ["meta-data/autoscaling/target-lifecycle-state", "Terminated"],
    ["meta-data/local-ipv4", "127.0.0.2"],
    ["meta-data/placement/region", "eu-west-1"],
    ["meta-data/placement/availability-zone", "eu-west-1a"],
    ["meta-data/tags/instance/", "towline:stack\nName"],
    ["meta-data/tags/instance/towline%3Astack", "test"],
    ["meta-data/iam/security-credentials/", "towline-test-web"],
    ["meta-data/instance-life-cycle", "spot"],
    ["meta-data/spot/instance-action", '{"action":"terminate","time":"2026-03-04T05:08:07Z"}'],
    ["user-data", "#cloud-config\n{}\n"],
  ])("%s", async (path, body) => {
    expect(await get(`/latest/${path}`, token)).toEqual({ status: 200, body });
  });

  test("a spot instance that is not taken back is told of no action", async () => {
    const other = (await getToken("127.0.0.3")).body;
    expect((await get("/latest/meta-data/spot/instance-action", other, "127.0.0.3")).status).toBe(404);
  });

  test("credentials of the role, which are this instance's and no other's", async () => {
    const { body } = await get("/latest/meta-data/iam/security-credentials/towline-test-web", token);
    const given = JSON.parse(body);
    expect(given).toEqual({
      Code: "Success",
      Type: "AWS-HMAC",
      LastUpdated: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      AccessKeyId: expect.stringMatching(/^ASIA/),
      SecretAccessKey: keys.find(given.AccessKeyId)?.secretAccessKey,
      Token: keys.find(given.AccessKeyId)?.sessionToken,
      Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    expect(keys.find(given.AccessKeyId)?.principal).toEqual({
      arn: "arn:aws:sts::123456789012:assumed-role/towline-test-web/i-0abc",
      roleArn: SPEC.roleArn,
      role: "towline-test-web",
      session: "i-0abc",
      context: {
        "ec2:SourceInstanceARN": "arn:aws:ec2:eu-west-1:123456789012:instance/i-0abc",
        "ec2:RoleDelivery": "2.0",
        "aws:EC2InstanceSourceVPC": "vpc-1",
        "aws:EC2InstanceSourcePrivateIPv4": "127.0.0.2",
      },
    });
  });

  test.each(["meta-data/nothing", "meta-data/iam/security-credentials/other", "meta-data/tags/instance/none"])(
    "%s is not there",
    async (path) => {
      expect(await get(`/latest/${path}`, token)).toEqual({ status: 404, body: "" });
    },
  );
});
