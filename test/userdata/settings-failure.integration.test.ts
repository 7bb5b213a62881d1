import { INSTANCE, STATUS } from "./fake-aws";
import { Host, withHost } from "./host";
import {
  breaking,
  crashFile,
  expectEnded,
  FILE,
  FOLDER,
  LEASE,
  OBJECT,
  restarts,
  serveWith,
  UNHEALTHY,
  verdictKey,
  visible,
} from "./settings-host";

const REFUSED = `reading https://towline-test.s3.eu-west-1.amazonaws.com/${OBJECT}: HTTP 403 AccessDenied: Access Denied`;

let host: Host;

const stop = async () => expect(await host.stop()).toEqual([]);

describe("settings that make an app unhealthy", () => {
  let id: string;
  let result: Awaited<ReturnType<Host["agent"]>>;

  afterAll(stop);
  beforeAll(async () => {
    host = await Host.start("1.0.0", ["1.0.0"]);
    await serveWith(host, 'A="1"\n');
    breaking(host, "hunter2");
    id = host.configure('A="hunter2"\n');
    result = await host.agent("poll");
  });

  test("go: those before come back, proven by another restart, and only then is it reported", () => {
    expect(result.code).toBe(0);
    const story = host.story().filter((line, i, all) => line !== all[i - 1]);
    expect(story.slice(story.indexOf("hello restart"))).toEqual([
      "hello restart",
      "hello scale web=1 worker=2",
      "curl GET http://127.0.0.1:8080/health",
      "curl POST elasticloadbalancing DescribeTargetHealth",
      "hello restart",
      "hello scale web=1 worker=2",
      "curl GET http://127.0.0.1:8080/health",
      "curl POST elasticloadbalancing RegisterTargets",
      "curl POST elasticloadbalancing DescribeTargetHealth",
      `curl PUT ${verdictKey(id)}`,
      "curl PUT hosts/web/ARN/INSTANCE.json",
      "curl POST sns Publish",
      `curl PUT ${LEASE}`,
    ]);
    expect(host.read(FILE)).toBe('A="1"\n');
    expectEnded(host);
  });

  test("are reported as bad, by their tag", () => {
    expect(host.aws.json(verdictKey(id))).toMatchObject({ verdict: "bad", version: id, reason: UNHEALTHY });
    expect(host.aws.json(STATUS)).toMatchObject({
      state: "serving",
      health: "healthy",
      error: `${id} of hello were taken back: ${UNHEALTHY}`,
    });
    expect(host.events()).toMatchObject([
      { outcome: "rolled-back", package: "hello", version: id, previous: "", reason: UNHEALTHY },
    ]);
  });

  test("show up in no output, no command line and nothing the host sends", () => {
    expect(visible(host, result)).not.toContain("hunter2");
  });

  test("are left alone from then on, until others come", async () => {
    host.forget();
    expect(await host.agent("poll")).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });
    expect(host.story()).toEqual(["curl GET dists/stable/InRelease", `curl GET ${OBJECT}`]);
    const next = host.configure('A="3"\n');
    expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
    expect(host.read(FILE)).toBe('A="3"\n');
    expect(host.aws.json(verdictKey(next))).toMatchObject({ verdict: "ok" });
    expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", error: "" });
  });
});

test(
  "settings that were taken back are no fault any more once the stack has those before again",
  withHost("1.0.0", ["1.0.0"], async (host) => {
    host.worker();
    await serveWith(host, 'A="1"\n');
    const id = host.configure('A="2"\n');
    host.write(crashFile('A="2"\n'), "no such unit\n");
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.aws.json(STATUS).error).toMatch(new RegExp(`^${id} of hello were taken back: `));
    host.forget();
    host.configure('A="1"\n');
    expect((await host.agent("poll")).code).toBe(0);
    expect(restarts(host)).toEqual([]);
    expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", health: "healthy", error: "" });
  }),
);

test(
  "settings with which the app does not restart go",
  withHost("1.0.0", ["1.0.0"], async (host) => {
    await serveWith(host, 'A="1"\n');
    const id = host.configure('A="2"\n');
    host.write(crashFile('A="2"\n'), "no such unit\n");
    expect((await host.agent("poll")).code).toBe(0);
    const reason = "hello restart failed: listening | crashed";
    expect(host.aws.json(verdictKey(id))).toMatchObject({ verdict: "bad", reason });
    expect(host.read(FILE)).toBe('A="1"\n');
    expect(restarts(host)).toEqual(["hello restart", "hello restart"]);
  }),
);

describe("settings that the host cannot go back from", () => {
  let id: string;

  afterAll(stop);
  beforeAll(async () => {
    host = await Host.start("1.0.0", ["1.0.0"]);
    await serveWith(host, 'A="1"\n');
    id = host.configure('A="2"\n');
    breaking(host, 'A="2"');
    host.write(crashFile('A="1"\n'), "no such unit\n");
  });

  test("leave it out of the load balancer, the lease taken, and the settings without a verdict", async () => {
    const result = await host.agent("poll");
    expect(result.code).toBe(1);
    const reason = "hello restart failed: listening | crashed";
    expect(result.stderr).toContain(
      `error: this host serves with neither ${id} of hello nor the settings before and stays out of the load balancer: ${reason}\n`,
    );
    expect(host.aws.json(STATUS)).toMatchObject({ state: "failed", health: "unhealthy", error: reason });
    expect(host.aws.objects.has(verdictKey(id))).toBe(false);
    expect(host.aws.json(LEASE)).toMatchObject({ holder: INSTANCE, package: "hello", version: id });
    expect(host.aws.queries("RegisterTargets")).toEqual([]);
    expect(host.aws.queries("DeregisterTargets")).toHaveLength(2);
    expect(host.events()).toMatchObject([{ outcome: "stuck", package: "hello", version: id, previous: "", reason }]);
  });

  test("are gone back from by every poll again, which says no more", async () => {
    host.forget();
    expect((await host.agent("poll")).code).toBe(1);
    expect(restarts(host)).toEqual(["hello restart"]);
    expect(host.events()).toEqual([]);
    expect(host.aws.json(LEASE)).toMatchObject({ holder: INSTANCE });
  });

  test("are gone back from once that works", async () => {
    host.remove(crashFile('A="1"\n'));
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.aws.json(STATUS)).toMatchObject({
      state: "serving",
      error: `${id} of hello were taken back: ${UNHEALTHY}`,
    });
    expect(host.events()).toMatchObject([{ outcome: "rolled-back", reason: UNHEALTHY }]);
    expect(host.read(FILE)).toBe('A="1"\n');
    expectEnded(host);
  });
});

describe("settings that cannot be read", () => {
  test.concurrent(
    "are reported, and keep no package from its upgrade",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.worker();
      host.configure('A="1"\n');
      host.aws.refuse(OBJECT);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", error: `settings: ${REFUSED}` });
      host.forget();
      expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: `error: ${REFUSED}\n` });
      expect(host.aws.s3().filter((line) => line.startsWith("PUT"))).toEqual([]);
      host.aws.hook = () => undefined;
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.read(FILE)).toBe('A="1"\n');
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", error: "" });
    }),
  );

  test.concurrent(
    "are reported no longer once it is known that there are none",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.worker();
      host.env({ TOWLINE_SETTINGS: "env/" });
      host.aws.refuse(OBJECT);
      await host.agent("poll");
      expect(host.aws.json(STATUS)).toMatchObject({ error: `settings: ${REFUSED}` });
      host.aws.hook = () => undefined;
      expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", error: "" });
      expect(restarts(host)).toEqual([]);
    }),
  );

  test.concurrent(
    "keep no other app from its own",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.worker();
      host.second();
      host.configure('B="1"\n', "other");
      host.aws.refuse(OBJECT);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.read(`${FOLDER}/other.env`)).toBe('B="1"\n');
      expect(host.aws.json(STATUS)).toMatchObject({ error: `settings: ${REFUSED}` });
    }),
  );

  test.concurrent(
    "are not what a repository is that cannot be read: that fails the poll with AWS's reason",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      host.configure('A="1"\n');
      host.aws.refuse("dists/stable/InRelease");
      expect(await host.agent("poll")).toMatchObject({
        code: 1,
        stderr:
          "error: reading https://towline-test.s3.eu-west-1.amazonaws.com/dists/stable/InRelease: HTTP 403 AccessDenied: Access Denied\n",
      });
      expect(host.has(FILE)).toBe(false);
    }),
  );
});

describe("a change of settings that is put off", () => {
  test.concurrent(
    "because the host cannot leave the load balancer: the host serves on as it was, without a verdict, and tries again",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      await serveWith(host, 'A="1"\n');
      const id = host.configure('A="2"\n');
      host.aws.hook = (request) =>
        request.body.startsWith("Action=DeregisterTargets&")
          ? {
              status: 400,
              body: "<Error><Code>TargetGroupNotFound</Code><Message>One or more target groups not found</Message></Error>",
            }
          : undefined;
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.aws.json(STATUS)).toMatchObject({
        state: "serving",
        health: "healthy",
        error: `${id} of hello were put off: elasticloadbalancing DeregisterTargets: HTTP 400 TargetGroupNotFound: One or more target groups not found`,
      });
      expect(restarts(host)).toEqual([]);
      expect(host.read(FILE)).toBe('A="1"\n');
      expect(host.aws.objects.has(verdictKey(id))).toBe(false);
      expectEnded(host);
      host.aws.hook = () => undefined;
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.read(FILE)).toBe('A="2"\n');
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", error: "" });
    }),
  );
});
