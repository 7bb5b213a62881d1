import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha512 } from "../../cli/checksum";
import { clearSign, openSigner } from "../../cli/repository/keys";
import { publishPackages } from "../../cli/repository/publish";
import { renewSuite } from "../../cli/repository/renew";
import { Store, Workshop } from "../cli/repository-fixtures";
import { STATUS } from "../userdata/fake-aws";
import { type Host, inRelease, USERDATA, withHost } from "../userdata/host";

// Indefinite freeze: somebody who can write the bucket, or stand between it and the hosts, keeps serving an index that was signed once.

const DAY = 24 * 60 * 60 * 1000;
const shop = new Workshop();
const ORIGIN = { commit: null, buildUrl: null, promotedFrom: null, forced: null };
const options = (machine: string) => {
  return { signingKey: shop.path("ours.secret.asc"), stateDirectory: shop.path(machine), wait: 0, by: "ann" };
};

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
    expect(await renewSuite(shelf, options("one"))).toBeUndefined();

    await publishPackages(shelf, [await shop.deb("hello", "1.0")], options("one"), ORIGIN);
    expect(field("Valid-Until")).toMatch(/ UTC$/);
    expect(Date.parse(field("Valid-Until")) - Date.parse(field("Date"))).toBe(14 * DAY);
    const published = inRelease();
    expect(await renewSuite(shelf, options("one"))).toMatchObject({ suite: "stable", due: false, renewed: false });
    const now = Date.now();
    jest.spyOn(Date, "now").mockReturnValue(now + 8 * DAY);
    expect(await renewSuite(shelf, undefined)).toMatchObject({ due: true, renewed: false });
    expect(inRelease()).toBe(published);
    expect(await renewSuite(shelf, options("one"))).toMatchObject({ due: true, renewed: true });
    expect(inRelease()).not.toBe(published);
    expect(field("X-Towline-Serial")).toBe("2");
    expect(await bucket.listed(shelf)).toEqual(["hello 1.0"]);
  });

  it("does not bring an index to life that has ended and was signed elsewhere, unless a person says so", async () => {
    const bucket = new Store();
    const shelf = shop.shelf(bucket);
    await publishPackages(shelf, [await shop.deb("hello", "1.0")], options("two"), ORIGIN);
    const ended = bucket.objects.get("dists/stable/InRelease");
    const now = Date.now();
    const clock = jest.spyOn(Date, "now").mockReturnValue(now + 15 * DAY);
    const refusal =
      /InRelease ended on .*, and this machine did not sign it, .*'towline renew --stack staging --ended'/;
    const next = [await shop.deb("hello", "1.1")];
    await expect(publishPackages(shelf, next, options("another"), ORIGIN)).rejects.toThrow(refusal);
    await expect(renewSuite(shelf, options("another"))).rejects.toThrow(refusal);
    expect(bucket.objects.get("dists/stable/InRelease")).toBe(ended);
    expect(await renewSuite(shelf, { ...options("another"), ended: true })).toMatchObject({ renewed: true });
    clock.mockRestore();
    await publishPackages(shelf, next, options("two"), ORIGIN);
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
      expect(host.read("state/calls")).toContain(`${OPTIONS.join(" ")} -o Acquire::Max-ValidTime=${14 * 86_400} `);
    }),
  );
});

/** What hosts give apt, whatever their image sets. */
const OPTIONS = ["-o Acquire::Check-Date=true", "-o Acquire::Check-Valid-Until=true"];

describe("apt itself, in an image that has its checks off, with what hosts give it,", () => {
  /** What it says of an index of that age, in days. */
  const update = async (name: string, age: number, until: string, options: readonly string[]): Promise<string> => {
    const root = shop.path(name.replaceAll(" ", "-"));
    const lists = join(root, "state", "lists", "partial");
    for (const folder of [join(root, "dists/stable/main/binary-amd64"), lists]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(root, "dists/stable/main/binary-amd64/Packages"), "");
    const date = new Date(NOW - age * DAY).toUTCString().replace("GMT", "UTC");
    const release = `Suite: stable\nCodename: stable\nDate: ${date}\n${until}Components: main\nArchitectures: amd64\nSHA512:\n ${sha512(Buffer.of())} 0 main/binary-amd64/Packages\n`;
    const signer = await openSigner(shop.path("ours.secret.asc"), shop.path("ours.asc"));
    writeFileSync(join(root, "dists/stable/InRelease"), await clearSign(signer, Buffer.from(release)));
    const source = join(root, "towline.list");
    writeFileSync(source, `deb [arch=amd64 signed-by=${shop.path("ours.asc")}] copy:${root} stable main\n`);
    const settings = {
      "Dir::Etc::sourcelist": source,
      "Dir::Etc::sourceparts": "-",
      "Dir::State::lists": join(root, "state", "lists"),
      "Dir::Cache": root,
      "APT::Sandbox::User": "root",
      "APT::Update::Error-Mode": "any",
      "Acquire::Languages": "none",
    };
    const image = join(root, "apt.conf");
    writeFileSync(image, 'Acquire::Check-Date "false";\nAcquire::Check-Valid-Until "false";\n');
    const given = [...Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]), ...options];
    try {
      return execFileSync("apt-get", ["update", "-q", ...given], {
        encoding: "utf8",
        env: { ...process.env, APT_CONFIG: image, LC_ALL: "C" },
        stdio: ["ignore", "pipe", "pipe"],
      });
    } catch (error) {
      return (error as { stderr: string }).stderr;
    }
  };
  const options = OPTIONS.flatMap((option) => option.split(" "));
  const until = `Valid-Until: ${new Date(NOW - HOUR).toUTCString().replace("GMT", "UTC")}\n`;
  const cap = ["-o", `Acquire::Max-ValidTime=${14 * 86_400}`];

  it.each<[string, number, string, readonly string[], RegExp]>([
    ["one that has ended", 1, until, options, /^E: Release file for \S+ is expired \(invalid since /m],
    ["one of 200 days ago without an end", 200, "", [...options, ...cap], /^E: Release file for \S+ is expired/m],
  ])("refuses %s", async (name, age, end, given, words) => {
    expect(await update(name, age, end, given)).toMatch(words);
  });

  it("takes one that lasts, and would take all of them without", async () => {
    const later = `Valid-Until: ${new Date(NOW + HOUR).toUTCString().replace("GMT", "UTC")}\n`;
    expect(await update("lasts", 1, later, [...options, ...cap])).not.toMatch(/^[EW]:/m);
    expect(await update("unchecked", 1, until, [])).not.toMatch(/^[EW]:/m);
  });
});
