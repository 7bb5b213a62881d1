import { INSTANCE, STATUS } from "./fake-aws";
import { Host, withHost } from "./host";

const LEASE = "rollout/web/lease.json";
const VERDICT = "rollout/web/verdicts/hello/1.1.0.json";
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
    host.verdict("1.1.0", "ok");
    host.broken("1.1.0");
    expect((await host.agent("poll")).code).toBe(0);
  });
  afterAll(stop);

  test("goes: the one before is installed from the kept file, proven, back in the load balancer, and only then reported", () => {
    expect(host.installed()).toBe("1.0.0");
    const story = host.story().filter((line, i, all) => line !== all[i - 1]);
    expect(story.slice(story.indexOf("apt-get install hello=1.1.0"))).toEqual([
      "apt-get install hello=1.1.0",
      "hello scale web=1 worker=2",
      "curl GET http://127.0.0.1:8080/health",
      "apt-get install /var/cache/towline/hello_1.0.0_amd64.deb",
      "hello scale web=1 worker=2",
      "curl GET http://127.0.0.1:8080/health",
      "curl POST elasticloadbalancing RegisterTargets",
      "curl POST elasticloadbalancing DescribeTargetHealth",
      `curl PUT ${VERDICT}`,
      "curl PUT hosts/web/ARN/INSTANCE.json",
      "curl POST sns Publish",
      `curl GET ${LEASE}`,
      `curl PUT ${LEASE}`,
      `curl GET ${VERDICT}`,
      "curl GET dists/stable/InRelease",
    ]);
  });

  test("is reported as bad, with the answer and the app's last log lines, even where another host found it ok", () => {
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

  test("leaves the host out of the load balancer, the lease taken, and the version bad", async () => {
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
    expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "bad" });
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
      expect(host.story()).toContain("apt-get install hello=1.0.0");
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
      host.aws.lifecycle = "Terminated";
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
      expect(story.indexOf("apt-get install towline-agent=0.2.0")).toBeLessThan(
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
