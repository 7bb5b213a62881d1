import { createServer, type IncomingMessage } from "node:http";
import { BucketPolicies } from "../../local/answers/bucket-policy";
import { listen } from "../../local/region/listen";

const BUCKET = "towline-test.s3.eu-west-1.amazonaws.com";

test.each([
  [BUCKET, "/?policy", true],
  [BUCKET, "/?policy=", true],
  [BUCKET, "/?policy&x-id=PutBucketPolicy", true],
  [BUCKET, "/?policyStatus", false],
  [BUCKET, "/dists/stable/InRelease", false],
  ["iam.amazonaws.com", "/?policy", false],
  [undefined, "/?policy", false],
])("%s%s is a bucket's policy: %s", (host, url, expected) => {
  expect(BucketPolicies.concerns({ headers: { host }, url } as IncomingMessage)).toBe(expected);
});

test("a policy is kept for its bucket until it is deleted, and who decides about requests is told", async () => {
  const changed = jest.fn();
  const policies = new BucketPolicies(changed);
  // fetch sets the host itself.
  const server = createServer((incoming, outgoing) => {
    incoming.headers.host = String(incoming.headers["x-host"]);
    void policies.site(incoming, outgoing);
  });
  const port = await listen(server, 0, "127.0.0.1");
  const ask = async (method: string, body?: string, host = BUCKET) => {
    const reply = await fetch(`http://127.0.0.1:${port}/?policy`, { method, body, headers: { "x-host": host } });
    return [reply.status, await reply.text()];
  };
  const missing = [404, "<Error><Code>NoSuchBucketPolicy</Code></Error>"];
  expect(await ask("GET")).toEqual(missing);
  expect(await ask("PUT", '{ "Version": "2012-10-17" }')).toEqual([204, ""]);
  expect(await ask("GET")).toEqual([200, '{"Version":"2012-10-17"}']);
  expect(await ask("GET", undefined, "other.s3.eu-west-1.amazonaws.com")).toEqual(missing);
  expect(await ask("DELETE")).toEqual([204, ""]);
  expect(await ask("GET")).toEqual(missing);
  expect(changed.mock.calls).toEqual([
    ["arn:aws:s3:::towline-test", '{"Version":"2012-10-17"}'],
    ["arn:aws:s3:::towline-test", undefined],
  ]);
  await new Promise((resolve) => server.close(resolve));
});
