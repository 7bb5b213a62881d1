import { FakeAws, INSTANCE, SECRETS, STATUS } from "./fake-aws";
import { Host, withHost } from "./host";
import { FILE, LEASE, OBJECT, restarts, serveWith, verdictKey, visible } from "./settings-host";

const SECRET = "hunter2-$`\\";

let host: Host;

const stop = async () => expect(await host.stop()).toEqual([]);

const held = () => {
  const end = new Date(Date.now() + 300_000).toISOString().replace(/\.\d+/, "");
  return JSON.stringify({ holder: "i-0bbb", package: "hello", version: "settings-0", since: end, expires: end });
};

/** Changes the bucket just before the nth look at the lease is answered. */
function onLook(aws: FakeAws, nth: number, change: () => void): void {
  let seen = 0;
  aws.hook = (request) => {
    if (request.path === `/${LEASE}` && request.method === "GET" && ++seen === nth) change();
    return undefined;
  };
}

describe("a poll that finds the settings unchanged", () => {
  afterAll(stop);
  beforeAll(async () => {
    host = await Host.start("1.0.0", ["1.0.0"]);
    await serveWith(host, `DATABASE_URL="${SECRET}"\n`);
    expect(await host.agent("poll")).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
  });

  test("makes one conditional request for each object, by one run of curl", () => {
    expect(host.story()).toEqual(["curl GET dists/stable/InRelease", `curl GET ${OBJECT}`]);
    expect(host.read("state/curl-argv")).toBe("--disable\n--fail-early\n--config\n-\n");
    expect(host.aws.requests.map((r) => [r.path, r.headers["if-none-match"]])).toEqual([
      ["/dists/stable/InRelease", FakeAws.etag("one")],
      ["/rollout/web/control.json", undefined],
      ["/rollout/web/policy.json", undefined],
      [`/${OBJECT}`, FakeAws.etag(`DATABASE_URL="${SECRET}"\n`)],
    ]);
  });
});

describe("settings that changed", () => {
  let result: Awaited<ReturnType<Host["agent"]>>;
  let id: string;

  afterAll(stop);
  beforeAll(async () => {
    host = await Host.start("1.0.0", ["1.0.0"]);
    await serveWith(host, 'A="1"\n');
    id = host.configure(`A="${SECRET}"\n`);
    result = await host.agent("poll");
  });

  test("are taken under the lease, out of the load balancer, by one restart", () => {
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(host.story()).toEqual([
      "curl GET dists/stable/InRelease",
      `curl GET ${OBJECT}`,
      `curl GET ${OBJECT}`,
      "curl POST elasticloadbalancing DescribeTargetHealth",
      `curl PUT ${LEASE}`,
      `curl PUT ${verdictKey(id).replace("verdicts", "trials")}`,
      `curl GET ${OBJECT}`,
      "curl PUT hosts/web/ARN/INSTANCE.json",
      "curl POST elasticloadbalancing DescribeTargetHealth",
      "curl POST elasticloadbalancing DeregisterTargets",
      "curl POST elasticloadbalancing DescribeTargetHealth",
      "curl POST elasticloadbalancing DescribeTargetHealth",
      "hello restart",
      "hello scale web=1 worker=2",
      "curl GET http://127.0.0.1:8080/health",
      "curl GET http://127.0.0.1:8080/health",
      "curl GET http://127.0.0.1:8080/health",
      "curl POST elasticloadbalancing RegisterTargets",
      "curl POST elasticloadbalancing DescribeTargetHealth",
      "curl POST elasticloadbalancing DescribeTargetHealth",
      `curl PUT ${verdictKey(id)}`,
      "curl PUT hosts/web/ARN/INSTANCE.json",
      `curl PUT ${LEASE}`,
    ]);
  });

  test("lie where systemd reads them, for root alone", async () => {
    expect(host.read(FILE)).toBe(`A="${SECRET}"\n`);
    const { stdout } = await host.run("/usr/bin/find", [
      `${host.root}/var/lib/towline/env`,
      ...["-printf", "%P %m\n", "-name", "*"],
    ]);
    expect(stdout.trimEnd().split("\n").sort()).toEqual([" 700", "hello.env 600", "hello.etag 600"]);
  });

  test("are reported as good, by their tag", () => {
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(host.aws.json(verdictKey(id))).toEqual({
      verdict: "ok",
      package: "hello",
      version: id,
      instance: INSTANCE,
      reason: "",
      at: time,
    });
    expect(host.aws.json(STATUS)).toMatchObject({
      state: "serving",
      health: "healthy",
      packages: { "towline-agent": "0.1.0", hello: "1.0.0" },
      error: "",
    });
    expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
    const [take] = host.aws.requests.filter((r) => r.method === "PUT" && r.path === `/${LEASE}`);
    expect(JSON.parse(take?.body ?? "")).toMatchObject({ holder: INSTANCE, package: "hello", version: id });
    expect(host.has("var/lib/towline/restarting.json")).toBe(false);
  });

  test("show up in no output, no command line and nothing the host sends, nor do credentials", () => {
    const seen = visible(host, result);
    for (const secret of ["hunter2", ...Object.values(SECRETS)]) expect(seen).not.toContain(secret);
  });

  test("are not looked at again", async () => {
    expect(host.read("var/lib/towline/env/hello.etag")).toBe(`${FakeAws.etag(`A="${SECRET}"\n`)}\n`);
    host.forget();
    expect(await host.agent("poll")).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
    expect(host.story()).toHaveLength(2);
  });
});

describe("settings that are not taken", () => {
  test.concurrent(
    "are those another host found bad",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      await serveWith(host, 'A="1"\n');
      const id = host.configure('A="2"\n');
      host.verdict(id, "bad");
      expect(await host.agent("poll")).toMatchObject({
        code: 0,
        stdout: `another host found ${id} of hello bad: the settings stay as they are\n`,
        stderr: "",
      });
      expect(restarts(host)).toEqual([]);
      expect(host.aws.s3()).not.toContain(`GET ${LEASE}`);
      expect(host.read(FILE)).toBe('A="1"\n');
      host.forget();
      expect(await host.agent("poll")).toMatchObject({ code: 0, stdout: "" });
      expect(host.story()).toHaveLength(2);
    }),
  );

  test.concurrent(
    "are those found bad while this host waited",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      await serveWith(host, 'A="1"\n');
      const id = host.configure('A="2"\n');
      host.aws.objects.set(LEASE, held());
      onLook(host.aws, 2, () => {
        host.aws.objects.delete(LEASE);
        host.verdict(id, "bad");
      });
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.s3().filter((line) => line.startsWith("PUT rollout/"))).toEqual([`PUT ${LEASE}`, `PUT ${LEASE}`]);
      expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
      expect(restarts(host)).toEqual([]);
      expect(host.has("var/lib/towline/env/hello.next")).toBe(false);
    }),
  );

  test.concurrent(
    "are those with the content the host has, under another tag",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      await serveWith(host, 'A="1"\n');
      const answer = { status: 200, body: 'A="1"\n', headers: { ETag: '"f00"' } };
      host.aws.hook = (r) => (r.path === `/${OBJECT}` ? answer : undefined);
      expect(await host.agent("poll")).toMatchObject({ code: 0, stdout: "", stderr: "" });
      expect(host.story()).toEqual(["curl GET dists/stable/InRelease", `curl GET ${OBJECT}`, `curl GET ${OBJECT}`]);
      expect(host.read("var/lib/towline/env/hello.etag")).toBe('"f00"\n');
    }),
  );
});

test(
  "a lease of another host is waited for",
  withHost("1.0.0", ["1.0.0"], async (host) => {
    host.worker();
    await serveWith(host, 'A="1"\n');
    const id = host.configure('A="2"\n');
    host.aws.objects.set(LEASE, held());
    onLook(host.aws, 3, () => host.aws.objects.delete(LEASE));
    const result = await host.agent("poll");
    expect(result.stdout.match(/waiting.*/g)).toEqual([`waiting with hello ${id}: the lease is held by i-0bbb`]);
    expect(host.read("state/calls").match(/^sleep 2\.\d$/gm)).toHaveLength(2);
    expect(restarts(host)).toEqual(["hello restart"]);
    expect(host.read(FILE)).toBe('A="2"\n');
  }),
);

test(
  "settings that are deleted leave an empty file, after one restart and without a verdict",
  withHost("1.0.0", ["1.0.0"], async (host) => {
    await serveWith(host, 'A="1"\n');
    host.aws.objects.delete(OBJECT);
    expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
    expect(host.read(FILE)).toBe("");
    expect(host.read("var/lib/towline/env/hello.etag")).toBe("\n");
    expect(restarts(host)).toEqual(["hello restart"]);
    expect(host.aws.s3().filter((line) => line.includes("verdicts"))).toEqual([]);
    host.forget();
    expect(await host.agent("poll")).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
    expect(host.story()).toHaveLength(2);
  }),
);

test(
  "settings of two apps are taken one after the other, each under the lease",
  withHost("1.0.0", ["1.0.0"], async (host) => {
    host.worker();
    host.second();
    const hello = verdictKey(host.configure('A="1"\n'));
    const other = verdictKey(host.configure('B="1"\n', "other"), "other");
    expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
    const story = host.story().filter((line) => / restart$|PUT .*verdicts\/.*settings|PUT .*lease/.test(line));
    const turn = (app: string, verdict: string) => [
      `curl PUT ${LEASE}`,
      `${app} restart`,
      `curl PUT ${verdict}`,
      `curl PUT ${LEASE}`,
    ];
    expect(story).toEqual([...turn("hello", hello), ...turn("other", other)]);
    expect(host.read("var/lib/towline/env/other.env")).toBe('B="1"\n');
    host.forget();
    expect(await host.agent("poll")).toMatchObject({ code: 0, stdout: "" });
    expect(host.story()).toEqual(["curl GET dists/stable/InRelease", `curl GET ${OBJECT}`, "curl GET env/other.env"]);
  }),
);

test(
  "a host that follows a channel looks at the settings after the suites",
  withHost("1.0.0", ["1.0.0"], async (host) => {
    host.worker();
    host.channel(["1.0.0"]);
    await serveWith(host, 'A="1"\n');
    expect(await host.agent("poll")).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
    expect(host.aws.requests.map((r) => [r.path, r.headers["if-none-match"]])).toEqual([
      ["/dists/stable/InRelease", FakeAws.etag("one")],
      ["/dists/stable-feature-x/InRelease", FakeAws.etag("1.0.0")],
      ["/rollout/web/control.json", undefined],
      ["/rollout/web/policy.json", undefined],
      [`/${OBJECT}`, FakeAws.etag('A="1"\n')],
    ]);
  }),
);

describe("a first boot", () => {
  test.concurrent(
    "has the settings before anything is installed and started",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.configure('A="1"\n');
      expect(await host.agent("boot")).toMatchObject({ code: 0, stderr: "" });
      const heartbeat = "curl POST autoscaling RecordLifecycleActionHeartbeat";
      expect(host.story().slice(0, 7)).toEqual([
        "curl PUT hosts/web/ARN/INSTANCE.json",
        heartbeat,
        `curl GET ${OBJECT}`,
        heartbeat,
        "apt-get install hello=1.0.0",
        heartbeat,
        "hello scale web=1 worker=2",
      ]);
      expect(restarts(host)).toEqual([]);
      expect(host.read(FILE)).toBe('A="1"\n');
      host.forget();
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.s3().filter((line) => line.includes("env"))).toEqual([`GET ${OBJECT}`]);
    }),
  );

  test.concurrent(
    "is abandoned where the settings cannot be read, with AWS's reason",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.configure('A="1"\n');
      host.aws.refuse(OBJECT);
      expect((await host.agent("boot")).code).toBe(1);
      const reason = `reading https://towline-test.s3.eu-west-1.amazonaws.com/${OBJECT}: HTTP 403 AccessDenied: Access Denied`;
      expect(host.aws.json(STATUS)).toMatchObject({ state: "failed", error: reason });
      expect(host.events()).toMatchObject([{ outcome: "boot-failed", reason }]);
      expect(host.aws.queries("CompleteLifecycleAction")).toMatchObject([{ LifecycleActionResult: "ABANDON" }]);
      expect(host.story().filter((line) => line.startsWith("apt-get"))).toEqual([]);
    }),
  );
});

test(
  "a host of a launch template that knows no settings asks for none",
  withHost(undefined, ["1.0.0"], async (host) => {
    host.aws.objects.set(OBJECT, 'A="1"\n');
    host.write("etc/towline/host.env", host.read("etc/towline/host.env").replace(/^TOWLINE_SETTINGS=.*\n/m, ""));
    expect((await host.agent("boot")).code).toBe(0);
    expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
    expect(host.aws.s3().filter((line) => line.includes("env/"))).toEqual([]);
    expect(host.has("var/lib/towline/env")).toBe(false);
  }),
);
