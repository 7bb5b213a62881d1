import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readDeb } from "../../cli/deb/deb";
import type { Stack } from "../../cli/project";
import { publishPackages } from "../../cli/repository/publish";
import { writablePool } from "../../infra/access/pool-access";
import { isPublishable, parseStackConfig } from "../../infra/config";
import { NO_ORIGIN, Store, Workshop } from "../cli/repository-fixtures";

// Wrong software: an app's pipeline publishes what is not its own, as towline-agent was, or libc6, and every host installs it. Hosts take of a name
// that their group does not run only what Debian lacks (test/security/extraneous-dependencies.integration.test.ts); what a publisher may name is here.

const shop = new Workshop();
const configured = (packages: readonly string[], names = ["hello"]) =>
  parseStackConfig("qa", {
    "aws:region": "eu-west-1",
    "towline:repository": { bucket: "acme" },
    "towline:publisher": { packages },
    "towline:groups": { web: { packages: names, size: { min: 1, max: 1 } } },
  });

beforeAll(() => shop.makeKey("ours"));
beforeEach(() => {
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => shop.remove());

it("nothing is published but what groups run, towline's own, and what the stack's file names", async () => {
  const bucket = new Store();
  const file = await shop.deb("libc6", "9.0");
  await expect(publishPackages(shop.shelf(bucket), [file], shop.publisher("state"), NO_ORIGIN)).rejects.toThrow(
    `${file.path}: libc6 is none of the packages that may be published in staging, which are hello, other, towline-agent, towline-archive-keyring; ` +
      "have a group run it, or name it in towline:publisher.packages of Pulumi.staging.yaml, and run 'pulumi up -s staging'",
  );
  expect(bucket.writes).toEqual([]);
});

it("nothing comes into another package's folder of the pool by the name of its source", async () => {
  const bucket = new Store();
  const root = mkdtempSync(shop.path("deb-"));
  mkdirSync(join(root, "DEBIAN"));
  const control =
    "Package: hello\nSource: glibc\nVersion: 1.0\nArchitecture: all\nMaintainer: a <a@b>\nDescription: d\n";
  writeFileSync(join(root, "DEBIAN", "control"), control);
  execFileSync("dpkg-deb", ["--root-owner-group", "-Znone", "--build", root, `${root}.deb`], { stdio: "ignore" });
  const files = [await readDeb(`${root}.deb`)];
  await expect(publishPackages(shop.shelf(bucket), files, shop.publisher("state"), NO_ORIGIN)).rejects.toThrow(
    "its source glibc is none of the packages that may be published in staging",
  );
  expect(bucket.writes.filter((key) => !key.startsWith("publish/"))).toEqual([]);
  // Where the file names the source, it is taken.
  const staging = shop.stack("staging");
  const stack: Stack = { ...staging, config: { ...staging.config, publisher: { packages: ["glib*"] } } };
  await publishPackages(shop.shelf(bucket, undefined, stack), files, shop.publisher("state"), NO_ORIGIN);
  expect(bucket.objects.has("pool/main/g/glibc/hello_1.0_all.deb")).toBe(true);
});

it.each([
  ["hello", true],
  ["towline-agent", true],
  ["hello2", false],
  ["shop-web", true],
  ["shop", false],
  ["libacme1", true],
  ["libacme1-dev", false],
])("%s may be published: %s", (name, may) => {
  expect(isPublishable(configured(["shop-*", "libacme1"]), name)).toBe(may);
});

it("the publisher's role writes to the folders of these packages, and where they are too many, to those of their first letters", () => {
  expect(writablePool("arn:aws:s3:::acme", configured(["shop-*", "libacme1", "libx*"]))).toEqual(
    ["h/hello", "liba/libacme1", "libx/libx*", "s/shop-*", "t/towline-agent", "t/towline-archive-keyring"].map(
      (folder) => `arn:aws:s3:::acme/pool/main/${folder}/*`,
    ),
  );
  const many = Array.from({ length: 200 }, (_, index) => `shop-${index}`);
  expect(writablePool("arn:aws:s3:::acme", configured([...many, "libacme1"]))).toEqual(
    ["h", "liba", "s", "t"].map((letters) => `arn:aws:s3:::acme/pool/main/${letters}/*`),
  );
});

it.each(["*", "s*", "li*", "lib*", "shop-*-web", "Shop", "../x"])(
  "%s is no name in towline:publisher.packages",
  (name) => {
    expect(() => configured([name])).toThrow(
      /towline:publisher\/packages\/0: should be the name of a package, .*, but is ".*"\. Write for example "packages: \[libacme1, shop-\*\]"\./,
    );
  },
);
