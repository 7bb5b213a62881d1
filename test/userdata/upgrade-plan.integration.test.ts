import { STATUS } from "./fake-aws";
import { type Host, withHost } from "./host";

const LEASE = "rollout/web/lease.json";
const VERDICT = "rollout/web/verdicts/hello/1.1.0.json";
const RECORD = "var/lib/towline/upgrading.json";

const apt = (host: Host) => host.story().filter((line) => line.startsWith("apt-get install"));
const left = (host: Host) => host.aws.queries("DeregisterTargets");
const taken = (host: Host) => host.aws.requests.filter((r) => r.method === "PUT" && r.path === `/${LEASE}`);

/** A host with two apps, whose next hello needs such a version of the other one, of which these are listed. */
function withTwo(least: string, listed: string[], body: (host: Host) => Promise<void>): () => Promise<void> {
  return withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
    host.second();
    host.write("var/cache/apt/archives/other_1.0.0_amd64.deb", "deb\n");
    host.candidates("other", listed);
    host.write("state/needs/hello-1.1.0", `other ${least}\n`);
    await body(host);
  });
}

describe("an upgrade that would remove", () => {
  test.concurrent.each([["towline-agent"], ["towline-archive-keyring"], ["other"]])(
    "%s is bad before the host has left the load balancer",
    (name) =>
      withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
        host.second();
        host.write("state/removes/hello-1.1.0", `libfoo1 ${name}\n`);
        expect((await host.agent("poll")).code).toBe(0);
        const reason = `apt-get install --simulate hello=1.1.0 failed: it would remove libfoo1, ${name}`;
        expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "bad", reason });
        expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", packages: { hello: "1.0.0" } });
        expect(left(host)).toEqual([]);
        expect(apt(host)).toEqual([]);
      })(),
  );

  test.concurrent(
    "what is this host's alone is put off without a verdict, and without the lease from then on",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write("state/removes/hello-1.1.0", "htop\n");
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.aws.objects.has(VERDICT)).toBe(false);
      host.forget();
      expect((await host.agent("poll")).code).toBe(0);
      expect(taken(host)).toEqual([]);
      expect(host.aws.json(STATUS)).toMatchObject({
        state: "serving",
        error: "host: apt-get install --simulate hello=1.1.0 failed: it would remove htop",
      });
      expect(left(host)).toEqual([]);
    }),
  );

  test.concurrent(
    "anything is refused by every run of apt",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      expect((await host.agent("poll")).code).toBe(0);
      const runs = host.read("state/calls").match(/^apt-get install .*$/gm) ?? [];
      expect(runs).toHaveLength(3);
      for (const run of runs) expect(run).toContain(" --no-remove ");
    }),
  );
});

describe("a package of the group that another one needs", () => {
  test.concurrent(
    "comes along in its decided version, not in the highest, which is bad; both are found good",
    withTwo("1.1.0", ["1.2.0", "1.1.0", "1.0.0"], async (host) => {
      host.aws.objects.set("rollout/web/verdicts/other/1.2.0.json", JSON.stringify({ verdict: "bad" }));
      expect((await host.agent("poll")).code).toBe(0);
      expect(apt(host)).toEqual([
        "apt-get install --download-only hello=1.1.0 other=1.1.0 towline-agent=0.1.0",
        "apt-get install hello=1.1.0 other=1.1.0 towline-agent=0.1.0",
      ]);
      expect([host.installed(), host.installed("other")]).toEqual(["1.1.0", "1.1.0"]);
      expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "ok" });
      expect(host.aws.json("rollout/web/verdicts/other/1.1.0.json")).toMatchObject({ verdict: "ok" });
    }),
  );

  test.concurrent(
    "goes back along with it",
    withTwo("1.1.0", ["1.1.0", "1.0.0"], async (host) => {
      host.broken("1.1.0");
      await host.agent("poll");
      expect(apt(host).slice(1, 3)).toEqual([
        "apt-get install hello=1.1.0 other=1.1.0 towline-agent=0.1.0",
        "apt-get install /var/cache/towline/hello_1.0.0_amd64.deb /var/cache/towline/other_1.0.0_amd64.deb",
      ]);
      expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "bad" });
    }),
  );

  test.concurrent(
    "goes back along with it after a crash, too",
    withTwo("1.1.0", ["1.1.0", "1.0.0"], async (host) => {
      host.broken("1.1.0");
      host.write("state/signal/install", "TERM");
      expect((await host.agent("poll")).code).toBe(143);
      expect(JSON.parse(host.read(RECORD))).toMatchObject({
        package: "hello",
        with: [{ package: "other", version: "1.1.0", previous: "1.0.0" }],
      });
      host.candidates("other", ["1.0.0"]);
      host.candidates("hello", ["1.0.0"]);
      await host.agent("poll");
      expect([host.installed(), host.installed("other")]).toEqual(["1.0.0", "1.0.0"]);
    }),
  );

  test.concurrent(
    "in no version that is decided makes the version bad before the host has left the load balancer",
    withTwo("1.2.0", ["1.2.0", "1.0.0"], async (host) => {
      host.aws.objects.set("rollout/web/verdicts/other/1.2.0.json", JSON.stringify({ verdict: "bad" }));
      await host.agent("poll");
      expect(host.aws.json(VERDICT)).toMatchObject({
        verdict: "bad",
        reason: expect.stringContaining("hello : Depends: other (>= 1.2.0) but 1.0.0 is to be installed"),
      });
      expect(left(host)).toEqual([]);
    }),
  );

  test.concurrent(
    "is not in the record of an older agent, which is read all the same",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      const record = { package: "hello", version: "1.1.0", previous: "1.0.0", started: 1, outcome: "", reason: "" };
      host.write(RECORD, JSON.stringify(record));
      const { code, stderr } = await host.agent("poll");
      expect(code).toBe(0);
      expect(stderr).toContain("the upgrade of hello to 1.1.0 is put off: it was interrupted");
      expect(host.has(RECORD)).toBe(false);
    }),
  );
});

describe("a package that is held on a host", () => {
  const held = "held on this host (apt-mark hold)";

  test.concurrent(
    "itself is reported, without verdict and lease, until it no longer is",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write("var/lib/towline/status.json", JSON.stringify({ state: "serving", health: "healthy", error: "" }));
      host.write("state/held", "hello\n");
      for (const _ of [1, 2]) expect((await host.agent("poll")).code).toBe(0);
      const error = `host: apt-get install --simulate hello=1.1.0 failed: ${held}: hello`;
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", health: "healthy", error });
      expect(host.aws.requests.filter((r) => r.method === "PUT" && r.path.includes("hosts/web"))).toHaveLength(1);
      expect(taken(host)).toEqual([]);
      expect(host.aws.objects.has(VERDICT)).toBe(false);

      host.remove("state/held");
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", error: "" });
    }),
  );

  test.concurrent(
    "and needed by a new version puts that off without a verdict, and without the lease from then on",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.candidates("libfoo", ["2"]);
      host.write("state/needs/hello-1.1.0", "libfoo 2\n");
      host.write("state/held", "libfoo\n");
      expect((await host.agent("poll")).code).toBe(1);
      const error = `apt-get install --simulate hello=1.1.0 failed: ${held}: libfoo`;
      expect(host.aws.json(STATUS)).toMatchObject({ error: `the upgrade of hello to 1.1.0 was put off: ${error}` });
      expect(left(host)).toEqual([]);
      host.forget();
      for (const _ of [1, 2]) expect((await host.agent("poll")).code).toBe(0);
      expect(taken(host)).toEqual([]);
      expect(host.aws.json(STATUS)).toMatchObject({ error: `host: ${error}` });
      expect(host.aws.objects.has(VERDICT)).toBe(false);

      host.remove("state/held");
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
    }),
  );

  test.concurrent(
    "and has nothing to do with what fails keeps no version from being bad",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.candidates("libfoo", ["1"]);
      host.write("state/needs/hello-1.1.0", "libfoo 2\n");
      host.write("state/held", "linux-image\n");
      await host.agent("poll");
      expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "bad" });
    }),
  );
});
