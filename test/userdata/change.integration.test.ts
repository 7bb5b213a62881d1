import { INSTANCE, STATUS } from "./fake-aws";
import { type Host, withHost } from "./host";
import {
  breaking,
  crashFile,
  expectEnded,
  FILE,
  FOLDER,
  LEASE,
  RECORD,
  restarts,
  serveWith,
  UNHEALTHY,
  verdictKey,
} from "./settings-host";

/** Versions and settings change a host in the same way. What is held here is where the two once differed. */

const UPGRADE = "var/lib/towline/upgrading.json";
const OLD = 'A="1"\n';
const NEW = 'A="2"\n';

const outcomes = (host: Host) => host.events().map((event) => event.outcome);
const statuses = (host: Host) =>
  host.aws.requests
    .filter((r) => r.method === "PUT" && r.path.startsWith("/hosts/"))
    .map((r) => JSON.parse(r.body) as Record<string, unknown>);
const count = (host: Host, action: string) => host.aws.queries(action).length;

/** A host that serves with settings, and others to take. */
function withSettings(body: (host: Host, id: string) => Promise<void>): () => Promise<void> {
  return withHost("1.0.0", ["1.0.0"], async (host) => {
    await serveWith(host, OLD);
    await body(host, host.configure(NEW));
  });
}

/** Has an alarm of the group go on once this host has asked to be back in the load balancer. */
function alarmed(host: Host): void {
  host.aws.objects.set("rollout/web/policy.json", JSON.stringify({ alarms: ["errors"] }));
  host.aws.hook = (request) => {
    if (request.body.startsWith("Action=RegisterTargets&"))
      host.aws.objects.set("rollout/web/control.json", JSON.stringify({ alarms: { errors: { reason: "5xx" } } }));
    return undefined;
  };
}

/** Has another host take the lease that this one has for these settings, before it leaves the load balancer. */
function losing(host: Host, id: string): void {
  host.aws.hook = (request) => {
    const lease = host.aws.objects.get(LEASE);
    if (request.method === "PUT" && request.path.startsWith("/hosts/") && lease?.includes(id))
      host.aws.objects.set(LEASE, lease.replace(INSTANCE, "i-0bbb").replace(/"nonce":"[^"]*"/, '"nonce":"x"'));
    return undefined;
  };
}

describe("an alarm that goes on once the canary serves is in its status before it leaves", () => {
  test.concurrent(
    "with a version",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      alarmed(host);
      await host.agent("poll");
      expect(statuses(host)).toContainEqual(
        expect.objectContaining({ state: "upgrading", health: "unhealthy", error: "hello 1.1.0: alarm errors: 5xx" }),
      );
      expect(host.installed()).toBe("1.0.0");
    }),
  );

  test.concurrent(
    "with settings",
    withSettings(async (host, id) => {
      alarmed(host);
      await host.agent("poll");
      expect(statuses(host)).toContainEqual(
        expect.objectContaining({
          state: "upgrading",
          health: "unhealthy",
          error: `${id} of hello: alarm errors: 5xx`,
        }),
      );
      expect(host.read(FILE)).toBe(OLD);
      expect(host.aws.json(verdictKey(id))).toMatchObject({ verdict: "bad" });
    }),
  );
});

test.concurrent(
  "a host that Auto Scaling takes away has the settings before again, proven, and does not try the new ones at once",
  withSettings(async (host, id) => {
    breaking(host, NEW.trim());
    const { health } = host.aws;
    host.aws.health = () => {
      host.aws.lifecycle = "Standby";
      return health();
    };
    expect((await host.agent("poll")).code).toBe(1);
    expect(host.read(FILE)).toBe(OLD);
    expect(host.aws.json(STATUS)).toMatchObject({
      state: "serving",
      health: "healthy",
      error: `${id} of hello were put off: it was interrupted, since Auto Scaling takes this host to Standby: ${UNHEALTHY}`,
    });
    host.aws.lifecycle = "InService";
    host.forget();
    expect((await host.agent("poll")).stdout).toContain(`${id} waits `);
    expect(restarts(host)).toEqual([]);
  }),
);

test.concurrent(
  "a host whose app is not healthy with the settings before either is stuck when it is interrupted, and joins nothing",
  withSettings(async (host, id) => {
    host.aws.health = () => {
      host.aws.lifecycle = "Standby";
      return { status: 500, body: "no database" };
    };
    expect((await host.agent("poll")).code).toBe(1);
    expect(host.events()).toMatchObject([{ outcome: "stuck", version: id }]);
    expect(host.aws.json(STATUS)).toMatchObject({ state: "failed", health: "unhealthy" });
    expect(count(host, "RegisterTargets")).toBe(0);
  }),
);

describe("a stuck host that has to put off what came next stays out of the load balancer, and says no more", () => {
  const stuck = async (host: Host): Promise<void> => {
    for (const text of [OLD, NEW]) host.write(crashFile(text), "no database\n");
    host.aws.health = () => ({ status: 500, body: "no database" });
    expect((await host.agent("poll")).code).toBe(1);
    expect(outcomes(host)).toEqual(["stuck"]);
    host.forget();
  };

  test.concurrent(
    "other settings",
    withSettings(async (host) => {
      await stuck(host);
      losing(host, host.configure('A="3"\n'));
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.read(FILE)).toBe(OLD);
      expect(count(host, "RegisterTargets")).toBe(0);
      expect(outcomes(host)).toEqual([]);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "failed" });
    }),
  );

  test.concurrent(
    "a version, where it was stuck with settings",
    withSettings(async (host) => {
      await stuck(host);
      host.candidates("hello", ["1.2.0", "1.0.0"]);
      host.publish("three");
      host.write("state/fail/install-hello-1.2.0", "E: Could not get lock /var/lib/dpkg/lock-frontend\n");
      for (let poll = 0; poll < 2; poll++) expect((await host.agent("poll")).code).toBe(1);
      expect(count(host, "RegisterTargets")).toBe(0);
      expect(outcomes(host)).toEqual([]);
    }),
  );
});

test.concurrent(
  "a stuck host that was stopped while it took a newer version goes on under its lease",
  withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    host.broken("1.1.0", "1.0.0");
    expect((await host.agent("poll")).code).toBe(1);
    host.candidates("hello", ["1.2.0", "1.1.0", "1.0.0"]);
    host.publish("three");
    host.write("state/signal/install", "TERM");
    host.write("state/fail/install-hello-1.0.0", "E: Could not get lock /var/lib/dpkg/lock-frontend\n");
    expect((await host.agent("poll")).code).toBe(143);
    host.remove("state/fail/install-hello-1.0.0");
    host.forget();
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.installed()).toBe("1.2.0");
    expect(host.aws.s3().filter((line) => !line.startsWith("GET "))[0]).toBe(`PUT ${LEASE}`);
  }),
);

test.concurrent(
  "settings that were put off are not found good where the host dies before the record of them is gone",
  withSettings(async (host, id) => {
    host.write("state/signal/drain", "KILL");
    expect(await host.agent("poll")).toMatchObject({ signal: "SIGKILL" });
    host.remove(`${FOLDER}/hello.next`);
    await host.agent("poll");
    await host.agent("poll");
    expect(host.read(FILE)).toBe(NEW);
    expect(restarts(host).length).toBeGreaterThan(0);
    expect(host.aws.json(verdictKey(id))).toMatchObject({ verdict: "ok" });
    expectEnded(host);
  }),
);

test.concurrent(
  "settings that others found good are tried again by the host that was stuck with them",
  withSettings(async (host, id) => {
    host.aws.objects.set(verdictKey(id), JSON.stringify({ verdict: "ok" }));
    for (const text of [OLD, NEW]) host.write(crashFile(text), "no database\n");
    expect((await host.agent("poll")).code).toBe(1);
    expect(host.aws.json(verdictKey(id))).toEqual({ verdict: "ok" });
    host.remove(crashFile(OLD));
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.aws.json(verdictKey(id))).toEqual({ verdict: "ok" });
    host.remove(crashFile(NEW));
    host.remove("run/towline/upgrade-pause");
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.read(FILE)).toBe(NEW);
  }),
);

test.concurrent(
  "settings that others find bad while this host proves them go, since no later poll would look at them",
  withSettings(async (host, id) => {
    host.aws.hook = (request) => {
      if (request.body.startsWith("Action=RegisterTargets&") && !host.aws.objects.has(verdictKey(id)))
        host.aws.objects.set(verdictKey(id), JSON.stringify({ verdict: "bad" }));
      return undefined;
    };
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.read(FILE)).toBe(OLD);
    expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", error: expect.stringContaining("taken back") });
    expectEnded(host);
  }),
);

describe("a change that agent 0.7 had not ended is ended by this one", () => {
  const started = 1700000000;

  test.concurrent(
    "the agent's own upgrade in the middle of it: a version that is installed",
    withHost("1.1.0", ["1.1.0", "1.0.0"], async (host) => {
      host.aws.objects.delete("rollout/web/verdicts/hello/1.1.0.json");
      const old = {
        package: "hello",
        version: "1.1.0",
        previous: "1.0.0",
        started,
        outcome: "",
        reason: "",
        stuck: "no",
      };
      host.write(UPGRADE, `${JSON.stringify({ ...old, with: [] })}\n`);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.json("rollout/web/verdicts/hello/1.1.0.json")).toMatchObject({ verdict: "ok" });
      expect(host.events()).toMatchObject([{ outcome: "upgraded", version: "1.1.0", previous: "1.0.0" }]);
      expect(host.has(UPGRADE)).toBe(false);
    }),
  );

  test.concurrent(
    "settings that are staged",
    withSettings(async (host, id) => {
      host.write(`${FOLDER}/hello.next`, NEW);
      const etag = `"${id.replace("settings-", "")}"`;
      const old = { package: "hello", id, etag, started, outcome: "", reason: "", stuck: "no" };
      host.write(RECORD, `${JSON.stringify(old)}\n`);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.read(FILE)).toBe(NEW);
      expect(host.aws.json(verdictKey(id))).toMatchObject({ verdict: "ok" });
      expectEnded(host);
    }),
  );

  test.concurrent(
    "settings that it was stuck with, of which the topic has heard",
    withSettings(async (host, id) => {
      host.aws.health = () => ({ status: 500, body: "no database" });
      const etag = `"${id.replace("settings-", "")}"`;
      const old = { package: "hello", id, etag, started, outcome: "bad", reason: "crashed", stuck: "yes" };
      host.write(RECORD, `${JSON.stringify(old)}\n`);
      host.write(`${FOLDER}/hello.etag`, `${etag}\n`);
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.events()).toEqual([]);
      host.aws.health = () => ({ status: 200, body: "ok" });
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.events()).toMatchObject([{ outcome: "rolled-back", version: id, reason: "crashed" }]);
      expectEnded(host);
    }),
  );
});

test.concurrent(
  "of two changes that a crash left open the one that began last goes on",
  withSettings(async (host, id) => {
    host.aws.health = () => ({ status: 500, body: "no database" });
    expect((await host.agent("poll")).code).toBe(1);
    const stuckWith = host.read(RECORD);
    host.aws.health = () => ({ status: 200, body: "ok" });
    host.candidates("hello", ["1.2.0", "1.0.0"]);
    host.publish("three");
    host.write(crashFile(OLD), "no database\n");
    host.write("state/signal/install", "TERM");
    expect((await host.agent("poll")).code).toBe(143);
    host.write(RECORD, stuckWith);
    host.run("touch", ["-d", "@1700000000", `${host.root}/${RECORD}`]);
    host.forget();
    host.remove(crashFile(OLD));
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.installed()).toBe("1.2.0");
    expect(outcomes(host)).toEqual(["upgraded"]);
    expect([host.has(RECORD), host.has(UPGRADE)]).toEqual([false, false]);
    expect(host.aws.objects.has(verdictKey(id))).toBe(false);
  }),
);
