import { INSTANCE, STATUS } from "./fake-aws";
import { Host, withHost } from "./host";

let host: Host;

const stop = async () => expect(await host.stop()).toEqual([]);

describe("the first boot", () => {
  beforeAll(async () => {
    host = await Host.start(undefined, ["1.1.0", "1.0.0"]);
    expect(await host.agent("boot")).toMatchObject({ code: 0, stderr: "" });
  });
  afterAll(stop);

  test("installs, starts, proves, reports, and only then lets Auto Scaling go on", () => {
    expect(host.story()).toEqual([
      "curl PUT hosts/web/ARN/INSTANCE.json",
      "curl POST autoscaling RecordLifecycleActionHeartbeat",
      "curl PUT rollout/web/trials/hello/1.1.0.json",
      "curl POST autoscaling RecordLifecycleActionHeartbeat",
      "apt-get install hello=1.1.0",
      "curl POST autoscaling RecordLifecycleActionHeartbeat",
      "hello scale web=1 worker=2",
      "curl GET http://127.0.0.1:8080/health",
      "curl GET http://127.0.0.1:8080/health",
      "curl GET http://127.0.0.1:8080/health",
      "curl PUT hosts/web/ARN/INSTANCE.json",
      "curl POST autoscaling CompleteLifecycleAction",
      "systemctl start --no-block towline-agent-watch.service",
      "curl POST elasticloadbalancing DescribeTargetHealth",
      "curl POST elasticloadbalancing DescribeTargetHealth",
      "curl PUT rollout/web/trials/hello/1.1.0.json",
    ]);
  });

  test("completes the launch action of this instance with CONTINUE", () => {
    expect(host.aws.queries("CompleteLifecycleAction")).toEqual([
      {
        Action: "CompleteLifecycleAction",
        Version: "2011-01-01",
        AutoScalingGroupName: "towline-test-web",
        LifecycleHookName: "launch",
        InstanceId: INSTANCE,
        LifecycleActionResult: "CONTINUE",
      },
    ]);
  });

  test("says booting, then serving", () => {
    const states = host.aws.requests
      .filter((r) => decodeURIComponent(r.path) === `/${STATUS}`)
      .map((r) => JSON.parse(r.body) as Record<string, unknown>);
    expect(states).toMatchObject([
      { state: "booting", health: "unknown", packages: { "towline-agent": "0.1.0" } },
      { state: "serving", health: "healthy", packages: { "towline-agent": "0.1.0", hello: "1.1.0" } },
    ]);
  });

  test("polls at a second of the minute of its own from then on", () => {
    const second = /^\[Timer\]\nOnCalendar=\nOnCalendar=\*-\*-\* \*:\*:([0-5]\d)\n$/;
    expect(host.read("etc/systemd/system/towline-agent-poll.timer.d/second.conf")).toMatch(second);
    const calls = host
      .read("state/calls")
      .split("\n")
      .filter((line) => line.startsWith("systemctl "));
    expect(calls).toEqual([
      "systemctl daemon-reload",
      "systemctl restart towline-agent-poll.timer",
      "systemctl start --no-block towline-agent-watch.service",
    ]);
  });

  test("leaves joining the load balancer to Auto Scaling", () => {
    expect(host.aws.queries("RegisterTargets")).toEqual([]);
  });

  test("keeps the package file of what it installed, to go back to", () => {
    expect(host.has("var/cache/towline/hello_1.1.0_amd64.deb")).toBe(true);
  });

  test("is told from a boot after a reboot, which starts and proves what is there", async () => {
    host.forget();
    host.candidates("hello", ["1.2.0", "1.1.0"]);
    expect((await host.agent("boot")).code).toBe(0);
    expect(host.story()).toEqual([
      "curl PUT hosts/web/ARN/INSTANCE.json",
      "hello scale web=1 worker=2",
      "curl GET http://127.0.0.1:8080/health",
      "curl GET http://127.0.0.1:8080/health",
      "curl GET http://127.0.0.1:8080/health",
      "curl PUT hosts/web/ARN/INSTANCE.json",
    ]);
  });
});

describe("a first boot", () => {
  test.concurrent(
    "never installs a version its group has marked bad",
    withHost(undefined, ["1.1.0", "1.0.0"], async (host) => {
      host.verdict("1.1.0", "bad");
      expect((await host.agent("boot")).code).toBe(0);
      expect(host.installed()).toBe("1.0.0");
      expect(host.story().filter((line) => line.startsWith("apt-get install"))).toEqual([
        "apt-get install hello=1.0.0",
      ]);
    }),
  );

  test.concurrent(
    "that does not get healthy is abandoned, with the reason reported",
    withHost(undefined, ["1.1.0", "1.0.0"], async (host) => {
      host.broken("1.1.0");
      expect((await host.agent("boot")).code).toBe(1);
      const reason =
        "not healthy within 1 s: GET http://127.0.0.1:8080/health answered 500 no database; log: listening | crashed";
      expect(host.aws.queries("CompleteLifecycleAction")).toMatchObject([{ LifecycleActionResult: "ABANDON" }]);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "failed", health: "unhealthy", error: reason });
      expect(host.events()).toMatchObject([
        { outcome: "boot-failed", package: "hello", version: "1.1.0", previous: "", reason },
      ]);
      expect(host.aws.objects.has("rollout/web/verdicts/hello/1.1.0.json")).toBe(false);
      expect(host.has("var/lib/towline/launched")).toBe(false);
    }),
  );

  test.concurrent(
    "waits while the repository does not hold the app yet",
    withHost(undefined, ["1.1.0", "1.0.0"], async (host) => {
      host.candidates("hello", []);
      host.write("state/on-update", "1.0.0\n");
      const result = await host.agent("boot");
      expect(result.stdout).toContain("waiting: the repository holds no version of hello\n");
      expect(result.code).toBe(0);
      expect(host.installed()).toBe("1.0.0");
      expect(host.read("state/calls").match(/^sleep 2$/gm)).toHaveLength(1);
    }),
  );

  test.concurrent(
    "is in service where no launch action waits, an instance started by hand",
    withHost(undefined, ["1.1.0", "1.0.0"], async (host) => {
      host.aws.lifecycle = undefined;
      host.aws.hook = (request) =>
        request.body.startsWith("Action=CompleteLifecycleAction&")
          ? {
              status: 400,
              body: "<Error><Code>ValidationError</Code><Message>No active Lifecycle Action found with instance ID i-0</Message></Error>",
            }
          : undefined;
      const result = await host.agent("boot");
      expect(result.code).toBe(0);
      expect(host.aws.queries("CompleteLifecycleAction")).toHaveLength(5);
      expect(result.stdout).toContain(
        "no lifecycle action of the hook launch waits for this instance: CONTINUE was not needed\n",
      );
      expect(host.has("var/lib/towline/launched")).toBe(true);
    }),
  );
});

describe("a boot in a group of which nothing is proven", () => {
  const DPKG = "E: Sub-process /usr/bin/dpkg returned an error code (1)\n";
  const TRIAL = "rollout/web/trials/hello/1.1.0.json";
  const failed = (...instances: string[]) =>
    JSON.stringify({
      boots: { rounds: 0, open: {}, failed: Object.fromEntries(instances.map((one) => [one, "why"])) },
    });

  test.concurrent(
    "leaves its name before it installs, and takes it back once it serves",
    withHost(undefined, ["1.1.0", "1.0.0"], async (host) => {
      let marked: unknown;
      host.aws.health = () => {
        marked ??= host.aws.json(TRIAL);
        return { status: 200, body: "ok" };
      };
      expect((await host.agent("boot")).code).toBe(0);
      expect(marked).toMatchObject({
        boots: { rounds: 0, open: { [INSTANCE]: expect.stringMatching(/Z$/) }, failed: {} },
      });
      expect(host.aws.json(TRIAL)).toMatchObject({ boots: { rounds: 0, open: {}, failed: {} } });
    }),
  );

  test.concurrent(
    "says that it failed, and why, and convicts nothing",
    withHost(undefined, ["1.1.0", "1.0.0"], async (host) => {
      host.broken("1.1.0");
      expect((await host.agent("boot")).code).toBe(1);
      const reason = expect.stringContaining("answered 500 no database");
      expect(host.aws.json(TRIAL)).toMatchObject({ boots: { rounds: 0, open: {}, failed: { [INSTANCE]: reason } } });
      expect([...host.aws.objects.keys()].filter((key) => key.includes("/verdicts/hello/"))).toEqual([]);
    }),
  );

  test.concurrent(
    "takes the version below one that two boots failed with, and says so",
    withHost(undefined, ["1.1.0", "1.0.0"], async (host) => {
      host.aws.objects.set(TRIAL, failed("i-1", "i-2"));
      const result = await host.agent("boot");
      expect(result.code).toBe(0);
      expect(result.stdout).toContain(
        "installing hello 1.0.0: nothing is proven yet, and boots failed with what is higher\n",
      );
      expect(host.installed()).toBe("1.0.0");
    }),
  );

  test.concurrent(
    "tries the highest again where boots failed with every version",
    withHost(undefined, ["1.1.0", "1.0.0"], async (host) => {
      host.aws.objects.set(TRIAL, failed("i-1", "i-2"));
      host.aws.objects.set(TRIAL.replace("1.1.0", "1.0.0"), failed("i-3", "i-4"));
      const result = await host.agent("boot");
      expect(result.code).toBe(0);
      expect(result.stdout).toContain(
        "installing hello 1.1.0: nothing is proven yet, and boots failed with every version\n",
      );
    }),
  );

  test.concurrent(
    "counts one that was not heard of for 20 minutes by S3's clock, and no host twice",
    withHost(undefined, ["1.1.0", "1.0.0"], async (host) => {
      const ago = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+/, "");
      const boots = (at: string) => JSON.stringify({ boots: { open: { "i-1": at }, failed: { "i-2": "why" } } });
      host.aws.objects.set(TRIAL, boots(ago(1300)));
      // S3's clock is right, this host's is not.
      host.aws.clock = -600;
      expect((await host.agent("boot")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
      host.remove("var/lib/towline/launched");
      host.aws.clock = 0;
      expect((await host.agent("boot")).code).toBe(0);
      expect(host.installed()).toBe("1.0.0");
    }),
  );

  test.concurrent.each([
    ["dpkg refuses it", "counts", `dpkg: error processing package hello (--configure):\n${DPKG}`],
    [
      "the disk is full",
      "counts for nothing",
      `dpkg: error processing archive hello: No space left on device\n${DPKG}`,
    ],
    [
      "dpkg's lock is held",
      "counts for nothing",
      "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by 7\n",
    ],
    [
      "it cannot be downloaded",
      "counts for nothing",
      "E: Failed to fetch s3://towline-test/pool/hello.deb  503 Slow Down\n",
    ],
  ])("where %s %s", (_, counts, text) =>
    withHost(undefined, ["1.1.0", "1.0.0"], async (host) => {
      host.write("state/fail/install-hello-1.1.0", text);
      expect((await host.agent("boot")).code).toBe(1);
      const { boots } = host.aws.json(TRIAL) as { boots: { open: object; failed: object } };
      expect(boots.open).toEqual({});
      expect(Object.keys(boots.failed)).toEqual(counts === "counts" ? [INSTANCE] : []);
    })(),
  );

  test.concurrent.each([
    [
      "Auto Scaling takes away meanwhile",
      (host: Host) => {
        host.aws.lifecycle = "Terminated";
      },
    ],
    ["stops meanwhile", (host: Host) => host.write("state/system", "stopping\n")],
  ])("of a host that %s does not count", (_, happens) =>
    withHost(undefined, ["1.1.0", "1.0.0"], async (host) => {
      host.aws.health = () => {
        happens(host);
        return { status: 500, body: "no database" };
      };
      expect((await host.agent("boot")).code).toBe(1);
      expect(host.aws.json(TRIAL)).toMatchObject({ boots: { open: {}, failed: {} } });
    })(),
  );

  test.concurrent.each([
    ["does not find it healthy", "says so", "unhealthy", [], [INSTANCE]],
    ["drains it before, as Auto Scaling has it", "leaves its name", "draining", [INSTANCE], []],
    ["has none of it, as of one that was started by hand", "takes its name back", "unused", [], []],
  ])("that its load balancer %s %s, and the hook was answered before", (_, __, state, open, failed) =>
    withHost(undefined, ["1.1.0", "1.0.0"], async (host) => {
      host.aws.hook = (request) => {
        if (request.body.startsWith("Action=CompleteLifecycleAction&")) host.aws.targetStates = [state];
        return undefined;
      };
      expect((await host.agent("boot")).code).toBe(0);
      expect(host.aws.queries("CompleteLifecycleAction")).toMatchObject([{ LifecycleActionResult: "CONTINUE" }]);
      const { boots } = host.aws.json(TRIAL) as { boots: { open: object; failed: object } };
      expect([Object.keys(boots.open), Object.keys(boots.failed)]).toEqual([open, failed]);
    })(),
  );

  test.concurrent(
    "blames the app whose processes do not run, and no other",
    withHost(undefined, ["1.1.0", "1.0.0"], async (host) => {
      host.env({ TOWLINE_PACKAGES: "hello other", TOWLINE_PROCESSES: "hello:web=1 other:web=1" });
      host.candidates("other", ["2.1.0", "2.0.0"]);
      host.write("state/fail/other-status-2.1.0", "other-web@1.service: failed\n");
      expect((await host.agent("boot")).code).toBe(1);
      expect(host.aws.json(TRIAL)).toMatchObject({ boots: { open: {}, failed: {} } });
      expect(host.aws.json("rollout/web/trials/other/2.1.0.json")).toMatchObject({
        boots: { open: {}, failed: { [INSTANCE]: expect.stringContaining("other-web@1.service: failed") } },
      });
    }),
  );

  test.concurrent(
    "goes on without its name where others write faster, and where S3 does not answer a while",
    withHost(undefined, ["1.1.0", "1.0.0"], async (host) => {
      let refused = 0;
      host.aws.hook = (request) => {
        if (request.path.includes("/verdicts/") && refused < 12) return { status: refused++ % 2 ? 403 : 503 };
        if (request.path === `/${TRIAL}` && request.method === "PUT") return { status: 412 };
        return undefined;
      };
      expect((await host.agent("boot")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
      expect(host.aws.objects.has(TRIAL)).toBe(false);
    }),
  );

  test.concurrent(
    "asks for no trial where one version is proven, or there is one alone",
    withHost(undefined, ["1.1.0", "1.0.0"], async (host) => {
      host.verdict("1.0.0", "ok");
      expect((await host.agent("boot")).code).toBe(0);
      host.remove("var/lib/towline/launched");
      host.aws.objects.delete("rollout/web/verdicts/hello/1.0.0.json");
      host.candidates("hello", ["1.1.0"]);
      expect((await host.agent("boot")).code).toBe(0);
      expect(host.aws.s3().filter((request) => request.includes("/trials/"))).toEqual([]);
    }),
  );
});

describe("a host after a reboot", () => {
  test.concurrent(
    "that does not get healthy says so, and asks nothing of Auto Scaling",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      host.broken("1.0.0");
      expect((await host.agent("boot")).code).toBe(1);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "failed", packages: { hello: "1.0.0" } });
      expect(host.events()).toMatchObject([{ outcome: "boot-failed" }]);
      expect(host.aws.queries("CompleteLifecycleAction")).toEqual([]);
    }),
  );
});

test.concurrent(
  "a newer agent that is broken makes way for the one that boots, whose polls will judge it",
  withHost(undefined, ["1.0.0"], async (host) => {
    host.candidates("towline-agent", ["0.2.0", "0.1.0"]);
    host.write("state/fail/self-test-0.2.0", "syntax error\n");
    // Otherwise the agent that boots stays.
    host.aws.objects.set("rollout/web/verdicts/towline-agent/0.1.0.json", JSON.stringify({ verdict: "bad" }));
    const result = await host.agent("boot");
    expect(result.code).toBe(0);
    expect(result.stderr).toContain("towline-agent 0.1.0 comes back in place of 0.2.0\n");
    expect(host.installed("towline-agent")).toBe("0.1.0");
    expect(host.aws.objects.has("rollout/web/verdicts/towline-agent/0.2.0.json")).toBe(false);
    expect(host.aws.json(STATUS)).toMatchObject({
      state: "serving",
      packages: { "towline-agent": "0.1.0", hello: "1.0.0" },
    });
  }),
);
