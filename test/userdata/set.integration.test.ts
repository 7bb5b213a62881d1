import { STATUS } from "./fake-aws";
import { type Host, withHost } from "./host";

/** Packages that change in one turn, in one run of apt (docs/rollout.md, "Sets"). */

const VERDICTS = "rollout/web/verdicts";
const RECORD = "var/lib/towline/upgrading.json";

const apt = (host: Host) => host.story().filter((line) => /^apt-get install (?!--download)/.test(line));
const drains = (host: Host) => host.aws.queries("DeregisterTargets").length;
const word = (host: Host, name: string) => {
  const body = host.aws.objects.get(`${VERDICTS}/${name}/1.1.0.json`);
  return body === undefined ? undefined : (JSON.parse(body) as { verdict: string }).verdict;
};
const outcomes = (host: Host) => host.events().map((event) => `${event.outcome} ${event.package} ${event.version}`);

/** A host with two apps, of both of which 1.1.0 has been published. */
function withTwo(body: (host: Host) => Promise<void>): () => Promise<void> {
  return withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    host.second();
    host.write("var/cache/apt/archives/other_1.0.0_amd64.deb", "deb\n");
    host.candidates("other", ["1.1.0", "1.0.0"]);
    host.aws.objects.set(`${VERDICTS}/other/1.0.0.json`, JSON.stringify({ verdict: "ok" }));
    await body(host);
  });
}

/** The host is not healthy while 1.1.0 of this package is installed. */
function broken(host: Host, name: string): void {
  host.aws.health = () =>
    host.installed(name) === "1.1.0" ? { status: 500, body: "no database" } : { status: 200, body: "ok" };
}

describe("two packages that are released together", () => {
  test.concurrent(
    "come in one run of apt and one turn, are both found good, and are both told of",
    withTwo(async (host) => {
      expect((await host.agent("poll")).code).toBe(0);
      expect(apt(host)).toEqual(["apt-get install hello=1.1.0 other=1.1.0 towline-agent=0.1.0"]);
      expect(drains(host)).toBe(1);
      expect(host.aws.json("rollout/web/lease.json")).toMatchObject({ package: "hello", set: ["other 1.1.0"] });
      expect([word(host, "hello"), word(host, "other")]).toEqual(["ok", "ok"]);
      expect(outcomes(host)).toEqual(["upgraded hello 1.1.0", "upgraded other 1.1.0"]);
      expect(host.aws.json(STATUS)).toMatchObject({ packages: { hello: "1.1.0", other: "1.1.0" }, error: "" });
    }),
  );

  test.concurrent(
    "name what of the group stays as it is too, though no repository lists it any more",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.second();
      host.candidates("other", []);
      expect((await host.agent("poll")).code).toBe(0);
      expect(apt(host)).toEqual(["apt-get install hello=1.1.0 towline-agent=0.1.0 other=1.0.0"]);
      expect(host.installed("other")).toBe("1.0.0");
    }),
  );

  test.concurrent.each([
    ["hello", "other"],
    ["other", "hello"],
  ])("of which %s is not healthy: both go back, each is tried alone, and that one alone is bad", (bad, good) =>
    withTwo(async (host) => {
      broken(host, bad);
      for (let poll = 0; poll < 3; poll++) expect((await host.agent("poll")).code).toBe(0);
      expect([word(host, bad), word(host, good)]).toEqual(["bad", "ok"]);
      expect([host.installed(bad), host.installed(good)]).toEqual(["1.0.0", "1.1.0"]);
      expect(apt(host).slice(0, 2)).toEqual([
        "apt-get install hello=1.1.0 other=1.1.0 towline-agent=0.1.0",
        "apt-get install /var/cache/towline/hello_1.0.0_amd64.deb /var/cache/towline/other_1.0.0_amd64.deb",
      ]);
      expect(apt(host)).toContain("apt-get install hello=1.1.0 towline-agent=0.1.0 other=1.0.0");
      expect(apt(host)).toContainEqual(
        expect.stringMatching(/^apt-get install other=1.1.0 towline-agent=0.1.0 hello=1.[01].0$/),
      );
      const [together] = host.events();
      expect(together).toMatchObject({
        outcome: "rolled-back",
        reason: expect.stringContaining(
          "hello 1.1.0 and other 1.1.0 failed together, and each is tried alone: not healthy",
        ),
      });
    })(),
  );

  test.concurrent(
    "of which one would remove the agent: the host leaves for the other one alone",
    withTwo(async (host) => {
      host.write("state/removes/other-1.1.0", "towline-agent\n");
      for (let poll = 0; poll < 2; poll++) await host.agent("poll");
      expect([word(host, "hello"), word(host, "other")]).toEqual(["ok", "bad"]);
      expect(apt(host)).toEqual(["apt-get install hello=1.1.0 towline-agent=0.1.0 other=1.0.0"]);
      expect(drains(host)).toBe(1);
    }),
  );

  test.concurrent(
    "of which one is held on this host: the other one comes, and the host says why not both",
    withTwo(async (host) => {
      host.write("var/lib/towline/status.json", JSON.stringify({ state: "serving", health: "healthy", error: "" }));
      host.write("state/held", "other\n");
      for (let poll = 0; poll < 2; poll++) await host.agent("poll");
      expect([host.installed("hello"), host.installed("other")]).toEqual(["1.1.0", "1.0.0"]);
      expect([word(host, "hello"), word(host, "other")]).toEqual(["ok", undefined]);
      expect(host.aws.json(STATUS).error).toMatch(/^host: .*held on this host \(apt-mark hold\): other$/);
    }),
  );

  test.concurrent(
    "of which one needs what is held on this host: the other one comes",
    withTwo(async (host) => {
      host.candidates("libfoo", ["2"]);
      host.write("state/needs/other-1.1.0", "libfoo 2\n");
      host.write("state/held", "libfoo\n");
      for (let poll = 0; poll < 2; poll++) await host.agent("poll");
      expect([host.installed("hello"), host.installed("other")]).toEqual(["1.1.0", "1.0.0"]);
      expect([word(host, "hello"), word(host, "other")]).toEqual(["ok", undefined]);
      const left = drains(host);
      await host.agent("poll");
      expect(drains(host)).toBe(left);
    }),
  );

  test.concurrent(
    "of which only one is installed when the host dies: both are as before, and are tried again together",
    withTwo(async (host) => {
      host.write("state/signal/install", "KILL");
      host.write("state/fail/unpack-other-1.1.0", "killed\n");
      host.write("state/fail/unpack-hello-1.1.0", "killed\n");
      expect(await host.agent("poll")).toMatchObject({ signal: "SIGKILL" });
      expect(JSON.parse(host.read(RECORD))).toMatchObject({
        package: "hello",
        with: [{ package: "other", version: "1.1.0", previous: "1.0.0" }],
      });
      host.remove("state/fail");
      host.write("state/installed/hello", "1.1.0\n");
      host.forget();
      expect((await host.agent("poll")).code).toBe(0);
      expect(apt(host)).toEqual([
        "apt-get install /var/cache/towline/hello_1.0.0_amd64.deb",
        "apt-get install hello=1.1.0 other=1.1.0 towline-agent=0.1.0",
      ]);
      expect([word(host, "hello"), word(host, "other")]).toEqual(["ok", "ok"]);
    }),
  );

  test.concurrent(
    "whose host dies on the way back convict nobody together",
    withTwo(async (host) => {
      broken(host, "other");
      const { health } = host.aws;
      let failed = false;
      host.aws.health = () => {
        if (host.installed("other") === "1.1.0" && !failed) {
          failed = true;
          host.write("state/signal/install", "KILL");
          host.write("state/fail/install-hello-1.0.0", "killed\n");
        }
        return health();
      };
      expect(await host.agent("poll")).toMatchObject({ signal: "SIGKILL" });
      host.remove("state/fail");
      for (let poll = 0; poll < 3; poll++) await host.agent("poll");
      expect([word(host, "hello"), word(host, "other")]).toEqual(["ok", "bad"]);
    }),
  );

  test.concurrent(
    "that the group has found good, and one of which fails here: neither is bad, and the other one comes",
    withTwo(async (host) => {
      for (const name of ["hello", "other"])
        host.aws.objects.set(`${VERDICTS}/${name}/1.1.0.json`, JSON.stringify({ verdict: "ok" }));
      host.aws.others = Object.fromEntries(["i-0b", "i-0c"].map((id) => [id, "healthy"]));
      broken(host, "other");
      for (let poll = 0; poll < 3; poll++) await host.agent("poll");
      expect([word(host, "hello"), word(host, "other")]).toEqual(["ok", "ok"]);
      expect([host.installed("hello"), host.installed("other")]).toEqual(["1.1.0", "1.0.0"]);
      host.forget();
      expect((await host.agent("poll")).stdout).toContain("other 1.1.0 waits ");
    }),
  );

  test.concurrent(
    "of which one pauses after a fault of this host's: the other one pauses too, as nobody knows which it was",
    withTwo(async (host) => {
      host.write("state/fail/unpack-hello-1.1.0", "E: No space left on device\n");
      await host.agent("poll");
      expect(drains(host)).toBe(1);
      host.forget();
      const { stdout } = await host.agent("poll");
      expect(stdout).toContain("hello 1.1.0 waits ");
      expect(stdout).toContain("other 1.1.0 waits ");
      expect(drains(host)).toBe(0);
    }),
  );
});

describe("a host that is killed at", () => {
  /** The write of an object that comes for the given time, from 0. */
  function killAt(host: Host, key: string, time: number, after: boolean): void {
    let left = time;
    host.aws.hook = (request) => {
      if (request.method !== "PUT" || request.path !== `/rollout/web/${key}` || left-- !== 0) return undefined;
      host.kill();
      return after ? undefined : { status: 0 };
    };
  }
  const WRITES = [
    ["the mark on the first package", "trials/hello/1.1.0.json", 0],
    ["the mark on the second package", "trials/other/1.1.0.json", 0],
    ["the first verdict", "verdicts/hello/1.1.0.json", 0],
    ["the second verdict", "verdicts/other/1.1.0.json", 0],
  ] as const;
  const FAILING = [
    ["the first of those that go apart", "trials/hello/1.1.0.json", 1],
    ["the second of those that go apart", "trials/other/1.1.0.json", 1],
  ] as const;
  const each = <T extends readonly (readonly [string, string, number])[]>(writes: T) =>
    writes.flatMap((write) => [[...write, false] as const, [...write, true] as const]);

  test.concurrent.each(each(WRITES))("%s (%s, %d, after it: %s) finds both good", (_, key, time, after) =>
    withTwo(async (host) => {
      killAt(host, key, time, after);
      expect((await host.agent("poll")).signal).toBe("SIGKILL");
      for (let poll = 0; poll < 2; poll++) await host.agent("poll");
      expect([word(host, "hello"), word(host, "other")]).toEqual(["ok", "ok"]);
      expect([host.installed("hello"), host.installed("other")]).toEqual(["1.1.0", "1.1.0"]);
      expect(host.aws.json("rollout/web/lease.json")).toMatchObject({ holder: "" });
    })(),
  );

  test.concurrent.each(each(FAILING))("%s (%s, %d, after it: %s) convicts the one alone", (_, key, time, after) =>
    withTwo(async (host) => {
      broken(host, "other");
      killAt(host, key, time, after);
      expect((await host.agent("poll")).signal).toBe("SIGKILL");
      for (let poll = 0; poll < 3; poll++) await host.agent("poll");
      expect([word(host, "hello"), word(host, "other")]).toEqual(["ok", "bad"]);
      expect([host.installed("hello"), host.installed("other")]).toEqual(["1.1.0", "1.0.0"]);
      expect(host.aws.json("rollout/web/lease.json")).toMatchObject({ holder: "" });
    })(),
  );
});

test.concurrent(
  "the agent comes alone and first, since it ends its own upgrade",
  withTwo(async (host) => {
    host.candidates("towline-agent", ["0.2.0", "0.1.0"]);
    await host.agent("poll");
    expect(apt(host)[0]).toBe("apt-get install towline-agent=0.2.0 hello=1.0.0 other=1.0.0");
  }),
);
