import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { type DebFile, readDeb } from "../cli/deb/deb";
import { openBucket } from "../cli/repository/bucket";
import { CountingProxy } from "../test/cli/counting-proxy";
import { awsEnvironment, Moto } from "../test/cli/moto";

/**
 * One new version into a repository of 200 packages: wall time, requests to S3 and bytes, by `towline publish` and by aptly's
 * own publishing to S3, beside the ideal: the package and the objects of the index that change, each written once.
 */

const ROOT = path.dirname(__dirname);
const REGION = "eu-west-1";
const PACKAGES = 40;
const VERSIONS = 5;
const SIZE = 200_000;
/** Versions that each publishes, in turn, so that what else the machine does falls on both alike. */
const ROUNDS = 7;
const run = promisify(execFile);

interface Figures {
  readonly seconds: number;
  readonly requests: number;
  readonly writes: number;
  readonly sent: number;
  readonly received: number;
}

async function main(folder: string): Promise<void> {
  const moto = await Moto.start();
  const proxy = await CountingProxy.start(moto.url);
  try {
    Object.assign(process.env, awsEnvironment(proxy.url));
    const secret = await makeKey(folder);
    const files = [];
    for (let one = 1; one <= PACKAGES; one++) {
      for (let version = 1; version <= VERSIONS; version++)
        files.push(await makeDeb(folder, `app${one}`, `1.${version}`));
    }
    const publishers = {
      towline: await byTowline(folder, proxy, secret, files),
      "aptly to S3": await byAptly(folder, proxy, files),
    };
    const seen: Record<keyof typeof publishers, Figures[]> = { towline: [], "aptly to S3": [] };
    let next = await makeDeb(folder, "app1", `1.${VERSIONS + 1}`);
    for (let round = 1; round <= ROUNDS; round++) {
      for (const name of ["towline", "aptly to S3"] as const) seen[name].push(await publishers[name](next));
      if (round < ROUNDS) next = await makeDeb(folder, `app${round + 1}`, `1.${VERSIONS + 1}`);
    }
    const bucket = await openBucket(REGION, "towline");
    const index = (await bucket.list("dists/stable/main/")).at(-1) ?? "";
    const objects = await Promise.all(["dists/stable/InRelease", index].map((key) => bucket.get(key)));
    const sent = objects.reduce((sum, object) => sum + (object?.content.length ?? 0), next.size);
    const ideal: Figures = { seconds: Number.NaN, requests: 3, writes: 3, sent, received: 0 };

    console.log(
      `one new version of ${next.size} bytes into ${files.length} packages, S3 by moto over loopback; medians of ${ROUNDS}`,
    );
    const medians = { towline: median(seen.towline), "aptly to S3": median(seen["aptly to S3"]) };
    for (const [name, figures] of Object.entries({ ideal, ...medians })) console.log(describe(name, figures, ideal));
  } finally {
    await proxy.stop();
    await moto.stop();
  }
}

async function byTowline(
  folder: string,
  proxy: CountingProxy,
  secret: string,
  files: readonly DebFile[],
): Promise<(next: DebFile) => Promise<Figures>> {
  await makeBucket("towline");
  const groups = "{web: {packages: [app1], size: {min: 0, max: 1}}}";
  const publisher = 'towline:publisher: {packages: ["app*"], trustedArns: ["arn:aws:iam::123456789012:root"]}';
  writeFileSync(path.join(folder, "Pulumi.yaml"), "name: towline\n");
  writeFileSync(
    path.join(folder, "Pulumi.bench.yaml"),
    `config: {aws:region: ${REGION}, towline:repository: {bucket: towline}, ${publisher}, towline:groups: ${groups}}\n`,
  );
  const env = { ...process.env, TOWLINE_SIGNING_KEY_FILE: secret, XDG_STATE_HOME: path.join(folder, "state") };
  const publish = (...paths: string[]) =>
    run(path.join(ROOT, "bin", "towline"), ["-C", folder, "publish", "--stack", "bench", ...paths], { env });
  await publish(...files.map((file) => file.path));
  return (next) => measure(proxy, "/towline", () => publish(next.path));
}

/** As its manual has it, with everything switched off that can be. */
async function byAptly(
  folder: string,
  proxy: CountingProxy,
  files: readonly DebFile[],
): Promise<(next: DebFile) => Promise<Figures>> {
  await makeBucket("aptly");
  const endpoint = { region: REGION, bucket: "aptly", acl: "none", endpoint: proxy.url };
  const config = path.join(folder, "aptly.json");
  writeFileSync(config, JSON.stringify({ rootDir: path.join(folder, "aptly"), S3PublishEndpoints: { s3: endpoint } }));
  const env = { ...process.env, GNUPGHOME: path.join(folder, "gnupg") };
  const aptly = (...args: string[]) => run("aptly", [`-config=${config}`, ...args], { env });
  const skips = ["-batch", "-skip-contents", "-skip-bz2"];
  await aptly("repo", "create", "-distribution=stable", "r");
  await aptly("repo", "add", "r", ...files.map((file) => file.path));
  await aptly("publish", "repo", ...skips, "-acquire-by-hash", "-architectures=amd64", "r", "s3:s3:");
  return (next) =>
    measure(proxy, "/aptly", async () => {
      await aptly("repo", "add", "r", next.path);
      await aptly("publish", "update", ...skips, "stable", "s3:s3:");
    });
}

function median(figures: readonly Figures[]): Figures {
  const middle = (of: keyof Figures) =>
    figures.map((one) => one[of]).sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
  const [seconds, requests, writes] = [middle("seconds"), middle("requests"), middle("writes")];
  return { seconds, requests, writes, sent: middle("sent"), received: middle("received") };
}

async function measure(proxy: CountingProxy, prefix: string, work: () => Promise<unknown>): Promise<Figures> {
  proxy.seen.length = 0;
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  // The event for Slack is not S3's.
  const requests = proxy.seen.filter((request) => request.path.startsWith(prefix));
  const sum = (of: "bytesSent" | "bytesReceived") => requests.reduce((total, request) => total + request[of], 0);
  return {
    seconds,
    requests: requests.length,
    writes: requests.filter(({ method }) => method === "PUT").length,
    sent: sum("bytesSent"),
    received: sum("bytesReceived"),
  };
}

function describe(name: string, { seconds, requests, writes, sent, received }: Figures, ideal: Figures): string {
  const time = Number.isNaN(seconds) ? "" : `, ${seconds.toFixed(2)} s`;
  const excess = ((sent / ideal.sent - 1) * 100).toFixed(1);
  return (
    `${name.padEnd(12)} ${requests} requests (${writes} writes), ${sent} bytes sent (ideal + ${excess} %), ` +
    `${received} received${time}`
  );
}

async function makeBucket(name: string): Promise<void> {
  const location = { CreateBucketConfiguration: { LocationConstraint: REGION } } as const;
  await new S3Client({ region: REGION }).send(new CreateBucketCommand({ Bucket: name, ...location }));
}

async function makeKey(folder: string): Promise<string> {
  const home = path.join(folder, "gnupg");
  mkdirSync(home, { mode: 0o700 });
  mkdirSync(path.join(folder, "keys"));
  const gpg = async (...args: string[]) =>
    (await run("gpg", ["--homedir", home, "--batch", "--quiet", ...args])).stdout;
  await gpg("--passphrase", "", "--quick-gen-key", "bench", "ed25519", "sign", "never");
  writeFileSync(path.join(folder, "keys", "bench.asc"), await gpg("--armor", "--export"));
  const secret = path.join(folder, "secret.asc");
  writeFileSync(secret, await gpg("--armor", "--export-secret-keys"), { mode: 0o600 });
  return secret;
}

async function makeDeb(folder: string, name: string, version: string): Promise<DebFile> {
  const root = path.join(folder, "debs", `${name}_${version}`);
  mkdirSync(path.join(root, "DEBIAN"), { recursive: true });
  const control = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: a <a@b>\nDescription: an app\n`;
  writeFileSync(path.join(root, "DEBIAN", "control"), control);
  writeFileSync(path.join(root, "data"), randomBytes(SIZE));
  await run("dpkg-deb", ["--root-owner-group", "-Znone", "--build", root, `${root}_all.deb`]);
  return readDeb(`${root}_all.deb`);
}

const folder = mkdtempSync(path.join(tmpdir(), "towline-bench-"));
main(folder)
  .finally(async () => {
    await run("gpgconf", ["--homedir", path.join(folder, "gnupg"), "--kill", "all"]);
    rmSync(folder, { recursive: true, force: true });
  })
  .catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
