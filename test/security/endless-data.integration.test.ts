import { gzipSync } from "node:zlib";
import { readIndex } from "../../cli/repository/index";
import { Store, Workshop } from "../cli/repository-fixtures";
import { withHost } from "../userdata/host";
import { aptUpdate } from "./real-apt";

// Endless data: an answer that does not end fills a disk or a memory. That the hosts' own curl ends it in the middle is in
// test/userdata/stand-ins.integration.test.ts, that S3 is read no further in test/cli/s3.integration.test.ts.

const shop = new Workshop();
beforeAll(() => shop.makeKey("ours"));
afterAll(() => shop.remove());

test.concurrent(
  "a host takes no object of more than 16 MiB",
  withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    host.aws.objects.set("rollout/web/control.json", `{"hold":{"reason":"${"x".repeat(16 * 1024 * 1024)}"}}`);
    expect(await host.agent("poll")).toMatchObject({ code: 1, stderr: expect.stringMatching(/curl: \(63\)/) });
    expect(host.installed()).toBe("1.0.0");
  }),
);

it("apt takes no list that is larger than the index names", async () => {
  expect(await aptUpdate(shop, { spoil: { packages: "x".repeat(1024 * 1024) } })).toMatch(
    /^E: .*(Hash Sum mismatch|unexpected size)/m,
  );
});

it("a publisher asks for no more of InRelease than 1 MiB, and of a list than the index names", async () => {
  const bucket = new Store();
  shop.writeIndex(bucket, []);
  const asked = jest.spyOn(bucket, "get") as jest.SpyInstance<unknown, [string, number?]>;
  await readIndex(bucket, shop.stack("staging").repository);
  expect(asked.mock.calls.map(([key, limit]) => [key.split("/").slice(0, 3).join("/"), limit])).toEqual([
    ["dists/stable/InRelease", 1024 * 1024],
    ["dists/stable/main", gzipSync("").length],
  ]);
});
