import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../cli/checksum";
import type { DebFile } from "../../cli/deb/deb";
import { InputError, UserError } from "../../cli/errors";
import { followRollout } from "../../cli/fleet/follow";
import { planChannelRemoval, removeChannel } from "../../cli/repository/channel";
import { createChannelsKey } from "../../cli/repository/channels-key";
import { finishRotation, hostsWithout, startRotation } from "../../cli/repository/key-rotation";
import { promotePackage } from "../../cli/repository/promote";
import { publishPackages } from "../../cli/repository/publish";
import { listReleases } from "../../cli/repository/releases";
import { restoreSuite } from "../../cli/repository/restore";
import type { Shelf } from "../../cli/repository/suite";
import { previewWithdrawal, rollbackOf, undoWithdrawal, withdraw, withdrawalOf } from "../../cli/repository/withdraw";
import { group, poolKey, Store, Workshop } from "./repository-fixtures";

// With the real aptly, gpg and gpgv, and a bucket in memory. Only Auto Scaling is made up.
let mockInstances: { group: string; instance: string; lifecycle: string }[] = [];
let mockFailure: Error | undefined;
jest.mock("../../cli/fleet/instances", () => ({
  readFleet: async () => {
    if (mockFailure !== undefined) throw mockFailure;
    return { instances: mockInstances, absentGroups: [] };
  },
}));

// Each publication runs a dozen programs, and the tests of interrupted ones run many.
const shop = new Workshop();
const ORIGIN = { commit: "c0ffee", buildUrl: "https://ci/7", promotedFrom: null, forced: null };
const LOCK = "publish/lock.json";
let said: string;
let states = 0;
let bucket: Store;
let shelf: Shelf;

beforeAll(() => {
  shop.makeKey("ours");
  shop.makeKey("theirs");
});

beforeEach(() => {
  said = "";
  mockInstances = [];
  mockFailure = undefined;
  bucket = new Store();
  shelf = shop.shelf(bucket);
  freshMachine();
  jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
});

afterAll(() => shop.remove());

/** From now on this is another machine, without any state. */
function freshMachine(): void {
  states += 1;
}

function options(key = "ours") {
  return shop.publisher(`state-${states}`, key);
}

function publish(files: readonly DebFile[], where: Shelf = shelf) {
  return publishPackages(where, files, options(), ORIGIN);
}

async function publishVersions(...versions: string[]): Promise<DebFile[]> {
  const files = await Promise.all(versions.map((version) => shop.deb("hello", version)));
  await publish(files);
  return files;
}

function judge(group: string, version: string, verdict: "ok" | "bad", reason = "", where = bucket): void {
  const found = { verdict, package: "hello", version, instance: "i-1", reason, at: "2026-01-31T12:00:00Z" };
  where.write(`rollout/${group}/verdicts/hello/${version}.json`, JSON.stringify(found));
}

function runs(group: string, instance: string, packages: Record<string, string>): void {
  const others = mockInstances.filter((one) => one.instance !== instance);
  mockInstances = [...others, { group, instance, lifecycle: "InService" }];
  const report = { instance, group, state: "serving", health: "healthy", since: "", packages, error: "", reported: "" };
  bucket.write(`hosts/${group}/arn:aws:ec2:eu-west-1:123456789012:instance/${instance}.json`, JSON.stringify(report));
}

const record = (version: string, where = bucket) => where.json(`releases/hello/${version}.json`);
const pool = () => [...bucket.objects.keys()].filter((key) => key.startsWith("pool/")).sort();

describe("publish", () => {
  it("adds packages, keeps every version and records where each comes from", async () => {
    const [one, two] = [await shop.deb("hello", "1.0"), await shop.deb("hello", "1.1")];
    expect(await publish([one])).toMatchObject({
      published: [{ version: "1.0", sha256: one.sha256, previous: null }],
      ...{ unchanged: [], dropped: [], total: 1 },
    });
    expect(await publish([one, two])).toMatchObject({
      published: [{ version: "1.1", previous: "1.0" }],
      unchanged: [{ version: "1.0" }],
      total: 2,
    });
    expect(await bucket.listed(shelf)).toEqual(["hello 1.0", "hello 1.1"]);
    expect(record("1.1")).toEqual({
      ...{ package: "hello", version: "1.1", architecture: "all", sha256: two.sha256, size: two.size },
      ...{ filename: poolKey(two), channel: null, commit: "c0ffee", buildUrl: "https://ci/7", promotedFrom: null },
      ...{ published: { at: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/), by: "ann" } },
      ...{ forced: null, withdrawn: null, relisted: null, dropped: null },
    });
  });

  it("writes packages first, then records, then the list, and InRelease last of what hosts read", async () => {
    await publishVersions("1.0");
    const list = bucket.writes[3];
    expect(bucket.writes).toEqual([
      LOCK,
      "pool/main/h/hello/hello_1.0_all.deb",
      "releases/hello/1.0.json",
      expect.stringMatching(/^dists\/stable\/main\/binary-amd64\/by-hash\/SHA512\/[0-9a-f]{128}$/),
      "dists/stable/InRelease",
      LOCK,
    ]);
    bucket.writes.length = 0;
    await publishVersions("1.1");
    await publishVersions("1.2");
    // The list before the last stays for hosts that read the InRelease of then; the one before that goes.
    expect(bucket.writes.filter((key) => key === list)).toEqual([list]);
    const lists = [...bucket.objects.keys()].filter((key) => key.includes("by-hash"));
    expect(lists).toHaveLength(2);
  });

  it("refuses a version that no host would run, but for a channel's or where that is meant", async () => {
    await publishVersions("1.1~rc1", "1.1");
    const older = await shop.deb("hello", "1.0");
    const where = (place: Shelf, more: object) => publishPackages(place, [older], { ...options(), ...more }, ORIGIN);
    const before = new Map(bucket.objects);
    await expect(where(shelf, { allowOlder: false })).rejects.toThrow(
      new InputError(
        "hello 1.0 is older than 1.1, which staging lists, so that no host would run it; build a higher version, give this one " +
          "to a channel's groups with --channel NAME, withdraw what is newer ('towline withdraw hello=1.1'), or list it all " +
          "the same with --allow-older",
      ),
    );
    expect(bucket.objects).toEqual(before);
    const channel = shop.shelf(bucket, "feature");
    expect(await where(channel, { allowOlder: false })).toMatchObject({ published: [{ version: "1.0" }] });
    expect(await where(shelf, { allowOlder: true })).toMatchObject({
      published: [{ version: "1.0", previous: "1.1" }],
    });
    // What is listed already is no news.
    expect(await where(shelf, { allowOlder: false })).toMatchObject({ unchanged: [{ version: "1.0" }] });
  });

  it("refuses it in a channel that has a higher one", async () => {
    const channel = shop.shelf(bucket, "feature");
    await publish([await shop.deb("hello", "1.1")], channel);
    const older = await shop.deb("hello", "1.0");
    const publishing = publishPackages(channel, [older], { ...options(), allowOlder: false }, ORIGIN);
    await expect(publishing).rejects.toThrow(
      "which staging, channel feature lists, so that no host would run it; build a higher version, withdraw what is newer",
    );
  });

  it("changes nothing for bytes that are there, and needs no database for it", async () => {
    const [one] = await publishVersions("1.0");
    const before = new Map(bucket.objects);
    freshMachine();
    expect(await publish([one as DebFile])).toMatchObject({ published: [], unchanged: [{ version: "1.0" }], total: 1 });
    expect(bucket.objects).toEqual(before);
  });

  it("refuses other bytes under a published version, with both checksums", async () => {
    const [one] = (await publishVersions("1.0")) as [DebFile];
    const other = await shop.deb("hello", "1.0", "other");
    await expect(publish([other])).rejects.toThrow(
      `${other.path}: hello 1.0 exists already with other bytes: sha256 ${one.sha256} there, ${other.sha256} here; build it with a new version`,
    );
    expect(await bucket.listed(shelf)).toEqual(["hello 1.0"]);
  });

  it("brings a lost database back from the bucket instead of truncating the index", async () => {
    await publish([await shop.deb("hello", "1.0"), await shop.deb("other", "0.1")]);
    freshMachine();
    await publishVersions("1.1");
    expect(await bucket.listed(shelf)).toEqual(["hello 1.0", "hello 1.1", "other 0.1"]);
    expect(said).toContain("fetching published packages this machine has no copy of: 2/2");
  });

  it("does not publish what a publication that failed left in the database", async () => {
    await publishVersions("1.0");
    bucket.writesLeft = 2;
    await expect(publishVersions("1.1")).rejects.toThrow("killed");
    bucket.writesLeft = Number.POSITIVE_INFINITY;
    bucket.objects.delete(LOCK);
    await publishVersions("1.2");
    expect(await bucket.listed(shelf)).toEqual(["hello 1.0", "hello 1.2"]);
  });

  it("keeps aptly's copies when the packages it took are gone", async () => {
    const [one] = (await publishVersions("1.0")) as [DebFile];
    writeFileSync(one.path, "rot");
    const kept = execFileSync("find", [options().stateDirectory, "-name", "*.deb", "-type", "f"], { encoding: "utf8" });
    expect(sha256(readFileSync(kept.trim()))).toBe(one.sha256);
  });

  it("refuses to build on a corrupted package", async () => {
    const [one] = (await publishVersions("1.0")) as [DebFile];
    bucket.write(poolKey(one), "rot");
    freshMachine();
    await expect(publishVersions("1.1")).rejects.toThrow(
      `s3://b/${poolKey(one)} is corrupted: its sha256 is ${sha256("rot")}, the index says ${one.sha256}`,
    );
    expect(await bucket.listed(shelf)).toEqual(["hello 1.0"]);
  });

  it("refuses a private key hosts do not trust, and writes nothing but the lease", async () => {
    const work = publishPackages(shelf, [await shop.deb("hello", "1.0")], options("theirs"), ORIGIN);
    await expect(work).rejects.toThrow(
      /theirs\.secret\.asc: holds the key [0-9A-F]{40}, but hosts trust [0-9A-F]{40} \(.*ours\.asc\)/,
    );
    expect([...bucket.objects.keys()]).toEqual([LOCK]);
  });

  it("stops when somebody else wrote InRelease meanwhile, whatever the lease says", async () => {
    await publishVersions("1.0");
    const put = bucket.put.bind(bucket);
    jest.spyOn(bucket, "put").mockImplementation(async (key, content, condition) => {
      if (key.startsWith("dists/") && key.includes("by-hash")) bucket.write("dists/stable/InRelease", "theirs");
      return put(key, content, condition);
    });
    await expect(publishVersions("1.1")).rejects.toThrow(
      "s3://b/dists/stable/InRelease was changed by somebody else; nothing was published, try again",
    );
    expect(bucket.objects.get("dists/stable/InRelease")?.toString()).toBe("theirs");
  });

  it("has succeeded when InRelease got through although its answer was lost", async () => {
    const put = bucket.put.bind(bucket);
    jest.spyOn(bucket, "put").mockImplementation(async (key, content, condition) => {
      const etag = await put(key, content, condition);
      return key.endsWith("InRelease") ? undefined : etag;
    });
    await publishVersions("1.0");
    expect(await bucket.listed(shelf)).toEqual(["hello 1.0"]);
  });

  it("killed at any write leaves hosts a whole index, and the next one heals it", async () => {
    const files = (await publishVersions("1.0", "1.1", "1.2")) as [DebFile, DebFile, DebFile];
    const base = new Map(bucket.objects);
    bucket.writes.length = 0;
    const next = await shop.deb("hello", "1.3");
    await publish([next]);
    const writes = bucket.writes.length;
    const whole = [...bucket.objects.keys()].filter((key) => key !== LOCK && !key.startsWith("dists/"));
    expect(writes).toBeGreaterThanOrEqual(6);
    for (let survived = 0; survived <= writes; survived++) {
      bucket = new Store();
      shelf = shop.shelf(bucket);
      // This one was never signed further.
      rmSync(join(options().stateDirectory, "signed"), { recursive: true, force: true });
      for (const [key, content] of base) bucket.write(key, content);
      bucket.writesLeft = survived;
      await publish([next]).catch((error: Error) => expect(error.message).toBe("killed"));
      bucket.writesLeft = Number.POSITIVE_INFINITY;

      const seen = await bucket.listed(shelf);
      expect([
        ["hello 1.0", "hello 1.1", "hello 1.2"],
        ["hello 1.1", "hello 1.2", "hello 1.3"],
      ]).toContainEqual(seen);
      for (const file of [...files, next].filter((one) => seen?.includes(`hello ${one.version}`))) {
        expect(sha256(bucket.objects.get(poolKey(file)) ?? "")).toBe(file.sha256);
      }

      bucket.objects.delete(LOCK);
      await publish([next]);
      expect(await bucket.listed(shelf)).toEqual(["hello 1.1", "hello 1.2", "hello 1.3"]);
      expect(record("1.3")).toMatchObject({ published: { by: "ann" }, commit: "c0ffee" });
      expect(record("1.0")).toMatchObject({ dropped: expect.any(String) });
      expect([...bucket.objects.keys()]).toEqual(expect.arrayContaining(whole));
    }
  });
});

describe("retention", () => {
  it("drops the oldest beyond the stack's number, from the index, the pool and aptly", async () => {
    const files = await publishVersions("1.0", "1.1", "1.2");
    const next = await shop.deb("hello", "1.10");
    expect(await publish([next])).toMatchObject({ dropped: [{ version: "1.0" }], total: 3 });
    expect(await bucket.listed(shelf)).toEqual(["hello 1.1", "hello 1.10", "hello 1.2"]);
    expect(pool()).toEqual([...files.slice(1), next].map(poolKey).sort());
    expect(record("1.0")).toMatchObject({ dropped: expect.any(String), published: { by: "ann" } });
    const kept = execFileSync("find", [options().stateDirectory, "-name", "*.deb", "-type", "f"], { encoding: "utf8" });
    expect(kept.trim().split("\n")).toHaveLength(3);
  });

  it("keeps what a host runs, what is good, and all above it", async () => {
    await publishVersions("1.0", "1.1", "1.2", "1.3", "1.4");
    runs("worker", "i-9", { hello: "1.1" });
    judge("web", "1.3", "ok");
    await publishVersions("1.5", "1.6", "1.7");
    expect(await bucket.listed(shelf)).toEqual(["1.1", "1.3", "1.4", "1.5", "1.6", "1.7"].map((one) => `hello ${one}`));
  });

  it("keeps what any host ever ran where AWS does not say which hosts there are", async () => {
    await publishVersions("1.0", "1.1", "1.2");
    runs("web", "i-gone", { hello: "1.0" });
    mockInstances = [];
    mockFailure = new UserError("cannot read the Auto Scaling groups of staging: access denied");
    await publishVersions("1.3", "1.4");
    expect(await bucket.listed(shelf)).toEqual(["1.0", "1.2", "1.3", "1.4"].map((one) => `hello ${one}`));
    expect(said).toContain("access denied; every host that ever reported counts as running");
  });

  it("leaves a version's place to no other bytes, although it was dropped", async () => {
    const [first] = (await publishVersions("1.0", "1.1", "1.2")) as [DebFile];
    await publishVersions("1.3");
    const other = await shop.deb("hello", "1.0", "other");
    await expect(publish([other])).rejects.toThrow(
      new RegExp(`hello 1.0 existed with other bytes until 20.*Z: sha256 ${first.sha256} then, ${other.sha256} here`),
    );
  });

  it("counts each package by itself", async () => {
    await publish([await shop.deb("other", "1.0"), await shop.deb("other", "1.1")]);
    await publishVersions("1.0", "1.1", "1.2", "1.3");
    await publishVersions("1.4");
    expect(await bucket.listed(shelf)).toEqual(["hello 1.2", "hello 1.3", "hello 1.4", "other 1.0", "other 1.1"]);
  });
});

describe("withdraw", () => {
  const take = (version: string, reason = "it leaks") =>
    withdraw(shelf, withdrawalOf(shelf, { name: "hello", version }), { ...options(), purpose: "withdrawing", reason });
  const undo = (version: string) =>
    undoWithdrawal(shelf, { name: "hello", version }, { ...options(), purpose: "listing again", reason: "it did not" });

  it("takes a version out of the index, keeps its package and says why", async () => {
    const files = await publishVersions("1.0", "1.1");
    expect(await take("1.1")).toEqual({ package: "hello", withdrawn: ["1.1"], previous: "1.1", target: "1.0" });
    expect(await bucket.listed(shelf)).toEqual(["hello 1.0"]);
    expect(pool()).toEqual(files.map(poolKey));
    expect(record("1.1")).toMatchObject({ withdrawn: { by: "ann", reason: "it leaks" }, commit: "c0ffee" });
  });

  it("shows what it would do without doing it", async () => {
    await publishVersions("1.0", "1.1");
    const before = new Map(bucket.objects);
    const plan = withdrawalOf(shelf, { name: "hello", version: "1.1" });
    expect(await previewWithdrawal(shelf, plan)).toMatchObject({ withdrawn: ["1.1"], target: "1.0" });
    expect(bucket.objects).toEqual(before);
  });

  it("is undone without an upload, and survives publications in between, also of another machine", async () => {
    const [, masked] = (await publishVersions("1.0", "1.1")) as [DebFile, DebFile];
    await take("1.1");
    freshMachine();
    await publishVersions("1.2");
    bucket.writes.length = 0;
    expect(await undo("1.1")).toBe(true);
    expect(bucket.writes.filter((key) => key.startsWith("pool/"))).toEqual([]);
    expect(await bucket.listed(shelf)).toEqual(["hello 1.0", "hello 1.1", "hello 1.2"]);
    expect(record("1.1")).toMatchObject({
      ...{ withdrawn: null, relisted: { by: "ann", reason: "it did not" }, sha256: masked.sha256, commit: "c0ffee" },
    });
    await expect(undo("1.1")).rejects.toThrow(
      "staging: hello 1.1 was not withdrawn; 'towline releases' shows what was",
    );
  });

  it("keeps the version from being published again, with the way back", async () => {
    const [, masked] = (await publishVersions("1.0", "1.1")) as [DebFile, DebFile];
    await take("1.1");
    await expect(publish([masked])).rejects.toThrow(
      /hello 1\.1 was withdrawn from staging by ann on 20.*Z \(it leaks\); list it again with 'towline withdraw --undo hello=1\.1', or build a new version/,
    );
    const other = await shop.deb("hello", "1.1", "other");
    await expect(publish([other])).rejects.toThrow("hello 1.1 was withdrawn from staging");
    expect(sha256(bucket.objects.get(poolKey(masked)) ?? "")).toBe(masked.sha256);
  });

  it("is a success that changes nothing the second time", async () => {
    await publishVersions("1.0", "1.1");
    await take("1.1");
    const before = new Map(bucket.objects);
    expect(await take("1.1", "again")).toMatchObject({ withdrawn: [], target: "1.0" });
    expect(bucket.objects).toEqual(before);
  });

  it("of a version that never was is refused", async () => {
    await publishVersions("1.0");
    await expect(take("7")).rejects.toThrow("staging has no version 7 of hello; its versions are 1.0");
  });

  it("killed at any write leaves hosts a whole index, and is repeated as it was", async () => {
    await publishVersions("1.0", "1.1");
    const base = new Map(bucket.objects);
    for (const survived of [1, 2, 3, 4]) {
      bucket = new Store();
      shelf = shop.shelf(bucket);
      // This one was never signed further.
      rmSync(join(options().stateDirectory, "signed"), { recursive: true, force: true });
      for (const [key, content] of base) bucket.write(key, content);
      bucket.writesLeft = survived;
      await take("1.1").catch((error: Error) => expect(error.message).toBe("killed"));
      bucket.writesLeft = Number.POSITIVE_INFINITY;
      expect(["hello 1.0", "hello 1.0,hello 1.1"]).toContain(String(await bucket.listed(shelf)));
      bucket.objects.delete(LOCK);
      await take("1.1");
      expect(await bucket.listed(shelf)).toEqual(["hello 1.0"]);
      expect(record("1.1")).toMatchObject({ withdrawn: { by: "ann" } });
      expect(pool()).toHaveLength(2);
    }
  });

  it("goes back to the last good version when asked to roll back, without an upload", async () => {
    await publishVersions("1.0", "1.1", "1.2");
    judge("web", "1.0", "ok");
    judge("web", "1.1", "bad");
    judge("web", "1.2", "ok");
    bucket.writes.length = 0;
    const rolled = await withdraw(shelf, rollbackOf(shelf, "hello", undefined), {
      ...options(),
      ...{ purpose: "rolling back", reason: "" },
    });
    expect(rolled).toEqual({ package: "hello", withdrawn: ["1.2", "1.1"], previous: "1.2", target: "1.0" });
    expect(await bucket.listed(shelf)).toEqual(["hello 1.0"]);
    expect(bucket.writes.filter((key) => key.startsWith("pool/"))).toEqual([]);
  });
});

describe("promote", () => {
  let target: Store;
  let prod: Shelf;
  const promote = (version?: string, forced?: string, by = "bob") =>
    promotePackage(
      { name: "hello", version },
      shelf,
      prod,
      { ...options(), stateDirectory: shop.path(`prod-${states}`), by },
      forced,
    );

  beforeEach(() => {
    target = new Store("prod");
    prod = shop.shelf(target, undefined, shop.stack("prod"));
  });

  const prove = (version: string) => {
    judge("web", version, "ok");
    judge("worker", version, "ok");
  };

  it("copies the same bytes of what is proven, with where they come from", async () => {
    const [file] = (await publishVersions("1.0")) as [DebFile];
    prove("1.0");
    expect(await promote("1.0")).toMatchObject({
      ...{ package: "hello", version: "1.0", changed: true, forced: null, previous: null, commit: "c0ffee" },
      from: { stack: "staging", url: `s3://b/${poolKey(file)}`, sha256: file.sha256 },
      to: { stack: "prod", url: `s3://prod/${poolKey(file)}`, sha256: file.sha256 },
    });
    expect(record("1.0", target)).toMatchObject({
      ...{ commit: "c0ffee", buildUrl: "https://ci/7", forced: null, published: { by: "bob" } },
      promotedFrom: { stack: "staging", by: "ann", at: expect.any(String) },
    });
    expect(await promote("1.0")).toMatchObject({ changed: false });
  });

  it("takes the newest proven version when none is named", async () => {
    await publishVersions("1.0", "1.1", "1.2");
    prove("1.0");
    prove("1.1");
    judge("web", "1.2", "ok");
    expect(await promote()).toMatchObject({ version: "1.1" });
  });

  it("refuses what staging did not prove, with the reason, and writes nothing", async () => {
    await publishVersions("1.0");
    await expect(promote()).rejects.toThrow(
      "staging has no version of hello that is proven healthy; of 1.0: group web has not judged it yet, group worker has not judged it yet",
    );
    judge("web", "1.0", "ok");
    judge("worker", "1.0", "bad", "GET /health answered 500");
    await expect(promote("1.0")).rejects.toThrow(
      "hello 1.0 is not proven healthy in staging: group worker found it bad (GET /health answered 500); promote it all the same with --force --reason TEXT",
    );
    expect(target.objects.size).toBe(0);
  });

  it("is forced with a reason, which is recorded; a needless one is not", async () => {
    await publishVersions("1.0", "1.1");
    prove("1.1");
    expect(await promote("1.0", "hot fix")).toMatchObject({
      forced: "group web has not judged it yet, group worker has not judged it yet",
    });
    expect(record("1.0", target)).toMatchObject({ forced: "hot fix" });
    await promote("1.1", "hot fix");
    expect(record("1.1", target)).toMatchObject({ forced: null });
  });

  it("of two at once lets one in after the other, and both are there", async () => {
    await publishVersions("1.0", "1.1");
    prove("1.0");
    prove("1.1");
    const patient = (version: string) =>
      promotePackage(
        { name: "hello", version },
        shelf,
        prod,
        { ...options(), stateDirectory: shop.path(`prod-${states}-${version}`), wait: 30 },
        undefined,
      );
    await Promise.all([patient("1.0"), patient("1.1")]);
    expect(await target.listed(prod)).toEqual(["hello 1.0", "hello 1.1"]);
  });

  it("of what the target withdrew is refused", async () => {
    await publishVersions("1.0", "1.1");
    prove("1.0");
    prove("1.1");
    await promote("1.0");
    await promote("1.1");
    const plan = withdrawalOf(prod, { name: "hello", version: "1.1" });
    await withdraw(prod, plan, { ...options(), stateDirectory: shop.path("prod-w"), purpose: "x", reason: "slow" });
    await expect(promote("1.1")).rejects.toThrow("hello 1.1 was withdrawn from prod by ann");
  });

  it("of native code for another release than the target's hosts run is refused, and nothing is written", async () => {
    await publish([await shop.deb("hello", "1.0", "d\nTowline-Release: bookworm")]);
    prove("1.0");
    const { stack } = prod;
    const web = { ...group(["hello"]), image: "/aws/service/debian/release/13/latest/amd64" };
    prod = { ...prod, stack: { ...stack, config: { ...stack.config, groups: { web } } } };
    await expect(promote("1.0")).rejects.toThrow(
      "hello 1.0 holds native code for Debian bookworm, but the group web runs trixie",
    );
    expect(await target.list("")).toEqual([]);
  });

  it("compares the checksums of both buckets", async () => {
    const [file] = (await publishVersions("1.0")) as [DebFile];
    prove("1.0");
    await promote("1.0");
    target.write(poolKey(file), "rot");
    await expect(promote("1.0")).rejects.toThrow(
      `hello 1.0 differs: sha256 ${file.sha256} in s3://b/${poolKey(file)}, ${sha256("rot")} in s3://prod/${poolKey(file)}`,
    );
  });

  it("knows no package that is not there", async () => {
    await publishVersions("1.0");
    await expect(
      promotePackage({ name: "nope", version: undefined }, shelf, prod, options(), undefined),
    ).rejects.toThrow("staging has no package nope; its packages are hello");
  });
});

describe("a rollback that is asked for", () => {
  const roll = (expected: { from?: string; asked?: string }, to?: string) =>
    withdraw(shelf, rollbackOf(shelf, "hello", to, expected), { ...options(), purpose: "test", reason: "" });
  const before = "2026-01-01T00:00:00Z";
  const after = () => new Date(Date.now() + 60_000).toISOString();

  beforeEach(async () => {
    await publishVersions("1.0", "1.1", "1.2");
    for (const version of ["1.0", "1.1", "1.2"]) judge("web", version, "ok");
  });

  it("twice, before it was done, goes back one version", async () => {
    await expect(roll({ from: "1.2" })).resolves.toMatchObject({ previous: "1.2", target: "1.1" });
    await expect(roll({ from: "1.2" })).rejects.toThrow(
      "staging lists hello 1.1, and no longer 1.2, from which it was to go back; look at what is there, and ask again",
    );
    expect(await bucket.listed(shelf)).toEqual(["hello 1.0", "hello 1.1"]);
  });

  it("again by a replay, which says the time of the first, does nothing", async () => {
    const asked = new Date(Date.now() + 1000).toISOString();
    await roll({ asked });
    const release = record("1.2");
    const withdrawn = { ...(release.withdrawn as object), at: after() };
    bucket.write("releases/hello/1.2.json", JSON.stringify({ ...release, withdrawn }));
    await expect(roll({ asked })).rejects.toThrow(
      `staging: hello 1.2 was withdrawn at ${withdrawn.at}, after this was asked for at ${asked}; look at what is there, and ask again`,
    );
    expect(await bucket.listed(shelf)).toEqual(["hello 1.0", "hello 1.1"]);
    // Who sees that and asks again goes back further.
    await expect(roll({ asked: new Date(Date.now() + 120_000).toISOString() })).resolves.toMatchObject({
      target: "1.0",
    });
  });

  it("before another version came, or was listed again, does nothing", async () => {
    await expect(roll({ asked: before })).rejects.toThrow("staging: hello 1.2 was published at");
    await roll({});
    await undoWithdrawal(shelf, { name: "hello", version: "1.2" }, { ...options(), purpose: "test", reason: "" });
    const release = record("1.2");
    bucket.write("releases/hello/1.2.json", JSON.stringify({ ...release, published: { at: before, by: "ann" } }));
    await expect(roll({ asked: before })).rejects.toThrow("staging: hello 1.2 was listed again at");
  });

  it("is not held up by what does not change what hosts are offered", async () => {
    const published = { at: before, by: "ann" };
    bucket.write("releases/hello/1.2.json", JSON.stringify({ ...record("1.2"), published }));
    await publish([await shop.deb("other", "1.0")]);
    await expect(roll({ from: "1.2", asked: "2026-01-02T00:00:00Z" })).resolves.toMatchObject({ target: "1.1" });
  });

  it("without either goes back from whatever is there", async () => {
    await roll({});
    await expect(roll({})).resolves.toMatchObject({ previous: "1.1", target: "1.0" });
  });
});

/** Somebody who may write to the bucket, and has no key, moves signed objects about. */
describe("an index that somebody moved", () => {
  const IN_RELEASE = "dists/stable/InRelease";
  /** What hosts see now, to be put back later. */
  const kept = () => new Map([...bucket.objects].filter(([key]) => key.startsWith("dists/")));
  const putBack = (objects: ReadonlyMap<string, Buffer>) => {
    for (const [key, content] of objects) bucket.write(key, content);
  };
  const next = async (version = "2.0") => publish([await shop.deb("hello", version)]);
  const withdrawing = (version: string) =>
    withdraw(shelf, withdrawalOf(shelf, { name: "hello", version }), {
      ...options(),
      purpose: "x",
      reason: "it leaks",
    });

  it.each([
    ["a channel's, to the main suite", "dists/stable-feature-x", "dists/stable", "stable-feature-x, not of stable"],
    ["the main suite's, to a channel", "dists/stable", "dists/stable-feature-x", "stable, not of stable-feature-x"],
  ])("from suite to suite is not extended, and not read: %s", async (_, from, to, message) => {
    const channel = shop.shelf(bucket, "feature-x");
    await publishVersions("1.0");
    await publish([await shop.deb("hello", "1.0.1.gabc")], channel);
    const moved = [...kept()].filter(([key]) => key.startsWith(`${from}/`));
    putBack(new Map(moved.map(([key, content]) => [key.replace(from, to), content])));
    const target = to === "dists/stable" ? shelf : channel;
    const before = new Map(bucket.objects);
    await expect(publish([await shop.deb("hello", "2.0")], target)).rejects.toThrow(
      `${to}/InRelease was signed as the index of suite ${message}`,
    );
    await expect(bucket.listed(target)).rejects.toThrow("somebody copied it there");
    for (const key of [IN_RELEASE, `${to}/InRelease`]) expect(bucket.objects.get(key)).toEqual(before.get(key));
  });

  it("back in time is not extended by the machine that signed a newer one, until that is back", async () => {
    await publishVersions("1.0");
    const old = kept();
    await publishVersions("1.1");
    const newest = kept();
    putBack(old);
    await expect(next()).rejects.toThrow(
      /InRelease is number 1 of .*, which is older than number 2 of .*, which this machine signed: somebody put it back/,
    );
    await expect(withdrawing("1.0")).rejects.toThrow(UserError);
    expect(bucket.objects.get(IN_RELEASE)).toEqual(old.get(IN_RELEASE));
    putBack(newest);
    await next();
    expect(await bucket.listed(shelf)).toEqual(["hello 1.0", "hello 1.1", "hello 2.0"]);
  });

  it("away is not begun anew by the machine that signed it", async () => {
    await publishVersions("1.0", "1.1");
    bucket.objects.delete(IN_RELEASE);
    await expect(next()).rejects.toThrow(
      /InRelease is gone, although there was number 1 of .*, which this machine signed: .*signed\/stable\.json/,
    );
    expect(bucket.objects.has(IN_RELEASE)).toBe(false);
  });

  it("is numbered one further by each machine, whichever signed the last", async () => {
    const serial = () => /^X-Towline-Serial: (\d+)$/m.exec(bucket.objects.get(IN_RELEASE)?.toString() ?? "")?.[1];
    await publishVersions("1.0");
    const first = states;
    freshMachine();
    await publishVersions("1.1");
    expect(serial()).toBe("2");
    const second = states;
    states = first;
    await publishVersions("1.2");
    states = second;
    expect(serial()).toBe("3");
  });

  it("of an older towline, without a number, counts by its date", async () => {
    const file = await shop.deb("hello", "1.0");
    shop.writeIndex(bucket, [file]);
    bucket.write(poolKey(file), readFileSync(file.path));
    const old = kept();
    await next("1.1");
    putBack(old);
    await expect(next()).rejects.toThrow(
      "an index without a number of 2026-01-31T12:00:00Z, which is older than number 1",
    );
  });

  it("back to before a withdrawal is not signed by another machine either; both ways on are named, and work", async () => {
    await publishVersions("1.0", "1.1", "1.2");
    const old = kept();
    await withdrawing("1.2");
    await withdrawing("1.1");
    for (const fix of ["withdraw", "undo"]) {
      putBack(old);
      freshMachine();
      const refused = next(`2.${fix.length}`);
      await expect(refused).rejects.toThrow(/staging lists hello=1\.\d \(and hello=1\.\d\), which ann withdrew on 20/);
      for (const version of ["1.1", "1.2"]) {
        if (fix === "withdraw") await withdrawing(version);
        else await undoWithdrawal(shelf, { name: "hello", version }, { ...options(), purpose: "x", reason: "meant" });
      }
      await next(`2.${fix.length}`);
      // Three versions are kept.
      const listed = fix === "withdraw" ? ["hello 1.0"] : ["hello 1.1", "hello 1.2"];
      expect(await bucket.listed(shelf)).toEqual([...listed, `hello 2.${fix.length}`]);
    }
  });
});

describe("a clock that is wrong", () => {
  it.each([
    [6, "6 s ahead of S3's, at most 5 are allowed"],
    [-3600, "3600 s behind S3's, at most 5 are allowed"],
  ])("by %d s stops a publication before anything is written", async (ahead, message) => {
    bucket.ahead = ahead;
    await expect(publishVersions("1.0")).rejects.toThrow(`this machine's clock is ${message}`);
    expect(bucket.writes.filter((key) => key !== LOCK)).toEqual([]);
    bucket.ahead = ahead > 0 ? 5 : -5;
    await publishVersions("1.0");
  });

  it("of the machine before is seen by the index's date", async () => {
    await publishVersions("1.0");
    const now = jest.spyOn(Date, "now").mockReturnValue(Date.now() - 100_000);
    try {
      await expect(publishVersions("1.1")).rejects.toThrow(
        /see is dated (99|100) s after now: they would pass over an older one/,
      );
    } finally {
      now.mockRestore();
    }
  });
});

describe("a channel", () => {
  const channel = () => shop.shelf(bucket, "feature-x");

  it("has a suite of its own, which the main one's hosts do not see", async () => {
    const [main, branch] = [await shop.deb("hello", "1.0"), await shop.deb("hello", "1.0.1.gabc")];
    await publish([main]);
    await publish([branch], channel());
    expect(await bucket.listed(shelf)).toEqual(["hello 1.0"]);
    expect(await bucket.listed(channel())).toEqual(["hello 1.0.1.gabc"]);
    expect(bucket.json("channels/feature-x/releases/hello/1.0.1.gabc.json")).toMatchObject({ channel: "feature-x" });
    expect(pool()).toEqual([branch, main].map(poolKey));
  });

  it("shares packages with the main suite, and never replaces their bytes", async () => {
    const main = await shop.deb("hello", "1.0");
    await publish([main]);
    const other = await shop.deb("hello", "1.0", "other");
    await expect(publish([other], channel())).rejects.toThrow(
      `${other.path}: hello 1.0 exists already with other bytes: sha256 ${main.sha256} in suite stable, ${other.sha256} here`,
    );
    await publish([main], channel());
    expect(await bucket.listed(channel())).toEqual(["hello 1.0"]);
    expect(sha256(bucket.objects.get(poolKey(main)) ?? "")).toBe(main.sha256);
  });

  it("keeps its packages when the main suite drops its own, and the other way round", async () => {
    const [first, ...others] = await Promise.all(["1.0", "1.1", "1.2", "1.3"].map((one) => shop.deb("hello", one)));
    await publish([first as DebFile]);
    await publish([first as DebFile], channel());
    await publish(others);
    await publish([await shop.deb("hello", "1.4")]);
    expect(await bucket.listed(shelf)).toEqual(["hello 1.2", "hello 1.3", "hello 1.4"]);
    expect(pool()).toContain(poolKey(first as DebFile));
  });

  it("has retention too", async () => {
    for (const version of ["1.0", "1.1", "1.2", "1.3"]) await publish([await shop.deb("hello", version)], channel());
    expect(await bucket.listed(channel())).toEqual(["hello 1.1", "hello 1.2", "hello 1.3"]);
  });

  it("is removed with what only it has, after a look, and not while a group follows it", async () => {
    const [shared, own] = [await shop.deb("hello", "1.0"), await shop.deb("hello", "2.0")];
    await publish([shared]);
    await publish([shared, own], channel());
    const { suite, ...rest } = channel();
    const target = { ...rest, suite: { ...suite, channel: "feature-x" } };
    const before = new Map(bucket.objects);
    const plan = await planChannelRemoval(target);
    expect(plan).toMatchObject({
      packages: ["hello 2.0", "hello 1.0"],
      objects: expect.arrayContaining([poolKey(own)]),
    });
    expect(plan.objects[0]).toBe("dists/stable-feature-x/InRelease");
    expect(plan.objects).not.toContain(poolKey(shared));
    expect(bucket.objects).toEqual(before);

    const groups = { beta: { ...target.stack.config.groups.web, channel: "feature-x" } } as never;
    const followed = { ...target, stack: { ...target.stack, config: { ...target.stack.config, groups } } };
    await expect(planChannelRemoval(followed)).rejects.toThrow(
      "group beta of staging follows channel feature-x; take 'channel' out of its section in Pulumi.staging.yaml and run 'pulumi up' first",
    );

    await removeChannel(target, options());
    expect([...bucket.objects.keys()].filter((key) => key.includes("feature-x"))).toEqual([]);
    expect(pool()).toEqual([poolKey(shared)]);
    expect(await bucket.listed(shelf)).toEqual(["hello 1.0"]);
    await expect(planChannelRemoval(target)).rejects.toThrow("staging has no channel feature-x; it has none");
    // Its name can be used again.
    await publish([own], channel());
    expect(await bucket.listed(channel())).toEqual(["hello 2.0"]);
  });

  describe("of a stack whose channels have a key of their own", () => {
    const stack = () => ({ ...shop.stack("staging"), channelsKey: shop.path("theirs.asc") });
    const main = () => shop.shelf(bucket, undefined, stack());
    const own = () => shop.shelf(bucket, "feature-x", stack());
    const send = async (where: Shelf, version: string, key: string) =>
      publishPackages(where, [await shop.deb("hello", version)], { ...options(), signingKey: shop.path(key) }, ORIGIN);

    it("is signed by that key, and the main suite by the other, and neither publishes to the other's", async () => {
      await send(main(), "1.0", "ours.secret.asc");
      await send(own(), "2.0", "theirs.secret.asc");
      expect(await bucket.listed(main())).toEqual(["hello 1.0"]);
      expect(await bucket.listed(own())).toEqual(["hello 2.0"]);
      await expect(send(main(), "3.0", "theirs.secret.asc")).rejects.toThrow(
        `(${shop.path("ours.asc")}); give the private key`,
      );
      await expect(send(own(), "3.0", "ours.secret.asc")).rejects.toThrow(
        `(${shop.path("theirs.asc")}); give the private key`,
      );
    });

    it("is of no use in the place of the main suite, nor that in its place", async () => {
      await send(main(), "1.0", "ours.secret.asc");
      await send(own(), "2.0", "theirs.secret.asc");
      const [ofMain, ofChannel] = ["dists/stable/InRelease", "dists/stable-feature-x/InRelease"];
      const [signed, other] = [bucket.objects.get(ofMain), bucket.objects.get(ofChannel)];
      bucket.write(ofMain, other ?? "");
      await expect(send(main(), "1.1", "ours.secret.asc")).rejects.toThrow("it is signed with another key");
      bucket.write(ofMain, signed ?? "");
      bucket.write(ofChannel, signed ?? "");
      await expect(send(own(), "2.1", "theirs.secret.asc")).rejects.toThrow("it is signed with another key");
    });

    it("keeps its key while the stack's is rotated", async () => {
      writeFileSync(shop.path("rotated.asc"), readFileSync(shop.path("ours.asc")));
      const rotating = { ...shop.stack("staging", "rotated"), channelsKey: shop.path("theirs.asc") };
      await send(main(), "1.0", "ours.secret.asc");
      await send(own(), "2.0", "theirs.secret.asc");
      const before = bucket.objects.get("dists/stable-feature-x/InRelease");
      const out = shop.path("both-of-main.secret.asc");
      const begun = await startRotation({ stack: rotating, bucket }, { ...options(), out });
      expect(begun.suites).toEqual(["stable"]);
      expect(bucket.objects.get("dists/stable-feature-x/InRelease")).toEqual(before);
    });

    it("gets the key without that a host of either key loses it", async () => {
      const channelsKey = shop.path("channels.asc");
      const fresh = { ...shop.stack("staging"), channelsKey };
      await publish([await shop.deb("hello", "2.0")], channel());
      const out = shop.path("channels.secret.asc");
      expect(await createChannelsKey(fresh, out, { bucket, options: options() })).toMatchObject({
        publicFile: channelsKey,
        resigned: ["feature-x"],
      });
      // A host that knows the stack's key alone, and one that knows the channels'.
      expect(await bucket.listed(channel())).toEqual(["hello 2.0"]);
      expect(await bucket.listed(shop.shelf(bucket, "feature-x", fresh))).toEqual(["hello 2.0"]);
      await send(shop.shelf(bucket, "feature-x", fresh), "2.1", "channels.secret.asc");
      await expect(bucket.listed(channel())).rejects.toThrow("it is signed with another key");
      await expect(createChannelsKey(fresh, out, undefined)).rejects.toThrow(`${channelsKey}: exists already`);
      await expect(createChannelsKey(shop.stack("staging"), out, undefined)).rejects.toThrow(
        'stack staging has no key for channels: write "towline:channels: {}" into Pulumi.staging.yaml first',
      );
    });
  });
});

describe("releases", () => {
  it("shows where each comes from, what became of it, what groups found and how many hosts run it", async () => {
    await publishVersions("1.0", "1.1", "1.2");
    await publishVersions("1.3");
    judge("web", "1.2", "ok");
    judge("worker", "1.3", "bad", "slow");
    runs("web", "i-1", { hello: "1.2" });
    runs("web", "i-2", { hello: "1.2" });
    const report = bucket.objects.get("hosts/web/arn:aws:ec2:eu-west-1:123456789012:instance/i-1.json");
    bucket.write("hosts/web/i-gone.json", report ?? "");
    await withdraw(shelf, withdrawalOf(shelf, { name: "hello", version: "1.3" }), {
      ...options(),
      ...{ purpose: "x", reason: "slow" },
    });
    const releases = await listReleases(shelf, "hello");
    expect(releases.map(({ version, state, hosts }) => [version, state, hosts])).toEqual([
      ["1.3", "withdrawn", 0],
      ["1.2", "listed", 2],
      ["1.1", "listed", 0],
      ["1.0", "dropped", 0],
    ]);
    expect(releases[0]?.verdicts).toMatchObject({ worker: { verdict: "bad", reason: "slow" } });
    await expect(listReleases(shelf, "nope")).rejects.toThrow("staging has no package nope; its packages are hello");
  });

  it("shows what was published before there were records", async () => {
    const [file] = (await publishVersions("1.0")) as [DebFile];
    bucket.objects.delete("releases/hello/1.0.json");
    expect(await listReleases(shelf, undefined)).toMatchObject([
      { version: "1.0", state: "listed", published: null, sha256: file.sha256 },
    ]);
  });
});

it("restore makes an empty machine's database what hosts see, and a full one's too", async () => {
  await publish([await shop.deb("hello", "1.0"), await shop.deb("other", "2.0")]);
  freshMachine();
  expect(await restoreSuite(shelf, options())).toEqual({ suite: "stable", fetched: 2, removed: 0, total: 2 });
  expect(await restoreSuite(shelf, options())).toEqual({ suite: "stable", fetched: 0, removed: 0, total: 2 });
  said = "";
  await publishVersions("1.1");
  expect(said).not.toContain("fetching");
});

describe("wait", () => {
  const follow = (timeout: number) => followRollout(shelf, { name: "hello", version: "1.1" }, { timeout, pause: 0.05 });

  beforeEach(async () => {
    await publishVersions("1.0", "1.1");
    for (const group of ["web", "worker"]) runs(group, `i-${group}`, { hello: "1.0" });
  });

  it("follows hosts until they run the version, whatever fails for a moment", async () => {
    const get = bucket.get.bind(bucket);
    let looks = 0;
    jest.spyOn(bucket, "get").mockImplementation(async (key) => {
      if (key.endsWith("InRelease") && ++looks === 3) throw new UserError("cannot read s3://b: SlowDown");
      if (looks === 4) runs("web", "i-web", { hello: "1.1" });
      if (looks === 5) runs("worker", "i-worker", { hello: "1.1" });
      return get(key);
    });
    expect(await follow(10)).toMatchObject({ outcome: "converged", summary: "hello 1.1: web 1/1; worker 1/1" });
    expect(said).toContain("hello 1.1: web 0/1 (i-web serving 1.0); worker 0/1 (i-worker serving 1.0), after 0 s\n");
    expect(said).toContain("cannot read s3://b: SlowDown; trying again\n");
    expect(said).toContain("hello 1.1: web 1/1; worker 0/1 (i-worker serving 1.0), after 0 s\n");
  });

  it("tells of the first host and of each further quarter of them", async () => {
    const told: unknown[] = [];
    const get = bucket.get.bind(bucket);
    let looks = 0;
    jest.spyOn(bucket, "get").mockImplementation(async (key) => {
      if (key.endsWith("InRelease") && ++looks === 3) runs("web", "i-web", { hello: "1.1" });
      if (looks === 4) runs("worker", "i-worker", { hello: "1.1" });
      return get(key);
    });
    const tell = async (milestone: unknown) => void told.push(milestone);
    await followRollout(shelf, { name: "hello", version: "1.1" }, { timeout: 10, pause: 0.05, tell });
    expect(told).toEqual([{ stage: "canary-healthy", group: "web", instance: "i-web" }]);
  });

  it("ends with the host's reason when a group finds it bad", async () => {
    judge("worker", "1.1", "bad", "it does not start");
    expect(await follow(10)).toMatchObject({
      ...{ outcome: "failed", summary: "group worker found hello 1.1 bad on i-1: it does not start" },
    });
  });

  it("ends with who is late when time is up", async () => {
    expect(await follow(0)).toMatchObject({ outcome: "timed-out", summary: expect.stringContaining("web 0/1 (i-web") });
  });
});

describe("a key's rotation", () => {
  const rotating = (key: string, out: string) => ({ ...options(), signingKey: shop.path(key), out: shop.path(out) });
  const keys = () => readFileSync(shop.path("rotated.asc"), "utf8").match(/BEGIN PGP PUBLIC KEY BLOCK/g)?.length;

  it("keeps hosts of either keyring working, and ends with the new key alone", async () => {
    writeFileSync(shop.path("rotated.asc"), readFileSync(shop.path("ours.asc")));
    const stack = shop.stack("staging", "rotated");
    shelf = shop.shelf(bucket, undefined, stack);
    const channel = shop.shelf(bucket, "feature-x", stack);
    const old = shop.shelf(bucket, undefined, shop.stack("staging", "ours"));
    const send = (where: Shelf, file: DebFile, key: string) =>
      publishPackages(where, [file], { ...options(), signingKey: shop.path(key) }, ORIGIN);
    await send(shelf, await shop.deb("hello", "1.0"), "ours.secret.asc");
    await send(channel, await shop.deb("hello", "2.0"), "ours.secret.asc");

    const begun = await startRotation({ stack, bucket }, rotating("ours.secret.asc", "both.secret.asc"));
    expect(begun).toMatchObject({ suites: ["stable", "stable-feature-x"], privateFile: shop.path("both.secret.asc") });
    expect(begun.fingerprints).toHaveLength(2);
    expect(statSync(shop.path("both.secret.asc")).mode & 0o777).toBe(0o600);
    expect(keys()).toBe(2);
    // A host that knows the old key alone, and one that knows both.
    expect(await bucket.listed(old)).toEqual(["hello 1.0", `towline-archive-keyring ${begun.keyring}`]);
    expect(await bucket.listed(shelf)).toEqual(["hello 1.0", `towline-archive-keyring ${begun.keyring}`]);
    expect(await bucket.listed(channel)).toEqual(["hello 2.0"]);
    const keyring = bucket.objects.get(
      `pool/main/t/towline-archive-keyring/towline-archive-keyring_${begun.keyring}_all.deb`,
    );
    writeFileSync(shop.path("keyring.deb"), keyring ?? "");
    execFileSync("dpkg-deb", ["--extract", shop.path("keyring.deb"), shop.path("keyring")]);
    const shipped = join(shop.path("keyring"), "usr/share/keyrings/towline-archive-keyring.asc");
    expect(readFileSync(shipped, "utf8")).toBe(readFileSync(shop.path("rotated.asc"), "utf8"));

    await expect(send(shelf, await shop.deb("hello", "1.1"), "ours.secret.asc")).rejects.toThrow(
      `${shop.path("ours.secret.asc")}: lacks the private key of ${begun.fingerprints[1]}; while the key is rotated`,
    );
    await send(shelf, await shop.deb("hello", "1.1"), "both.secret.asc");
    expect(await bucket.listed(old)).toContain("hello 1.1");

    runs("web", "i-1", { hello: "1.1" });
    await expect(
      finishRotation({ stack, bucket }, rotating("both.secret.asc", "new.secret.asc"), false),
    ).rejects.toThrow(
      `web/i-1 of staging did not install towline-archive-keyring ${begun.keyring} yet and would not trust the new key alone`,
    );
    runs("web", "i-1", { hello: "1.1", "towline-archive-keyring": begun.keyring });
    const ended = await finishRotation({ stack, bucket }, rotating("both.secret.asc", "new.secret.asc"), false);
    expect(ended.fingerprints).toEqual([begun.fingerprints[1]]);
    expect(keys()).toBe(1);
    expect(await bucket.listed(shelf)).toContain(`towline-archive-keyring ${ended.keyring}`);
    expect(await bucket.listed(channel)).toEqual(["hello 2.0"]);
    await expect(bucket.listed(old)).rejects.toThrow("it is signed with another key");
  });

  it("begins once, ends once, and only with the key hosts trust", async () => {
    await publishVersions("1.0");
    const place = { stack: shelf.stack, bucket };
    await expect(startRotation(place, rotating("theirs.secret.asc", "never"))).rejects.toThrow("but hosts trust");
    await expect(finishRotation(place, rotating("ours.secret.asc", "never"), true)).rejects.toThrow(
      "ours.asc: holds one key: no rotation is under way; begin one without --finish",
    );
  });

  it("waits for every host to have the keyring, of its version or a later one", () => {
    const report = (instance: string, version?: string) => ({
      ...({ instance, group: "web", state: "serving", health: "healthy", since: "", reported: "" } as const),
      packages: { ...(version && { "towline-archive-keyring": version }) },
    });
    const reports = [
      report("i-1", "20260131.120000.000"),
      report("i-2", "20260131.120001"),
      report("i-3"),
      report("i-4", "20250101.000000"),
    ];
    expect(hostsWithout(reports, "20260131.120000.000")).toEqual(["web/i-3", "web/i-4"]);
  });
});
