import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { answersOfJq } from "./core-lines";
import { FakeAws, INSTANCE } from "./fake-aws";
import { FAKES, needsProcesses, placeFakeCommands } from "./fake-commands";
import { FakeCore } from "./fake-core";
import { FakeCurl } from "./fake-curl";
import { HOST_TOOLS } from "./host-tools";

export const USERDATA = resolve(__dirname, "../../userdata");
export const AGENT = join(USERDATA, "agent/usr/sbin/towline-agent");

export const HOST_ENV: Readonly<Record<string, string>> = {
  TOWLINE_STACK: "test",
  TOWLINE_GROUP: "web",
  TOWLINE_REGION: "eu-west-1",
  TOWLINE_BUCKET: "towline-test",
  TOWLINE_SUITE: "stable",
  TOWLINE_CHANNEL: "",
  TOWLINE_COMPONENT: "main",
  TOWLINE_ARCHITECTURE: "amd64",
  TOWLINE_PACKAGES: "hello",
  TOWLINE_PROCESSES: "hello:web=1,worker=2",
  TOWLINE_HTTP_PORT: "8080",
  TOWLINE_HEALTH_PATH: "/health",
  TOWLINE_HEALTH_TIMEOUT: "1",
  TOWLINE_TARGET_GROUP_ARN: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/0123456789abcdef",
  TOWLINE_DRAIN_TIMEOUT: "1",
  TOWLINE_TOPIC_ARN: "arn:aws:sns:eu-west-1:123456789012:towline-test",
  TOWLINE_AUTO_SCALING_GROUP: "towline-test-web",
  TOWLINE_LAUNCH_HOOK: "launch",
  TOWLINE_TERMINATION_HOOK: "terminate",
  TOWLINE_NAMESPACE: "test.internal",
  TOWLINE_USES: "",
  TOWLINE_VOLUME_ID: "",
  TOWLINE_VOLUME_MOUNT: "",
  TOWLINE_ELASTIC_IP: "",
  TOWLINE_SETTINGS: "",
  TOWLINE_VALID_DAYS: "",
};

export interface Result {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An InRelease of a time, of which apt has checked the signature, and its end; an older towline's names none. */
export function inRelease(milliseconds: number, until?: number): string {
  const time = (moment: number) => new Date(moment).toUTCString().replace("GMT", "UTC");
  const end = until === undefined ? "" : `Valid-Until: ${time(until)}\n`;
  return `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nOrigin: towline\nDate: ${time(milliseconds)}\n${end}SHA256:\n`;
}

/** A host in a temporary folder: the real agent, with everything around it faked; with the real curl, and the real jq for the core, where a test asks. */
export class Host {
  readonly root = mkdtempSync(join(tmpdir(), "towline-host-"));
  readonly aws = new FakeAws();
  private readonly settings = { ...HOST_ENV };
  private readonly bin = placeFakeCommands(this.root);
  private readonly curl = new FakeCurl(join(this.root, "state"), (request) => this.aws.ask(request));
  private readonly core = new FakeCore();
  private port = 0;
  private curlPort = 0;
  private corePort = 0;
  /** Ends the agent that runs, as the kernel does. */
  kill: () => void = () => undefined;
  private real = false;

  /** A launched host with agent 0.1.0 and hello `installed`, and a repository with `candidates` (newest first). */
  static async start(installed: string | undefined, candidates: string[]): Promise<Host> {
    const host = new Host();
    host.port = await host.aws.start();
    host.curlPort = await host.curl.start();
    host.corePort = await host.core.start();
    host.env({});
    host.write("etc/apt/sources.list.d/towline.sources", "Types: deb\n");
    host.write("state/installed/towline-agent", "0.1.0\n");
    host.write("var/cache/apt/archives/towline-agent_0.1.0_all.deb", "deb\n");
    host.candidates("towline-agent", ["0.1.0"]);
    host.candidates("hello", candidates);
    host.write("state/log", "listening\ncrashed\n");
    if (installed !== undefined) {
      host.write("state/installed/hello", `${installed}\n`);
      host.write("var/lib/towline/launched", `${INSTANCE}\n`);
      host.write(`var/cache/apt/archives/hello_${installed}_amd64.deb`, "deb\n");
      host.aws.targetStates = ["healthy"];
      host.verdict(installed, "ok");
      host.write("run/towline/joined", `${Math.floor(Date.now() / 1000)}\n`);
    }
    host.aws.objects.set("rollout/web/verdicts/towline-agent/0.1.0.json", JSON.stringify({ verdict: "ok" }));
    host.publish("one");
    return host;
  }

  /** The agent's events on the topic. */
  events(): Record<string, unknown>[] {
    return this.aws.queries("Publish").map((form) => JSON.parse(form.Message ?? "") as Record<string, unknown>);
  }

  env(changes: Record<string, string>): void {
    Object.assign(this.settings, changes);
    const lines = Object.entries(this.settings).map(([key, value]) => `${key}='${value}'\n`);
    this.write("etc/towline/host.env", lines.join(""));
  }

  /** Makes its group one without http and load balancer, whose upgrades take fewer requests. */
  worker(): void {
    this.env({
      TOWLINE_HTTP_PORT: "",
      TOWLINE_HEALTH_PATH: "",
      TOWLINE_TARGET_GROUP_ARN: "",
      TOWLINE_DRAIN_TIMEOUT: "",
    });
  }

  candidates(name: string, versions: string[]): void {
    this.write(`state/candidates/${name}`, versions.map((version) => `${version}\n`).join(""));
  }

  publish(release: string, suite = "stable"): void {
    this.aws.objects.set(`dists/${suite}/InRelease`, release);
  }

  /** Publishes an index that was signed at a time, which apt takes unless it has a newer one. Returns the path of apt's file. */
  sign(milliseconds: number, suite = "stable", until?: number): string {
    const text = inRelease(milliseconds, until);
    this.publish(text, suite);
    const path = `lists/towline-test_dists_${suite}_InRelease`;
    const before = this.has(`state/${path}`) ? /^Date: (.*)$/m.exec(this.read(`state/${path}`))?.[1] : undefined;
    if (before === undefined || Date.parse(before) <= milliseconds) this.write(`state/${path}`, text);
    return `var/lib/apt/${path}`;
  }

  /** Publishes a channel with these versions of hello, for a group that follows it. */
  channel(versions: string[]): void {
    this.env({ TOWLINE_CHANNEL: "feature-x" });
    this.write("state/channel/hello", versions.map((version) => `${version}\n`).join(""));
    this.publish(versions.join(" "), "stable-feature-x");
  }

  /** Sets what `towline env` would of an app, for a host that reads it; returns what verdicts call these settings. */
  configure(text: string, app = "hello"): string {
    this.env({ TOWLINE_SETTINGS: "env/" });
    this.aws.objects.set(`env/${app}.env`, text);
    return `settings-${FakeAws.etag(text).replaceAll('"', "")}`;
  }

  /** A second app of the group. */
  second(): void {
    this.env({ TOWLINE_PACKAGES: "hello other", TOWLINE_PROCESSES: "hello:web=1,worker=2 other:web=1" });
    this.write("state/installed/other", "1.0.0\n");
    this.candidates("other", ["1.0.0"]);
  }

  verdict(version: string, verdict: string): void {
    this.aws.objects.set(`rollout/web/verdicts/hello/${version}.json`, JSON.stringify({ verdict }));
  }

  /** hello answers 500 while one of these versions is installed. */
  broken(...versions: string[]): void {
    this.aws.health = () =>
      versions.includes(this.installed()) ? { status: 500, body: "no database" } : { status: 200, body: "ok" };
  }

  /** Makes the host one of an image that has the S3 transport. */
  transport(): void {
    this.write("run/.keep", "");
    this.write("usr/lib/apt/methods/s3", "");
    chmodSync(join(this.root, "usr/lib/apt/methods/s3"), 0o755);
    // As the transport has it: the object, in state/seen.json, or how it is refused.
    const helper = [
      "#!/bin/bash",
      `[[ $1 == download-file && $2 == s3://towline-test/rollout/web/seen.json ]] || exit 64`,
      `cp "$FAKE_STATE/seen.json" "$3" 2>/dev/null && exit`,
      `[[ ! -s $FAKE_STATE/refused ]] || { tail -n 1 "$FAKE_STATE/refused"; sed -i '$d' "$FAKE_STATE/refused"; exit 100; }`,
      `echo "E: Failed to fetch $2  404  Not Found  [NoSuchKey] The specified key does not exist."`,
      "exit 100",
    ];
    this.write("usr/lib/apt/apt-helper", `${helper.join("\n")}\n`);
    chmodSync(join(this.root, "usr/lib/apt/apt-helper"), 0o755);
  }

  installed(name = "hello"): string {
    return this.read(`state/installed/${name}`).trim();
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
    if (needsProcesses(path, text)) this.processes();
  }

  /** Has the agent call the hosts' own curl, which comes over a connection, and their own jq, and every other stand-in as a process. */
  useReal(): void {
    this.real = true;
    this.processes();
  }

  /** Has every stand-in be a process of its own, as it is where one hangs or meets a signal. */
  private processes(): void {
    writeFileSync(join(this.root, "state/processes"), "");
  }

  /** Writes a file once the agent has slept so many times. */
  writeLater(sleeps: number, path: string, text: string): void {
    this.write(`state/later/${sleeps}/${path}`, text);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }

  /** What `whole` says, without what the host reads of its group's rollout. */
  story(): string[] {
    return this.whole().filter((line) => !line.startsWith("curl GET rollout/"));
  }

  /** Every command and request so far, in order, without metadata, options and looks at what is installed and what runs. */
  whole(): string[] {
    return this.read("state/calls")
      .trim()
      .split("\n")
      .filter(
        (line) =>
          !/^(dpkg-query|dpkg-deb|apt-get install .*--simulate|apt-mark|apt-cache|journalctl|sleep|sync|systemctl (daemon-reload|show|restart|is-system-running|list-jobs)|(hello|other) status)( |$)|169\.254\.169\.254/.test(
            line,
          ),
      )
      .map((line) => (line.startsWith("apt-get ") ? line.replace(/ -o \S+| -(?!-download-only)[a-z-]+/g, "") : line))
      .map((line) =>
        line
          .replace("https://towline-test.s3.eu-west-1.amazonaws.com/", "")
          .replace(/https:\/\/(\w+)\.eu-west-1\.amazonaws\.com\/ Action=/, "$1 ")
          .replaceAll(this.root, "")
          .replaceAll(INSTANCE, "INSTANCE")
          .replace("arn%3Aaws%3Aec2%3Aeu-west-1%3A123456789012%3Ainstance", "ARN"),
      );
  }

  run(program: string, args: string[]): Promise<Result> {
    const child = spawn(program, args, {
      env: {
        PATH: `${this.bin}:${HOST_TOOLS}:/usr/bin:/bin`,
        TOWLINE_ROOT: this.root,
        FAKE_STATE: join(this.root, "state"),
        FAKE_PORT: String(this.port),
        FAKE_TOOLS: HOST_TOOLS,
        FAKE_CURL: this.real ? "" : String(this.curlPort),
        FAKE_CORE: this.real ? "" : String(this.corePort),
        FAKES,
        BASH_ENV: join(FAKES, "shell.sh"),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.kill = () => child.kill("SIGKILL");
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
    });
  }

  agent(...args: string[]): Promise<Result> {
    return this.run(AGENT, args);
  }

  /** Forgets requests and calls, so that a test can look at the next run alone. */
  forget(): void {
    this.aws.requests.length = 0;
    this.write("state/calls", "");
  }

  /** Ends the host and returns what nobody expected: an empty list in a good test. */
  async stop(): Promise<string[]> {
    await Promise.all([this.aws.stop(), this.curl.stop(), this.core.stop()]);
    const unexpected = this.has("state/unexpected") ? [this.read("state/unexpected")] : [];
    rmSync(this.root, { recursive: true, force: true });
    return [...this.aws.unexpected, ...unexpected];
  }
}

/** A test of its own host, which fails on every call nobody expected. Such tests can run side by side. */
export function withHost(
  installed: string | undefined,
  candidates: string[],
  body: (host: Host) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const host = await Host.start(installed, candidates);
    let unexpected: string[] = [];
    try {
      await body(host);
    } finally {
      unexpected = await host.stop();
    }
    expect(unexpected).toEqual([]);
  };
}

// Where agents were answered by the compiled core, jq itself has to say the same, to every line. (A bench has no tests to end.)
if (typeof afterAll === "function") {
  afterAll(async () => {
    for (const [program, all] of FakeCore.led) {
      const led = [...all]; // what goes on behind a test that has failed adds to it
      expect(await answersOfJq(program, led)).toEqual(led.map(({ answer }) => answer));
    }
  });
}
