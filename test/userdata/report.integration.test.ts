import { INSTANCE, STATUS } from "./fake-aws";
import { type Host, withHost } from "./host";

const CONTROL = "rollout/web/control.json";
const POLICY = "rollout/web/policy.json";
const LEASE = "rollout/web/lease.json";
const REPORTED = "run/towline/reported";
const STUCK = "var/lib/towline/stuck";
const UNSENT = "var/lib/towline/status.unsent";

const ago = (seconds: number) => Math.floor(Date.now() / 1000) - seconds;
const reports = (host: Host) => host.aws.s3().filter((line) => line.startsWith("PUT hosts/"));

describe("a host where nothing changes", () => {
  test.concurrent(
    "reports every 15 minutes, and costs no request before",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      expect((await host.agent("poll")).code).toBe(0);
      const first = host.aws.json(STATUS);
      host.forget();
      host.write(REPORTED, `${ago(800)}\n`);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.whole()).toEqual(["curl GET dists/stable/InRelease", `curl GET ${CONTROL}`, `curl GET ${POLICY}`]);

      host.write(REPORTED, `${ago(840)}\n`);
      host.aws.objects.delete(STATUS);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.json(STATUS)).toEqual({ ...first, reported: expect.any(String) });
      host.forget();
      expect((await host.agent("poll")).code).toBe(0);
      expect(reports(host)).toEqual([]);
    }),
  );

  test.concurrent(
    "reports once, by a later poll, what was refused, and is not confused by a clock that was set back or a damaged time",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      expect((await host.agent("poll")).code).toBe(0);
      for (const [time, times] of [
        [`${ago(-4000)}\n`, 1],
        ["nonsense\n", 0],
      ] as const) {
        host.write(REPORTED, time);
        host.forget();
        expect((await host.agent("poll")).code).toBe(0);
        expect(reports(host)).toHaveLength(times);
        expect(Math.abs(Number(host.read(REPORTED)) - ago(0))).toBeLessThan(600);
      }
      host.write(REPORTED, `${ago(900)}\n`);
      host.aws.hook = ({ path }) => (path.startsWith("/hosts/") ? { status: 403 } : undefined);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.has(UNSENT)).toBe(true);
      host.aws.hook = () => undefined;
      host.forget();
      expect((await host.agent("poll")).code).toBe(0);
      expect(reports(host)).toHaveLength(1);
      expect(host.has(UNSENT)).toBe(false);
    }),
  );
});

describe("a host that somebody changed by hand", () => {
  const verify = "state/verify";
  const due = async (host: Host) => {
    host.write(REPORTED, `${ago(840)}\n`);
    expect((await host.agent("poll")).code).toBe(0);
    return host.aws.json(STATUS).drift;
  };

  test.concurrent(
    "says so with its next report, and no longer once it is as it was installed",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.json(STATUS)).not.toHaveProperty("drift");
      host.write(
        verify,
        "??5?????? c /etc/default/hello\nmissing     /opt/hello/app js\nmissing   c /etc/x\n?????????   /opt/hello/same\nmissing     /usr/share/doc/hello/copyright\n",
      );
      const units = "etc/systemd/system";
      host.write(`${units}/hello-web@.service.d/more.conf`, "[Service]\n");
      host.write(`${units}/hello.service`, "[Unit]\n");
      host.write(`${units}/other.service`, "[Unit]\n");
      host.write(`${units}/towline-agent-poll.timer.d/second.conf`, "[Timer]\n");
      expect(await due(host)).toEqual([
        "changed /etc/default/hello",
        "missing /opt/hello/app js",
        "missing /etc/x",
        `unit /${units}/hello.service`,
        `unit /${units}/hello-web@.service.d/more.conf`,
      ]);
      // Whatever it reports next says it too.
      host.write(verify, "");
      for (const unit of ["hello-web@.service.d/more.conf", "hello.service"]) host.remove(`${units}/${unit}`);
      expect(await due(host)).toBeUndefined();
    }),
  );

  test.concurrent(
    "looks seldom, names no more than twenty things, and reports on where dpkg hangs",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      expect((await host.agent("poll")).code).toBe(0);
      host.write(verify, Array.from({ length: 50 }, (_, i) => `??5??????   /opt/hello/${i}\n`).join(""));
      host.forget();
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.json(STATUS)).not.toHaveProperty("drift");
      expect(await due(host)).toHaveLength(20);
      host.write("state/fail/verify", "hang\n");
      expect(await due(host)).toHaveLength(20);
    }),
  );
});

describe("a host that waits for its turn", () => {
  const lease = (holder: string) =>
    JSON.stringify({
      holder,
      package: "hello",
      version: "1.1.0",
      since: "x",
      expires: "2999-01-01T00:00:00Z",
      nonce: "1",
    });
  const WAITS = {
    package: "hello",
    version: "1.1.0",
    reason: "the lease is held by i-0bbb",
    since: "2026-01-31T12:00:00Z",
  };

  /** What a host reports whose turn another host has for its first two looks; the third finds what `then` makes of the bucket. */
  async function poll(host: Host, status: object, then: () => void): Promise<unknown[]> {
    const seen: unknown[] = [];
    let looks = 0;
    host.verdict("1.1.0", "ok");
    host.write(
      "var/lib/towline/status.json",
      `${JSON.stringify({ state: "serving", health: "healthy", since: "then", error: "", ...status })}\n`,
    );
    host.aws.hook = ({ method, path, body }) => {
      if (method === "PUT" && path.startsWith("/hosts/")) seen.push(JSON.parse(body));
      if (method === "GET" && path === `/${LEASE}`) {
        looks += 1;
        if (looks < 3) host.aws.objects.set(LEASE, lease("i-0bbb"));
        else if (looks === 3) then();
      }
      return undefined;
    };
    expect((await host.agent("poll")).code).toBe(0);
    expect(looks).toBeGreaterThan(3);
    return seen;
  }

  test.concurrent(
    "says so once for all its looks, with all packages of its turn, and no more once it has nothing to take",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.second();
      host.candidates("other", ["1.1.0", "1.0.0"]);
      host.aws.objects.set("rollout/web/verdicts/other/1.1.0.json", JSON.stringify({ verdict: "ok" }));
      const seen = await poll(host, {}, () =>
        host.aws.objects.set(CONTROL, JSON.stringify({ hold: { reason: "the sale" } })),
      );
      expect(seen).toMatchObject([
        { state: "serving", waiting: { ...WAITS, set: ["other 1.1.0"], since: expect.stringMatching(/Z$/) } },
        { state: "serving" },
      ]);
      expect(seen[1]).not.toHaveProperty("waiting");
      expect(host.installed()).toBe("1.0.0");
    }),
  );

  test.concurrent(
    "says nothing new where an earlier poll has said it, and no more of it from its turn on",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      const waiting = { ...WAITS, set: ["other 1.1.0"] };
      host.write("var/lib/towline/status.json", JSON.stringify({ packages: {}, error: "", waiting }));
      expect((await host.agent("status")).stdout).toMatch(
        /^waiting {3}with hello 1\.1\.0 and other 1\.1\.0 since 2026-01-31T12:00:00Z: the lease is held by i-0bbb$/m,
      );
      const seen = await poll(host, { waiting: WAITS }, () => host.aws.objects.set(LEASE, lease("")));
      expect(host.installed()).toBe("1.1.0");
      expect(seen).toMatchObject([{ state: "upgrading" }, { state: "serving" }]);
      for (const one of seen) expect(one).not.toHaveProperty("waiting");
    }),
  );
});

describe("a host that is stuck for 15 minutes", () => {
  const OTHER = "i-0bbbbbbbbbbbbbbbb";

  /** A stuck host of two, the other of which serves, that found nothing to take. */
  async function stuck(host: Host): Promise<void> {
    host.aws.others = { [OTHER]: "healthy" };
    host.broken("1.1.0", "1.0.0");
    expect((await host.agent("poll")).code).toBe(1);
    expect((await host.agent("poll")).code).toBe(1);
    expect(host.read(STUCK)).toMatch(/^\d+ hello=1\.1\.0 0\n$/);
    host.forget();
  }

  const later = (host: Host, asked = 0) => host.write(STUCK, `${ago(901)} hello=1.1.0 ${asked}\n`);
  const asked = (host: Host) => host.aws.queries("SetInstanceHealth");

  test.concurrent(
    "asks Auto Scaling to replace it, and says so once",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      await stuck(host);
      expect((await host.agent("poll")).code).toBe(1);
      expect(asked(host)).toEqual([]);
      later(host);
      for (let poll = 0; poll < 2; poll++) expect((await host.agent("poll")).code).toBe(1);
      expect(asked(host)).toMatchObject([
        { InstanceId: INSTANCE, HealthStatus: "Unhealthy", ShouldRespectGracePeriod: "false" },
      ]);
      expect(host.events()).toMatchObject([
        {
          outcome: "replaced",
          package: "hello",
          version: "1.1.0",
          reason: "stuck for 15 minutes with nothing to take that might mend it",
        },
      ]);
      later(host, ago(900));
      expect((await host.agent("poll")).code).toBe(1);
      expect(asked(host)).toHaveLength(2);
      expect(host.events()).toHaveLength(1);
    }),
  );

  test.concurrent.each<[string, (host: Host) => unknown]>([
    ["its group is held", (host) => host.aws.objects.set(CONTROL, JSON.stringify({ hold: { reason: "the sale" } }))],
    [
      "an alarm is on",
      (host) => {
        host.aws.objects.set(POLICY, JSON.stringify({ alarms: ["errors"] }));
        host.aws.objects.set(CONTROL, JSON.stringify({ alarms: { errors: { reason: "5xx" } } }));
      },
    ],
    ["another host is unhealthy", (host) => Object.assign(host.aws, { others: { [OTHER]: "unhealthy" } })],
    ["another host is stuck as well", (host) => Object.assign(host.aws, { others: {} })],
    ["it has the group's disk", (host) => host.env({ TOWLINE_VOLUME_ID: "vol-0123456789abcdef0" })],
    ["Auto Scaling takes it away already", (host) => Object.assign(host.aws, { lifecycle: "Terminated" })],
    ["the bucket does not answer", (host) => host.aws.refuse("dists/stable/InRelease")],
    ["something else failed a moment ago", (host) => host.write(STUCK, `${ago(901)} hello=1.2.0 0\n`)],
  ])("stays while %s", async (_, change) => {
    await withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      await stuck(host);
      later(host);
      change(host);
      expect((await host.agent("poll")).code).toBe(1);
      expect(asked(host)).toEqual([]);
    })();
  });

  test.concurrent.each<[string, object, object]>([
    ["an alarm that its policy does not name", { alarms: ["latency"] }, { alarms: { errors: { reason: "5xx" } } }],
    ["a frozen time", { freeze: [{ cron: "* * * * *", timeZone: "Etc/UTC", hours: 1 }] }, {}],
  ])("is kept by no %s", async (_, policy, control) => {
    await withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      await stuck(host);
      later(host);
      host.aws.objects.set(POLICY, JSON.stringify(policy));
      host.aws.objects.set(CONTROL, JSON.stringify(control));
      expect((await host.agent("poll")).code).toBe(1);
      expect(asked(host)).toHaveLength(1);
    })();
  });

  test.concurrent(
    "asks again with the next poll where it was refused, and counts anew once it has served",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      await stuck(host);
      later(host);
      host.aws.hook = ({ body }) => (body.includes("SetInstanceHealth") ? { status: 403 } : undefined);
      expect((await host.agent("poll")).stderr).toContain("this host could not ask to be replaced");
      expect(host.events()).toEqual([]);
      host.aws.hook = () => undefined;
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.events()).toMatchObject([{ outcome: "replaced" }]);
      host.broken("1.1.0");
      host.aws.targetStates = ["healthy"];
      await host.agent("poll");
      expect(host.has(STUCK)).toBe(false);
    }),
  );
});
