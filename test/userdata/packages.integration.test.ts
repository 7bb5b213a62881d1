import { chmodSync } from "node:fs";
import { join } from "node:path";
import { STATUS } from "./fake-aws";
import { type Host, USERDATA, withHost } from "./host";

const KEEP = "var/cache/towline";
const KEPT = `${KEEP}/hello_1.0.0_amd64.deb`;
const CACHED = "var/cache/apt/archives/hello_1.0.0_amd64.deb";
const LIBRARY = join(USERDATA, "agent/usr/lib/towline");

/** Keeps hello 1.0.0 and prints what is in the folder then. */
const keep = (host: Host) => {
  host.write("run/towline/.keep", "");
  const program = `for name in paths log package-keep; do source "$0/$name.sh"; done
    paths_prepare; result=0; package_keep hello 1.0.0 || result=$?; ls -A "$KEEP_DIR"; exit "$result"`;
  return host.run("/bin/bash", ["-uc", program, LIBRARY]);
};

describe("the package file of the version to go back to", () => {
  test.concurrent(
    "is not kept where the disk is full half-way",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      host.write("fake-bin/cp", `#!/bin/bash\necho d >"\${*: -1}/hello_1.0.0_amd64.deb"\nexit 1\n`);
      chmodSync(join(host.root, "fake-bin/cp"), 0o755);
      expect(await keep(host)).toEqual({
        code: 1,
        signal: null,
        stdout: "",
        stderr: `error: the package file of hello 1.0.0 could not be copied to ${host.root}/${KEEP}: is the disk full?\n`,
      });
    }),
  );

  test.concurrent(
    "comes anew from apt's cache where the kept one is torn",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      host.write(KEPT, "d");
      expect(await keep(host)).toMatchObject({ code: 0, stdout: "hello_1.0.0_amd64.deb\n", stderr: "" });
      expect(host.read(KEPT)).toBe("deb\n");
      expect(host.story()).toEqual([]);
    }),
  );

  test.concurrent(
    "comes from the repository where apt's cache holds a torn one as well",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      host.write(KEPT, "d");
      host.write(CACHED, "d");
      expect(await keep(host)).toMatchObject({ code: 0, stdout: "hello_1.0.0_amd64.deb\n", stderr: "" });
      expect(host.read(KEPT)).toBe("deb\n");
      expect(host.story()).toEqual(["apt-get download hello=1.0.0"]);
    }),
  );

  test.concurrent(
    "that cannot be kept puts the upgrade off while the host serves",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write("fake-bin/cp", "#!/bin/bash\nexit 1\n");
      chmodSync(join(host.root, "fake-bin/cp"), 0o755);
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.installed()).toBe("1.0.0");
      expect(host.aws.queries("DeregisterTargets")).toEqual([]);
      expect(host.aws.json(STATUS)).toMatchObject({
        state: "serving",
        error: `the upgrade of hello to 1.1.0 was put off: the package file of hello 1.0.0 could not be copied to ${host.root}/${KEEP}: is the disk full?`,
      });
      expect(host.aws.objects.has("rollout/web/verdicts/hello/1.1.0.json")).toBe(false);
    }),
  );
});

describe("an interrupted dpkg", () => {
  const LOCKED = "dpkg: error: dpkg frontend lock was locked by another process with pid 4242\nNote: see the FAQ\n";

  test.concurrent(
    "is ended on a new host once another one lets go of the lock",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.candidates("towline-archive-keyring", ["1"]);
      host.write("state/fail/configure", LOCKED);
      host.write("state/times/configure", "2\n");
      expect(await host.agent("boot")).toMatchObject({ code: 0, stderr: "" });
      expect(host.aws.queries("CompleteLifecycleAction")).toMatchObject([{ LifecycleActionResult: "CONTINUE" }]);
      expect(host.read("state/calls").match(/^sleep 2$/gm)).toHaveLength(2);
    }),
  );

  test.concurrent(
    "is waited for no longer than 120 s, and the reason is dpkg's error",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.write("state/fail/configure", LOCKED);
      host.write("state/pause", "30\n");
      expect((await host.agent("poll")).code).toBe(1);
      expect(host.read("state/calls").match(/^dpkg --configure /gm)).toHaveLength(5);
      expect(host.aws.json(STATUS)).toMatchObject({
        state: "serving",
        error:
          "the upgrade of hello to 1.1.0 was put off: dpkg --configure -a failed: dpkg: error: dpkg frontend lock was locked by another process with pid 4242",
      });
    }),
  );
});
