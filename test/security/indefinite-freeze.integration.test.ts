import { join } from "node:path";
import { publishPackages } from "../../cli/repository/publish";
import { renewSuite } from "../../cli/repository/renew";
import { NO_ORIGIN, Store, Workshop } from "../cli/repository-fixtures";
import { STATUS } from "../userdata/fake-aws";
import { type Host, inRelease, USERDATA, withHost } from "../userdata/host";
import { aptUpdate, HOSTS_OPTIONS, releaseTime } from "./real-apt";

// Indefinite freeze: somebody who can write the bucket, or stand between it and the hosts, keeps serving an index that was signed once.

const DAY = 24 * 60 * 60 * 1000;
const shop = new Workshop();

beforeAll(() => shop.makeKey("ours"));
beforeEach(() => {
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => shop.remove());

describe("the publisher", () => {
  it("gives each index an end, and signs it anew when less than half of its time is left", async () => {
    const bucket = new Store();
    const shelf = shop.shelf(bucket);
    const inRelease = () => bucket.objects.get("dists/stable/InRelease")?.toString() ?? "";
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(inRelease())?.[1] ?? "";
    expect(await renewSuite(shelf, shop.publisher("one"))).toBeUndefined();

    await publishPackages(shelf, [await shop.deb("hello", "1.0")], shop.publisher("one"), NO_ORIGIN);
    expect(field("Valid-Until")).toMatch(/ UTC$/);
    expect(Date.parse(field("Valid-Until")) - Date.parse(field("Date"))).toBe(14 * DAY);
    const published = inRelease();
    expect(await renewSuite(shelf, shop.publisher("one"))).toMatchObject({
      suite: "stable",
      due: false,
      renewed: false,
    });
    const now = Date.now();
    jest.spyOn(Date, "now").mockReturnValue(now + 8 * DAY);
    expect(await renewSuite(shelf, undefined)).toMatchObject({ due: true, renewed: false });
    expect(inRelease()).toBe(published);
    expect(await renewSuite(shelf, shop.publisher("one"))).toMatchObject({ due: true, renewed: true });
    expect(inRelease()).not.toBe(published);
    expect(field("X-Towline-Serial")).toBe("2");
    expect(await bucket.listed(shelf)).toEqual(["hello 1.0"]);
  });

  it("does not bring an index to life that has ended and was signed elsewhere, unless a person says so", async () => {
    const bucket = new Store();
    const shelf = shop.shelf(bucket);
    await publishPackages(shelf, [await shop.deb("hello", "1.0")], shop.publisher("two"), NO_ORIGIN);
    const ended = bucket.objects.get("dists/stable/InRelease");
    const now = Date.now();
    const clock = jest.spyOn(Date, "now").mockReturnValue(now + 15 * DAY);
    const refusal =
      /InRelease ended on .*, and this machine did not sign it, .*'towline renew --stack staging --ended'/;
    const next = [await shop.deb("hello", "1.1")];
    await expect(publishPackages(shelf, next, shop.publisher("another"), NO_ORIGIN)).rejects.toThrow(refusal);
    await expect(renewSuite(shelf, shop.publisher("another"))).rejects.toThrow(refusal);
    expect(bucket.objects.get("dists/stable/InRelease")).toBe(ended);
    expect(await renewSuite(shelf, { ...shop.publisher("another"), ended: true })).toMatchObject({ renewed: true });
    clock.mockRestore();
    await publishPackages(shelf, next, shop.publisher("two"), NO_ORIGIN);
    expect(await bucket.listed(shelf)).toEqual(["hello 1.0", "hello 1.1"]);
  });

  it("signs an index of an older towline, which names no end, anew at once", async () => {
    const bucket = new Store();
    const shelf = shop.shelf(bucket);
    const file = await shop.deb("hello", "1.0");
    shop.writeIndex(bucket, [file]);
    expect(await renewSuite(shelf, undefined)).toMatchObject({ until: "2026-02-14T12:00:00Z", due: true });
  });
});

const HOUR = 60 * 60 * 1000;
const NOW = Math.floor(Date.now() / 1000) * 1000;
const iso = (milliseconds: number) => new Date(milliseconds).toISOString().replace(/\.\d+/, "");
const ended = (at: number) => `the index dists/stable/InRelease ended on ${iso(at)}, and nobody has signed it anew`;
const APT_INDEX = "state/lists/towline-test_dists_stable_InRelease";
const installs = (host: Host) => host.story().filter((line) => line.startsWith("apt-get install"));

describe("a host that serves", () => {
  it(
    "goes on serving when its index ends, takes nothing, says so once, and goes on once it is signed anew",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      const serves = { state: "serving", health: "healthy", packages: {}, error: "" };
      host.write("var/lib/towline/status.json", `${JSON.stringify({ ...serves, since: "" })}\n`);
      host.sign(NOW - HOUR, "stable", NOW + HOUR);
      expect((await host.agent("poll")).code).toBe(0);
      // Nothing in the bucket says that it ends: the host looks by itself then.
      const remembered = host.read("var/lib/towline/inrelease.etag");
      expect(remembered).toMatch(new RegExp(`^wake ${(NOW + HOUR) / 1000}$`, "m"));
      host.write("var/lib/towline/inrelease.etag", remembered.replace(/^wake .*$/m, "wake 1"));
      host.write(APT_INDEX, inRelease(NOW - HOUR, NOW - HOUR / 2));
      host.candidates("hello", ["1.1.0", "1.0.0"]);
      for (let poll = 0; poll < 2; poll++) expect((await host.agent("poll")).code).toBe(1);
      expect(host.aws.json(STATUS)).toMatchObject({ ...serves, error: `repository: ${ended(NOW - HOUR / 2)}` });
      expect(host.aws.s3().filter((request) => request.startsWith("PUT hosts/"))).toHaveLength(1);
      expect(installs(host)).toEqual([]);
      host.sign(NOW, "stable", NOW + HOUR);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
    }),
  );

  it.each([
    ["has ended where the stack says for how long one lasts", "14", 1],
    ["is taken where an older launch template does not say so", "", 0],
  ])("finds that an index without an end, of 15 days ago, %s", (_, TOWLINE_VALID_DAYS, code) =>
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.env({ TOWLINE_VALID_DAYS });
      host.sign(NOW - 15 * DAY);
      expect((await host.agent("poll")).code).toBe(code);
      expect(host.installed()).toBe(code === 0 ? "1.1.0" : "1.0.0");
    })(),
  );
});

describe("a host that boots", () => {
  it(
    "waits while its index has ended, and takes the one that is signed anew",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.write(host.sign(NOW - 2 * HOUR, "stable", NOW - HOUR), inRelease(NOW - 2 * HOUR, NOW - HOUR));
      host.writeLater(1, APT_INDEX, inRelease(NOW, NOW + HOUR));
      const result = await host.agent("boot");
      expect(result.code).toBe(0);
      expect(result.stdout + result.stderr).toContain(ended(NOW - HOUR));
      expect(host.installed()).toBe("1.0.0");
    }),
  );

  it(
    "takes no agent from one: apt is told for how long to believe it, and its reason is said once",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.transport();
      host.env({ TOWLINE_VALID_DAYS: "14" });
      const reason = "E: Release file for s3://towline-test/dists/stable/InRelease is expired";
      host.write(
        "state/fail/update",
        `${reason} (invalid since 1d 2h 3min 4s). Updates for this repository will not be applied.\n`,
      );
      host.write("state/times/update", "2\n");
      const result = await host.run(join(USERDATA, "install.sh"), []);
      expect(result.code).toBe(0);
      expect(result.stdout).toContain(`trying again: ${reason}\n`);
      expect(host.read("state/calls")).toContain(
        `${HOSTS_OPTIONS.join(" ")} -o Acquire::Max-ValidTime=${14 * 86_400} `,
      );
    }),
  );
});

describe("apt itself, in an image that has its checks off, with what hosts give it,", () => {
  const ends = (at: number) => `Valid-Until: ${releaseTime(at)}\n`;
  const cap = [...HOSTS_OPTIONS, "-o", `Acquire::Max-ValidTime=${14 * 86_400}`];
  const words = /^E: Release file for \S+ is expired \(invalid since /m;

  it("refuses an index that has ended, and one of 200 days ago that names no end", async () => {
    expect(await aptUpdate(shop, { date: NOW - DAY, fields: ends(NOW - HOUR) })).toMatch(words);
    expect(await aptUpdate(shop, { date: NOW - 200 * DAY }, cap)).toMatch(words);
  });

  it("takes one that lasts, and would take all of them without", async () => {
    expect(await aptUpdate(shop, { date: NOW - DAY, fields: ends(NOW + HOUR) }, cap)).toBe("");
    expect(await aptUpdate(shop, { date: NOW - DAY, fields: ends(NOW - HOUR) }, [])).toBe("");
  });
});
