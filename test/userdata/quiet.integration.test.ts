import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { INSTANCE, SECRETS } from "./fake-aws";
import { AGENT, Host, withHost } from "./host";

const IN_RELEASE = "dists/stable/InRelease";
const CONTROL = "rollout/web/control.json";
const POLICY = "rollout/web/policy.json";
const LOOK = [IN_RELEASE, CONTROL, POLICY].map((key) => `GET ${key}`);
const PREPARED = "run/towline/quiet";
const LOCK = "run/towline/lock";
const ETAGS = "var/lib/towline/inrelease.etag";
const STATUS = "var/lib/towline/status.json";
const RECORD = JSON.stringify({ package: "hello", version: "1.1.0", previous: "1.0.0", started: 1, outcome: "" });

const ago = (seconds: number) => Math.floor(Date.now() / 1000) - seconds;

/** A host where the last poll found nothing to do, and prepared the next one's look. */
async function prepared(host: Host): Promise<void> {
  const status = { instance: INSTANCE, group: "web", state: "serving", health: "healthy", packages: {}, error: "" };
  host.write(STATUS, `${JSON.stringify(status)}\n`);
  // The first finds everything new.
  for (let polls = 0; polls < 2; polls++) expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
  expect(host.has(PREPARED)).toBe(true);
  forget(host);
}

function forget(host: Host): void {
  host.forget();
  host.remove(LOCK);
}

const withPrepared = (body: (host: Host) => Promise<void>) =>
  withHost("1.0.0", ["1.0.0"], async (host) => {
    await prepared(host);
    await body(host);
  });

describe("a quiet poll", () => {
  let host: Host;
  beforeAll(async () => {
    host = await Host.start("1.0.0", ["1.0.0"]);
    host.configure("GREETING=hello\n");
    await prepared(host);
  });
  beforeEach(() => forget(host));
  afterAll(async () => expect(await host.stop()).toEqual([]));

  test("asks for what every poll does, settings included, and neither takes the lock nor writes", async () => {
    const before = host.read(PREPARED);
    expect(await host.agent("poll")).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
    expect(host.aws.s3()).toEqual([...LOOK, "GET env/hello.env"]);
    expect(host.aws.requests[0]?.headers["if-none-match"]).toBe('"f97c5d29941bfb1b2fdab0874906ab82"');
    expect(host.has(LOCK)).toBe(false);
    expect(host.read(PREPARED)).toBe(before);
  });

  test("starts no program but one curl", async () => {
    host.write("state/curl-argv", "");
    // Nothing else can be found there but stand-ins, which note that they were called.
    const path = `PATH=${host.root}/fake-bin`;
    expect(await host.run("/usr/bin/env", [path, AGENT, "poll"])).toMatchObject({ code: 0, stdout: "", stderr: "" });
    const calls = host.read("state/calls").trim().split("\n");
    expect(calls.filter((call) => !call.startsWith("curl "))).toEqual([]);
    expect(host.aws.s3()).toHaveLength(4);
    expect(host.read("state/curl-argv").match(/^--config$/gm)).toHaveLength(1);
  });

  test("does not wait for a run that holds the lock", async () => {
    const result = await host.run("/usr/bin/flock", [`${host.root}/${LOCK}`, AGENT, "poll"]);
    expect(result).toMatchObject({ code: 0, stdout: "" });
    expect(host.aws.s3()).toHaveLength(4);
  });

  test("keeps the credentials out of argv, and from other accounts", async () => {
    host.write("state/curl-argv", "");
    await host.agent("poll");
    for (const secret of Object.values(SECRETS)) expect(host.read("state/curl-argv")).not.toContain(secret);
    const { stdout } = await host.run("/usr/bin/stat", ["-c", "%a", `${host.root}/${PREPARED}`]);
    expect(stdout).toBe("600\n");
  });

  test("fails where no answer comes, without a second question", async () => {
    host.aws.hook = ({ path }) => (path === `/${POLICY}` ? { status: 0 } : undefined);
    const { code, stderr } = await host.agent("poll");
    host.aws.hook = () => undefined;
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error: GET https:\/\/towline-test\.s3\.eu-west-1\.amazonaws\.com\/\S+: no answer, curl: \(52\)/,
    );
    expect(host.aws.s3()).toEqual(LOOK);
    expect(host.has(PREPARED)).toBe(true);
  });
});

describe("what is prepared does not stand, and the poll does all it has to under the lock,", () => {
  const folders = ["run", "var", "etc", "state"];
  let host: Host;
  let saved: string;
  beforeAll(async () => {
    host = await Host.start("1.0.0", ["1.0.0"]);
    await prepared(host);
    saved = mkdtempSync(join(tmpdir(), "towline-quiet-"));
    for (const folder of folders) cpSync(join(host.root, folder), join(saved, folder), { recursive: true });
  });
  beforeEach(() => {
    for (const folder of folders) {
      host.remove(folder);
      cpSync(join(saved, folder), join(host.root, folder), { recursive: true });
    }
  });
  afterAll(async () => {
    rmSync(saved, { recursive: true });
    expect(await host.stop()).toEqual([]);
  });

  const write = (path: string, text: string) => (host: Host) => host.write(path, text);
  const cases: Readonly<Record<string, (host: Host) => void>> = {
    "once this host has left": write("run/towline/left", `${INSTANCE}\n`),
    "before the end of the first boot": (host) => host.remove("var/lib/towline/launched"),
    "with a status to repeat": write("var/lib/towline/status.unsent", "now\n"),
    "with an event to repeat": (host) => host.write("var/lib/towline/events/1.json", "{}\n"),
    "with a change of packages that has not ended": write("var/lib/towline/upgrading.json", RECORD),
    "with a damaged record": write("var/lib/towline/upgrading.json", ""),
    "with a change of settings that has not ended": write("var/lib/towline/restarting.json", ""),
    "with a guard over the agent": write("var/lib/towline/guard/guarded", "1 0 https://towline-test/\n"),
    "with an agent that the guard brought back": write("var/lib/towline/guard/restored", "0.2.0 0.1.0\n"),
    "on a stuck host": write("var/lib/towline/stuck", `${ago(60)} hello 0\n`),
    "with another host environment": (host) => host.env({ TOWLINE_CHANNEL: "feature-x" }),
    "with other tags": write(ETAGS, `${IN_RELEASE} "other"\n`),
    "without tags": (host) => host.remove(ETAGS),
    "with another status": (host) => host.write(STATUS, host.read(STATUS).replace('"serving"', '"failed"')),
    "with a damaged status": write(STATUS, "\0\0"),
    "when the status is to be reported again": write("run/towline/reported", `${ago(900)}\n`),
    "when the target group is to be asked again": write("run/towline/joined", `${ago(1800)}\n`),
    "after a leave of the target group": (host) => host.remove("run/towline/joined"),
    "with other credentials": write("run/towline/credentials", `${ago(-200)} ${SECRETS.key} old old\n`),
    "when it was cut short": (host) => host.write(PREPARED, host.read(PREPARED).slice(0, -6)),
    "when it is empty": write(PREPARED, ""),
    "when it is no prepared look": write(PREPARED, "\0".repeat(8)),
    "when its times are none": (host) => host.write(PREPARED, fields(host, [1, "a[$(touch pwned)]"])),
    "when its time has passed": (host) => host.write(PREPARED, fields(host, [2, String(ago(0))])),
    "when the clock was set back": (host) => host.write(PREPARED, fields(host, [1, String(ago(-100))])),
  };

  test("except where nothing has happened", async () => {
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.has(LOCK)).toBe(false);
  });

  test.each(Object.keys(cases))("%s", async (name) => {
    cases[name]?.(host);
    await host.agent("poll");
    expect(host.has(LOCK)).toBe(true);
  });

  test.each([
    [500, 0, 340],
    [0, 1400, 400],
    [0, 0, 840],
  ])(
    "and is prepared until the next thing is due: reported %d s ago, in the target group %d s ago",
    async (reported, joined, left) => {
      const now = ago(0);
      host.write("run/towline/reported", `${now - reported}\n`);
      host.write("run/towline/joined", `${now - joined}\n`);
      host.remove(PREPARED);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.read(PREPARED).split("\0")[2]).toBe(String(now + left));
    },
  );
});

/** What is prepared, with one of its fields another. */
function fields(host: Host, [at, text]: [number, string]): string {
  return host
    .read(PREPARED)
    .split("\0")
    .map((field, index) => (index === at ? text : field))
    .join("\0");
}

describe("a quiet poll that finds news", () => {
  test.concurrent(
    "goes on with its answers under the lock, and asks nothing twice",
    withPrepared(async (host) => {
      host.candidates("hello", ["1.1.0", "1.0.0"]);
      host.publish("two");
      expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
      expect(host.installed()).toBe("1.1.0");
      const whole = host.whole();
      expect(whole.slice(0, 4)).toEqual([...LOOK.map((line) => `curl ${line}`), "apt-get update"]);
      expect(host.has(LOCK)).toBe(true);
    }),
  );

  test.concurrent(
    "leaves them to another run that came between, which may have changed the agent",
    withPrepared(async (host) => {
      host.candidates("hello", ["1.1.0", "1.0.0"]);
      host.publish("two");
      host.aws.hook = () => {
        host.write(PREPARED, fields(host, [0, "another run's"]));
        return undefined;
      };
      expect(await host.agent("poll")).toMatchObject({
        code: 0,
        stdout: "another run of the agent has looked meanwhile: this poll is not needed\n",
      });
      expect(host.installed()).toBe("1.0.0");
      host.aws.hook = () => undefined;
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
    }),
  );

  test.concurrent(
    "asks again where the host is to ask for something else by then",
    withPrepared(async (host) => {
      host.publish("two");
      host.aws.hook = () => {
        host.remove(ETAGS);
        return undefined;
      };
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.s3().filter((line) => line === LOOK[0])).toHaveLength(2);
    }),
  );

  test.concurrent(
    "takes settings that were changed",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      host.configure("GREETING=hello\n");
      await prepared(host);
      host.configure("GREETING=bonjour\n");
      expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
      expect(host.read("var/lib/towline/env/hello.env")).toBe("GREETING=bonjour\n");
    }),
  );

  test.concurrent(
    "says with what AWS refused, and forgets credentials that have ended",
    withPrepared(async (host) => {
      host.aws.hook = ({ path }) =>
        path === `/${CONTROL}` ? { status: 403, body: "<Error><Code>ExpiredToken</Code></Error>" } : undefined;
      const { code, stderr } = await host.agent("poll");
      expect(code).toBe(1);
      expect(stderr).toContain("HTTP 403 ExpiredToken");
      expect(host.has("run/towline/credentials")).toBe(false);
      host.aws.hook = () => undefined;
      expect((await host.agent("poll")).code).toBe(0);
    }),
  );
});
