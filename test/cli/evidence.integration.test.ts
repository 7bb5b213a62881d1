import { readFileSync, writeFileSync } from "node:fs";
import type { DebFile } from "../../cli/deb/deb";
import { findAffected } from "../../cli/provenance/affected";
import { attestationKey, readAttestation } from "../../cli/provenance/attestation";
import { type Evidence, evidenceFiles, readEvidence } from "../../cli/provenance/evidence";
import { parseWanted } from "../../cli/provenance/version-range";
import { planChannelRemoval } from "../../cli/repository/channel";
import { finishRotation, startRotation } from "../../cli/repository/key-rotation";
import { fingerprintsOf } from "../../cli/repository/keys";
import { promotePackage } from "../../cli/repository/promote";
import { publishPackages } from "../../cli/repository/publish";
import type { Shelf } from "../../cli/repository/suite";
import { poolKey, Store, Workshop } from "./repository-fixtures";

// With the real aptly, gpg and gpgv, and a bucket in memory. Only Auto Scaling is made up.
let mockInstances: { group: string; instance: string; lifecycle: string }[] = [];
jest.mock("../../cli/fleet/instances", () => ({
  readFleet: async () => ({ instances: mockInstances, absentGroups: [] }),
}));

const shop = new Workshop();
const ORIGIN = { commit: "c0ffee", buildUrl: null, promotedFrom: null, forced: null };
let bucket: Store;
let shelf: Shelf;
let states = 0;
let said = "";

beforeAll(() => {
  shop.makeKey("ours");
  shop.makeKey("theirs");
});

beforeEach(() => {
  [bucket, mockInstances, said] = [new Store(), [], ""];
  shelf = shop.shelf(bucket);
  states += 1;
  jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
});

afterAll(() => shop.remove());

const options = (key = "ours", machine = "one") => shop.publisher(`state-${states}-${machine}`, key);

const built = (name: string, version: string) => shop.built(name, version);

async function publish(files: readonly DebFile[], where = shelf, given = options()) {
  const found = await Promise.all(files.map(async (file) => [file.sha256, await readEvidence(file)] as const));
  const evidence = new Map(found.filter((one): one is [string, Evidence] => one[1] !== undefined));
  return publishPackages(where, files, { ...given, evidence }, ORIGIN);
}

const attestation = (file: DebFile, suite = "stable") => attestationKey(poolKey(file), suite);
const about = (file: DebFile) => ({ ...file, filename: poolKey(file) });
const evidenceKeys = (where = bucket) => [...where.objects.keys()].filter((key) => key.endsWith(".jsonl")).sort();

describe("evidence", () => {
  it("is stored beside its package, signed by who publishes, and read back for that package alone", async () => {
    const file = await built("hello", "1.0");
    await publish([file]);
    expect(evidenceKeys()).toEqual(["pool/main/h/hello/hello_1.0_all.stable.intoto.jsonl"]);
    // Before hosts see the package.
    expect(bucket.writes.indexOf(attestation(file))).toBeLessThan(bucket.writes.indexOf("dists/stable/InRelease"));
    const { repository } = shelf.suite;
    const read = await readAttestation(bucket, repository, about(file));
    expect(read).toMatchObject((await readEvidence(file)) as Evidence);
    const lines = bucket.objects
      .get(attestation(file))
      ?.toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines?.map((line) => [line.payloadType, line.signatures.length])).toEqual([
      ["application/vnd.in-toto+json", 1],
      ["application/vnd.cyclonedx+json", 1],
    ]);
    expect(lines?.[0].signatures[0].keyid).toBe((await fingerprintsOf(shop.path("ours.asc")))[0]);

    const theirs = { ...repository, publicKey: shop.path("theirs.asc") };
    await expect(readAttestation(bucket, theirs, about(file))).rejects.toThrow("it is not signed by a key of");
    const other = await built("hello", "1.1");
    bucket.write(attestation(other), bucket.objects.get(attestation(file)) ?? "");
    await expect(readAttestation(bucket, repository, about(other))).rejects.toThrow(/is about a package of sha256/);
    const forged = JSON.stringify({ ...lines?.[0], payload: Buffer.from("{}").toString("base64") });
    bucket.write(attestation(file), `${forged}\n${JSON.stringify(lines?.[1])}\n`);
    await expect(readAttestation(bucket, repository, about(file))).rejects.toThrow(
      /\.intoto\.jsonl: .*nothing it says is believed: delete that object, and publish the package again/,
    );
    bucket.write(
      attestation(file),
      `${lines
        ?.map((line) => JSON.stringify(line))
        .reverse()
        .join("\n")}\n`,
    );
    await expect(readAttestation(bucket, repository, about(file))).rejects.toThrow("nothing it says is believed");
  });

  it("of a build that was cut short, or that somebody without the key left there, gives way to the true one", async () => {
    const file = await built("hello", "1.0");
    bucket.write(attestation(file), "forged");
    await publish([file]);
    expect(await readAttestation(bucket, shelf.suite.repository, about(file))).toBeDefined();
  });

  it("goes with its package, and stays while any suite has that; a package without any is published as well", async () => {
    const files = await Promise.all(["1.0", "1.1", "1.2"].map((version) => built("hello", version)));
    await publish(files.slice(0, 1), shop.shelf(bucket, "feature-x"));
    await publish(files);
    const [first] = files as [DebFile];
    await publish([await shop.deb("hello", "1.3")]);
    // Three versions are kept; the channel has the first one still.
    expect(evidenceKeys()).toContain(attestation(first, "stable-feature-x"));
    const removal = await planChannelRemoval(shop.shelf(bucket, "feature-x") as Shelf & { suite: { channel: string } });
    const gone = removal.objects.filter((key) => key.startsWith("pool/")).sort();
    expect(gone).toEqual([poolKey(first), attestation(first, "stable"), attestation(first, "stable-feature-x")].sort());
    await bucket.remove(removal.objects);
    const [, second] = files as [DebFile, DebFile];
    await publish([await shop.deb("hello", "1.4")]);
    expect(evidenceKeys()).toEqual([attestation(files[2] as DebFile)]);
    expect(bucket.objects.has(poolKey(second))).toBe(false);
  });

  it("is believed through a key's rotation and after it", async () => {
    writeFileSync(shop.path("rotated.asc"), readFileSync(shop.path("ours.asc")));
    const stack = shop.stack("staging", "rotated");
    const file = await built("hello", "1.0");
    await publish([file], shop.shelf(bucket, undefined, stack));
    const rotating = (key: string, out: string) => ({ ...options(), signingKey: shop.path(key), out: shop.path(out) });
    await startRotation({ stack, bucket }, rotating("ours.secret.asc", "both.secret.asc"));
    await finishRotation({ stack, bucket }, rotating("both.secret.asc", "new.secret.asc"), true);
    const { repository } = shop.shelf(bucket, undefined, stack).suite;
    expect(await readAttestation(bucket, repository, about(file))).toBeDefined();
    // The keyring's too.
    expect(evidenceKeys().filter((key) => key.includes("keyring"))).toHaveLength(2);
  });
});

describe("a promotion", () => {
  const promote = (prod: Shelf, more: { requireProvenance?: boolean } = {}) =>
    promotePackage({ name: "hello", version: "1.0" }, shelf, prod, { ...options("theirs", "prod"), ...more }, "x");

  it("verifies evidence with the source's key and carries it over, signed by both", async () => {
    const file = await built("hello", "1.0");
    await publish([file]);
    const target = new Store("prod");
    const prod = shop.shelf(target, undefined, shop.stack("prod", "theirs"));
    await promote(prod);
    const carried = await readAttestation(target, prod.suite.repository, about(file));
    expect(carried).toMatchObject((await readEvidence(file)) as Evidence);
    const keys = [await fingerprintsOf(shop.path("theirs.asc")), await fingerprintsOf(shop.path("ours.asc"))].flat();
    expect(carried?.signatures.statement.map(({ keyid }) => keyid)).toEqual(keys);
  });

  it("does not carry what somebody changed, nor, where that is required, what has none", async () => {
    const file = await built("hello", "1.0");
    await publish([file]);
    const target = new Store("prod");
    const prod = shop.shelf(target, undefined, shop.stack("prod", "theirs"));
    const sound = bucket.objects.get(attestation(file));
    bucket.write(attestation(file), "forged");
    await expect(promote(prod)).rejects.toThrow("nothing it says is believed");
    bucket.objects.delete(attestation(file));
    await expect(promote(prod, { requireProvenance: true })).rejects.toThrow(
      "nothing says what hello 1.0 of staging was built from, and what is in it; build with this towline, or leave --require-provenance away",
    );
    expect(target.objects.size).toBe(0);
    await promote(prod);
    expect(said).toContain("warning: nothing says what hello 1.0 of staging was built from");
    expect([evidenceKeys(target), sound === undefined]).toEqual([[], false]);
  });
});

describe("affected", () => {
  const runs = (group: string, instance: string, packages: Record<string, string>) => {
    mockInstances = [...mockInstances, { group, instance, lifecycle: "InService" }];
    const report = {
      instance,
      group,
      state: "serving",
      health: "healthy",
      since: "",
      packages,
      error: "",
      reported: "",
    };
    bucket.write(`hosts/${group}/arn:aws:ec2:eu-west-1:1:instance/${instance}.json`, JSON.stringify(report));
  };
  const look = (text: string) => findAffected(shelf.stack, bucket, parseWanted(text));

  it("names hosts by what is in the releases they run, and what nobody can look into", async () => {
    const file = await built("hello", "1.0");
    await publish([file, await shop.deb("other", "1.0")]);
    runs("web", "i-1", { hello: "1.0" });
    runs("worker", "i-2", { hello: "1.0", other: "1.0" });
    mockInstances = [...mockInstances, { group: "web", instance: "i-3", lifecycle: "InService" }];
    const unknown = {
      ...{ stack: "staging", package: "other", version: "1.0", hosts: ["worker/i-2"] },
      reason: "it was published without an SBOM",
    };
    const release = { stack: "staging", package: "hello", version: "1.0", hosts: ["web/i-1", "worker/i-2"] };
    expect(await look("libssl3<3.1")).toEqual({
      affected: [
        { ...release, components: [{ purl: "pkg:deb/debian/libssl3", certain: false, relation: "libssl3 (>= 3.0)" }] },
      ],
      ...{ unknown: [unknown], silent: ["staging/web/i-3"] },
    });
    expect((await look("libssl3<3.0")).affected).toEqual([]);
    expect((await look("npm:lodash")).affected).toEqual([]);
    expect((await look("hello<1.1")).affected).toEqual([
      { ...release, components: [{ purl: "pkg:deb/towline/hello@1.0", certain: true }] },
    ]);
    // What is not signed is not believed, and hides nothing else.
    bucket.write(attestation(file), "forged");
    const { affected, unknown: both } = await look("libssl3");
    expect([affected, both.map((one) => one.package)]).toEqual([[], ["hello", "other"]]);
    expect(evidenceFiles(file.path).sbom).toMatch(/\.cdx\.json$/);
  });
});
