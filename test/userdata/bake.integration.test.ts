import { INSTANCE, STATUS } from "./fake-aws";
import { type Host, withHost } from "./host";
import { restarts, serveWith, verdictKey } from "./settings-host";

const LEASE = "rollout/web/lease.json";
const CONTROL = "rollout/web/control.json";
const ORDERS = "rollout/web/orders.json";
const POLICY = "rollout/web/policy.json";
const VERDICT = "rollout/web/verdicts/hello/1.1.0.json";
const TRIAL = "rollout/web/trials/hello/1.1.0.json";
const RECORD = "var/lib/towline/upgrading.json";
const TURN = "var/lib/towline/turn.json";

/** A host that serves with 1.1.0 and bakes; its next poll goes on. */
function baking(body: (host: Host) => Promise<void>, policy: object = { bake: 3600 }): () => Promise<void> {
  return withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    host.aws.objects.set(POLICY, JSON.stringify(policy));
    const result = await host.agent("poll");
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(result.stdout).toContain("hello 1.1.0: 3600 s of the bake are left\n");
    host.forget();
    await body(host);
  });
}

/** Changes what the core has put down of the bake. */
function baked(host: Host, bake: object): void {
  const turn = JSON.parse(host.read(TURN)) as { bake: object };
  host.write(TURN, `${JSON.stringify({ ...turn, bake: { ...turn.bake, ...bake } })}\n`);
}

test.concurrent(
  "a canary whose version bakes serves, says so, and keeps its lease",
  baking(async (host) => {
    expect(host.installed()).toBe("1.1.0");
    expect(host.aws.objects.has(VERDICT)).toBe(false);
    expect(host.aws.json(LEASE)).toMatchObject({ holder: INSTANCE, version: "1.1.0" });
    expect(host.aws.json(TRIAL)).toMatchObject({ canary: INSTANCE });
    expect(host.aws.json(STATUS)).toMatchObject({
      ...{ state: "serving", health: "healthy", error: "" },
      waiting: {
        package: "hello",
        version: "1.1.0",
        reason: "it serves, and is found good once it has baked for 3600 s",
      },
    });
    expect(host.events()).toEqual([]);
    expect(host.has(RECORD)).toBe(true);
  }),
);

test.concurrent(
  "a poll in the middle of a bake installs and restarts nothing, joins nothing, and leaves the lease fresh",
  baking(async (host) => {
    const before = host.aws.json(LEASE) as { nonce: string };
    expect(await host.agent("poll")).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^hello 1\.1\.0: \d+ s of the bake are left\n$/),
      stderr: "",
    });
    const story = host.story().filter((line, i, all) => line !== all[i - 1]);
    expect(new Set(story)).toEqual(
      new Set([
        `curl PUT ${LEASE}`,
        "curl GET http://127.0.0.1:8080/health",
        "curl POST elasticloadbalancing DescribeTargetHealth",
        "curl GET dists/stable/InRelease",
      ]),
    );
    expect(host.aws.json(LEASE)).toMatchObject({ holder: INSTANCE });
    expect((host.aws.json(LEASE) as { nonce: string }).nonce).not.toBe(before.nonce);
    expect(host.aws.objects.has(VERDICT)).toBe(false);
  }),
);

test.concurrent(
  "a version that has baked is found good, and told of",
  baking(async (host) => {
    baked(host, { seconds: 3600 });
    expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
    expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "ok", instance: INSTANCE });
    const status = host.aws.json(STATUS);
    expect(status).toMatchObject({ state: "serving", health: "healthy", error: "", packages: { hello: "1.1.0" } });
    expect(status).not.toHaveProperty("waiting");
    expect(host.events()).toMatchObject([{ outcome: "upgraded", version: "1.1.0", previous: "1.0.0" }]);
    expect(host.aws.json(LEASE)).toMatchObject({ holder: "", done: 1 });
    expect(host.has(RECORD)).toBe(false);
    host.forget();
    expect(await host.agent("poll")).toMatchObject({ code: 0, stdout: "" });
  }),
);

describe("while it bakes, a version is bad", () => {
  const bad: [string, (host: Host) => void, string][] = [
    [
      "once the load balancer finds its host unhealthy",
      (host) => {
        host.aws.targetStates = ["unhealthy"];
      },
      "the load balancer finds this host unhealthy",
    ],
    ["once its app is not healthy", (host) => host.broken("1.1.0"), "not healthy within 1 s: GET http"],
    [
      "once systemd starts one of its processes again",
      (host) => {
        baked(host, { restarts: 1, looked: Math.floor(Date.now() / 1000) });
        host.write("state/restarts", "NRestarts=0\n\nNRestarts=2\n");
      },
      "a process ended by itself and was started again while it baked",
    ],
    [
      "once an alarm of the group is on",
      (host) => host.aws.objects.set(CONTROL, JSON.stringify({ alarms: { errors: { reason: "5 % of the answers" } } })),
      "alarm errors: 5 % of the answers",
    ],
  ];
  test.concurrent.each(bad)("%s: it leaves, goes back, and says why", async (_name, happen, reason) => {
    await baking(
      async (host) => {
        happen(host);
        expect((await host.agent("poll")).code).toBe(0);
        expect(host.installed()).toBe("1.0.0");
        const story = host.story();
        expect(story).toContain("curl POST elasticloadbalancing DeregisterTargets");
        expect(story.indexOf("curl POST elasticloadbalancing DeregisterTargets")).toBeLessThan(
          story.indexOf("apt-get install /var/cache/towline/hello_1.0.0_amd64.deb"),
        );
        expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "bad", reason: expect.stringContaining(reason) });
        expect(host.events()).toMatchObject([{ outcome: "rolled-back", version: "1.1.0" }]);
        expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
      },
      { bake: 3600, alarms: ["errors"] },
    )();
  });
});

test.concurrent(
  "processes that were started again before the bake, or that a reboot started, are nobody's fault",
  baking(async (host) => {
    baked(host, { seconds: 3590, restarts: 7, looked: Math.floor(Date.now() / 1000) - 3600 });
    host.write("state/restarts", "NRestarts=3\n");
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "ok" });
  }),
);

test.concurrent(
  "a recall ends a bake at once, and the host goes back",
  baking(async (host) => {
    host.aws.objects.set(
      CONTROL,
      JSON.stringify({ recalled: { hello: { "1.1.0": { reason: "customers complain" } } } }),
    );
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.installed()).toBe("1.0.0");
    expect(host.aws.objects.has(VERDICT)).toBe(false);
    expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
  }),
);

test.concurrent(
  "between two runs of a bake a host does what it does every few minutes: it reports, and joins the load balancer where it was taken out of it",
  baking(async (host) => {
    host.aws.targetStates = ["absent"];
    const ago = Math.floor(Date.now() / 1000) - 4000;
    host.write("run/towline/joined", `${ago}\n`);
    host.write("run/towline/reported", `${ago}\n`);
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.story()).toContain("curl POST elasticloadbalancing RegisterTargets");
    expect(host.story()).toContain("curl PUT hosts/web/ARN/INSTANCE.json");
    expect(host.aws.objects.has(VERDICT)).toBe(false);
  }),
);

test.concurrent(
  "a newer version ends a bake at once, without a word on the one that baked, and bakes in its turn",
  baking(async (host) => {
    host.candidates("hello", ["1.2.0", "1.1.0", "1.0.0"]);
    host.publish("two");
    const { code, stdout } = await host.agent("poll");
    expect(code).toBe(0);
    expect(stdout).toContain("the bake of hello 1.1.0 ends: hello 1.2.0 is wanted now\n");
    expect(stdout).toContain("hello 1.2.0: 3600 s of the bake are left\n");
    expect(host.installed()).toBe("1.2.0");
    expect(host.aws.objects.has(VERDICT)).toBe(false);
    expect(host.aws.json(TRIAL)).toMatchObject({ canary: "", vanished: [] });
  }),
);

test.concurrent(
  "after a reboot the host proves itself, and what is left of the bake follows",
  baking(async (host) => {
    baked(host, { seconds: 1600 });
    host.remove("run/towline");
    host.write("run/.keep", "");
    const result = await host.agent("boot");
    expect(result).toMatchObject({ code: 0 });
    expect(result.stdout).toContain("hello 1.1.0: 2000 s of the bake are left\n");
    expect(host.story()).toContain("curl POST elasticloadbalancing RegisterTargets");
    expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", waiting: { version: "1.1.0" } });
    expect(host.aws.objects.has(VERDICT)).toBe(false);
    baked(host, { seconds: 3600 });
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "ok" });
  }),
);

test.concurrent(
  "a host that is scaled in while it bakes takes its mark back, and gives its lease to the next",
  baking(async (host) => {
    host.write("state/names/web.test.internal", "10.0.2.4        STREAM web.test.internal\n");
    host.aws.lifecycle = "Terminated";
    expect((await host.agent("leave")).code).toBe(0);
    expect(host.aws.json(TRIAL)).toMatchObject({ canary: "", vanished: [] });
    expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
    expect(host.aws.objects.has(VERDICT)).toBe(false);
  }),
);

test.concurrent(
  "a host whose record is lost while it bakes tries its version anew, and does not find it good",
  baking(async (host) => {
    host.write(RECORD, "{");
    const { code, stdout } = await host.agent("poll");
    expect(code).toBe(0);
    expect(stdout).toContain("installing hello 1.1.0: its trial did not come to an end\n");
    expect(stdout).toContain("hello 1.1.0: 3600 s of the bake are left\n");
    expect(host.aws.objects.has(VERDICT)).toBe(false);
  }),
);

test.concurrent(
  "a host that takes what others found good does not bake, nor one that goes back to such",
  withHost("1.1.0", ["1.2.0", "1.1.0", "1.0.0"], async (host) => {
    host.aws.objects.set(POLICY, JSON.stringify({ bake: 86_400 }));
    host.verdict("1.2.0", "ok");
    host.verdict("1.0.0", "ok");
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.events()).toMatchObject([{ outcome: "upgraded", version: "1.2.0" }]);
    for (const key of [ORDERS, CONTROL])
      host.aws.objects.set(key, JSON.stringify({ recalled: { hello: { "1.2.0": {}, "1.1.0": {} } } }));
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.installed()).toBe("1.0.0");
    expect(host.has(RECORD)).toBe(false);
  }),
);

test.concurrent(
  "a new agent bakes by itself, and its guard ends with its first poll, not with the bake",
  withHost("1.0.0", ["1.0.0"], async (host) => {
    const verdict = "rollout/web/verdicts/towline-agent/0.2.0.json";
    host.aws.objects.set(POLICY, JSON.stringify({ bake: 3600 }));
    host.candidates("towline-agent", ["0.2.0", "0.1.0"]);
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.has("var/lib/towline/guard/guarded")).toBe(true);
    expect((await host.agent("poll")).stdout).toContain("towline-agent 0.2.0: 3600 s of the bake are left\n");
    expect(host.has("var/lib/towline/guard")).toBe(false);
    expect(host.aws.objects.has(verdict)).toBe(false);
    baked(host, { seconds: 3600 });
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.aws.json(verdict)).toMatchObject({ verdict: "ok" });
    expect(host.has(RECORD)).toBe(false);
  }),
);

test.concurrent(
  "a poll in the middle of a bake that is killed leaves the bake to the next",
  baking(async (host) => {
    host.write("state/signal/bake", "KILL");
    expect((await host.agent("poll")).signal).toBe("SIGKILL");
    expect(host.aws.objects.has(VERDICT)).toBe(false);
    expect(host.aws.json(LEASE)).toMatchObject({ holder: INSTANCE });
    baked(host, { seconds: 3600 });
    expect((await host.agent("poll")).code).toBe(0);
    expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "ok" });
  }),
);

describe("two packages of one release", () => {
  const both = (body: (host: Host) => Promise<void>) =>
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.second();
      host.write("var/cache/apt/archives/other_1.0.0_amd64.deb", "deb\n");
      host.candidates("other", ["1.1.0", "1.0.0"]);
      host.aws.objects.set("rollout/web/verdicts/other/1.0.0.json", JSON.stringify({ verdict: "ok" }));
      host.aws.objects.set(POLICY, JSON.stringify({ bake: 3600 }));
      expect((await host.agent("poll")).code).toBe(0);
      expect([host.installed(), host.installed("other")]).toEqual(["1.1.0", "1.1.0"]);
      await body(host);
    });
  const OTHER = VERDICT.replace("hello", "other");

  test.concurrent(
    "bake once, and are found good together",
    both(async (host) => {
      expect([VERDICT, OTHER].map((key) => host.aws.objects.has(key))).toEqual([false, false]);
      baked(host, { seconds: 3600 });
      expect((await host.agent("poll")).code).toBe(0);
      for (const key of [VERDICT, OTHER]) expect(host.aws.json(key)).toMatchObject({ verdict: "ok" });
    }),
  );

  test.concurrent(
    "stop to bake where one of them is recalled",
    both(async (host) => {
      host.aws.objects.set(
        CONTROL,
        JSON.stringify({ recalled: { other: { "1.1.0": { reason: "customers complain" } } } }),
      );
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed("other")).toBe("1.0.0");
      expect(host.aws.objects.has(OTHER)).toBe(false);
    }),
  );
});

describe("settings of an app", () => {
  const withSettings = (body: (host: Host, id: string) => Promise<void>) =>
    withHost("1.0.0", ["1.0.0"], async (host) => {
      await serveWith(host, 'A="1"\n');
      host.aws.objects.set(POLICY, JSON.stringify({ bake: 3600 }));
      const id = host.configure('A="2"\n');
      expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
      expect(host.aws.objects.has(verdictKey(id))).toBe(false);
      expect(restarts(host)).toHaveLength(1);
      await body(host, id);
    });

  test.concurrent(
    "bake as a version does, and restart their app once",
    withSettings(async (host, id) => {
      baked(host, { seconds: 3600 });
      expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
      expect(host.aws.json(verdictKey(id))).toMatchObject({ verdict: "ok" });
      expect(restarts(host)).toHaveLength(1);
      expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
    }),
  );

  test.concurrent(
    "make room for others that come while they bake",
    withSettings(async (host, id) => {
      const other = host.configure('A="3"\n');
      expect(await host.agent("poll")).toMatchObject({ code: 0, stderr: "" });
      expect(host.aws.objects.has(verdictKey(id))).toBe(false);
      expect(host.aws.objects.has(verdictKey(other))).toBe(false);
      expect(host.read("var/lib/towline/env/hello.env")).toBe('A="3"\n');
      baked(host, { seconds: 3600 });
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.json(verdictKey(other))).toMatchObject({ verdict: "ok" });
    }),
  );
});
