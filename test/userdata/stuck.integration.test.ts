import { INSTANCE, STATUS } from "./fake-aws";
import { type Host, withHost } from "./host";
import { breaking, crashFile, expectEnded, FILE, LEASE, restarts, serveWith, verdictKey } from "./settings-host";

const OLD = 'PASSWORD="old"\n';
const TYPO = 'PASSWORD="typo"\n';
const GOOD = 'PASSWORD="good"\n';
const UPGRADE = "var/lib/towline/upgrading.json";
const CHANGE = "var/lib/towline/restarting.json";

const outcomes = (host: Host) => host.events().map((event) => event.outcome);

/** Publishes these versions of hello, newest first. */
function publish(host: Host, ...versions: string[]): void {
  host.candidates("hello", versions);
  host.publish(versions.join(" "));
}

/** Leaves the host stuck: neither 1.1.0 nor 1.0.0 of hello is healthy. */
async function stuckWithVersions(host: Host): Promise<void> {
  host.broken("1.1.0", "1.0.0");
  expect((await host.agent("poll")).code).toBe(1);
  expect(outcomes(host)).toEqual(["stuck"]);
  host.forget();
}

/** Leaves the host stuck: its old settings hold no longer, and the new ones were mistyped. */
async function stuckWithSettings(host: Host): Promise<void> {
  await serveWith(host, OLD);
  for (const text of [OLD, TYPO]) host.write(crashFile(text), "no database\n");
  host.configure(TYPO);
  expect((await host.agent("poll")).code).toBe(1);
  expect(outcomes(host)).toEqual(["stuck"]);
  host.forget();
}

/** Fails where the host does not serve this version with nothing left to resume. */
function expectServing(host: Host, version: string): void {
  expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", health: "healthy", packages: { hello: version } });
  expect(host.aws.json(STATUS)).toMatchObject({ error: "" });
  expect([host.has(UPGRADE), host.has(CHANGE)]).toEqual([false, false]);
  expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
  expect(host.aws.queries("RegisterTargets")).toHaveLength(1);
}

describe("a host that is stuck with settings", () => {
  test.concurrent(
    "takes the corrected ones with the next poll",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      await stuckWithSettings(host);
      const id = host.configure(GOOD);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.read(FILE)).toBe(GOOD);
      expect(host.aws.json(verdictKey(id))).toMatchObject({ verdict: "ok" });
      expect(outcomes(host)).toEqual([]);
      expectServing(host, "1.0.0");
      expectEnded(host);
    }),
  );

  test.concurrent(
    "takes them even where it was killed in the middle of that",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      await stuckWithSettings(host);
      host.configure(GOOD);
      host.write("state/signal/drain", "KILL");
      expect(await host.agent("poll")).toMatchObject({ signal: "SIGKILL" });
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.read(FILE)).toBe(GOOD);
      expectServing(host, "1.0.0");
    }),
  );

  test.concurrent(
    "is stuck with other wrong ones, says so once, and takes the right ones after them",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      await stuckWithSettings(host);
      const wrong = 'PASSWORD="wrong"\n';
      host.write(crashFile(wrong), "no database\n");
      const id = host.configure(wrong);
      for (let poll = 0; poll < 2; poll++) expect((await host.agent("poll")).code).toBe(1);
      expect(host.events()).toMatchObject([{ outcome: "stuck", version: id }]);
      expect(host.aws.objects.has(verdictKey(id))).toBe(false);
      expect(host.read(FILE)).toBe(OLD);
      host.configure(GOOD);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.read(FILE)).toBe(GOOD);
      expectServing(host, "1.0.0");
    }),
  );

  test.concurrent(
    "looks for others once a minute, and does no more than go back where there are none",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      await stuckWithSettings(host);
      expect((await host.agent("poll")).code).toBe(1);
      expect(restarts(host)).toEqual(["hello restart"]);
      expect(host.story().slice(-2)).toEqual(["curl GET dists/stable/InRelease", "curl GET env/hello.env"]);
      expect(host.aws.s3().filter((line) => line.endsWith(LEASE))).toEqual([]);
    }),
  );

  test.concurrent(
    "takes a version that works with those it has",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      await serveWith(host, OLD);
      breaking(host, "PASSWORD");
      host.configure(TYPO);
      expect((await host.agent("poll")).code).toBe(1);
      host.forget();
      publish(host, "1.2.0", "1.0.0");
      host.broken("1.0.0");
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.read(FILE)).toBe(OLD);
      expectServing(host, "1.2.0");
    }),
  );
});

describe("a host that is stuck with versions", () => {
  test.concurrent(
    "takes a newer one that works with the next poll",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      await stuckWithVersions(host);
      publish(host, "1.2.0", "1.1.0", "1.0.0");
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.events()).toMatchObject([{ outcome: "upgraded", version: "1.2.0", previous: "1.0.0" }]);
      expectServing(host, "1.2.0");
    }),
  );

  test.concurrent(
    "takes it even where it was killed in the middle of that",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      await stuckWithVersions(host);
      publish(host, "1.2.0", "1.1.0", "1.0.0");
      host.write("state/signal/install", "KILL");
      host.write("state/fail/unpack-hello-1.2.0", "killed\n");
      expect(await host.agent("poll")).toMatchObject({ signal: "SIGKILL" });
      host.remove("state/fail/unpack-hello-1.2.0");
      expect((await host.agent("poll")).code).toBe(0);
      expect(outcomes(host)).toEqual(["upgraded"]);
      expectServing(host, "1.2.0");
    }),
  );

  test.concurrent(
    "takes it where the one before cannot even be installed, and what it would go back to stays that",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write("state/fail/install-hello-1.0.0", "E: Input/output error\n");
      await stuckWithVersions(host);
      expect(host.installed()).toBe("1.1.0");
      host.remove("var/cache/towline/hello_1.0.0_amd64.deb");
      host.remove("var/cache/apt/archives/hello_1.0.0_amd64.deb");
      publish(host, "1.2.0", "1.1.0", "1.0.0");
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.events()).toMatchObject([{ outcome: "upgraded", version: "1.2.0", previous: "1.0.0" }]);
      expectServing(host, "1.2.0");
    }),
  );

  test.concurrent(
    "takes it where dpkg left the package half installed, which nothing but another version ends",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write("state/fail/install-hello-1.0.0", "E: Input/output error\n");
      await stuckWithVersions(host);
      host.write("state/installed/hello", "");
      host.write("state/fail/configure", "dpkg: error processing package hello (--configure):\n");
      publish(host, "1.2.0", "1.1.0", "1.0.0");
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.events()).toMatchObject([{ outcome: "upgraded", version: "1.2.0", previous: "1.0.0" }]);
      expectServing(host, "1.2.0");
    }),
  );

  test.concurrent(
    "takes settings that mend the one before",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.verdict("1.1.0", "bad");
      await serveWith(host, OLD);
      host.aws.objects.delete("rollout/web/verdicts/hello/1.1.0.json");
      publish(host, "1.1.0", "1.0.0", "0.9.0");
      breaking(host, "old");
      expect((await host.agent("poll")).code).toBe(1);
      expect(outcomes(host)).toEqual(["stuck"]);
      host.forget();
      host.configure(GOOD);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.read(FILE)).toBe(GOOD);
      // The version was not at fault, and works with these.
      expect(host.aws.json(STATUS)).toMatchObject({
        state: "serving",
        health: "healthy",
        packages: { hello: "1.1.0" },
      });
      expect(outcomes(host)).toEqual(["upgraded"]);
    }),
  );

  test.concurrent(
    "says no more where a newer one has to be put off",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      await stuckWithVersions(host);
      publish(host, "1.2.0", "1.1.0", "1.0.0");
      host.write("state/fail/install-hello-1.2.0", "E: Could not get lock /var/lib/dpkg/lock-frontend\n");
      for (let poll = 0; poll < 2; poll++) expect((await host.agent("poll")).code).toBe(1);
      expect(outcomes(host)).toEqual([]);
      expect(host.aws.objects.has("rollout/web/verdicts/hello/1.2.0.json")).toBe(false);
      expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
      host.remove("state/fail/install-hello-1.2.0");
      expect((await host.agent("poll")).code).toBe(0);
      expectServing(host, "1.2.0");
    }),
  );

  test.concurrent(
    "is stuck with the newer one too where that is not healthy either, and says so once",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      await stuckWithVersions(host);
      publish(host, "1.2.0", "1.1.0", "1.0.0");
      host.broken("1.2.0", "1.1.0", "1.0.0");
      for (let poll = 0; poll < 2; poll++) expect((await host.agent("poll")).code).toBe(1);
      expect(host.events()).toMatchObject([{ outcome: "stuck", version: "1.2.0", previous: "1.0.0" }]);
      expect(host.aws.objects.has("rollout/web/verdicts/hello/1.2.0.json")).toBe(false);
      expect(host.installed()).toBe("1.0.0");
    }),
  );

  test.concurrent(
    "takes no version from the others that they found good, and does not try it again",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      await stuckWithVersions(host);
      publish(host, "1.2.0", "1.1.0", "1.0.0");
      host.verdict("1.2.0", "ok");
      host.broken("1.2.0", "1.1.0", "1.0.0");
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.aws.json("rollout/web/verdicts/hello/1.2.0.json")).toEqual({ verdict: "ok" });
      const held = host.aws.objects.get(LEASE);
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.aws.objects.get(LEASE)).toBe(held);
    }),
  );

  test.concurrent(
    "leaves the lease to another host that took it over",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      await stuckWithVersions(host);
      publish(host, "1.2.0", "1.1.0", "1.0.0");
      const other = JSON.stringify({
        holder: "i-0bbb",
        package: "hello",
        version: "1.2.0",
        expires: "2999-01-01T00:00:00Z",
      });
      host.aws.objects.set(LEASE, other);
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.aws.objects.get(LEASE)).toBe(other);
      expect(host.installed()).toBe("1.0.0");
      expect(host.aws.json(STATUS)).toMatchObject({ state: "failed" });
    }),
  );

  test.concurrent(
    "tries no other package's, which its app would condemn",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      await stuckWithVersions(host);
      host.candidates("towline-agent", ["0.2.0", "0.1.0"]);
      host.publish("two");
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.installed("towline-agent")).toBe("0.1.0");
      expect(host.aws.json(LEASE)).toMatchObject({ holder: INSTANCE, version: "1.1.0" });
    }),
  );
});
