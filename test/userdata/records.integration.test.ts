import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { INSTANCE, STATUS } from "./fake-aws";
import { type Host, withHost } from "./host";

const LEASE = "rollout/web/lease.json";
const STATE = "var/lib/towline";
const JOINED = "run/towline/joined";

const leased = (host: Host) =>
  host.aws.objects.set(LEASE, JSON.stringify({ holder: INSTANCE, package: "hello", expires: "2999-01-01T00:00:00Z" }));

/** Fails where the host is not proven, reported and in its load balancer, or a later poll finds anything left to do. */
async function expectServes(host: Host, error: string): Promise<void> {
  expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", health: "healthy", error });
  expect(host.aws.queries("RegisterTargets")).toHaveLength(1);
  expect(host.has(JOINED) || (await host.agent("poll")).code === 0).toBe(true);
  host.forget();
  expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
  expect(host.story()).toEqual(["curl GET dists/stable/InRelease"]);
}

/** A host out of its load balancer in the middle of an upgrade, whose record is then damaged. */
function withOut(body: (host: Host) => Promise<void>): () => Promise<void> {
  return withHost("1.0.0", ["1.0.0"], async (host) => {
    expect((await host.agent("poll")).code).toBe(0);
    host.forget();
    host.remove(JOINED);
    host.aws.targetStates = ["absent"];
    host.write(`${STATE}/status.json`, JSON.stringify({ state: "upgrading", health: "unknown", error: "" }));
    leased(host);
    await body(host);
  });
}

const DAMAGE: [string, string, string][] = [
  ["empty", "upgrading.json", ""],
  ["torn", "upgrading.json", '{"package":"hello","version":"1.1.0","prev'],
  ["full of zeros", "upgrading.json", "\0".repeat(200)],
  ["of another form", "upgrading.json", '{"package":"hello","version":1}'],
  ["no object", "restarting.json", "[]"],
  ["empty", "restarting.json", ""],
  ["empty", "status.json", ""],
  ["torn", "status.json", '{"instance":"i-0aaa","state":"serv'],
];

describe("a damaged record is set aside and reported, and the host is proven and back in its load balancer", () => {
  test.concurrent.each(DAMAGE)("%s: %s", (_, name, text) =>
    withOut(async (host) => {
      host.write(`${STATE}/${name}`, text);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.read(`${STATE}/damaged/${name}`)).toBe(text);
      expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
      await expectServes(
        host,
        `record: ${host.root}/${STATE}/${name} was damaged and is in ${host.root}/${STATE}/damaged now`,
      );
    })(),
  );

  test.concurrent(
    "a folder in its place",
    withOut(async (host) => {
      mkdirSync(join(host.root, STATE, "upgrading.json"));
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.has(`${STATE}/upgrading.json`)).toBe(false);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving" });
    }),
  );

  test.concurrent(
    "by the boot after a power loss, too",
    withOut(async (host) => {
      host.write(`${STATE}/upgrading.json`, "");
      expect((await host.agent("boot")).code).toBe(0);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", health: "healthy" });
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.queries("RegisterTargets")).toHaveLength(1);
    }),
  );

  test.concurrent(
    "and one that is lost altogether is found by what was reported",
    withOut(async (host) => {
      expect((await host.agent("poll")).code).toBe(0);
      await expectServes(host, "");
    }),
  );
});

describe("tags that are damaged count as none", () => {
  test.concurrent.each([
    ["inrelease.etag", ""],
    ["inrelease.etag", '"a"\nurl = "http://example.com'],
    ["inrelease.etag", "\0\0\0"],
    ["env/hello.etag", '"a\\" b'],
  ])("%s: %j", (name, text) =>
    withHost("1.0.0", ["1.0.0"], async (host) => {
      host.configure("A=1\n");
      expect((await host.agent("poll")).code).toBe(0);
      host.write(`${STATE}/${name}`, text);
      expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
      host.forget();
      expect(await host.agent("poll")).toMatchObject({ code: 0, stdout: "", stderr: "" });
    })(),
  );
});

describe("a change that cannot be recorded does not begin", () => {
  test.concurrent.each([
    ["upgrade", "upgrading.json", (host: Host) => host.candidates("hello", ["1.1.0", "1.0.0"])],
    ["change of settings", "restarting.json", (host: Host) => host.configure("A=1\n")],
  ])("%s", (_, name, change) =>
    withHost("1.0.0", ["1.0.0"], async (host) => {
      expect((await host.agent("poll")).code).toBe(0);
      host.write(`${STATE}/status.json`, JSON.stringify({ state: "serving", health: "healthy", error: "" }));
      change(host);
      host.publish("two");
      host.write("state/full", name);
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.aws.queries("DeregisterTargets")).toEqual([]);
      expect(host.story().filter((line) => / restart$|^apt-get install/.test(line))).toEqual([]);
      expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
      expect(host.aws.json(STATUS)).toMatchObject({
        state: "serving",
        error: `host: ${host.root}/${STATE}/${name} could not be written: is the disk full?`,
      });
      host.remove("state/full");
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", error: "" });
    })(),
  );

  test.concurrent(
    "and is on the disk before it begins",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      expect((await host.agent("poll")).code).toBe(0);
      const calls = host.read("state/calls").split("\n");
      const synced = calls.findIndex((line) => line.startsWith(`sync ${host.root}/${STATE}/upgrading.json.`));
      const folder = calls.indexOf(`sync ${host.root}/${STATE}`, synced);
      const left = calls.findIndex((line) => line.includes("Action=DeregisterTargets"));
      expect(synced).toBeGreaterThan(-1);
      expect(folder).toBe(synced + 1);
      expect(left).toBeGreaterThan(folder);
    }),
  );
});

describe("a host that serves and is not in its target group", () => {
  test.concurrent(
    "is registered by a poll with nothing else to do, after half an hour at most",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      expect((await host.agent("poll")).code).toBe(0);
      host.write(`${STATE}/status.json`, JSON.stringify({ state: "serving", health: "healthy", error: "" }));
      host.aws.targetStates = ["unused"];
      host.write(JOINED, `${Math.floor(Date.now() / 1000) - 1700}\n`);
      host.forget();
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.story()).toEqual(["curl GET dists/stable/InRelease"]);

      host.write(JOINED, `${Math.floor(Date.now() / 1000) - 1800}\n`);
      expect(await host.agent("poll")).toMatchObject({
        code: 0,
        stderr: "error: this host served and was not in the load balancer: it was registered again\n",
      });
      expect(host.aws.queries("RegisterTargets")).toHaveLength(1);
    }),
  );

  test.concurrent(
    "stays out of it while Auto Scaling takes it out",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      host.write(`${STATE}/status.json`, JSON.stringify({ state: "serving", health: "healthy", error: "" }));
      host.remove(JOINED);
      host.aws.targetStates = ["absent"];
      host.aws.lifecycle = "Standby";
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.queries("RegisterTargets")).toEqual([]);
    }),
  );
});

describe("what AWS refuses is said again", () => {
  const failing = (action: string) => (host: Host) => {
    host.aws.hook = (request) =>
      request.body.startsWith(`Action=${action}&`)
        ? { status: 403, body: "<Error><Code>AccessDenied</Code></Error>" }
        : undefined;
  };

  test.concurrent(
    "a status, by the next polls until it gets through",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.aws.refuse(STATUS);
      expect((await host.agent("poll")).code).toBe(0);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.objects.has(STATUS)).toBe(false);
      host.aws.hook = () => undefined;
      host.forget();
      expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", packages: { hello: "1.1.0" } });
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.story().filter((line) => line.startsWith("curl PUT"))).toHaveLength(1);
    }),
  );

  test.concurrent(
    "an event, once",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      failing("Publish")(host);
      expect((await host.agent("poll")).code).toBe(0);
      host.aws.hook = () => undefined;
      host.forget();
      for (const _ of [1, 2]) expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
      expect(host.events()).toMatchObject([{ outcome: "upgraded", version: "1.1.0" }]);
      expect(host.has(`${STATE}/events`)).toBe(false);
    }),
  );

  test.concurrent(
    "of events the newest 20, in their order",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      for (let n = 10; n < 31; n++) host.write(`${STATE}/events/17000000${n}.0.json`, `{"n":${n}}\n`);
      failing("Publish")(host);
      expect((await host.agent("poll")).code).toBe(0);
      host.aws.hook = () => undefined;
      host.forget();
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.events().map((event) => event.n ?? event.outcome)).toEqual([
        ...Array.from({ length: 19 }, (_, index) => index + 12),
        "upgraded",
      ]);
    }),
  );

  test.concurrent(
    "a conditional write that met another one (409): it is neither there nor lost",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      const met = new Map<string, number>();
      host.aws.hook = (request) => {
        const count = met.get(request.path) ?? 0;
        if (request.method !== "PUT" || !/lease|verdicts/.test(request.path) || count === 2) return undefined;
        met.set(request.path, count + 1);
        return { status: 409, body: "<Error><Code>ConditionalRequestConflict</Code></Error>" };
      };
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.json("rollout/web/verdicts/hello/1.1.0.json")).toMatchObject({ verdict: "ok" });
      expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
      expect(host.installed()).toBe("1.1.0");
    }),
  );

  test.concurrent(
    "a conditional write that does so for ever is no success",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.aws.hook = (request) =>
        request.method === "PUT" && request.path.includes("verdicts") ? { status: 409, body: "" } : undefined;
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.has(`${STATE}/upgrading.json`)).toBe(true);
      host.aws.hook = () => undefined;
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.json("rollout/web/verdicts/hello/1.1.0.json")).toMatchObject({ verdict: "ok" });
    }),
  );

  test.concurrent.each([["DescribeTargetHealth"], ["RegisterTargets"], ["DeregisterTargets"]])(
    "a throttled %s, ever later: the host is not left out",
    (action) =>
      withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
        let throttled = 0;
        host.aws.hook = (request) =>
          request.body.startsWith(`Action=${action}&`) && throttled++ % 6 < 5
            ? { status: 400, body: "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>" }
            : undefined;
        expect((await host.agent("poll")).code).toBe(0);
        expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", packages: { hello: "1.1.0" } });
        const pauses = host.read("state/calls").match(/^sleep [1-9]\d*(?=\.\d$)/gm) ?? [];
        expect(pauses.slice(0, 5)).toEqual(["sleep 1", "sleep 2", "sleep 4", "sleep 8", "sleep 16"]);
      })(),
  );
});

test.concurrent.each([
  ["a word of a newer agent", JSON.stringify({ verdict: "doubtful" }), "doubtful"],
  ["no JSON", "<html>", "unreadable"],
  ["nothing", "", "unreadable"],
  ["another form", "[]", "unreadable"],
])("a verdict that holds %s counts as none and is reported", (_, text, word) =>
  withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    const key = "rollout/web/verdicts/hello/1.1.0.json";
    host.write(`${STATE}/status.json`, JSON.stringify({ state: "serving", health: "healthy", error: "" }));
    host.aws.objects.set(key, text);
    const reported: unknown[] = [];
    host.aws.hook = (request) => {
      if (request.method === "PUT" && request.path.includes("/hosts/")) reported.push(JSON.parse(request.body).error);
      return undefined;
    };
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.installed()).toBe("1.1.0");
    expect(reported[0]).toBe(
      `verdict: ${key} holds the verdict "${word}", not ok or bad, and counts as none: correct or delete it`,
    );
  })(),
);
