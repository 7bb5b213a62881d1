import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { sha256 } from "../../cli/checksum";
import { type DebFile, readDeb } from "../../cli/deb/deb";
import type { Stack } from "../../cli/project";
import { aptlyConfiguration, type Publisher } from "../../cli/repository/aptly";
import type { Bucket } from "../../cli/repository/bucket";
import { readIndex } from "../../cli/repository/index";
import { primaryFingerprints } from "../../cli/repository/keys";
import { currentHolder, withLock } from "../../cli/repository/lock";
import { parsePackages, parseRelease } from "../../cli/repository/packages";
import { compareWithIndex, type Identity, reconcile } from "../../cli/repository/plan";
import { findPackage, promotePackage } from "../../cli/repository/promote";
import { publishPackages, stateDirectoryOf } from "../../cli/repository/publish";
import { withTemporaryFolder } from "../../cli/temporary";

let folder: string;

/** A throw-away key pair: `<name>.asc` and `<name>.secret.asc`. */
function makeKey(name: string): void {
  const home = join(folder, `gnupg-${name}`);
  mkdirSync(home, { mode: 0o700 });
  const gpg = (...args: string[]) =>
    execFileSync("gpg", ["--homedir", home, "--batch", "--quiet", ...args], { stdio: ["ignore", "pipe", "ignore"] });
  gpg("--passphrase", "", "--quick-gen-key", name, "ed25519", "sign", "never");
  writeFileSync(join(folder, `${name}.asc`), gpg("--armor", "--export"));
  writeFileSync(join(folder, `${name}.secret.asc`), gpg("--armor", "--export-secret-keys"));
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "towline-test-"));
  makeKey("ours");
  makeKey("theirs");
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
});

afterAll(() => {
  for (const name of ["ours", "theirs"])
    execFileSync("gpgconf", ["--homedir", join(folder, `gnupg-${name}`), "--kill", "all"]);
  rmSync(folder, { recursive: true });
});

interface Store extends Bucket {
  readonly objects: Map<string, Buffer>;
}

function store(name: string): Store {
  const objects = new Map<string, Buffer>();
  return {
    name,
    objects,
    get: async (key) => objects.get(key),
    list: async (prefix) => [...objects.keys()].filter((key) => key.startsWith(prefix)),
  };
}

function stackOf(name: string, key = "ours"): Stack {
  const repository = { bucket: `${name}-bucket`, suite: "stable", component: "main", architecture: "amd64" as const };
  return {
    name,
    repository: { ...repository, publicKey: join(folder, `${key}.asc`) },
    config: {
      stack: name,
      region: "eu-west-1",
      repository,
      signingKey: `keys/${name}.asc`,
      slack: { webhookParameter: "/x" },
      network: { cidr: "10.0.0.0/16", zones: 2, natGateways: "single" },
      groups: {},
    },
  };
}

function deb(name: string, version: string, content = ""): Promise<DebFile> {
  const root = mkdtempSync(join(folder, "deb-"));
  mkdirSync(join(root, "DEBIAN"));
  writeFileSync(
    join(root, "DEBIAN", "control"),
    `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: a <a@b>\nDescription: ${content || "d"}\n`,
  );
  const path = `${root}.deb`;
  execFileSync("dpkg-deb", ["--root-owner-group", "-Znone", "--build", root, path], { stdio: "ignore" });
  return readDeb(path);
}

/** Writes an index as aptly does: by hash, signed. */
function writeIndex(bucket: Store, packages: readonly DebFile[], key = "ours"): void {
  for (const file of packages) bucket.objects.set(poolKey(file), readFileSync(file.path));
  const stanza = (file: DebFile) =>
    `Package: ${file.name}\nVersion: ${file.version}\nArchitecture: all\nFilename: ${poolKey(file)}\nSize: ${file.size}\nSHA256: ${file.sha256}\nDescription: d\n more\n`;
  const index = gzipSync(packages.map(stanza).join("\n"));
  bucket.objects.set(`dists/stable/main/binary-amd64/by-hash/SHA256/${sha256(index)}`, index);
  const release = `Suite: stable\nSHA256:\n ${sha256(index)} ${index.length} main/binary-amd64/Packages.gz\n`;
  const home = join(folder, `gnupg-${key}`);
  const args = ["--homedir", home, "--batch", "--clear-sign"];
  bucket.objects.set(
    "dists/stable/InRelease",
    execFileSync("gpg", args, { input: release, stdio: ["pipe", "pipe", "ignore"] }),
  );
}

const poolKey = (file: DebFile) => `pool/main/${file.name[0]}/${file.name}/${file.name}_${file.version}_all.deb`;

/** aptly with a database in memory. */
function fakePublisher(bucket: Store, database: Map<string, DebFile>): Publisher {
  return {
    packages: async () => [...database.values()],
    add: async (files) => {
      for (const file of files) {
        const kept = join(folder, `${file.sha256}.kept.deb`);
        writeFileSync(kept, readFileSync(file.path));
        database.set(file.sha256, { ...file, path: kept });
      }
    },
    remove: async (packages) => {
      for (const entry of packages) database.delete(entry.sha256);
    },
    publish: async () => writeIndex(bucket, [...database.values()]),
  };
}

const published = async (bucket: Bucket) => {
  const index = await readIndex(bucket, stackOf("staging").repository);
  return index?.map((entry) => `${entry.name} ${entry.version}`).sort();
};

function publish(bucket: Store, files: readonly DebFile[], database = new Map<string, DebFile>()) {
  return publishPackages(stackOf("staging"), bucket, files, {
    signingKey: join(folder, "ours.secret.asc"),
    stateDirectory: join(folder, "state"),
    openPublisher: async () => fakePublisher(bucket, database),
  });
}

describe("the index", () => {
  it("lists the packages of a repository signed with the stack's key", async () => {
    const bucket = store("b");
    const hello = await deb("hello", "1.0");
    writeIndex(bucket, [hello]);
    expect(await readIndex(bucket, stackOf("staging").repository)).toEqual([
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
    expect(await readIndex(store("b"), stackOf("staging").repository)).toBeUndefined();
  });

  const byHash = (bucket: Store) => [...bucket.objects.keys()].find((key) => key.includes("by-hash")) ?? "";
  it.each<[string, (bucket: Store) => void, string | RegExp]>([
    [
      "unsigned",
      (bucket) => {
        bucket.objects.set("dists/stable/Release", Buffer.from("Suite: stable\n"));
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
      (bucket) => writeIndex(bucket, [], "theirs"),
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
  ])("is refused when %s, and nothing is changed", async (_, spoil, message) => {
    const bucket = store("b");
    writeIndex(bucket, []);
    spoil(bucket);
    const before = new Map(bucket.objects);
    await expect(publish(bucket, [await deb("hello", "1.0")])).rejects.toThrow(message);
    expect(bucket.objects).toEqual(before);
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

  it("of a Release is its SHA256 list alone", () => {
    const hash = "a".repeat(64);
    const text = `Suite: x\nMD5Sum:\n abc 1 main/Packages\nSHA256:\n ${hash}     12 main/Packages\nDate: now\n`;
    expect(parseRelease(text)).toEqual(new Map([["main/Packages", { sha256: hash, size: 12 }]]));
  });
});

describe("publish", () => {
  it("adds packages and keeps every version", async () => {
    const bucket = store("b");
    const database = new Map<string, DebFile>();
    const [one, two] = [await deb("hello", "1.0"), await deb("hello", "1.1")];
    expect(await publish(bucket, [one], database)).toMatchObject({
      published: [{ version: "1.0", sha256: one.sha256 }],
      unchanged: [],
      total: 1,
    });
    expect(await publish(bucket, [one, two], database)).toMatchObject({
      published: [{ version: "1.1" }],
      unchanged: [{ version: "1.0" }],
      total: 2,
    });
    expect(await published(bucket)).toEqual(["hello 1.0", "hello 1.1"]);
  });

  it("changes nothing for bytes that are there, and needs no database for it", async () => {
    const bucket = store("b");
    const one = await deb("hello", "1.0");
    await publish(bucket, [one]);
    const before = new Map(bucket.objects);
    expect(await publish(bucket, [one])).toMatchObject({ published: [], total: 1 });
    expect(bucket.objects).toEqual(before);
  });

  it("refuses other bytes under a published version, with both checksums", async () => {
    const bucket = store("b");
    const [one, other] = [await deb("hello", "1.0"), await deb("hello", "1.0", "other")];
    await publish(bucket, [one]);
    await expect(publish(bucket, [other])).rejects.toThrow(
      `${other.path}: hello 1.0 exists already with other bytes: sha256 ${one.sha256} there, ${other.sha256} here; build it with a new version`,
    );
    expect(await published(bucket)).toEqual(["hello 1.0"]);
  });

  it("brings a lost database back from the bucket instead of truncating the index", async () => {
    const bucket = store("b");
    await publish(bucket, [await deb("hello", "1.0"), await deb("agent", "0.1")]);
    await publish(bucket, [await deb("hello", "1.1")], new Map());
    expect(await published(bucket)).toEqual(["agent 0.1", "hello 1.0", "hello 1.1"]);
  });

  it("does not publish what a failed publication left in the database", async () => {
    const bucket = store("b");
    const left = await deb("hello", "0.9");
    await publish(bucket, [await deb("hello", "1.0")], new Map([[left.sha256, left]]));
    expect(await published(bucket)).toEqual(["hello 1.0"]);
  });

  it("refuses to build on a corrupted package", async () => {
    const bucket = store("b");
    const one = await deb("hello", "1.0");
    await publish(bucket, [one]);
    bucket.objects.set(poolKey(one), Buffer.from("rot"));
    await expect(publish(bucket, [await deb("hello", "1.1")])).rejects.toThrow(
      `s3://b/${poolKey(one)} is corrupted: its sha256 is ${sha256("rot")}, the index says ${one.sha256}`,
    );
    expect(await published(bucket)).toEqual(["hello 1.0"]);
  });

  it("says so when the index lacks a package afterwards", async () => {
    const bucket = store("b");
    const options = { signingKey: join(folder, "ours.secret.asc"), stateDirectory: join(folder, "state") };
    const forgetful = { ...fakePublisher(bucket, new Map()), add: async () => {} };
    await expect(
      publishPackages(stackOf("staging"), bucket, [await deb("hello", "1.0")], {
        ...options,
        openPublisher: async () => forgetful,
      }),
    ).rejects.toThrow("s3://b was published, but its index lacks hello 1.0; publish those again");
  });

  it("refuses a private key hosts do not trust", async () => {
    const bucket = store("b");
    const options = { signingKey: join(folder, "theirs.secret.asc"), stateDirectory: join(folder, "state") };
    await expect(publishPackages(stackOf("staging"), bucket, [await deb("hello", "1.0")], options)).rejects.toThrow(
      /theirs\.secret\.asc: holds the key [0-9A-F]{40}, but hosts trust [0-9A-F]{40} \(.*ours\.asc\)/,
    );
    expect(bucket.objects.size).toBe(0);
  });

  it("refuses packages hosts could not install", () => {
    const file = { name: "a", version: "1", architecture: "all", path: "a.deb", sha256: "0", size: 1 };
    expect(() => compareWithIndex([], [{ ...file, architecture: "arm64" }], "amd64")).toThrow(
      "a.deb: is built for arm64, but the stack's hosts are amd64; allowed are amd64 and all",
    );
    expect(() => compareWithIndex([], [{ ...file, version: "1+b" }], "amd64")).toThrow(
      "a.deb: a 1+b has '+' or ':', which break S3 keys",
    );
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

describe("promote", () => {
  const to = () => ({ stack: stackOf("prod"), bucket: store("prod") });
  const options = (bucket: Store) => ({
    signingKey: join(folder, "ours.secret.asc"),
    stateDirectory: join(folder, "state-prod"),
    openPublisher: async () => fakePublisher(bucket, new Map()),
  });

  it("copies the same bytes and shows both checksums", async () => {
    const from = { stack: stackOf("staging"), bucket: store("staging") };
    const target = to();
    const hello = await deb("hello", "1.0");
    writeIndex(from.bucket, [hello]);
    const wanted = { name: "hello", version: "1.0" };
    expect(await promotePackage(wanted, from, target, options(target.bucket))).toEqual({
      package: "hello",
      version: "1.0",
      from: { stack: "staging", url: `s3://staging/${poolKey(hello)}`, sha256: hello.sha256 },
      to: { stack: "prod", url: `s3://prod/${poolKey(hello)}`, sha256: hello.sha256 },
      changed: true,
    });
    expect(await promotePackage(wanted, from, target, options(target.bucket))).toMatchObject({ changed: false });
    target.bucket.objects.set(poolKey(hello), Buffer.from("rot"));
    await expect(promotePackage(wanted, from, target, options(target.bucket))).rejects.toThrow(
      `hello 1.0 differs: sha256 ${hello.sha256} in s3://staging/${poolKey(hello)}, ${sha256("rot")} in s3://prod/${poolKey(hello)}`,
    );
  });

  it("lists what there is when it finds nothing", async () => {
    const index = [await deb("hello", "1.0"), await deb("hello", "1.1"), await deb("agent", "2")].map((file) => ({
      ...file,
      filename: basename(file.path),
    }));
    expect(() => findPackage(index, { name: "hello", version: "2" }, "staging")).toThrow(
      "staging has no version 2 of hello; its versions are 1.0, 1.1",
    );
    expect(() => findPackage(index, { name: "helo", version: "2" }, "staging")).toThrow(
      "staging has no package helo; its packages are agent, hello",
    );
    expect(() => findPackage([], { name: "hello", version: "2" }, "staging")).toThrow(
      "staging has no package hello; nothing is published there yet",
    );
  });
});

describe("the lock", () => {
  const path = () => join(folder, "locked", "lock");

  it("lets one publisher in at a time and is gone afterwards", async () => {
    await withLock(join(folder, "locked"), "stack a", async () => {
      await expect(withLock(join(folder, "locked"), "stack a", async () => {})).rejects.toThrow(
        new RegExp(
          `^another publisher of stack a is at work: process ${process.pid} on ${hostname()} since 20.*; wait for it$`,
        ),
      );
    });
    expect(readdirSync(join(folder, "locked"))).toEqual([]);
  });

  it.each([
    ["of a process that is gone", { pid: 2 ** 22 + 1 }],
    ["of an earlier process with the same number", { started: "1" }],
  ])("%s is taken over", async (_, difference) => {
    writeFileSync(path(), JSON.stringify({ ...currentHolder(), ...difference }));
    expect(await withLock(join(folder, "locked"), "stack a", async () => "done")).toBe("done");
    expect(readdirSync(join(folder, "locked"))).toEqual([]);
  });

  it.each([
    [
      "of another machine",
      () => JSON.stringify({ ...currentHolder(), host: "elsewhere" }),
      /is at work: process \d+ on elsewhere/,
    ],
    ["that is no lock of ours", () => "hi", /is no lock towline wrote; remove it if no towline publish runs/],
  ])("%s is respected", async (_, content, message) => {
    const text = content();
    writeFileSync(path(), text);
    await expect(withLock(join(folder, "locked"), "stack a", async () => {})).rejects.toThrow(message);
    expect(readFileSync(path(), "utf8")).toBe(text);
    rmSync(path());
  });
});

it("aptly publishes to S3 itself, without ACLs and without credentials in its configuration", () => {
  const options = {
    stack: "staging",
    region: "eu-west-1",
    repository: stackOf("staging").repository,
    stateDirectory: "/state",
  };
  expect(aptlyConfiguration(options)).toEqual({
    rootDir: "/state",
    architectures: ["amd64"],
    gpgProvider: "gpg",
    skipLegacyPool: true,
    S3PublishEndpoints: { staging: { region: "eu-west-1", bucket: "staging-bucket", prefix: "", acl: "none" } },
  });
  expect(aptlyConfiguration({ ...options, endpoint: "http://e" }).S3PublishEndpoints.staging).toHaveProperty(
    "endpoint",
    "http://e",
  );
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

it("takes fingerprints of primary keys alone", () => {
  expect(primaryFingerprints("sec:u:\nfpr:::::::::AAAA:\ngrp:::::::::X:\nssb:u:\nfpr:::::::::BBBB:\n")).toEqual([
    "AAAA",
  ]);
});

it("keeps state where the user's other programs do", () => {
  const { XDG_STATE_HOME, HOME } = process.env;
  try {
    process.env.XDG_STATE_HOME = "/x";
    expect(stateDirectoryOf("prod", undefined)).toBe("/x/towline/prod");
    process.env.XDG_STATE_HOME = "";
    process.env.HOME = "/home/a";
    expect(stateDirectoryOf("prod", undefined)).toBe("/home/a/.local/state/towline/prod");
    expect(stateDirectoryOf("prod", "/given")).toBe("/given/prod");
  } finally {
    process.env.XDG_STATE_HOME = XDG_STATE_HOME;
    process.env.HOME = HOME;
    if (XDG_STATE_HOME === undefined) delete process.env.XDG_STATE_HOME;
  }
});
