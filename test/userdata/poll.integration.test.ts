import { FakeAws, INSTANCE, SECRETS, STATUS } from "./fake-aws";
import { Host, withHost } from "./host";

const LEASE = "rollout/web/lease.json";
const POLICY = "rollout/web/policy.json";
const CONTROL = "rollout/web/control.json";
const ORDERS = "rollout/web/orders.json";
const voice = (spec: string) => `rollout/web/voices/${spec}/ok/ARN/INSTANCE.json`;
const TRIAL = "rollout/web/trials/hello/1.1.0.json";
const VERDICT = "rollout/web/verdicts/hello/1.1.0.json";
const ETAGS = "var/lib/towline/inrelease.etag";
const AGENTS_VERDICT = "rollout/web/verdicts/towline-agent/0.1.0.json";

let host: Host;

const stop = async () => expect(await host.stop()).toEqual([]);

const soon = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+/, "");
const lease = (holder: string, expires: string) =>
  JSON.stringify({ holder, package: "hello", version: "1.1.0", since: expires, expires });

const leasePuts = (host: Host) => host.aws.requests.filter((r) => r.method === "PUT" && r.path === `/${LEASE}`);

/** Changes the bucket just before the nth request for the lease is answered. */
function onLeaseRequest(aws: FakeAws, nth: number, change: () => void, method = "GET"): void {
  let seen = 0;
  aws.hook = (request) => {
    if (request.path === `/${LEASE}` && request.method === method && ++seen === nth) change();
    return undefined;
  };
}

describe("a poll that finds nothing new", () => {
  afterAll(stop);
  beforeAll(async () => {
    host = await Host.start("1.0.0", ["1.0.0"]);
    expect((await host.agent("poll")).code).toBe(0);
  });
  beforeEach(() => host.forget());

  test("makes three requests in one curl: for InRelease, on its last tag, for what people say of the group, and for its policy", async () => {
    host.write("state/curl-argv", "");
    const result = await host.agent("poll");
    expect(result).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
    expect(host.aws.requests.map((r) => `${r.method} ${r.host}${r.path}`)).toEqual([
      "GET towline-test.s3.eu-west-1.amazonaws.com/dists/stable/InRelease",
      "GET towline-test.s3.eu-west-1.amazonaws.com/rollout/web/control.json",
      "GET towline-test.s3.eu-west-1.amazonaws.com/rollout/web/policy.json",
    ]);
    expect(host.aws.requests[0]?.headers["if-none-match"]).toBe('"f97c5d29941bfb1b2fdab0874906ab82"');
    expect(host.whole()).toEqual(["curl GET dists/stable/InRelease", `curl GET ${CONTROL}`, `curl GET ${POLICY}`]);
    expect(host.read("state/curl-argv").match(/^--config$/gm)).toHaveLength(1);
  });

  test("keeps the credentials out of argv and away from other users", async () => {
    await host.agent("poll");
    const argv = host.read("state/curl-argv");
    for (const secret of [...Object.values(SECRETS), "session-token"]) expect(argv).not.toContain(secret);
    expect(host.read("run/towline/credentials")).toContain(SECRETS.secret);
    const { stdout } = await host.run("/usr/bin/stat", [
      "-c",
      "%a",
      `${host.root}/run/towline/credentials`,
      `${host.root}/run/towline`,
    ]);
    expect(stdout).toBe("600\n700\n");
  });

  test("asks the metadata service for credentials again shortly before they expire", async () => {
    host.write("run/towline/credentials", `${Math.floor(Date.now() / 1000) + 200} ${SECRETS.key} old old\n`);
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.aws.requests.filter((r) => r.host === "169.254.169.254").map((r) => r.path)).toEqual([
      "/latest/api/token",
      "/latest/meta-data/iam/security-credentials/",
      "/latest/meta-data/iam/security-credentials/hello-role",
    ]);
  });
});

test(
  "in a frozen time nothing new is taken; polls are quiet until it ends, and one looks again then, though no object has changed",
  withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    host.aws.objects.set(
      POLICY,
      JSON.stringify({ freeze: [{ cron: "* * * * *", timeZone: "Europe/Berlin", hours: 1 }] }),
    );
    expect(await host.agent("poll")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^nothing left to do: frozen until \d{4}-\d\d-\d\dT\d\d:\d\d:00Z$/m),
    });
    expect(host.installed()).toBe("1.0.0");
    host.forget();
    expect(await host.agent("poll")).toMatchObject({ code: 0, stdout: "" });
    expect(host.whole()).toEqual(["curl GET dists/stable/InRelease", `curl GET ${CONTROL}`, `curl GET ${POLICY}`]);
    host.write(ETAGS, host.read(ETAGS).replace(/^wake .*/m, `wake ${Math.floor(Date.now() / 1000) - 1}`));
    expect((await host.agent("poll")).stdout).toContain("nothing left to do: frozen until ");
  }),
);

describe("a poll that finds a new version", () => {
  afterAll(stop);
  beforeAll(async () => {
    host = await Host.start("1.0.0", ["1.1.0", "1.0.0"]);
    expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
  });

  test("upgrades under the lease, out of the load balancer, and looks again at the end", () => {
    expect(host.whole()).toEqual([
      "curl GET dists/stable/InRelease",
      "apt-get update",
      `curl GET ${AGENTS_VERDICT}`,
      `curl GET ${VERDICT}`,
      `curl GET ${CONTROL}`,
      `curl GET ${ORDERS}`,
      `curl GET ${POLICY}`,
      `curl GET ${LEASE}`,
      "curl POST elasticloadbalancing DescribeTargetHealth",
      `curl PUT ${LEASE}`,
      "curl GET dists/stable/InRelease",
      `curl GET ${CONTROL}`,
      `curl GET ${LEASE}`,
      `curl GET ${VERDICT}`,
      `curl GET ${TRIAL}`,
      `curl PUT ${TRIAL}`,
      "curl PUT hosts/web/ARN/INSTANCE.json",
      "dpkg --configure -a --force-confdef --force-confold",
      "apt-get install --download-only hello=1.1.0 towline-agent=0.1.0",
      "curl GET dists/stable/InRelease",
      `curl GET ${CONTROL}`,
      `curl GET ${ORDERS}`,
      `curl GET ${POLICY}`,
      `curl GET ${LEASE}`,
      `curl GET ${VERDICT}`,
      "curl POST elasticloadbalancing DescribeTargetHealth",
      "curl POST elasticloadbalancing DeregisterTargets",
      "curl POST elasticloadbalancing DescribeTargetHealth",
      "curl POST elasticloadbalancing DescribeTargetHealth",
      "apt-get install hello=1.1.0 towline-agent=0.1.0",
      "hello scale web=1 worker=2",
      "curl GET http://127.0.0.1:8080/health",
      "curl GET http://127.0.0.1:8080/health",
      "curl GET http://127.0.0.1:8080/health",
      "curl POST elasticloadbalancing RegisterTargets",
      "curl POST elasticloadbalancing DescribeTargetHealth",
      "curl POST elasticloadbalancing DescribeTargetHealth",
      `curl GET ${VERDICT}`,
      `curl GET ${TRIAL}`,
      `curl GET ${CONTROL}`,
      `curl GET ${ORDERS}`,
      `curl GET ${POLICY}`,
      `curl PUT ${VERDICT}`,
      "curl PUT hosts/web/ARN/INSTANCE.json",
      "curl POST sns Publish",
      `curl GET ${LEASE}`,
      `curl PUT ${LEASE}`,
      "curl GET dists/stable/InRelease",
      `curl GET ${CONTROL}`,
      `curl GET ${VERDICT}`,
      // It has just served with them: that is not asked for again.
      `curl PUT ${voice("towline-agent/0.1.0")}`,
      `curl PUT ${voice("hello/1.1.0")}`,
      "curl GET dists/stable/InRelease",
      `curl GET ${CONTROL}`,
      `curl GET ${POLICY}`,
    ]);
    expect(host.has("var/lib/towline/upgrading.json")).toBe(false);
  });

  test("reports verdict, status and event as the contracts say", () => {
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(host.aws.json("rollout/web/verdicts/hello/1.1.0.json")).toEqual({
      verdict: "ok",
      package: "hello",
      version: "1.1.0",
      instance: INSTANCE,
      reason: "",
      at: time,
    });
    expect(host.aws.json(STATUS)).toEqual({
      instance: INSTANCE,
      group: "web",
      state: "serving",
      health: "healthy",
      since: time,
      packages: { "towline-agent": "0.1.0", hello: "1.1.0" },
      error: "",
      reported: time,
    });
    const [event] = host.aws.queries("Publish");
    expect(event?.TopicArn).toBe("arn:aws:sns:eu-west-1:123456789012:towline-test-hosts");
    expect(JSON.parse(event?.Message ?? "")).toEqual({
      source: "towline",
      event: "deploy",
      outcome: "upgraded",
      stack: "test",
      group: "web",
      instance: INSTANCE,
      package: "hello",
      version: "1.1.0",
      previous: "1.0.0",
      reason: "",
      seconds: expect.any(Number),
      at: time,
    });
    expect(host.aws.json(LEASE)).toMatchObject({ holder: "", package: "hello", version: "1.1.0", done: 1 });
    expect(host.aws.queries("DeregisterTargets")[0]).toMatchObject({ "Targets.member.1.Id": INSTANCE });
  });

  test("tells apt to keep configuration and packages, and to go back when asked", () => {
    const install = host
      .read("state/calls")
      .split("\n")
      .find((line) => line.startsWith("apt-get install") && !/ --(download-only|simulate) /.test(line));
    expect(install).toBe(
      "apt-get install -y -q --allow-downgrades --no-install-recommends --no-remove -o Dpkg::Options::=--force-confdef " +
        "-o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 -o APT::Keep-Downloaded-Packages=true hello=1.1.0 towline-agent=0.1.0",
    );
  });

  test("keeps the package file of the version that runs, and no other", () => {
    expect(host.has("var/cache/towline/hello_1.1.0_amd64.deb")).toBe(true);
    expect(host.has("var/cache/towline/hello_1.0.0_amd64.deb")).toBe(false);
  });

  test("creates the lease only where there is none, and gives back the object it wrote", () => {
    const [take, release] = leasePuts(host);
    expect(take?.headers["if-none-match"]).toBe("*");
    expect(JSON.parse(take?.body ?? "")).toMatchObject({ holder: INSTANCE, package: "hello", version: "1.1.0" });
    expect(release?.headers["if-match"]).toBe(FakeAws.etag(take?.body ?? ""));
  });
});

describe("a poll's decision", () => {
  test.concurrent(
    "leaves a version alone that another host found bad",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.verdict("1.1.0", "bad");
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.0.0");
      expect(host.aws.s3()).not.toContain(`GET ${LEASE}`);
      expect(host.has("var/lib/towline/inrelease.etag")).toBe(true);
    }),
  );

  test.concurrent(
    "leaves an existing verdict as it is",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.worker();
      host.verdict("1.1.0", "ok");
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.json("rollout/web/verdicts/hello/1.1.0.json")).toEqual({ verdict: "ok" });
    }),
  );

  test.concurrent(
    "does without the load balancer where the group has none",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.worker();
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
      expect(host.read("state/calls").match(/^hello status$/gm)).toHaveLength(3);
      expect(host.story().filter((line) => line.includes("elasticloadbalancing"))).toEqual([]);
    }),
  );
});

describe("the lease", () => {
  test.concurrent(
    "of another host is waited for, and the decision made anew",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.aws.objects.set(LEASE, lease("i-0bbb", soon(300)));
      onLeaseRequest(host.aws, 3, () => {
        host.aws.objects.set(LEASE, lease("", soon(0)));
        host.verdict("1.1.0", "bad");
      });
      const result = await host.agent("poll");
      expect(result.code).toBe(0);
      expect(result.stdout).toContain("waiting with hello 1.1.0: the lease is held by i-0bbb\n");
      expect(result.stdout.match(/waiting/g)).toHaveLength(1);
      expect(result.stdout).toContain("nothing left to do: 1.0.0 is the highest version that is not marked bad\n");
      expect(host.read("state/calls").match(/^sleep 2\.\d$/gm)).toHaveLength(2);
      expect(host.installed()).toBe("1.0.0");
      expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
    }),
  );

  test.concurrent(
    "that has expired is taken over on the object that was read",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.worker();
      const old = lease("i-0bbb", soon(-5));
      host.aws.objects.set(LEASE, old);
      host.aws.objects.age(LEASE, 90);
      const result = await host.agent("poll");
      expect(result.stdout).toContain("taking over the lease that i-0bbb let expire\n");
      expect(leasePuts(host)[0]?.headers["if-match"]).toBe(FakeAws.etag(old));
      expect(host.installed()).toBe("1.1.0");
    }),
  );

  test.concurrent(
    "of this host, from a run that died early, is taken again",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.worker();
      host.aws.objects.set(LEASE, lease(INSTANCE, soon(300)));
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
    }),
  );

  test.concurrent(
    "lost to a faster host means waiting",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.worker();
      let asked = 0;
      host.aws.hook = ({ path }) => {
        if (path !== `/${LEASE}`) return undefined;
        // The first request looks, the second takes; of those that follow, the third finds that the other host is done.
        asked++;
        if (asked === 2) host.aws.objects.set(LEASE, lease("i-0ccc", soon(300)));
        if (asked === 5) host.aws.objects.set(LEASE, lease("", soon(0)));

        return undefined;
      };
      const result = await host.agent("poll");
      expect(result.stdout).toContain("waiting with hello 1.1.0: the lease is held by i-0ccc\n");
      expect(result.code).toBe(0);
      expect(leasePuts(host)[0]?.headers["if-none-match"]).toBe("*");
      expect(host.installed()).toBe("1.1.0");
    }),
  );

  test.concurrent(
    "lost while upgrading is not given back in another host's name",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.worker();
      const other = lease("i-0ddd", soon(300));
      onLeaseRequest(host.aws, 2, () => host.aws.objects.set(LEASE, other));
      const result = await host.agent("poll");
      expect(result.stdout).toContain("the lease is no longer this host's: nothing to release\n");
      expect(host.aws.objects.get(LEASE)).toBe(other);
    }),
  );
});

describe("a poll in trouble", () => {
  test.concurrent(
    "reports a repository apt refuses once, keeps the old state, and takes the report back later",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      await host.agent("poll");
      host.write(
        "var/lib/towline/status.json",
        JSON.stringify({
          state: "serving",
          health: "healthy",
          since: "2026-01-31T12:00:00Z",
          packages: { "towline-agent": "0.1.0", hello: "1.0.0" },
          error: "",
        }),
      );
      host.publish("two");
      host.write(
        "state/fail/update",
        "Err:1 s3://towline-test stable InRelease\nE: The repository 's3://towline-test stable InRelease' is not signed.\n",
      );
      const result = await host.agent("poll");
      expect(result.code).toBe(1);
      expect(result.stderr).toBe(
        "error: apt-get update failed: The repository 's3://towline-test stable InRelease' is not signed.\n",
      );
      expect(host.aws.json(STATUS)).toMatchObject({
        state: "serving",
        since: "2026-01-31T12:00:00Z",
        error: "repository: apt-get update failed: The repository 's3://towline-test stable InRelease' is not signed.",
      });
      await host.agent("poll");
      expect(host.aws.s3().filter((line) => line.startsWith("PUT hosts"))).toHaveLength(1);
      host.remove("state/fail/update");
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", error: "" });
    }),
  );

  test.concurrent(
    "names the error AWS answered",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      host.aws.hook = (r) =>
        r.path.endsWith("InRelease")
          ? { status: 403, body: "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>" }
          : undefined;
      const result = await host.agent("poll");
      expect(result.code).toBe(1);
      expect(result.stderr).toBe(
        "error: reading https://towline-test.s3.eu-west-1.amazonaws.com/dists/stable/InRelease: HTTP 403 AccessDenied: Access Denied\n",
      );
    }),
  );

  test.concurrent(
    "does nothing on a host whose first boot has not ended",
    withHost(undefined, ["1.0.0"], async (host) => {
      expect(await host.agent("poll")).toMatchObject({
        code: 0,
        stdout: "the first boot has not ended: nothing to poll for yet\n",
      });
      expect(host.aws.requests).toEqual([]);
    }),
  );

  test.concurrent.each([403, 404])(
    "says what became of a version on a stack's only topic, where that has none for hosts (%d)",
    async (status) =>
      withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
        host.aws.hook = (request) =>
          request.method === "POST" && new URLSearchParams(request.body).get("TopicArn")?.endsWith("-hosts")
            ? { status, body: "<ErrorResponse><Error><Code>AuthorizationError</Code></Error></ErrorResponse>" }
            : undefined;
        expect((await host.agent("poll")).code).toBe(0);
        const topics = host.aws.queries("Publish").map(({ TopicArn }) => TopicArn?.split(":").at(-1));
        expect(topics).toEqual(["towline-test-hosts", "towline-test"]);
        host.forget();
        expect((await host.agent("poll")).code).toBe(0);
        expect(host.aws.queries("Publish")).toEqual([]);
      })(),
  );

  test.concurrent(
    "leaves the host to a run that holds the lock",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      host.write("run/towline/lock", "");
      const result = await host.run("/usr/bin/flock", [
        `${host.root}/run/towline/lock`,
        `${__dirname}/../../userdata/agent/usr/sbin/towline-agent`,
        "poll",
      ]);
      expect(result).toMatchObject({
        code: 0,
        stdout: "another run of the agent holds the lock: this poll is not needed\n",
      });
      expect(host.aws.requests).toEqual([]);
    }),
  );

  test.concurrent(
    "refuses a host environment that is not data",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      host.env({ TOWLINE_PACKAGES: "hello; rm -rf /" });
      const result = await host.agent("poll");
      expect(result.code).toBe(78);
      expect(result.stderr).toContain('TOWLINE_PACKAGES is "hello; rm -rf /", which does not match');
    }),
  );
});
