import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { DebFile } from "../../cli/deb/deb";
import { main } from "../../cli/main";
import { type Bucket, openBucket } from "../../cli/repository/bucket";
import { readIndex } from "../../cli/repository/index";
import { CountingProxy } from "./counting-proxy";
import { awsEnvironment, Moto } from "./moto";
import { Workshop } from "./repository-fixtures";

// The command itself, as a process of its own, with the real aptly, gpg and apt, against moto.
const ROOT = join(__dirname, "..", "..");
const REGION = "eu-west-1";
const LOCK = "publish/lock.json";

/** Of a process, which may end meanwhile. */
function commandLine(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

describe("in S3", () => {
  const shop = new Workshop();
  const { AWS_ENDPOINT_URL } = process.env;
  let moto: Moto;
  let proxy: CountingProxy;
  let name = "";
  let bucket: Bucket;
  let runs = 0;

  beforeAll(async () => {
    moto = await Moto.start();
    proxy = await CountingProxy.start(moto.url);
    Object.assign(process.env, awsEnvironment(moto.url));
    mkdirSync(shop.path("keys"));
    mkdirSync(shop.path("tmp"));
    shop.makeKey("ours");
    writeFileSync(shop.path("keys", "staging.asc"), readFileSync(shop.path("ours.asc")));
    writeFileSync(shop.path("Pulumi.yaml"), "name: towline\n");
  });

  beforeEach(async () => {
    runs += 1;
    name = `b-${runs}`;
    proxy.intercept = async () => {};
    proxy.seen.length = 0;
    const groups =
      "{web: {packages: [hello], size: {min: 0, max: 1}}, idle: {packages: [other], size: {min: 1, max: 1}}}";
    writeFileSync(
      shop.path("Pulumi.staging.yaml"),
      `config: {aws:region: ${REGION}, towline:repository: {bucket: ${name}}, towline:publisher: {packages: ["libhello++6"], trustedArns: ["arn:aws:iam::123456789012:root"]}, towline:groups: ${groups}}\n`,
    );
    const client = new S3Client({ region: REGION });
    await client.send(
      new CreateBucketCommand({ Bucket: name, CreateBucketConfiguration: { LocationConstraint: REGION } }),
    );
    bucket = await openBucket(REGION, name);
  });

  afterAll(async () => {
    await proxy?.stop();
    await moto?.stop();
    shop.remove();
    for (const key of Object.keys(awsEnvironment(""))) delete process.env[key];
    if (AWS_ENDPOINT_URL !== undefined) process.env.AWS_ENDPOINT_URL = AWS_ENDPOINT_URL;
  });

  interface Run {
    readonly child: ChildProcess;
    readonly ended: Promise<{ code: number | null; said: string; printed: string }>;
  }

  function environment(machine: string): Record<string, string> {
    return {
      ...awsEnvironment(proxy.url),
      TOWLINE_SIGNING_KEY_FILE: shop.path("ours.secret.asc"),
      XDG_STATE_HOME: shop.path("state", name, machine),
      TMPDIR: shop.path("tmp"),
    };
  }

  /** Starts the command as a process on a machine, which has its own state. */
  function start(machine: string, args: readonly string[], env: Record<string, string> = {}): Run {
    const child = spawn(join(ROOT, "bin", "towline"), ["-C", shop.folder, ...args], {
      env: { ...process.env, ...environment(machine), ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [said, printed] = ["", ""];
    child.stderr?.on("data", (chunk) => {
      said += chunk;
    });
    child.stdout?.on("data", (chunk) => {
      printed += chunk;
    });
    return { child, ended: once(child, "close").then(([code]) => ({ code: code as number | null, said, printed })) };
  }

  /** Runs the command in this process, which is quicker. */
  async function run(...args: string[]): Promise<{ code: number; said: string; printed: string }> {
    const { TMPDIR: _, ...here } = environment("one");
    Object.assign(process.env, here);
    let [said, printed] = ["", ""];
    const err = jest.spyOn(process.stderr, "write").mockImplementation((text) => {
      said += text;
      return true;
    });
    const out = jest.spyOn(process.stdout, "write").mockImplementation((text) => {
      printed += text;
      return true;
    });
    try {
      const code = await main(["-C", shop.folder, ...args]);
      return { code, said, printed };
    } finally {
      err.mockRestore();
      out.mockRestore();
      Object.assign(process.env, awsEnvironment(moto.url));
    }
  }

  const publish = (file: DebFile) => run("publish", "--stack", "staging", file.path);

  /** What is left of a private key where publishers keep their files, and agents that hold one. */
  function keysLeft(): string[] {
    const files = readdirSync(shop.path("tmp"), { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
    const left = files
      .map((one) => join(one.parentPath, one.name))
      .filter((path) => /gnupg|PRIVATE KEY/.test(path + readFileSync(path)));
    const agents = readdirSync("/proc")
      .filter((id) => /^\d+$/.test(id))
      .map(commandLine);
    return [...left, ...agents.filter((line) => line.includes("gpg-agent") && line.includes(shop.path("tmp")))];
  }

  /** The lease of a publisher that was killed ends by itself; the tests need not wait for it. */
  async function letLeaseExpire(): Promise<void> {
    const lease = JSON.parse((await bucket.get(LOCK))?.content.toString() ?? "{}");
    await bucket.put(LOCK, JSON.stringify({ ...lease, expires: "2020-01-01T00:00:00Z" }));
  }

  /** A host's apt, with lists of its own. */
  function apt(signedBy: string, program: string, ...args: string[]): string {
    const root = shop.path("apt", name);
    for (const folder of ["lists/partial", "cache/archives/partial"])
      mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(
      join(root, "towline.sources"),
      `Types: deb\nURIs: file:${shop.path("mirror", name)}\nSuites: stable\nComponents: main\nArchitectures: amd64\nSigned-By: ${signedBy}\n`,
    );
    const settings = {
      "Dir::Etc::sourcelist": join(root, "towline.sources"),
      "Dir::Etc::sourceparts": "-",
      "Dir::State": root,
      "Dir::State::lists": join(root, "lists"),
      "Dir::Cache": join(root, "cache"),
      "APT::Sandbox::User": "root",
      "APT::Update::Error-Mode": "any",
    };
    const options = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
    return execFileSync(program, [...options, ...args], { encoding: "utf8", cwd: root, stdio: "pipe" });
  }

  /** What a host can install now, read and checked by apt itself; moto lets nobody in without credentials. */
  async function installable(signedBy = shop.path("ours.asc")): Promise<string[]> {
    rmSync(shop.path("mirror", name), { recursive: true, force: true });
    for (const key of await bucket.list("")) {
      const path = shop.path("mirror", name, key);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, (await bucket.get(key))?.content ?? "");
    }
    apt(signedBy, "apt-get", "update");
    const listing = apt(signedBy, "apt-cache", "madison", "hello");
    const versions = [...listing.matchAll(/hello \| +(\S+) \|/g)].map(([, version]) => version ?? "");
    apt(signedBy, "apt-get", "download", ...versions.map((version) => `hello=${version}`));
    return versions;
  }

  it("reads no more of an object than it is to have, and none of an InRelease that is no such thing", async () => {
    await bucket.put("a", "12345");
    expect((await bucket.get("a", 5))?.content.toString()).toBe("12345");
    await expect(bucket.get("a", 4)).rejects.toThrow(
      `s3://${name}/a has 5 bytes, and 4 at the most are read: bring its last good version back`,
    );
    expect((await bucket.get("a"))?.content.toString()).toBe("12345");
    await bucket.put("dists/stable/InRelease", "x".repeat(1024 * 1024 + 1));
    await expect(readIndex(bucket, { ...shop.stack("staging").repository, bucket: name })).rejects.toThrow(
      `s3://${name}/dists/stable/InRelease has 1048577 bytes, and 1048576 at the most are read`,
    );
  });

  it("writes only what its conditions allow, and removes what is there and what is not", async () => {
    expect(await bucket.get("x")).toBeUndefined();
    const first = await bucket.put("x", "1", { absent: true });
    expect(await bucket.get("x")).toEqual({ content: Buffer.from("1"), etag: first });
    expect(await bucket.put("x", "2", { absent: true })).toBeUndefined();
    expect(await bucket.put("x", "2", { etag: '"other"' })).toBeUndefined();
    expect(await bucket.put("y", "2", { etag: first ?? "" })).toBeUndefined();
    const second = await bucket.put("x", "2", { etag: first ?? "" });
    expect(second).toEqual(expect.any(String));
    expect(await bucket.list("")).toEqual(["x"]);
    await bucket.remove(["x", "nothing"]);
    expect(await bucket.list("")).toEqual([]);
  });

  it("publishes what apt installs, in few requests, each object once", async () => {
    await publish(await shop.built("hello", "1.0"));
    proxy.seen.length = 0;
    const file = await shop.built("hello", "1.1");
    const { code, printed, said } = await publish(file);
    expect({ code, printed }).toEqual({ code: 0, printed: `staging: hello 1.1 published, sha256 ${file.sha256}\n` });
    // There is no topic yet.
    expect(said).toMatch(
      /^warning: Slack is not told of hello 1\.1, published: cannot publish to the topic towline-staging: /,
    );
    expect(await installable()).toEqual(["1.1", "1.0"]);
    const requests = proxy.seen
      .filter(({ path }) => path.startsWith(`/${name}`))
      .map(({ method, path }) => `${method} ${shape(path)}`);
    const evidence = "PUT pool/main/h/hello/hello_1.1_all.stable.intoto.jsonl";
    const atOnce = ["PUT releases/hello/1.1.json", "PUT list", evidence];
    const isOne = (request: string) => atOnce.includes(request);
    expect(requests.filter(isOne).sort()).toEqual([...atOnce].sort());
    expect(requests.map((one) => (isOne(one) ? "at once" : one))).toEqual([
      ...["GET dists/stable/InRelease", "PUT publish/lock.json", "PUT pool/main/h/hello/hello_1.1_all.deb"],
      ...["at once", "at once", "at once", "PUT dists/stable/InRelease", "PUT publish/lock.json"],
    ]);
    // From now on there is one list too many each time, and nothing else to ask for.
    proxy.seen.length = 0;
    expect(await publish(await shop.built("hello", "1.2"))).toMatchObject({ code: 0 });
    const later = proxy.seen.filter(({ path }) => path.startsWith(`/${name}`)).map(({ method }) => method);
    expect(later.sort()).toEqual(["GET", "POST", "PUT", "PUT", "PUT", "PUT", "PUT", "PUT", "PUT"]);
    expect(await installable()).toEqual(["1.2", "1.1", "1.0"]);
    expect((await bucket.list("dists/")).filter((key) => key.includes("by-hash"))).toHaveLength(2);
  });

  it("locks packages where the stack says so, which are pruned all the same; a bucket that does not lock is told of in one sentence", async () => {
    const file = shop.path("Pulumi.staging.yaml");
    const locking = readFileSync(file, "utf8").replace(
      "{aws:region",
      "{towline:protect: {releaseDays: 90}, aws:region",
    );
    writeFileSync(file, locking);
    const refused = await publish(await shop.deb("hello", "1.0"));
    expect(refused).toMatchObject({ code: 1, printed: "" });
    expect(refused.said).toContain(
      `towline: s3://${name} does not lock what is published yet, as the stack's towline:protect asks for: run 'pulumi up' first, or take ` +
        "towline:protect out of the stack's file\n",
    );
    const client = new S3Client({ region: REGION });
    const Bucket = `${name}-locked`;
    const CreateBucketConfiguration = { LocationConstraint: REGION as "eu-west-1" };
    await client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration, ObjectLockEnabledForBucket: true }));
    const locked = await openBucket(REGION, Bucket, 90);
    for (const key of ["pool/x", "dists/x"]) await locked.put(key, "1");
    const { ObjectLockMode, ObjectLockRetainUntilDate } = await client.send(
      new HeadObjectCommand({ Bucket, Key: "pool/x" }),
    );
    expect(ObjectLockMode).toBe("GOVERNANCE");
    expect(Math.round((Number(ObjectLockRetainUntilDate) - Date.now()) / (24 * 60 * 60 * 1000))).toBe(90);
    expect((await client.send(new HeadObjectCommand({ Bucket, Key: "dists/x" }))).ObjectLockMode).toBeUndefined();
    // What is pruned is there yet, for those who look for it, and what comes again is a version of its own.
    await locked.remove(["pool/x"]);
    expect(await locked.list("pool/")).toEqual([]);
    const { Versions: [first] = [] } = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix: "pool/" }));
    const destroy = new DeleteObjectCommand({ Bucket, Key: "pool/x", VersionId: first?.VersionId });
    await expect(client.send(destroy)).rejects.toThrow(/Access Denied/);
    expect(await locked.put("pool/x", "2", { absent: true })).toEqual(expect.any(String));
  });

  it("publishes build metadata and epochs, in the order dpkg gives them", async () => {
    for (const version of ["1.0", "1.0+5", "1:0.9"]) {
      expect(await publish(await shop.built("hello", version))).toMatchObject({ code: 0 });
    }
    expect(await installable()).toEqual(["1:0.9", "1.0+5", "1.0"]);
    expect((await bucket.list("pool/")).filter((key) => key.endsWith(".deb"))).toEqual([
      "pool/main/h/hello/hello_1.0+5_all.deb",
      "pool/main/h/hello/hello_1.0_all.deb",
      "pool/main/h/hello/hello_1:0.9_all.deb",
    ]);
    // What others packed has plus signs in its name as well.
    const library = await shop.deb("libhello++6", "1:1.2.0+5-1");
    expect(await publish(library)).toMatchObject({ code: 0 });
    expect(await installable()).toEqual(["1:0.9", "1.0+5", "1.0"]);
    const folder = shop.path("apt", name);
    apt(shop.path("ours.asc"), "apt-get", "download", "libhello++6=1:1.2.0+5-1");
    const [fetched] = readdirSync(folder).filter((file) => file.startsWith("libhello++6_"));
    expect(readFileSync(join(folder, fetched ?? ""))).toEqual(readFileSync(library.path));
    expect(await run("withdraw", "--stack", "staging", "hello=1:0.9", "--reason", "x")).toMatchObject({ code: 0 });
    expect(await installable()).toEqual(["1.0+5", "1.0"]);
  });

  it("refuses a version below the highest one, which --allow-older lists with a warning", async () => {
    await publish(await shop.built("hello", "1.1"));
    const older = await shop.built("hello", "1.0");
    const refused = await publish(older);
    expect([refused.code, refused.said]).toEqual([
      2,
      expect.stringMatching(/^towline: hello 1\.0 is older than 1\.1, /),
    ]);
    const listed = await run("publish", "--stack", "staging", "--allow-older", older.path);
    expect([listed.code, listed.said]).toEqual([
      0,
      expect.stringMatching(/^warning: staging: hosts stay with hello 1\.1, which is newer than 1\.0\n/),
    ]);
    expect(await installable()).toEqual(["1.1", "1.0"]);
  });

  function shape(path: string): string {
    const url = new URL(path, "http://x");
    const listing = url.searchParams.get("prefix");
    const key = decodeURIComponent(url.pathname).slice(name.length + 2);
    if (listing !== null) return `?list=${listing}`;
    return key.includes("by-hash") ? "list" : key;
  }

  it.each([
    ["the list of packages", "by-hash"],
    ["InRelease", "/InRelease"],
    ["giving the lease back", "/lock.json"],
  ])("killed before writing %s, leaves apt a repository, and the next one heals it", async (_, part) => {
    await publish(await shop.built("hello", "1.0"));
    const file = await shop.built("hello", "1.1");
    const killed = start("one", ["publish", "--stack", "staging", file.path]);
    let locks = 0;
    proxy.intercept = async (method, path) => {
      if (method !== "PUT" || !path.includes(part)) return;
      if (part === "/lock.json" && ++locks < 2) return;
      killed.child.kill("SIGKILL");
      throw new Error("killed");
    };
    expect(await killed.ended).toMatchObject({ code: null });
    proxy.intercept = async () => {};
    expect(keysLeft()).toEqual([]);
    expect(await installable()).toEqual(part === "/lock.json" ? ["1.1", "1.0"] : ["1.0"]);

    await letLeaseExpire();
    expect(await publish(file)).toMatchObject({ code: 0 });
    expect(await installable()).toEqual(["1.1", "1.0"]);
  });

  it("killed on the very first publication, leaves nothing in the way of the next", async () => {
    const file = await shop.built("hello", "1.0");
    const killed = start("one", ["publish", "--stack", "staging", file.path]);
    proxy.intercept = async (method, path) => {
      if (method !== "PUT" || !path.includes("/InRelease")) return;
      killed.child.kill("SIGKILL");
      throw new Error("killed");
    };
    await killed.ended;
    proxy.intercept = async () => {};
    await letLeaseExpire();
    expect(await publish(file)).toMatchObject({ code: 0 });
    expect(await installable()).toEqual(["1.0"]);
  });

  /** An aptly that runs `script`, in which "$aptly" is the real one, when its index is asked for. */
  function aptlyThat(script: string): Record<string, string> {
    const folder = shop.path("bin");
    mkdirSync(folder, { recursive: true });
    const real = execFileSync("sh", ["-c", "command -v aptly"], { encoding: "utf8" }).trim();
    writeFileSync(
      join(folder, "aptly"),
      `#!/bin/sh\naptly=${real}\ncase "$*" in *" publish "*)\n${script}\n;; esac\nexec "$aptly" "$@"\n`,
    );
    chmodSync(join(folder, "aptly"), 0o755);
    return { PATH: `${folder}:${process.env.PATH}` };
  }

  it("says that aptly was killed, gives the lease back and leaves hosts what they had", async () => {
    await publish(await shop.built("hello", "1.0"));
    const file = await shop.built("hello", "1.1");
    const { code, said } = await start("one", ["publish", "--stack", "staging", file.path], aptlyThat("kill -9 $$"))
      .ended;
    expect({ code, said }).toEqual({ code: 1, said: "towline: aptly was ended by SIGKILL\n" });
    expect(await installable()).toEqual(["1.0"]);
    expect(await publish(file)).toMatchObject({ code: 0 });
    expect(await installable()).toEqual(["1.1", "1.0"]);
  });

  it("goes on where a run was killed once aptly had made the index", async () => {
    await publish(await shop.built("hello", "1.0"));
    const file = await shop.built("hello", "1.1");
    const killer = aptlyThat('"$aptly" "$@"; kill -9 "$PPID"; exit 1');
    expect(await start("one", ["publish", "--stack", "staging", file.path], killer).ended).toMatchObject({
      code: null,
    });
    await letLeaseExpire();
    expect(await publish(file)).toMatchObject({ code: 0 });
    expect(await installable()).toEqual(["1.1", "1.0"]);
  });

  it("refuses an index that lacks something hosts see, such as from a database somebody changed", async () => {
    await publish(await shop.built("hello", "1.0"));
    const file = await shop.built("hello", "1.1");
    const thief = aptlyThat('"$aptly" "$1" repo remove towline-stable "Name (= hello), \\$Version (= 1.0)" >/dev/null');
    const { code, said } = await start("one", ["publish", "--stack", "staging", file.path], thief).ended;
    expect(code).toBe(1);
    // Before that, the database was filled from the bucket and asked again.
    expect(said).toContain(
      `towline: the index aptly made for s3://${name} lacks hello 1.0, does not have hello 1.0 at pool/main/h/hello/hello_1.0_all.deb; ` +
        "nothing was published: remove the folder given with --state-dir, or run 'towline restore', and publish again\n",
    );
    expect(await installable()).toEqual(["1.0"]);
    expect(await publish(file)).toMatchObject({ code: 0 });
  });

  it("gives the lease back when it is interrupted", async () => {
    const file = await shop.built("hello", "1.0");
    const temporary = shop.path("tmp-of-its-own");
    mkdirSync(temporary);
    const waiting = start("one", ["publish", "--stack", "staging", file.path], {
      ...aptlyThat("exec sleep 30"),
      TMPDIR: temporary,
    });
    while ((await bucket.get(LOCK)) === undefined) await sleep(50);
    await sleep(300);
    waiting.child.kill("SIGINT");
    expect(await waiting.ended).toMatchObject({ code: 130, said: "" });
    expect(JSON.parse((await bucket.get(LOCK))?.content.toString() ?? "")).toMatchObject({ holder: "" });
    expect(execFileSync("ps", ["-eo", "args"], { encoding: "utf8" })).not.toContain(temporary);
    expect(readdirSync(temporary).filter((file) => file.startsWith("towline-"))).toEqual([]);
  });

  it("lets a second machine wait for the first, or say who is at work", async () => {
    await publish(await shop.built("hello", "1.0"));
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let reached = () => {};
    const working = new Promise<void>((resolve) => {
      reached = resolve;
    });
    proxy.intercept = async (method, path) => {
      if (method !== "PUT" || !path.includes("hello_1.1")) return;
      reached();
      await held;
    };
    const args = (file: DebFile) => ["publish", "--stack", "staging", file.path];
    const first = start("one", [...args(await shop.built("hello", "1.1")), "--by", "ann"]);
    await working;
    const second = await shop.built("hello", "1.2");
    const refused = await start("two", [...args(second), "--wait", "0"]).ended;
    expect(refused.code).toBe(1);
    expect(refused.said).toMatch(
      new RegExp(
        `^towline: another publisher of s3://${name} is at work: ann@\\S+ is publishing hello 1\\.1 since 20\\S+, and keeps its lease`,
      ),
    );
    const patient = start("two", args(second));
    patient.child.stderr?.on("data", (chunk) => {
      if (String(chunk).includes("; waiting\n")) release();
    });
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(await patient.ended).toMatchObject({
      code: 0,
      said: expect.stringMatching(/ann@\S+ is publishing hello 1\.1 .*; waiting\n/),
    });
    expect(await installable()).toEqual(["1.2", "1.1", "1.0"]);
  });

  it("tells the stack's topic who did what and why", async () => {
    const { TopicArn } = await new SNSClient({ region: REGION }).send(
      new CreateTopicCommand({ Name: "towline-staging" }),
    );
    const sqs = new SQSClient({ region: REGION });
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "events" }));
    const Endpoint = `arn:aws:sqs:${REGION}:123456789012:events`;
    await new SNSClient({ region: REGION }).send(
      new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint, Attributes: { RawMessageDelivery: "true" } }),
    );
    const told = async () => {
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      return Messages.map(({ Body = "" }) => JSON.parse(Body));
    };
    await publish(await shop.built("hello", "1.0"));
    const file = await shop.built("hello", "1.1");
    await told();
    const by = ["--by", "Ann"];
    await run("publish", "--stack", "staging", file.path, ...by, "--commit", "c0ffee", "--build-url", "https://ci/7");
    const event = {
      ...{ source: "towline", event: "deploy", stack: "staging", channel: "", package: "hello", from: "", by: "Ann" },
      at: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    };
    expect(await told()).toEqual([
      {
        ...event,
        stage: "published",
        version: "1.1",
        previous: "1.0",
        reason: "",
        commit: "c0ffee",
        buildUrl: "https://ci/7",
      },
    ]);
    await run("rollback", "hello", "--to", "1.0", "--stack", "staging", "--reason", "it leaks", ...by);
    expect(await told()).toEqual([
      {
        ...event,
        stage: "rolled-back-by-hand",
        version: "1.0",
        previous: "1.1",
        reason: "it leaks",
        commit: "",
        buildUrl: "",
      },
    ]);
    await run("withdraw", "hello=1.1", "--undo", "--stack", "staging", ...by);
    await run("withdraw", "hello=1.1", "--stack", "staging", "--dry-run", ...by);
    await run("withdraw", "hello=1.1", "--stack", "staging", "--reason", "it does", ...by);
    expect((await told()).map(({ stage, version, reason }) => [stage, version, reason]).sort()).toEqual([
      ["published", "1.1", "its withdrawal was undone"],
      ["withdrawn", "1.1", "it does"],
    ]);
  });

  it("waits with 0 for what converged, 1 for what failed, 2 for what takes too long, 3 for what it cannot tell", async () => {
    await publish(await shop.built("hello", "1.0"));
    await publish(await shop.built("other", "1.0"));
    const wait = (release: string) => run("wait", release, "--stack", "staging", "--timeout", "1s");
    expect(await wait("hello=1.0")).toMatchObject({ code: 0, printed: "hello 1.0: web 0/0\n" });
    expect(await wait("other=1.0")).toMatchObject({
      code: 2,
      said: expect.stringMatching(/towline: timed out after [12] s: other 1\.0: idle 0\/1\n$/),
    });
    const verdict = {
      verdict: "bad",
      package: "hello",
      version: "1.0",
      instance: "i-1",
      reason: "GET /health answered 500",
      at: "",
    };
    await bucket.put("rollout/web/verdicts/hello/1.0.json", JSON.stringify(verdict));
    expect(await wait("hello=1.0")).toMatchObject({
      ...{ code: 1, said: "towline: group web found hello 1.0 bad on i-1: GET /health answered 500\n" },
    });
    expect(await wait("hello=2.0")).toMatchObject({
      code: 3,
      said: "towline: staging has no version 2.0 of hello; its versions are 1.0\n",
    });
  });

  it("lets apt go on through a key's rotation, with the old key alone and with both", async () => {
    const both = shop.path("keys", "staging.asc");
    await publish(await shop.built("hello", "1.0"));
    const rotate = (...args: string[]) => run("key", "rotate", "--stack", "staging", ...args);
    // Both private keys are written outside the project, which is the whole of the shop here.
    const outside = mkdtempSync(join(tmpdir(), "towline-test-"));
    try {
      const begun = await rotate("--out", join(outside, "both"));
      expect(begun).toMatchObject({
        code: 0,
        printed: expect.stringMatching(/^staging: [0-9A-F]{40} and [0-9A-F]{40} both sign stable; /),
      });
      expect(begun.printed + begun.said).not.toContain("PRIVATE KEY");
      expect(await installable(shop.path("ours.asc"))).toEqual(["1.0"]);
      expect(await installable(both)).toEqual(["1.0"]);
      const finish = ["--finish", "--force", "--signing-key", join(outside, "both"), "--out", join(outside, "new")];
      expect(await rotate(...finish)).toMatchObject({ code: 0 });
      await expect(installable(shop.path("ours.asc"))).rejects.toThrow(/is not signed|NO_PUBKEY|Missing key/);
      expect(await installable(both)).toEqual(["1.0"]);
    } finally {
      rmSync(outside, { recursive: true });
      writeFileSync(both, readFileSync(shop.path("ours.asc")));
    }
  });
});
