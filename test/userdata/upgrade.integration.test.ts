import { INSTANCE, STATUS } from "./fake-aws";
import { Host, withHost } from "./host";

const LEASE = "rollout/web/lease.json";
const CONTROL = "rollout/web/control.json";
const ORDERS = "rollout/web/orders.json";
const POLICY = "rollout/web/policy.json";
const VERDICT = "rollout/web/verdicts/hello/1.1.0.json";
const TRIAL = "rollout/web/trials/hello/1.1.0.json";
const RECORD = "var/lib/towline/upgrading.json";

let host: Host;

const start = async () => {
  host = await Host.start("1.0.0", ["1.1.0", "1.0.0"]);
};
const stop = async () => expect(await host.stop()).toEqual([]);

const UNHEALTHY =
  "not healthy within 1 s: GET http://127.0.0.1:8080/health answered 500 no database; log: listening | crashed";

describe("a version that is not healthy", () => {
  beforeAll(async () => {
    await start();
    host.broken("1.1.0");
    expect((await host.agent("poll")).code).toBe(0);
  });
  afterAll(stop);

  test("goes: the one before is installed from the kept file, proven, back in the load balancer, and only then reported", () => {
    expect(host.installed()).toBe("1.0.0");
    const story = host.story().filter((line, i, all) => line !== all[i - 1]);
    expect(story.slice(story.indexOf("apt-get install hello=1.1.0 towline-agent=0.1.0"))).toEqual([
      "apt-get install hello=1.1.0 towline-agent=0.1.0",
      "hello scale web=1 worker=2",
      "curl GET http://127.0.0.1:8080/health",
      "curl POST elasticloadbalancing DescribeTargetHealth",
      "apt-get install /var/cache/towline/hello_1.0.0_amd64.deb",
      "hello scale web=1 worker=2",
      "curl GET http://127.0.0.1:8080/health",
      "curl POST elasticloadbalancing RegisterTargets",
      "curl POST elasticloadbalancing DescribeTargetHealth",
      `curl PUT ${VERDICT}`,
      "curl PUT hosts/web/ARN/INSTANCE.json",
      "curl POST sns Publish",
      `curl PUT ${LEASE}`,
      "curl GET dists/stable/InRelease",
      "apt-get update",
      // Who says so of what is bad; and of what it runs this host says that it is ok, once it has made sure.
      "curl GET ?list-type=2&prefix=rollout%2Fweb%2Fvoices%2Fhello%2F1.1.0%2F",
      "curl POST elasticloadbalancing DescribeTargetHealth",
      "curl GET http://127.0.0.1:8080/health",
      "curl PUT rollout/web/voices/towline-agent/0.1.0/ok/ARN/INSTANCE.json",
      "curl PUT rollout/web/voices/hello/1.0.0/ok/ARN/INSTANCE.json",
    ]);
  });

  test("is reported as bad, with the answer and the app's last log lines", () => {
    expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "bad", version: "1.1.0", reason: UNHEALTHY });
    expect(host.aws.json(STATUS)).toMatchObject({
      state: "serving",
      health: "healthy",
      packages: { hello: "1.0.0" },
      error: `hello 1.1.0 was rolled back: ${UNHEALTHY}`,
    });
    expect(host.events()).toMatchObject([
      { outcome: "rolled-back", version: "1.1.0", previous: "1.0.0", reason: UNHEALTHY },
    ]);
    expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
    expect(host.has(RECORD)).toBe(false);
  });

  test("is not tried again, and the next poll is one request", async () => {
    host.forget();
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.story()).toEqual(["curl GET dists/stable/InRelease"]);
  });
});

describe("a version that others found good, and that fails at this host,", () => {
  test.concurrent(
    "is this host's own trouble, which it says, and tries again after 900 s",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.verdict("1.1.0", "ok");
      host.broken("1.1.0");
      const before = Math.floor(Date.now() / 1000);
      const result = await host.agent("poll");
      expect(result).toMatchObject({ code: 0, stdout: expect.stringMatching(/^hello 1\.1\.0 waits \d+ s/m) });
      const until = Number(/^hello=1\.1\.0 (\d+)$/.exec(host.read("run/towline/upgrade-pause").trim())?.[1]);
      expect(until).toBeGreaterThanOrEqual(before + 900);
      expect(until).toBeLessThanOrEqual(Date.now() / 1000 + 900);
      expect(host.installed()).toBe("1.0.0");
      expect(host.aws.json(VERDICT)).toEqual({ verdict: "ok" });
      expect(host.aws.json(TRIAL)).toMatchObject({ canary: "", failed: { [INSTANCE]: UNHEALTHY } });
      expect(host.events()).toMatchObject([{ outcome: "rolled-back", reason: UNHEALTHY }]);
      expect(host.aws.objects.has(CONTROL)).toBe(false);
    }),
  );

  test.concurrent(
    "is bad once a second host says so, and is recalled from those that run it",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.verdict("1.1.0", "ok");
      host.aws.objects.set(TRIAL, JSON.stringify({ canary: "", failed: { "i-0bbb": "no database" } }));
      host.broken("1.1.0");
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "bad", reason: UNHEALTHY });
      expect(host.aws.json(CONTROL)).toMatchObject({
        generation: 1,
        recalled: { hello: { "1.1.0": { reason: UNHEALTHY, by: INSTANCE } } },
      });
    }),
  );

  test.concurrent(
    "is nobody's fault while another host is unhealthy with an older one",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.aws.health = () => {
        if (host.installed() !== "1.1.0") return { status: 200, body: "ok" };
        host.aws.others = { "i-0bbb": "unhealthy" };
        return { status: 500, body: "no database" };
      };
      const result = await host.agent("poll");
      expect(result.stdout).toContain("not this version's fault alone: unhealthy as well: i-0bbb\n");
      expect(host.installed()).toBe("1.0.0");
      expect(host.aws.objects.has(VERDICT)).toBe(false);
      expect(host.aws.json(TRIAL)).toMatchObject({ canary: "", failed: {}, vanished: [] });
    }),
  );

  test.concurrent(
    "says nothing while the host is being shut down",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write("state/system", "stopping\n");
      host.broken("1.1.0");
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.aws.objects.has(VERDICT)).toBe(false);
    }),
  );
});

describe("a version that was found good and is recalled", () => {
  test.concurrent(
    "goes from a host with nothing else to do by its next poll, to the highest that is not bad",
    withHost("1.1.0", ["1.1.0", "1.0.0"], async (host) => {
      host.verdict("1.0.0", "ok");
      expect((await host.agent("poll")).code).toBe(0);
      host.forget();
      for (const key of [ORDERS, CONTROL])
        host.aws.objects.set(
          key,
          JSON.stringify({ recalled: { hello: { "1.1.0": { reason: "customers complain" } } } }),
        );
      expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
      expect(host.installed()).toBe("1.0.0");
      expect(host.events()).toMatchObject([
        { outcome: "upgraded", version: "1.0.0", previous: "1.1.0", reason: "the installed 1.1.0 is marked bad" },
      ]);
    }),
  );

  test.concurrent(
    "stays where the way back fails, and convicts nothing by that",
    withHost("1.1.0", ["1.1.0", "1.0.0"], async (host) => {
      host.verdict("1.0.0", "ok");
      host.aws.objects.set(TRIAL.replace("1.1.0", "1.0.0"), JSON.stringify({ failed: { "i-0bbb": "no database" } }));
      for (const key of [ORDERS, CONTROL])
        host.aws.objects.set(key, JSON.stringify({ recalled: { hello: { "1.1.0": {} } } }));
      host.broken("1.0.0");
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
      expect(host.aws.json(VERDICT.replace("1.1.0", "1.0.0"))).toEqual({ verdict: "ok" });
      expect(host.has("var/lib/towline/inrelease.etag")).toBe(false);
    }),
  );
});

describe("an alarm of the group", () => {
  const alarms = { errors: { reason: "5 % of the answers", at: "2026-01-31T12:00:00Z" } };

  test.concurrent(
    "keeps new versions away while it is on",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.aws.objects.set(POLICY, JSON.stringify({ alarms: ["errors"] }));
      host.aws.objects.set(CONTROL, JSON.stringify({ alarms }));
      expect(await host.agent("poll")).toMatchObject({
        code: 0,
        stdout: "nothing left to do: alarm errors: 5 % of the answers\n",
      });
      host.aws.objects.set(CONTROL, JSON.stringify({ alarms: {} }));
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
    }),
  );

  test.concurrent(
    "that the policy does not name stops nobody: what would take it away may be gone",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.aws.objects.set(POLICY, JSON.stringify({ alarms: ["latency"] }));
      host.aws.objects.set(CONTROL, JSON.stringify({ alarms }));
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
      expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "ok" });
    }),
  );

  test.concurrent(
    "that goes on while the canary is out has it leave once more, go back and find the version bad",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.aws.objects.set(POLICY, JSON.stringify({ alarms: ["errors"] }));
      host.aws.health = () => {
        if (host.installed() === "1.1.0") host.aws.objects.set(CONTROL, JSON.stringify({ alarms }));
        return { status: 200, body: "ok" };
      };
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.0.0");
      expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "bad", reason: "alarm errors: 5 % of the answers" });
      expect(host.aws.queries("DeregisterTargets")).toHaveLength(2);
      expect(host.events()).toMatchObject([{ outcome: "rolled-back", reason: "alarm errors: 5 % of the answers" }]);
      expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
    }),
  );
});

describe("a group whose policy lets more hosts out than one", () => {
  test.concurrent(
    "has this one take another slot than the first, renew it, and give it back",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.verdict("1.1.0", "ok");
      host.env({ TOWLINE_TARGET_GROUP_ARN: "" });
      host.aws.objects.set("rollout/web/policy.json", JSON.stringify({ maxUnavailable: 1000 }));
      // Every slot on the way to its own has let a host through.
      const through = { holder: "", package: "hello", version: "1.1.0", done: 1, took: 9, size: 8 };
      host.aws.objects.set(LEASE, JSON.stringify(through));
      for (let n = 1; n < 500; n++) host.aws.objects.set(`rollout/web/slots/${n}.json`, JSON.stringify(through));
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
      const written = host.whole().filter((line) => /^curl PUT rollout\/web\/(lease|slots)/.test(line));
      expect(written).toEqual([written[0], written[0]]);
      expect(written[0]).toMatch(/slots\/\d+\.json$/);
      expect(host.aws.json(written[0]?.slice("curl PUT ".length) ?? "")).toMatchObject({
        holder: "",
        version: "1.1.0",
      });
      expect(host.aws.json(LEASE)).toEqual(through);
    }),
  );
});

describe("a group that is held", () => {
  test.concurrent(
    "takes no new version, and does once it is no longer",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.aws.objects.set(CONTROL, JSON.stringify({ hold: { reason: "the sale" } }));
      expect(await host.agent("poll")).toMatchObject({ code: 0, stdout: "nothing left to do: held: the sale\n" });
      host.forget();
      expect(await host.agent("poll")).toMatchObject({ code: 0, stdout: "" });
      host.aws.objects.set(CONTROL, "{}");
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
    }),
  );
});

describe("a canary that did not come back", () => {
  const mark = (host: Host, fields: object) =>
    host.aws.objects.set(TRIAL, JSON.stringify({ package: "hello", ...fields }));

  test.concurrent(
    "counts, and the next host is the canary",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      mark(host, { canary: "i-0bbb" });
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
      const [put] = host.aws.requests.filter((r) => r.method === "PUT" && r.path === `/${TRIAL}`);
      expect(JSON.parse(put?.body ?? "")).toMatchObject({ canary: INSTANCE, vanished: ["i-0bbb"] });
    }),
  );

  test.concurrent(
    "makes the version bad where it is the second, before another host takes it",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      mark(host, { canary: "i-0ccc", vanished: ["i-0bbb"] });
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.0.0");
      expect(host.aws.json(VERDICT)).toMatchObject({
        verdict: "bad",
        reason: "i-0bbb and i-0ccc took it and did not come back",
      });
      expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
    }),
  );
});

describe("the floor", () => {
  test.concurrent.each([
    ["another host is not healthy", { "i-0bbb": "unhealthy" }, "not serving: i-0bbb"],
    ["another host has only just come", { "i-0bbb": "healthy", "i-0ccc": "initial" }, "not serving: i-0ccc"],
  ])("keeps a host that serves from leaving while %s", (_, others, reason) =>
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.aws.others = others as Record<string, string>;
      host.aws.hook = () => {
        // The third look at all targets finds them well.
        const looks = host.aws.queries("DescribeTargetHealth").filter((form) => !("Targets.member.1.Id" in form));
        if (looks.length === 3) host.aws.others = { "i-0bbb": "healthy" };
        return undefined;
      };
      const result = await host.agent("poll");
      expect(result.stdout.match(/waiting with .*/g)).toEqual([`waiting with hello 1.1.0: ${reason}`]);
      expect(host.read("state/calls").match(/^sleep 2\.\d$/gm)).toHaveLength(2);
      const [first] = host.story().filter((line) => /DeregisterTargets|PUT .*lease/.test(line));
      expect(first).toBe(`curl PUT ${LEASE}`);
      expect(host.installed()).toBe("1.1.0");
    })(),
  );

  test.concurrent(
    "is looked at again right before the host leaves",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.aws.hook = ({ path, method }) => {
        if (path === `/${TRIAL}` && method === "PUT") host.aws.others = { "i-0bbb": "unhealthy" };
        return undefined;
      };
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.aws.queries("DeregisterTargets")).toEqual([]);
      expect(host.aws.json(STATUS)).toMatchObject({
        state: "serving",
        error: "the upgrade of hello to 1.1.0 was put off: not serving: i-0bbb",
      });
      expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
      expect(host.aws.json(TRIAL)).toMatchObject({ canary: "", vanished: [] });
    }),
  );
});

describe("a version that does not get as far as the health gate", () => {
  test.concurrent(
    "goes when apt cannot install it",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write(
        "state/fail/install-hello-1.1.0",
        "Reading package lists...\nE: Sub-process /usr/bin/dpkg returned an error code (1)\n",
      );
      await host.agent("poll");
      expect(host.aws.json(VERDICT)).toMatchObject({
        verdict: "bad",
        reason: "apt-get install hello=1.1.0 failed: Sub-process /usr/bin/dpkg returned an error code (1)",
      });
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving" });
    }),
  );

  test.concurrent(
    "goes when its processes do not start, with what systemd says where the app said nothing",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write("state/fail/scale-1.1.0", "no such unit\n");
      host.write("state/log", "");
      await host.agent("poll");
      expect(host.aws.json(VERDICT)).toMatchObject({
        verdict: "bad",
        reason: "hello scale web=1 worker=2 failed: hello-web@1.service: Main process exited",
      });
      expect(host.installed()).toBe("1.0.0");
    }),
  );
});

test.concurrent(
  "a version of a second app goes when its processes do not run, though http answers, with that app's log",
  withHost("1.0.0", ["1.0.0"], async (host) => {
    host.second();
    host.write("var/cache/apt/archives/other_1.0.0_amd64.deb", "deb\n");
    host.candidates("other", ["1.1.0", "1.0.0"]);
    host.write("state/fail/other-status-1.1.0", "web.1\tactivating\t7000\nworker.1\tactive\t7100\n");
    expect((await host.agent("poll")).code).toBe(0);
    const reason =
      "not healthy within 1 s: other status: web.1 activating 7000 | worker.1 active 7100; log: listening | crashed";
    expect(host.installed("other")).toBe("1.0.0");
    expect(host.aws.json("rollout/web/verdicts/other/1.1.0.json")).toMatchObject({ verdict: "bad", reason });
    expect(host.aws.json(STATUS)).toMatchObject({
      state: "serving",
      health: "healthy",
      packages: { hello: "1.0.0", other: "1.0.0" },
      error: `other 1.1.0 was rolled back: ${reason}`,
    });
    const asked = host.read("state/calls").match(/^journalctl .*$/gm) ?? [];
    expect(asked).toEqual([expect.stringMatching(/ --unit=other-\* _TRANSPORT=stdout$/)]);
    expect(asked[0]).not.toContain("hello");
  }),
);

describe("a version that the host cannot go back from", () => {
  beforeAll(async () => {
    await start();
    host.broken("1.1.0");
    host.write("state/fail/install-hello-1.0.0", "E: No space left on device\n");
  });
  afterAll(stop);

  test("leaves the host out of the load balancer, its mark in the bucket, and the version without a verdict", async () => {
    const result = await host.agent("poll");
    expect(result.code).toBe(1);
    expect(result.stderr).toContain(
      "this host serves neither 1.1.0 nor 1.0.0 of hello and stays out of the load balancer",
    );
    expect(host.aws.json(STATUS)).toMatchObject({
      state: "failed",
      health: "unhealthy",
      error: `apt-get install ${host.root}/var/cache/towline/hello_1.0.0_amd64.deb failed: No space left on device`,
    });
    expect(host.aws.json(LEASE)).toMatchObject({ holder: INSTANCE });
    expect(host.aws.json(TRIAL)).toMatchObject({ canary: INSTANCE, vanished: [] });
    expect(host.aws.objects.has(VERDICT)).toBe(false);
    expect(host.aws.queries("RegisterTargets")).toEqual([]);
    expect(host.has("var/lib/towline/inrelease.etag")).toBe(false);
    expect(host.events()).toMatchObject([
      {
        outcome: "stuck",
        version: "1.1.0",
        previous: "1.0.0",
        reason: `apt-get install ${host.root}/var/cache/towline/hello_1.0.0_amd64.deb failed: No space left on device`,
      },
    ]);
  });

  test("tries again with every poll, and says no more", async () => {
    host.forget();
    expect((await host.agent("poll")).code).toBe(1);
    expect(host.events()).toEqual([]);
  });

  test("is gone back from by a later poll, once that works", async () => {
    host.remove("state/fail/install-hello-1.0.0");
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", packages: { hello: "1.0.0" } });
    expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
    expect(host.events()).toMatchObject([{ outcome: "rolled-back", reason: UNHEALTHY }]);
  });
});

describe("a version that was withdrawn", () => {
  test.concurrent(
    "goes: the highest that is listed comes from the repository, and the event says why",
    withHost("1.1.0", ["1.0.0"], async (host) => {
      host.verdict("1.0.0", "ok");
      expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
      expect(host.story()).toContain("apt-get install hello=1.0.0 towline-agent=0.1.0");
      expect(host.has("var/cache/towline/hello_1.0.0_amd64.deb")).toBe(true);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", packages: { hello: "1.0.0" }, error: "" });
      expect(host.events()).toMatchObject([
        {
          outcome: "upgraded",
          version: "1.0.0",
          previous: "1.1.0",
          reason: "the installed 1.1.0 is withdrawn: the repository no longer lists it",
        },
      ]);
    }),
  );
});

describe("a host that Auto Scaling takes out of service while it upgrades", () => {
  test.concurrent(
    "stays out of the load balancer and lets the next host begin",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.aws.health = () => {
        host.aws.lifecycle = "Terminated";
        return { status: 200, body: "ok" };
      };
      const result = await host.agent("poll");
      expect(result.code).toBe(0);
      expect(result.stdout).toContain(
        "Auto Scaling takes this host to Terminated: it stays out of the load balancer\n",
      );
      expect(host.aws.queries("RegisterTargets")).toEqual([]);
      expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
    }),
  );
});

describe("an upgrade of the agent itself", () => {
  test.concurrent(
    "is proven by the new one's self-test, and ended by its first poll",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      host.candidates("towline-agent", ["0.2.0", "0.1.0"]);
      expect((await host.agent("poll")).code).toBe(0);
      const story = host.story();
      expect(story.indexOf("apt-get install towline-agent=0.2.0 hello=1.0.0")).toBeLessThan(
        story.indexOf("towline-agent self-test"),
      );
      expect(story.at(-1)).toBe("towline-agent poll");
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.json("rollout/web/verdicts/towline-agent/0.2.0.json")).toMatchObject({ verdict: "ok" });
    }),
  );

  test.concurrent(
    "that does not run goes back",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      host.candidates("towline-agent", ["0.2.0", "0.1.0"]);
      host.write("state/fail/self-test-0.2.0", "syntax error\n");
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed("towline-agent")).toBe("0.1.0");
      expect(host.aws.json("rollout/web/verdicts/towline-agent/0.2.0.json")).toMatchObject({
        verdict: "bad",
        reason: "the installed towline-agent does not pass its self-test: syntax error",
      });
    }),
  );
});
