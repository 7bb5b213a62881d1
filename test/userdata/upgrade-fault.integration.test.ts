import { STATUS } from "./fake-aws";
import { type Host, withHost } from "./host";

const LEASE = "rollout/web/lease.json";
const VERDICT = "rollout/web/verdicts/hello/1.1.0.json";
const INSTALL = "state/fail/install-hello-1.1.0";
const UNPACK = "state/fail/unpack-hello-1.1.0";
const UNMET = `The following packages have unmet dependencies:
 hello : Depends: libfoo (>= 2) but it is not installable
E: Unable to correct problems, you have held broken packages.
`;
const UPDATE_ALL = "apt-get update -q -o APT::Update::Error-Mode=any";

const calls = (host: Host) => host.read("state/calls").trim().split("\n");

/** Fails where the host is not as it was before the upgrade, and its group has heard of any verdict. */
function expectPutOff(host: Host, reason: string): void {
  expect(host.installed()).toBe("1.0.0");
  expect(host.aws.json(STATUS)).toMatchObject({
    state: "serving",
    health: "healthy",
    error: `the upgrade of hello to 1.1.0 was put off: ${reason}`,
  });
  expect(host.aws.objects.has(VERDICT)).toBe(false);
  expect(host.aws.json(LEASE)).toMatchObject({ holder: "" });
  expect(host.events()).toEqual([]);
}

describe("a fault of the host puts an upgrade off", () => {
  test.concurrent.each([
    [
      "a lock that is held",
      "Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 4242 (unattended-upgr)",
    ],
    [
      "a package that cannot be fetched",
      "Failed to fetch s3://towline-test/pool/main/h/hello/hello_1.1.0_amd64.deb  503 SlowDown",
    ],
    ["a full disk", "You don't have enough free space in /var/cache/apt/archives/."],
    [
      "an interrupted dpkg",
      "dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem.",
    ],
  ])("without having left the load balancer, and a next poll makes it: %s", (_, reason) =>
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write(INSTALL, `Reading package lists...\nE: ${reason}\n`);
      expect((await host.agent("poll")).code).toBe(1);
      expectPutOff(host, `apt-get install --download-only hello=1.1.0 failed: ${reason}`);
      expect(host.aws.queries("DeregisterTargets")).toEqual([]);
      host.remove(INSTALL);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", error: "" });
      expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "ok" });
    })(),
  );

  test.concurrent(
    "that dpkg had before the upgrade, in another package",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write("state/fail/configure", "dpkg: error processing package linux-image (--configure):\n linux-image\n");
      expect((await host.agent("poll")).code).toBe(1);
      expectPutOff(host, "dpkg --configure -a failed: dpkg: error processing package linux-image (--configure):");
      expect(host.aws.queries("DeregisterTargets")).toEqual([]);
    }),
  );

  test.concurrent(
    "and what was interrupted only now is ended at once",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write(
        UNPACK,
        "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem.\n",
      );
      host.write("state/times/unpack-hello-1.1.0", "1\n");
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
      expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "ok" });
    }),
  );

  test.concurrent(
    "for 900 s where it had left the load balancer for it",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      const reason = "Sub-process /usr/bin/dpkg returned an error code (1)";
      host.write(UNPACK, `cannot copy extracted data: No space left on device\nE: ${reason}\n`);
      const before = Math.floor(Date.now() / 1000);
      expect((await host.agent("poll")).code).toBe(1);
      expectPutOff(host, `apt-get install hello=1.1.0 failed: ${reason}`);
      expect(host.aws.queries("RegisterTargets")).toHaveLength(1);
      const until = Number(/^hello=1\.1\.0 (\d+)$/.exec(host.read("run/towline/upgrade-pause").trim())?.[1]);
      expect(until).toBeGreaterThanOrEqual(before + 900);
      expect(until).toBeLessThanOrEqual(Date.now() / 1000 + 900);

      host.remove(UNPACK);
      host.forget();
      expect(await host.agent("poll")).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/^hello 1\.1\.0 waits \d+ s: this host failed at it\n$/m),
      });
      expect(host.story()).toEqual(["curl GET dists/stable/InRelease", "apt-get update"]);

      host.write("run/towline/upgrade-pause", `hello=1.1.0 ${Math.floor(Date.now() / 1000)}\n`);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
    }),
  );
});

describe("dependencies that are not to be had", () => {
  test.concurrent(
    "are looked for in Debian's newest lists before the upgrade goes on",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write(
        INSTALL,
        "E: Failed to fetch http://deb.debian.org/libfoo.deb  404  Not Found\nE: Unable to fetch some archives\n",
      );
      host.write("state/times/install-hello-1.1.0", "1\n");
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
      expect(calls(host).filter((line) => line === UPDATE_ALL)).toHaveLength(1);
      expect(host.story().filter((line) => line.startsWith("apt-get install"))).toEqual([
        "apt-get install --download-only hello=1.1.0 towline-agent=0.1.0",
        "apt-get install --download-only hello=1.1.0 towline-agent=0.1.0",
        "apt-get install hello=1.1.0 towline-agent=0.1.0",
      ]);
    }),
  );

  test.concurrent(
    "are looked for on a new host as well",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.write("state/fail/install-hello-1.0.0", UNMET);
      host.write("state/times/install-hello-1.0.0", "1\n");
      expect((await host.agent("boot")).code).toBe(0);
      expect(host.installed()).toBe("1.0.0");
      expect(calls(host)).toContain(UPDATE_ALL);
    }),
  );

  test.concurrent(
    "even then are the version's fault: it is bad, and the host never leaves the load balancer",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write(INSTALL, UNMET);
      expect((await host.agent("poll")).code).toBe(0);
      const reason =
        "apt-get install --simulate hello=1.1.0 failed: hello : Depends: libfoo (>= 2) but it is not installable";
      expect(host.aws.json(VERDICT)).toMatchObject({ verdict: "bad", reason });
      expect(host.events()).toMatchObject([{ outcome: "rolled-back", version: "1.1.0", reason }]);
      expect(host.aws.queries("DeregisterTargets")).toEqual([]);
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", packages: { hello: "1.0.0" } });
    }),
  );

  test.concurrent(
    "put the upgrade off where the newest lists could not be read",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write(INSTALL, UNMET);
      host.write("state/fail/update-all", "E: Failed to fetch http://deb.debian.org/InRelease  Connection timed out\n");
      expect((await host.agent("poll")).code).toBe(1);
      expectPutOff(
        host,
        "apt-get install --simulate hello=1.1.0 failed: hello : Depends: libfoo (>= 2) but it is not installable",
      );
    }),
  );
});
