import { publishPackages } from "../../cli/repository/publish";
import { NO_ORIGIN, Store, Workshop } from "../cli/repository-fixtures";
import { withHost } from "../userdata/host";
import { aptUpdate } from "./real-apt";

// Fast-forward: somebody brings dates or numbers so far ahead that nothing honest is ever newer, and hosts or publishers are stuck for good.

const DAY = 24 * 60 * 60 * 1000;
const SEEN = "rollout/web/seen.json";
const INDEX = "dists/stable/InRelease";
const shop = new Workshop();
beforeAll(() => shop.makeKey("ours"));
beforeEach(() => {
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => shop.remove());

it("apt takes no index of a time to come", async () => {
  expect(await aptUpdate(shop, { date: Date.now() + DAY })).toMatch(/^E: Release file for \S+ is not valid yet/m);
});

test.concurrent(
  "a date to come in what the group has seen keeps no host from what is published, and is corrected",
  withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    host.aws.objects.set(SEEN, JSON.stringify({ suites: { [INDEX]: "2090-01-01T00:00:00Z" }, by: "i-1" }));
    const signed = Math.floor(Date.now() / 1000) * 1000;
    host.sign(signed);
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.installed()).toBe("1.1.0");
    expect(host.aws.json(SEEN)).toMatchObject({
      suites: { [INDEX]: new Date(signed).toISOString().replace(".000", "") },
    });
  }),
);

it("a publisher signs nothing by a clock that is ahead, and nothing that hosts would pass over", async () => {
  const bucket = new Store();
  const publish = async (version: string) =>
    publishPackages(shop.shelf(bucket), [await shop.deb("hello", version)], shop.publisher("state"), NO_ORIGIN);
  bucket.ahead = 24 * 60 * 60;
  await expect(publish("1.0")).rejects.toThrow("this machine's clock is 86400 s ahead of S3's, at most 5 are allowed");
  bucket.ahead = 0;
  await publish("1.0");
  const now = jest.spyOn(Date, "now").mockReturnValue(Date.now() - DAY);
  await expect(publish("1.1")).rejects.toThrow(/see is dated \d+ s after now: they would pass over an older one/);
  now.mockRestore();
});
