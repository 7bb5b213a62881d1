import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  DescribeAutoScalingGroupsCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { timestamp } from "../../cli/time";
import { CountingProxy } from "./counting-proxy";
import { awsEnvironment, Moto } from "./moto";

// The command itself, as a process of its own, against moto and objects as hosts write them.
const ROOT = join(__dirname, "..", "..");
const REGION = "eu-west-1";
const BUCKET = "bucket";
const LEASE = "rollout/web/lease.json";
const CONTROL = "rollout/web/control.json";

describe("towline status and towline rollout", () => {
  const folder = mkdtempSync(join(tmpdir(), "towline-test-"));
  let moto: Moto;
  let proxy: CountingProxy;
  let s3: S3Client;
  let scaling: AutoScalingClient;
  let instance = "";

  const put = (key: string, body: object) =>
    s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: JSON.stringify(body) }));
  const report = (state: string, hello: string, more: object = {}) =>
    put(`hosts/web/arn:aws:ec2:${REGION}:123456789012:instance/${instance}.json`, {
      ...{ instance, group: "web", state, health: "healthy", since: timestamp(), error: "", reported: timestamp() },
      packages: { hello, "towline-agent": "0.7.0" },
      ...more,
    });
  const lease = (holder: string) =>
    put(LEASE, { holder, package: "hello", version: "1.2.0", since: "2026-01-31T12:00:00Z", expires: "x", nonce: "n" });

  beforeAll(async () => {
    moto = await Moto.start();
    proxy = await CountingProxy.start(moto.url);
    const client = {
      region: REGION,
      endpoint: moto.url,
      credentials: { accessKeyId: "AKIATEST", secretAccessKey: "test" },
    };
    s3 = new S3Client({ ...client, forcePathStyle: true });
    await s3.send(
      new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: REGION } }),
    );
    await s3.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration: { Status: "Enabled" } }));
    scaling = new AutoScalingClient(client);
    const AutoScalingGroupName = "towline-staging-web";
    const LaunchConfigurationName = "hosts";
    await scaling.send(
      new CreateLaunchConfigurationCommand({ LaunchConfigurationName, ImageId: "ami-1", InstanceType: "t3.small" }),
    );
    const size = { MinSize: 1, MaxSize: 1, AvailabilityZones: [`${REGION}a`] };
    await scaling.send(new CreateAutoScalingGroupCommand({ AutoScalingGroupName, LaunchConfigurationName, ...size }));
    const { AutoScalingGroups } = await scaling.send(new DescribeAutoScalingGroupsCommand({}));
    instance = AutoScalingGroups?.[0]?.Instances?.[0]?.InstanceId ?? "";
    mkdirSync(join(folder, "keys"));
    writeFileSync(join(folder, "keys", "staging.asc"), "");
    writeFileSync(join(folder, "Pulumi.yaml"), "name: towline\n");
    writeFileSync(
      join(folder, "Pulumi.staging.yaml"),
      `config: {aws:region: ${REGION}, towline:repository: {bucket: ${BUCKET}}, towline:groups: {web: {packages: [hello], size: {min: 1, max: 1}}, jobs: {packages: [other], size: {min: 0, max: 1}}}}\n`,
    );
  });

  afterAll(async () => {
    await proxy?.stop();
    await moto?.stop();
    s3?.destroy();
    rmSync(folder, { recursive: true });
  });

  function start(...args: string[]) {
    const child = spawn(join(ROOT, "bin", "towline"), ["-C", folder, ...args, "--stack", "staging"], {
      env: { ...process.env, ...awsEnvironment(proxy.url) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said = { out: "", err: "" };
    child.stdout.on("data", (chunk) => (said.out += chunk));
    child.stderr.on("data", (chunk) => (said.err += chunk));
    return { child, said, ended: once(child, "close") as Promise<[number | null]> };
  }

  async function towline(...args: string[]) {
    const { said, ended } = start(...args);
    const [code] = await ended;
    return { code, ...said };
  }

  it("shows who is out, waits and is held, and goes on showing what changes until Ctrl-C, reading nothing twice", async () => {
    const waiting = {
      package: "hello",
      version: "1.2.0",
      reason: "the lease is held by i-0b",
      since: "2026-01-31T12:00:00Z",
    };
    await report("serving", "1.1.0", { waiting });
    await lease("i-0b");
    await put(CONTROL, { hold: { reason: "the sale", by: "ada", at: "2026-01-31T12:00:00Z" } });
    const lines = [
      "web: held: the sale (ada, 2026-01-31T12:00:00Z)",
      "web: i-0b holds slot 0 for hello 1.2.0 since 2026-01-31T12:00:00Z",
      `web: ${instance} waits with hello 1.2.0 since 2026-01-31T12:00:00Z: the lease is held by i-0b`,
    ];
    const { code, out, err } = await towline("status");
    expect({ code, err }).toEqual({
      code: 0,
      err: "warning: group jobs is not in AWS yet; 'pulumi up -s staging' makes it\n",
    });
    expect(out.trimEnd().split("\n").slice(3)).toEqual(lines);
    expect(JSON.parse((await towline("status", "--json")).out)).toMatchObject([
      {
        instance,
        group: "web",
        waiting,
        silent: false,
        rollout: { held: { reason: "the sale" }, slots: [{ slot: 0 }] },
      },
    ]);

    proxy.seen.length = 0;
    const watch = start("status", "--watch", "--interval", "1s");
    const reads = (key: string) =>
      proxy.seen.filter(({ method, path }) => method === "GET" && path.includes(key)).length;
    const listed = () => proxy.seen.filter(({ path }) => path.includes("prefix=rollout%2F")).length;
    const until = async (holds: () => boolean) => {
      while (!holds()) await once(watch.child.stdout, "data", { signal: AbortSignal.timeout(240_000) });
    };
    await until(() => watch.said.out.includes(lines[2] as string));
    await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: CONTROL }));
    await report("upgrading", "1.1.0");
    await until(() => /no longer: web: held: the sale/.test(watch.said.out) && watch.said.out.includes("upgrading"));
    expect(watch.said.out).toMatch(
      new RegExp(
        `^\\S+Z web/${instance}: InService, upgrading, hello 1\\.1\\.0, towline-agent 0\\.7\\.0, healthy$`,
        "m",
      ),
    );
    expect(reads("lease.json")).toBe(1);
    expect(listed()).toBeGreaterThan(1);
    watch.child.kill("SIGINT");
    expect((await watch.ended)[0]).toBe(0);
  });

  it("tells how a version went through a group, from the old versions of its objects", async () => {
    await put("rollout/web/trials/hello/1.2.0.json", { canary: instance, nonce: "n", at: timestamp() });
    await lease(instance);
    await report("upgrading", "1.1.0");
    await report("serving", "1.2.0");
    await put("rollout/web/verdicts/hello/1.2.0.json", { verdict: "ok", instance, reason: "", at: timestamp() });
    await lease("");
    const { code, out, err } = await towline("rollout", "hello=1.2.0", "--json");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const { groups } = JSON.parse(out) as {
      groups: { events: { what: string; instance: string; seconds: number | null }[] }[];
    };
    const [story] = groups;
    const steps = story?.events.filter((event) => event.instance === instance) ?? [];
    expect(steps.map(({ what }) => what).sort()).toEqual([
      ...["leaves slot", "marked", "ok", "serves", "takes slot", "waits"],
    ]);
    expect(steps.find(({ what }) => what === "serves")?.seconds).toEqual(expect.any(Number));
    const table = await towline("rollout", "hello=1.2.0", "--group", "web");
    expect(table.out).toMatch(/^staging\/web:\nat +after +what +host +took +why\n/);
    expect(table.out).toContain("Not known, or not any more: when it was published.");

    const replayed = await towline("rollout", "hello=1.2.0", "--replay");
    expect(replayed.code).toBe(0);
    expect(replayed.out).toMatch(/^as it was at \S+Z:\n/);
    expect(replayed.err).toContain("since Auto Scaling does not tell the past");
    const { moments } = JSON.parse((await towline("rollout", "hello=1.2.0", "--replay", "--json")).out) as {
      moments: { lines: string[] }[];
    };
    expect(Array.isArray(moments)).toBe(true);
    expect(replayed.out).toContain(moments.at(-1)?.lines[0] ?? "");
  });

  it.each([
    [
      ["rollout", "hello=9.9.9"],
      "towline: nothing is known of hello 9.9.9 in staging; 'towline releases hello --stack staging --all' lists what was published\n",
    ],
    [["rollout", "hallo=1.2.0"], "towline: no group of staging runs hallo\n"],
    [
      ["rollout", "hello=1.2.0", "--group", "jobs"],
      "towline: group jobs of staging does not run hello; these do: web\n",
    ],
    [
      ["rollout", "hello=1.2.0", "--group", "wob"],
      "towline: stack staging has no group 'wob'; its groups are web, jobs\n",
    ],
    [["status", "--watch", "--json"], "towline: --watch and --json do not go together; give one of them\n"],
    [
      ["status", "--interval", "5s"],
      "towline: --interval is the time between two looks of --watch; give --watch as well\n",
    ],
  ])("refuses %j in one sentence", async (args, said) => {
    expect(await towline(...args)).toEqual({ code: 2, out: "", err: said });
  });

  /** Writes until S3's clock, which tells whole seconds, has gone on, and tells the last second before. */
  async function nextSecond(key: string): Promise<string> {
    const written = async () => {
      await put(key, {});
      const { LastModified } = await s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: key }));
      return LastModified?.getTime() ?? 0;
    };
    const begin = await written();
    while ((await written()) === begin);
    return timestamp(new Date(begin));
  }

  it("shows a stack as it was, and explains it, now and then", async () => {
    await report("serving", "1.1.0", { error: "" });
    await put(CONTROL, { hold: { reason: "the fair", by: "bob", at: "2026-01-31T12:00:00Z" } });
    const then = await nextSecond("settings/clock.json");
    await put(CONTROL, {});
    await report("serving", "1.2.0");
    const past = await towline("status", "--at", then);
    expect(past.out).toContain("web: held: the fair (bob, 2026-01-31T12:00:00Z)");
    expect(past.out).toContain("hello 1.1.0");
    expect(past.err).toContain("since Auto Scaling does not tell the past");
    const now = await towline("status");
    expect(now.out).not.toContain("the fair");
    expect(now.out).toContain("hello 1.2.0");

    const told = async (...args: string[]) => {
      const { code, out, err } = await towline("explain", ...args, "--json");
      expect({ code, err }).toEqual({ code: 0, err: "" });
      return JSON.parse(out) as { does?: string; says?: string; packages?: object; hosts?: { sentence: string }[] };
    };
    const because = "there is no index that hosts would believe";
    expect(await told(instance)).toMatchObject({ does: "cannot", says: because, packages: { hello: "1.2.0" } });
    expect(await told(instance, "--at", then)).toMatchObject({ does: "cannot", packages: { hello: "1.1.0" } });
    expect((await told("web")).hosts?.[0]?.sentence).toBe(`takes nothing: ${because}`);
    expect(await told("hello=1.2.0")).toMatchObject({ kind: "version", groups: [{ group: "web", runs: [instance] }] });
  });

  it("has Auto Scaling replace a host that was changed by hand, and changes nothing with --dry-run", async () => {
    await put(LEASE, {});
    await report("serving", "1.2.0", { drift: ["changed /opt/hello/app.js"] });
    const health = async () => {
      const { AutoScalingGroups: found } = await scaling.send(new DescribeAutoScalingGroupsCommand({}));
      return found?.[0]?.Instances?.[0]?.HealthStatus;
    };
    expect((await towline("status")).out).toContain(`web/${instance} was changed by hand: changed /opt/hello/app.js`);
    const dry = await towline("heal", instance, "--dry-run");
    expect(dry).toMatchObject({ code: 0, err: "" });
    expect(dry.out).toContain(`staging/web/${instance}: Auto Scaling would launch another in its place`);
    expect(await health()).toMatch(/^healthy$/i);
    expect((await towline("heal", instance)).out).toContain("Auto Scaling launches another in its place");
    expect(await health()).toMatch(/^unhealthy$/i);
  });

  it.each([
    [["status", "--at", "noon"], /--at noon: is no time; give one of today such as 14:03/],
    [["status", "--at", "2999-01-01T00:00:00Z"], /is still to come/],
    [
      ["explain", "nobody"],
      /'nobody' is no host or group of staging, and no package=version; its groups are web, jobs/,
    ],
    [["explain", "web", "--at", "2001-01-01"], /the bucket keeps old versions of its objects no longer/],
    [["explain", "absent=1.0.0"], /no group of staging runs absent/],
    [["status", "--watch", "--at", "12:00"], /--watch and --at do not go together/],
  ])("refuses %j in one sentence", async (args, message) => {
    const { code, out, err } = await towline(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
  });
});
