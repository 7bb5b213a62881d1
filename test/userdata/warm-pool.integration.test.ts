import { INSTANCE, STATUS } from "./fake-aws";
import { Host, type Result, withHost } from "./host";
import { FILE, OBJECT } from "./settings-host";

const LAUNCHED = "var/lib/towline/launched";
const WARMED = "var/lib/towline/warmed";
const REPORT = "curl PUT hosts/web/ARN/INSTANCE.json";
const HEARTBEAT = "curl POST autoscaling RecordLifecycleActionHeartbeat";
const TARGET = "curl POST elasticloadbalancing DescribeTargetHealth";
const TRIAL = "curl PUT rollout/web/trials/hello/1.1.0.json";
const HEALTH = "curl GET http://127.0.0.1:8080/health";
const COMPLETE = "curl POST autoscaling CompleteLifecycleAction";
const WATCH = "systemctl start --no-block towline-agent-watch.service";
const verdict = (of: string) => `rollout/web/verdicts/${of}.json`;
const launch = (result: string) => ({
  Action: "CompleteLifecycleAction",
  Version: "2011-01-01",
  AutoScalingGroupName: "towline-test-web",
  LifecycleHookName: "launch",
  InstanceId: INSTANCE,
  LifecycleActionResult: result,
});

let host: Host;
let result: Result;

/** Switches the host off; what it runs from now on it runs after the next start. */
function switchOff(host: Host): void {
  host.remove("run");
  host.forget();
}

/** States this host has reported, since requests were last forgotten. */
function reported(host: Host): unknown[] {
  return host.aws.requests
    .filter((request) => decodeURIComponent(request.path) === `/${STATUS}`)
    .map((request) => JSON.parse(request.body) as unknown);
}

describe("a host of a warm pool", () => {
  beforeAll(async () => {
    host = await Host.start(undefined, ["1.0.0"]);
    host.configure('A="1"\n');
    host.aws.lifecycle = "Warmed:Stopped";
  });
  afterAll(async () => expect(await host.stop()).toEqual([]));

  describe("that is launched", () => {
    beforeAll(async () => {
      result = await host.agent("boot");
    });

    test("proves what it installs, ends it, and only then lets Auto Scaling switch it off", () => {
      expect(result).toMatchObject({ code: 0, stderr: "" });
      expect(host.story()).toEqual([
        REPORT,
        HEARTBEAT,
        `curl GET ${OBJECT}`,
        HEARTBEAT,
        "apt-get install hello=1.0.0",
        HEARTBEAT,
        "hello scale web=1 worker=2",
        HEALTH,
        HEALTH,
        HEALTH,
        "hello scale web=0 worker=0",
        REPORT,
        COMPLETE,
      ]);
      expect(host.aws.queries("CompleteLifecycleAction")).toEqual([launch("CONTINUE")]);
    });

    test("says what it is ready for", () => {
      expect(
        result.stdout
          .replace(/ in \d+ s/, " in 1 s")
          .split("\n")
          .slice(-4),
      ).toEqual([
        "stopped hello web=0 worker=0",
        "completed the lifecycle action of the hook launch: CONTINUE",
        "ready for the warm pool in 1 s: towline-agent=0.1.0 hello=1.0.0",
        "",
      ]);
    });

    test("reports that it is healthy, but never that it serves", () => {
      expect(reported(host)).toMatchObject([
        { state: "booting", health: "unknown", packages: { "towline-agent": "0.1.0" } },
        { state: "booting", health: "healthy", packages: { "towline-agent": "0.1.0", hello: "1.0.0" } },
      ]);
    });

    test("remembers that it waits, not that it was launched", () => {
      expect(host.read(WARMED)).toBe(`${INSTANCE}\n`);
      expect(host.has(LAUNCHED)).toBe(false);
    });

    test("does not poll", async () => {
      host.forget();
      expect(await host.agent("poll")).toEqual({
        code: 0,
        signal: null,
        stdout: "the first boot has not ended: nothing to poll for yet\n",
        stderr: "",
      });
      expect(host.read("state/calls")).toBe("");
    });
  });

  describe("that is started to serve", () => {
    beforeAll(async () => {
      switchOff(host);
      host.aws.lifecycle = "InService";
      host.write("state/on-update", "1.1.0\n1.0.0\n");
      host.configure('A="2"\n');
      result = await host.agent("boot");
    });

    test("takes the settings and the version that came meanwhile, proves them, and lets Auto Scaling go on", () => {
      expect(result).toMatchObject({ code: 0, stderr: "" });
      expect(host.story()).toEqual([
        REPORT,
        HEARTBEAT,
        `curl GET ${OBJECT}`,
        "apt-get update",
        TRIAL,
        HEARTBEAT,
        "apt-get install hello=1.1.0",
        HEARTBEAT,
        "hello scale web=1 worker=2",
        HEALTH,
        HEALTH,
        HEALTH,
        REPORT,
        COMPLETE,
        WATCH,
        TARGET,
        TARGET,
        TRIAL,
      ]);
      expect(host.aws.queries("CompleteLifecycleAction")).toEqual([launch("CONTINUE")]);
      expect(host.installed()).toBe("1.1.0");
      expect(host.read(FILE)).toBe('A="2"\n');
    });

    test("reports that it serves", () => {
      expect(reported(host)).toMatchObject([
        { state: "booting", health: "unknown", packages: { hello: "1.0.0" } },
        { state: "serving", health: "healthy", packages: { hello: "1.1.0" } },
      ]);
    });

    test("is a launched host like any other from then on", async () => {
      expect(host.read(LAUNCHED)).toBe(`${INSTANCE}\n`);
      expect(host.has(WARMED)).toBe(false);
      host.forget();
      host.aws.targetStates = ["healthy"];
      expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
      expect(host.aws.queries("DeregisterTargets")).toEqual([]);
      expect(host.installed()).toBe("1.1.0");
    });
  });

  describe("that goes back to the pool", () => {
    beforeAll(async () => {
      host.forget();
      host.aws.lifecycle = "Warmed:Stopped";
      result = await host.agent("leave");
    });

    test("leaves like a host that is ended", () => {
      expect(result).toMatchObject({ code: 0, stderr: "" });
      expect(host.story()).toEqual([
        "systemctl stop towline-agent-poll.timer towline-agent-poll.service",
        REPORT,
        "curl POST elasticloadbalancing DeregisterTargets",
        "curl POST elasticloadbalancing DescribeTargetHealth",
        "curl POST elasticloadbalancing DescribeTargetHealth",
        "getent ahostsv4 web.test.internal",
        "hello scale web=0 worker=0",
        COMPLETE,
      ]);
      expect(host.aws.queries("CompleteLifecycleAction")).toEqual([
        { ...launch("CONTINUE"), LifecycleHookName: "terminate" },
      ]);
    });

    test("waits there like one that never served", () => {
      expect(host.read(WARMED)).toBe(`${INSTANCE}\n`);
      expect(host.has(LAUNCHED)).toBe(false);
    });

    test("serves again when it is started once more, and watches for its end again", async () => {
      switchOff(host);
      host.aws.lifecycle = "InService";
      expect(await host.agent("boot")).toMatchObject({ code: 0, stderr: "" });
      expect(host.story().slice(-2)).toEqual([COMPLETE, WATCH]);
      expect(host.aws.queries("CompleteLifecycleAction")).toEqual([launch("CONTINUE")]);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", health: "healthy" });
      expect([LAUNCHED, WARMED, "run/towline/left"].map((path) => host.has(path))).toEqual([true, false, false]);
    });
  });
});

/** A host that waits in the warm pool with 1.0.0 of hello, and is started to serve. */
function withWarmed(candidates: string[], body: (host: Host) => Promise<void>): () => Promise<void> {
  return withHost("1.0.0", candidates, async (host) => {
    host.remove(LAUNCHED);
    host.write(WARMED, `${INSTANCE}\n`);
    await body(host);
  });
}

describe("a host that is started from the warm pool", () => {
  test.concurrent(
    "stays at the version it has where no other came, which another host may have found good before",
    withWarmed(["1.0.0"], async (host) => {
      host.verdict("1.0.0", "ok");
      const result = await host.agent("boot");
      expect(result.code).toBe(0);
      expect(host.story().filter((line) => line.startsWith("apt-get"))).toEqual(["apt-get update"]);
      expect(host.aws.objects.get(verdict("hello/1.0.0"))).toBe('{"verdict":"ok"}');
    }),
  );

  test.concurrent(
    "goes back where its version was withdrawn meanwhile",
    withWarmed(["1.0.0"], async (host) => {
      host.write("state/on-update", "0.9.0\n");
      expect((await host.agent("boot")).code).toBe(0);
      expect(host.installed()).toBe("0.9.0");
    }),
  );

  test.concurrent(
    "reads the repository until that succeeds",
    withWarmed(["1.0.0"], async (host) => {
      host.write("state/fail/update", "E: The repository is not signed.\n");
      host.write("state/times/update", "2");
      expect((await host.agent("boot")).code).toBe(0);
      expect(host.story().filter((line) => line.startsWith("apt-get"))).toHaveLength(3);
      expect(host.has(LAUNCHED)).toBe(true);
    }),
  );

  test.concurrent(
    "and does not get healthy is abandoned, and would be proven anew",
    withWarmed(["1.1.0", "1.0.0"], async (host) => {
      host.verdict("1.1.0", "ok");
      host.broken("1.1.0");
      expect((await host.agent("boot")).code).toBe(1);
      expect(host.aws.queries("CompleteLifecycleAction")).toEqual([launch("ABANDON")]);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "failed", health: "unhealthy" });
      expect(host.story()).not.toContain(WATCH);
      expect([LAUNCHED, WARMED].map((path) => host.has(path))).toEqual([false, true]);
    }),
  );
});

test(
  "a host that is launched into the warm pool and does not get healthy is abandoned, and never waits there",
  withHost(undefined, ["1.0.0"], async (host) => {
    host.aws.lifecycle = "Warmed:Stopped";
    host.broken("1.0.0");
    expect((await host.agent("boot")).code).toBe(1);
    expect(host.aws.queries("CompleteLifecycleAction")).toEqual([launch("ABANDON")]);
    expect(host.aws.json(STATUS)).toMatchObject({ state: "failed" });
    expect([LAUNCHED, WARMED].map((path) => host.has(path))).toEqual([false, false]);
  }),
);

test(
  "a host that the pool takes back in the middle of its last change brings nothing of it when it is started",
  withHost("1.0.0", ["1.0.0"], async (host) => {
    host.aws.lifecycle = "Warmed:Stopped";
    host.write("var/lib/towline/upgrading.json", "{}");
    expect(await host.agent("leave")).toMatchObject({ code: 0, stderr: "" });
    switchOff(host);
    host.aws.lifecycle = "InService";
    expect(await host.agent("boot")).toMatchObject({ code: 0, stderr: "" });
    expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", health: "healthy" });
    expect(host.aws.queries("CompleteLifecycleAction")).toEqual([launch("CONTINUE")]);
  }),
);
