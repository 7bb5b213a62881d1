import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { stateDirectoryOf } from "../../cli/commands/options";
import { compareVersions, newestFirst } from "../../cli/deb/version-order";
import { aptlyConfiguration } from "../../cli/repository/aptly";
import { doubtsAbout, newestGood } from "../../cli/repository/health";
import { readIndex, signatureFault } from "../../cli/repository/index";
import { keyringVersion } from "../../cli/repository/keyring";
import { dearmor } from "../../cli/repository/keys";
import { type HeldLease, withPublishLease } from "../../cli/repository/lease";
import { findPackage, parsePackageName, parsePackageVersion } from "../../cli/repository/package-version";
import { parsePackages, parseRelease } from "../../cli/repository/packages";
import { compareWithIndex, type Identity, reconcile } from "../../cli/repository/plan";
import { personOf, provenanceOf } from "../../cli/repository/provenance";
import { unrecorded } from "../../cli/repository/release";
import { stateOf } from "../../cli/repository/releases";
import { expiredVersions } from "../../cli/repository/retention";
import { publishedSuites, suiteOf } from "../../cli/repository/suite";
import { planRollback, planWithdrawal } from "../../cli/repository/withdrawal";
import { withTemporaryFolder } from "../../cli/temporary";
import { Store, Workshop } from "./repository-fixtures";

const shop = new Workshop();
let said: string;

beforeAll(() => {
  shop.makeKey("ours");
  shop.makeKey("theirs");
});

beforeEach(() => {
  said = "";
  jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
});

afterAll(() => shop.remove());

describe("the index", () => {
  it("lists the packages of a repository signed with the stack's key", async () => {
    const bucket = new Store();
    const hello = await shop.deb("hello", "1.0");
    shop.writeIndex(bucket, [hello]);
    const index = await readIndex(bucket, shop.stack("staging").repository);
    expect(index?.packages).toEqual([
      {
        name: "hello",
        version: "1.0",
        architecture: "all",
        filename: "pool/main/h/hello/hello_1.0_all.deb",
        sha256: hello.sha256,
        size: hello.size,
      },
    ]);
  });

  it("is undefined where nothing was published yet", async () => {
    expect(await readIndex(new Store(), shop.stack("staging").repository)).toBeUndefined();
  });

  const byHash = (bucket: Store) => [...bucket.objects.keys()].find((key) => key.includes("by-hash")) ?? "";
  it.each<[string, (bucket: Store) => void, string | RegExp]>([
    [
      "unsigned",
      (bucket) => {
        bucket.write("dists/stable/Release", "Suite: stable\n");
        bucket.objects.delete("dists/stable/InRelease");
      },
      "the repository s3://b/dists/stable is not signed: it has a Release but no InRelease",
    ],
    [
      "without a signature",
      (bucket) => bucket.objects.set("dists/stable/InRelease", Buffer.from("Suite: x\n")),
      /it bears no signature/,
    ],
    [
      "signed with another key",
      (bucket) => shop.writeIndex(bucket, [], "theirs"),
      /cannot be trusted: it is signed with another key \(key .*ours\.asc\)/,
    ],
    [
      "changed after it was signed",
      (bucket) => {
        const signed = bucket.objects.get("dists/stable/InRelease")?.toString() ?? "";
        bucket.objects.set("dists/stable/InRelease", Buffer.from(signed.replace("Suite: stable", "Suite: stabel")));
      },
      /its content is not what was signed/,
    ],
    [
      "with another Packages than it signed",
      (bucket) => bucket.objects.set(byHash(bucket), Buffer.from("x")),
      /corrupted: .*\(Packages\.gz\) is not what InRelease signed/,
    ],
    [
      "without the Packages it signed",
      (bucket) => bucket.objects.delete(byHash(bucket)),
      /corrupted: .*\(Packages\.gz\) is missing/,
    ],
  ])("is refused when %s", async (_, spoil, message) => {
    const bucket = new Store();
    shop.writeIndex(bucket, []);
    spoil(bucket);
    await expect(readIndex(bucket, shop.stack("staging").repository)).rejects.toThrow(message);
  });

  it.each([
    ["Package: a\nVersion: 1\n", "field Filename is missing"],
    ["nonsense\n", "line 1 is no field: nonsense"],
    [
      `Package: a\nVersion: 1\nArchitecture: all\nFilename: pool/../x.deb\nSHA256: ${"0".repeat(64)}\nSize: 1\n`,
      "'pool/../x.deb' is no path below pool/",
    ],
    ["Package: a\nVersion: 1\nArchitecture: all\nFilename: pool/a.deb\nSHA256: 0\nSize: 1\n", "'0' is no SHA-256"],
  ])("is not read from %j", (text, message) => {
    expect(() => parsePackages(text)).toThrow(message);
  });

  it("of a Release is its SHA512 list alone", () => {
    const hash = "a".repeat(128);
    const text = `Suite: x\nMD5Sum:\n abc 1 main/Packages\nSHA512:\n ${hash}     12 main/Packages\nDate: now\n`;
    expect(parseRelease(text)).toEqual(new Map([["main/Packages", { sha512: hash, size: 12 }]]));
  });
});

describe("signatures", () => {
  it.each([
    ["[GNUPG:] GOODSIG A one", undefined],
    // A rotation: one of the two signing keys is not known here yet, or not any more.
    ["[GNUPG:] GOODSIG A one\n[GNUPG:] ERRSIG B\n[GNUPG:] NO_PUBKEY B", undefined],
    ["[GNUPG:] GOODSIG A one\n[GNUPG:] BADSIG B two", "its content is not what was signed"],
    ["[GNUPG:] ERRSIG B\n[GNUPG:] NO_PUBKEY B", "it is signed with another key"],
    ["[GNUPG:] EXPKEYSIG A one", "its signature or key has expired or is revoked"],
    ["[GNUPG:] NODATA 1", "it bears no signature"],
  ])("%j: %s", (status, fault) => {
    expect(signatureFault(status)).toBe(fault);
  });
});

it("reads every armored block of a file of public keys, as gpg does", () => {
  const text = ["ours", "theirs"].map((name) => readFileSync(shop.path(`${name}.asc`), "utf8")).join("\n");
  const binary = (name: string) =>
    execFileSync("gpg", ["--batch", "--dearmor"], { input: readFileSync(shop.path(`${name}.asc`)) });
  expect(dearmor("keys.asc", text)).toEqual(Buffer.concat([binary("ours"), binary("theirs")]));
  const secret = readFileSync(shop.path("ours.secret.asc"), "utf8");
  expect(() => dearmor("keys.asc", secret)).toThrow("keys.asc: is no file with an armored public OpenPGP key");
});

describe("a plan", () => {
  const file = { name: "a", version: "1", architecture: "all", path: "a.deb", sha256: "0", size: 1 };

  it.each([
    [
      { architecture: "arm64" },
      "a.deb: is built for arm64, but the stack's hosts are amd64; allowed are amd64 and all",
    ],
  ])("refuses what hosts could not install: %j", (change, message) => {
    expect(() => compareWithIndex([], [{ ...file, ...change }], "amd64")).toThrow(message);
  });

  it("refuses two files of one version with other bytes", () => {
    expect(() => compareWithIndex([], [file, { ...file, sha256: "1" }], "amd64")).toThrow(
      "a 1 exists already with other bytes",
    );
  });

  it("reconciles by bytes, not by name", () => {
    const entry = (version: string, hash: string): Identity => ({
      name: "a",
      version,
      architecture: "all",
      sha256: hash,
    });
    const live = [entry("1", "x"), entry("2", "y")].map((identity) => ({
      ...identity,
      filename: "pool/a.deb",
      size: 1,
    }));
    expect(reconcile(live, [entry("1", "other"), entry("2", "y")])).toEqual({
      missing: [live[0]],
      stale: [entry("1", "other")],
    });
  });
});

describe("versions", () => {
  it("are ordered as dpkg orders them", () => {
    const versions = ["1.0", "1.0~rc1", "1.0~~", "1.0.1", "1.10", "1.9", "1.0a", "1.0.", "1:0.1", "1.0-1", "1.0-1.1"];
    versions.push("0", "1.2.3.57.gdeadbee", "1.2.3.58.g0123456", "20261120.231108", "1.001", "1.1", "1.0-~1");
    for (const a of versions) {
      for (const b of versions.slice(0, versions.indexOf(a))) {
        const older = compareVersions(a, b) < 0 ? "lt" : compareVersions(a, b) > 0 ? "gt" : "eq";
        expect(() => execFileSync("dpkg", ["--compare-versions", a, older, b])).not.toThrow();
        expect(Math.sign(compareVersions(b, a))).toBe(-Math.sign(compareVersions(a, b)) + 0);
      }
    }
  });

  it("of more digits than a number holds are told apart", () => {
    expect(newestFirst(["1.90071992547409931", "1.90071992547409932"])).toEqual([
      "1.90071992547409932",
      "1.90071992547409931",
    ]);
  });

  it.each(["hello", "hello=", "=1", "Hello=1.0", "hello=v1", "hello=1.0 ", "hello=1.0;x"])(
    "%j is no package=version",
    (text) => {
      expect(() => parsePackageVersion(text)).toThrow(`'${text}' is not package=version, such as hello=1.2.3`);
    },
  );

  it("that is unknown is told with what there is", () => {
    const entry = { version: "1.0", architecture: "all", filename: "f", sha256: "0", size: 1 };
    const index = [
      { ...entry, name: "hello" },
      { ...entry, name: "agent" },
    ];
    expect(() => findPackage(index, { name: "hello", version: "2" }, "staging")).toThrow(
      "staging has no version 2 of hello; its versions are 1.0",
    );
    expect(() => findPackage(index, { name: "nope", version: "2" }, "staging")).toThrow(
      "staging has no package nope; its packages are agent, hello",
    );
    expect(() => findPackage([], { name: "nope", version: "2" }, "staging")).toThrow(
      "staging has no package nope; nothing is published there yet",
    );
    expect(() => parsePackageName("hello=1")).toThrow("'hello=1' is not the name of a package, such as hello");
  });
});

describe("retention", () => {
  const versions = ["1", "2", "3", "4", "5", "6", "7"];
  it.each([
    ["keeps the newest", { keep: 3 }, ["4", "3", "2", "1"]],
    ["keeps all there are", { keep: 7 }, []],
    ["keeps what a host runs", { keep: 3, running: ["2", "7"] }, ["4", "3", "1"]],
    ["keeps the newest good one and all above it", { keep: 3, newestGood: ["2"] }, ["1"]],
    ["keeps each group's newest good one", { keep: 2, newestGood: ["6", "3"] }, ["2", "1"]],
  ])("%s", (_, holdings, dropped) => {
    expect(expiredVersions({ versions, running: [], newestGood: [], ...holdings })).toEqual(dropped);
  });
});

const verdict = (word: "ok" | "bad", reason = "") => ({ verdict: word, instance: "i-1", reason, at: "" });
const verdictsOf = (all: Record<string, Record<string, ReturnType<typeof verdict>>>) =>
  new Map(Object.entries(all).map(([version, groups]) => [version, new Map(Object.entries(groups))]));

describe("health", () => {
  it.each([
    ["good in every group", { web: verdict("ok"), worker: verdict("ok") }, undefined],
    ["not judged by one", { web: verdict("ok") }, "group worker has not judged it yet"],
    [
      "bad in one",
      { web: verdict("ok"), worker: verdict("bad", "GET / answered 500\nlog") },
      "group worker found it bad (GET / answered 500)",
    ],
    [
      "bad in a group that follows a channel",
      { web: verdict("ok"), worker: verdict("ok"), beta: verdict("bad") },
      "group beta found it bad",
    ],
  ])("of a version that is %s", (_, groups, doubts) => {
    expect(doubtsAbout(verdictsOf({ "1.0": groups }), "1.0", ["web", "worker"])).toBe(doubts);
  });

  it("is never proven where no group runs the package", () => {
    expect(doubtsAbout(new Map(), "1.0", [])).toBe("no group runs the package");
  });

  it("is that of the newest version some group found good and none bad", () => {
    const verdicts = verdictsOf({
      "1": { web: verdict("ok") },
      "2": { web: verdict("ok") },
      "3": { web: verdict("ok"), worker: verdict("bad") },
      "4": {},
    });
    expect(newestGood(verdicts, ["1", "2", "3", "4"])).toBe("2");
    expect(newestGood(verdicts, ["3", "4"])).toBeUndefined();
  });
});

describe("a withdrawal", () => {
  const live = ["1.0", "1.10", "1.9"].map((version) => ({
    ...{ name: "hello", version, architecture: "all", filename: `pool/${version}`, sha256: version, size: 1 },
  }));
  const shelf = (channel?: string) => shop.shelf(new Store(), channel);

  it("leaves hosts the highest version that stays", () => {
    expect(planWithdrawal(live, { name: "hello", version: "1.10" }, shelf())).toEqual({
      ...{ package: "hello", withdrawn: ["1.10"], previous: "1.10", target: "1.9" },
    });
  });

  it("of what is withdrawn already changes nothing", () => {
    expect(planWithdrawal(live, { name: "hello", version: "2.0" }, shelf())).toEqual({
      ...{ package: "hello", withdrawn: [], previous: "1.10", target: "1.10" },
    });
  });

  it("of all there is is refused, but not in a channel, whose hosts have the main suite", () => {
    const one = live.slice(0, 1);
    const wanted = { name: "hello", version: "1.0" };
    expect(() => planWithdrawal(one, wanted, shelf())).toThrow(
      "1.0 is all staging has of hello: hosts would have nothing to go to; publish another version first",
    );
    expect(planWithdrawal(one, wanted, shelf("x"))).toMatchObject({ withdrawn: ["1.0"], target: null });
  });

  it("to go back takes the last good version below the highest", () => {
    const verdicts = verdictsOf({
      "1.10": { web: verdict("ok") },
      "1.9": { web: verdict("bad") },
      "1.0": { web: verdict("ok") },
    });
    expect(planRollback(live, "hello", undefined, verdicts, shelf())).toEqual({
      ...{ package: "hello", withdrawn: ["1.10", "1.9"], previous: "1.10", target: "1.0" },
    });
  });

  it.each([
    [
      undefined,
      {},
      "staging has no version of hello below 1.10 that some group found good and none bad; its versions are 1.10, 1.9, 1.0: choose one with --to",
    ],
    [
      "1.9",
      { "1.9": { web: verdict("bad") } },
      "group web found hello 1.9 bad, and its hosts would not take it; choose another version with --to",
    ],
    ["3.0", {}, "staging has no version 3.0 of hello; its versions are 1.0, 1.10, 1.9"],
  ])("to go back to %s with verdicts %j is refused", (to, verdicts, message) => {
    expect(() => planRollback(live, "hello", to, verdictsOf(verdicts), shelf())).toThrow(message);
  });

  it("to go back to where hosts are withdraws nothing", () => {
    expect(planRollback(live, "hello", "1.10", new Map(), shelf()).withdrawn).toEqual([]);
  });
});

describe("the publisher's lease", () => {
  const options = { by: "ann", purpose: "publishing hello 1.0", wait: 0 };
  const lock = "publish/lock.json";
  const rival = { id: "x", holder: "bob@laptop", purpose: "publishing hello 2.0", since: "2026-01-31T12:00:00Z" };
  const inAMinute = () => new Date(Date.now() + 60_000).toISOString();

  it("says who publishes what, and is free afterwards, also when the work fails", async () => {
    const bucket = new Store();
    await withPublishLease(bucket, options, async (held) => {
      held.check();
      expect(bucket.json(lock)).toMatchObject({ holder: `ann@${hostname()}`, purpose: "publishing hello 1.0" });
    });
    expect(bucket.json(lock)).toMatchObject({ holder: "" });
    const failing = withPublishLease(bucket, options, async () => {
      throw new Error("failed");
    });
    await expect(failing).rejects.toThrow("failed");
    expect(bucket.json(lock)).toMatchObject({ holder: "" });
  });

  it("is refused with the holder's name while another one has it", async () => {
    const bucket = new Store();
    const expires = inAMinute();
    bucket.write(lock, JSON.stringify({ ...rival, expires }));
    const before = new Map(bucket.objects);
    await expect(withPublishLease(bucket, options, async () => {})).rejects.toThrow(
      "another publisher of s3://b is at work: bob@laptop is publishing hello 2.0 since 2026-01-31T12:00:00Z, and keeps " +
        `its lease at least until ${expires}; try again later, or wait longer with --wait`,
    );
    expect(bucket.objects).toEqual(before);
  });

  it("is waited for, which is said once", async () => {
    const bucket = new Store();
    bucket.write(lock, JSON.stringify({ ...rival, expires: new Date(Date.now() + 1100).toISOString() }));
    expect(await withPublishLease(bucket, { ...options, wait: 10 }, async () => "done")).toBe("done");
    expect(said.match(/bob@laptop is publishing hello 2\.0 .*; waiting/g)).toHaveLength(1);
  });

  it("goes to one of two that want it at once", async () => {
    const bucket = new Store();
    let inside = 0;
    const work = async () => {
      inside += 1;
      expect(inside).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 50));
      inside -= 1;
    };
    const both = [options, { ...options, by: "eve" }].map((one) =>
      withPublishLease(bucket, { ...one, wait: 10 }, work),
    );
    await Promise.all(both);
    expect(inside).toBe(0);
  });

  /** Work that goes on for one and a half times as long as a lease lasts, by a clock that no machine slows down. */
  async function working(interfere: (bucket: Store) => void): Promise<void> {
    const bucket = new Store();
    jest.useFakeTimers();
    try {
      await withPublishLease(bucket, { ...options, lifetime: 30 }, async (held: HeldLease) => {
        interfere(bucket);
        await jest.advanceTimersByTimeAsync(45_000);
        held.check();
      });
    } finally {
      jest.useRealTimers();
    }
  }

  it("is renewed while the work goes on", async () => {
    await working(() => undefined);
  });

  it("that was taken over stops the work", async () => {
    const taken = (bucket: Store) => bucket.write(lock, JSON.stringify({ ...rival, expires: inAMinute() }));
    await expect(working(taken)).rejects.toThrow(
      "the lease s3://b/publish/lock.json was lost: another publisher took it over; nothing was published, try again",
    );
  });

  it("that cannot be renewed stops the work once it may be another's", async () => {
    const cutOff = (bucket: Store) => {
      bucket.writesLeft = 0;
    };
    await expect(working(cutOff)).rejects.toThrow("was lost: it could not be renewed in time; nothing was published");
    expect(said).toMatch(/could not be renewed: killed/);
  });

  it("is ours when a write got through whose answer was lost", async () => {
    const bucket = new Store();
    const put = bucket.put.bind(bucket);
    jest.spyOn(bucket, "put").mockImplementationOnce(async (...args) => void (await put(...args)));
    expect(await withPublishLease(bucket, options, async () => "done")).toBe("done");
    expect(bucket.json(lock)).toMatchObject({ holder: "" });
  });

  it("is taken by one write where nobody else had it, and says whether that is so", async () => {
    const bucket = new Store();
    const stateDirectory = mkdtempSync(shop.path("state-"));
    const get = jest.spyOn(bucket, "get");
    const undisturbed = async (work: (held: HeldLease) => void = () => {}, where = stateDirectory) => {
      get.mockClear();
      return withPublishLease(bucket, { ...options, stateDirectory: where }, async (held) => {
        work(held);
        return [held.undisturbed, get.mock.calls.length];
      });
    };
    expect(await undisturbed()).toEqual([false, 1]);
    expect(await undisturbed()).toEqual([true, 0]);
    const failing = undisturbed(() => {
      throw new Error("failed");
    });
    await expect(failing).rejects.toThrow("failed");
    expect(await undisturbed()).toEqual([false, 1]);
    expect(await undisturbed((held) => held.leaveUndone())).toEqual([true, 0]);
    expect(await undisturbed()).toEqual([false, 1]);
    expect(await undisturbed(undefined, mkdtempSync(shop.path("state-")))).toEqual([false, 1]);
    expect(await undisturbed()).toEqual([false, 1]);
    bucket.write(lock, JSON.stringify({ ...rival, expires: inAMinute() }));
    await expect(undisturbed()).rejects.toThrow("another publisher of s3://b is at work: bob@laptop");
  });

  it("that is none of ours is respected", async () => {
    const bucket = new Store();
    bucket.write(lock, "hi");
    await expect(withPublishLease(bucket, options, async () => {})).rejects.toThrow(
      "s3://b/publish/lock.json: is no lease towline wrote; delete it if nobody publishes there",
    );
  });
});

describe("suites", () => {
  it("are the main one and those of channels", async () => {
    const bucket = new Store();
    const stack = shop.stack("staging");
    for (const suite of ["stable-b", "stable", "other", "stable-a-1"]) bucket.write(`dists/${suite}/InRelease`, "");
    bucket.write("dists/stable-interrupted/main/x", "");
    const suites = await publishedSuites(stack, bucket);
    expect(suites.map(({ channel, repository, records }) => [channel, repository.suite, records])).toEqual([
      [undefined, "stable", "releases/"],
      ["a-1", "stable-a-1", "channels/a-1/releases/"],
      ["b", "stable-b", "channels/b/releases/"],
    ]);
  });

  it.each([
    ["feature/X_1", "feature-x-1"],
    ["-", "feature-x"],
    ["a".repeat(41), "a".repeat(40)],
  ])("are never made of a branch's name as it is: %s", (name, proposal) => {
    expect(() => suiteOf(shop.stack("staging"), name)).toThrow(
      `'${name}' is not a channel's name of 1 to 40 lower-case letters, digits and single hyphens between them, such as ${proposal}`,
    );
  });
});

describe("provenance", () => {
  it("is as given, else Jenkins', else git's", async () => {
    const jenkins = { GIT_COMMIT: "abc", BUILD_URL: "https://ci/1", BUILD_USER: "Ann" };
    expect(await provenanceOf({ commit: "def", buildUrl: "https://x" }, jenkins, "/")).toEqual({
      ...{ commit: "def", buildUrl: "https://x" },
    });
    expect(await provenanceOf({}, jenkins, "/")).toEqual({ commit: "abc", buildUrl: "https://ci/1" });
    expect(await provenanceOf({}, {}, "/")).toEqual({ commit: null, buildUrl: null });
  });

  it("says that the checkout had changes", async () => {
    const folder = shop.path("checkout");
    const git = (...args: string[]) =>
      execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@b", ...args], {
        encoding: "utf8",
      }).trim();
    execFileSync("git", ["init", "--quiet", folder]);
    writeFileSync(shop.path("checkout", "file"), "1");
    git("add", "file");
    git("commit", "--quiet", "-m", "x");
    const head = git("rev-parse", "HEAD");
    expect((await provenanceOf({}, { GIT_COMMIT: "" }, folder)).commit).toBe(head);
    writeFileSync(shop.path("checkout", "file"), "2");
    expect((await provenanceOf({}, {}, folder)).commit).toBe(`${head}-dirty`);
  });

  it("names who does it", () => {
    expect(personOf("Eve", { BUILD_USER: "Ann" })).toBe("Eve");
    expect(personOf(undefined, { BUILD_USER: "Ann", BUILD_USER_ID: "ann" })).toBe("Ann");
    expect(personOf(undefined, { BUILD_USER: "", BUILD_USER_ID: "ann" })).toBe("ann");
    expect(personOf(undefined, {})).toBe(execFileSync("id", ["-un"], { encoding: "utf8" }).trim());
  });
});

it("what became of a release is what hosts see, then what is recorded", () => {
  const entry = { name: "a", version: "1", architecture: "all", filename: "f", sha256: "0", size: 1 };
  const release = unrecorded(entry, undefined);
  const withdrawn = { at: "", by: "", reason: "" };
  expect(stateOf({ ...release, withdrawn }, true)).toBe("listed");
  expect(stateOf({ ...release, withdrawn, dropped: "now" }, false)).toBe("withdrawn");
  expect(stateOf({ ...release, dropped: "now" }, false)).toBe("dropped");
  expect(stateOf(release, false)).toBe("interrupted");
});

it("aptly publishes to a folder beside its database, and to nowhere else", () => {
  const { repository } = shop.stack("staging");
  expect(aptlyConfiguration({ repository, stateDirectory: "/state" })).toEqual({
    rootDir: "/state",
    architectures: ["amd64"],
    skipLegacyPool: true,
    FileSystemPublishEndpoints: { public: { rootDir: "/state/public", linkMethod: "symlink" } },
  });
});

it("a keyring's version is the time it was made, and sorts", () => {
  const versions = ["2026-01-31T12:00:00Z", "2026-01-31T12:00:01Z", "2026-11-01T00:00:00Z"].map((time) =>
    keyringVersion(new Date(time)),
  );
  expect(versions).toEqual(["20260131.120000.000", "20260131.120001.000", "20261101.000000.000"]);
  expect(newestFirst(versions)).toEqual([...versions].reverse());
});

it("temporary folders are private and go with the work, also when it fails", async () => {
  let path = "";
  const work = withTemporaryFolder(async (temporary) => {
    path = temporary;
    expect(statSync(temporary).mode & 0o777).toBe(0o700);
    throw new Error("failed");
  });
  await expect(work).rejects.toThrow("failed");
  expect(existsSync(path)).toBe(false);
});

it("keeps state where the user's other programs do, apart for each bucket", () => {
  const { XDG_STATE_HOME, HOME } = process.env;
  try {
    process.env.XDG_STATE_HOME = "/x";
    expect(stateDirectoryOf("acme-prod", undefined)).toBe("/x/towline/acme-prod");
    process.env.XDG_STATE_HOME = "";
    process.env.HOME = "/home/a";
    expect(stateDirectoryOf("acme-prod", undefined)).toBe("/home/a/.local/state/towline/acme-prod");
    expect(stateDirectoryOf("acme-prod", "/given")).toBe("/given/acme-prod");
  } finally {
    process.env.XDG_STATE_HOME = XDG_STATE_HOME;
    process.env.HOME = HOME;
    if (XDG_STATE_HOME === undefined) delete process.env.XDG_STATE_HOME;
  }
});
