import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { sha256, sha512 } from "../../cli/checksum";
import { type DebFile, readDeb } from "../../cli/deb/deb";
import type { Stack } from "../../cli/project";
import { writeEvidence } from "../../cli/provenance/evidence";
import type { Bucket } from "../../cli/repository/bucket";
import { readIndex } from "../../cli/repository/index";
import { type Shelf, suiteOf } from "../../cli/repository/suite";

/** Nothing is known of where a package comes from. */
export const NO_ORIGIN = { commit: null, buildUrl: null, promotedFrom: null, forced: null };

/** A folder with key pairs, as `<name>.asc` and `<name>.secret.asc`. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), "towline-test-"));
  private readonly homes: string[] = [];

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  makeKey(name: string): void {
    const home = this.path(`gnupg-${name}`);
    this.homes.push(home);
    mkdirSync(home, { mode: 0o700 });
    const gpg = (...args: string[]) =>
      execFileSync("gpg", ["--homedir", home, "--batch", "--quiet", ...args], { stdio: ["ignore", "pipe", "ignore"] });
    gpg("--passphrase", "", "--quick-gen-key", name, "ed25519", "sign", "never");
    writeFileSync(this.path(`${name}.asc`), gpg("--armor", "--export"));
    writeFileSync(this.path(`${name}.secret.asc`), gpg("--armor", "--export-secret-keys"), { mode: 0o600 });
  }

  /** A small package. */
  deb(name: string, version: string, content = "d"): Promise<DebFile> {
    const root = mkdtempSync(this.path("deb-"));
    mkdirSync(join(root, "DEBIAN"));
    writeFileSync(
      join(root, "DEBIAN", "control"),
      `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: a <a@b>\nDescription: ${content}\n`,
    );
    const path = `${root}.deb`;
    execFileSync("dpkg-deb", ["--root-owner-group", "-Znone", "--build", root, path], { stdio: "ignore" });
    return readDeb(path);
  }

  /** A package that needs a library of Debian's, with the evidence of its build. */
  async built(name: string, version: string): Promise<DebFile> {
    const file = await this.deb(name, version);
    const stage = file.path.replace(/\.deb$/, "");
    writeFileSync(join(stage, "DEBIAN", "control"), `Package: ${name}\nDepends: libssl3 (>= 3.0)\n`);
    await writeEvidence(file, { stage, folder: stage, epoch: 0, started: 0, environment: {} });
    return file;
  }

  /** How a machine publishes that keeps its state in a folder of its own. */
  publisher(machine: string, key = "ours") {
    return {
      signingKey: this.path(`${key}.secret.asc`),
      stateDirectory: this.path(machine),
      ...{ wait: 0, by: "ann" },
    };
  }

  stack(name: string, key = "ours"): Stack {
    const repository = { bucket: `${name}-bucket`, suite: "stable", component: "main", architecture: "amd64" as const };
    return {
      name,
      repository: { ...repository, publicKey: this.path(`${key}.asc`) },
      config: {
        stack: name,
        region: "eu-west-1",
        repository: { ...repository, keep: 3, validDays: 14 },
        signingKey: `keys/${name}.asc`,
        slack: { webhookParameter: "/x", links: [] },
        network: { cidr: "10.0.0.0/16", zones: 2, natGateways: "single" },
        loadBalancer: {},
        registry: { namespace: "staging.internal" },
        groups: { web: group(["hello"]), worker: group(["hello", "other"]) },
      },
    };
  }

  shelf(bucket: Bucket, channel?: string, stack = this.stack("staging")): Shelf {
    return { stack, bucket, suite: suiteOf(stack, channel) };
  }

  /** Signs an index of these packages, as a publisher does. */
  writeIndex(bucket: Store, packages: readonly DebFile[], key = "ours", date = "Sat, 31 Jan 2026 12:00:00 UTC"): void {
    const stanza = (file: DebFile) =>
      `Package: ${file.name}\nVersion: ${file.version}\nArchitecture: all\nFilename: ${poolKey(file)}\nSize: ${file.size}\nSHA256: ${file.sha256}\nDescription: d\n more\n`;
    const index = gzipSync(packages.map(stanza).join("\n"));
    bucket.write(`dists/stable/main/binary-amd64/by-hash/SHA512/${sha512(index)}`, index);
    const release = `Suite: stable\nCodename: stable\nDate: ${date}\nSHA512:\n ${sha512(index)} ${index.length} main/binary-amd64/Packages.gz\n`;
    const args = ["--homedir", this.path(`gnupg-${key}`), "--batch", "--clear-sign"];
    bucket.write(
      "dists/stable/InRelease",
      execFileSync("gpg", args, { input: release, stdio: ["pipe", "pipe", "ignore"] }),
    );
  }

  remove(): void {
    for (const home of this.homes) execFileSync("gpgconf", ["--homedir", home, "--kill", "all"]);
    rmSync(this.folder, { recursive: true });
  }
}

export function group(packages: readonly string[]) {
  return {
    packages,
    processes: {},
    architecture: "amd64" as const,
    instanceType: "t3.small",
    alternativeTypes: [],
    image: "/image",
    size: { min: 1, max: 2 },
    health: { timeout: 60 },
    uses: [],
    ports: [],
    refresh: { bake: 0, alarms: [] },
    rollout: { maxUnavailable: 1, bake: 0, timeout: 900, freeze: [], alarms: [] },
    tags: {},
  };
}

export const poolKey = (file: DebFile) => `pool/main/${file.name[0]}/${file.name}/${file.name}_${file.version}_all.deb`;

/** A bucket in memory, with S3's conditional writes, that can be made to fail. */
export class Store implements Bucket {
  readonly objects = new Map<string, Buffer>();
  /** Keys in the order they were written or removed. */
  readonly writes: string[] = [];
  /** How many more writes succeed before everything fails, as for a process that is killed. */
  writesLeft = Number.POSITIVE_INFINITY;

  /** Seconds by which this machine's clock is ahead of the bucket's. */
  ahead: number | undefined;

  constructor(readonly name = "b") {}

  clockAhead(): number | undefined {
    return this.ahead;
  }

  write(key: string, content: Buffer | string): void {
    this.objects.set(key, Buffer.from(content));
  }

  json(key: string): Record<string, unknown> {
    return JSON.parse(this.objects.get(key)?.toString() ?? "null");
  }

  async get(key: string) {
    this.checkAlive(0);
    const content = this.objects.get(key);
    return content && { content, etag: sha256(content) };
  }

  async list(prefix: string) {
    this.checkAlive(0);
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async objectsBelow(prefix: string) {
    return (await this.list(prefix)).map((key) => ({ key, etag: "", modified: new Date("2026-01-31T12:00:00Z") }));
  }

  async put(key: string, content: Buffer | string, condition?: { absent: true } | { etag: string }) {
    this.checkAlive(1);
    const there = this.objects.get(key);
    if (condition !== undefined) {
      const met = "absent" in condition ? there === undefined : there !== undefined && sha256(there) === condition.etag;
      if (!met) return undefined;
    }
    this.writes.push(key);
    this.write(key, content);
    return sha256(content);
  }

  async remove(keys: readonly string[]) {
    this.checkAlive(1);
    for (const key of keys) {
      this.writes.push(key);
      this.objects.delete(key);
    }
  }

  /** Hosts' view of a suite: `name version`, sorted; undefined where there is none. */
  async listed(shelf: Shelf): Promise<string[] | undefined> {
    const index = await readIndex(this, shelf.suite.repository);
    return index?.packages.map((entry) => `${entry.name} ${entry.version}`).sort();
  }

  private checkAlive(cost: number): void {
    if (this.writesLeft < cost || this.writesLeft < 0) {
      this.writesLeft = -1;
      throw new Error("killed");
    }
    this.writesLeft -= cost;
  }
}
