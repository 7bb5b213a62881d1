import { join } from "node:path";
import { type Host, inRelease, USERDATA, withHost } from "./host";

const install = (host: Host) => host.run(join(USERDATA, "install.sh"), []);
const calls = (host: Host) => host.read("state/calls").trim().split("\n");
const ONE_SOURCE = (host: Host) =>
  `-o Dir::Etc::sourcelist=${host.root}/etc/apt/sources.list.d/towline.sources -o Dir::Etc::sourceparts=- -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=`;

describe("install.sh", () => {
  test.concurrent(
    "installs the agent, and nothing else, from the stack's source alone, and boots it",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.transport();
      expect((await install(host)).code).toBe(0);
      expect(calls(host)).toEqual([
        `apt-get update -q ${ONE_SOURCE(host)} -o Acquire::Check-Date=true -o Acquire::Check-Valid-Until=true -o APT::Get::List-Cleanup=0 -o APT::Update::Error-Mode=any`,
        `apt-get install -y -q --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 -o APT::Keep-Downloaded-Packages=true ${ONE_SOURCE(host)} towline-agent`,
        "towline-agent self-test",
        "towline-agent boot",
      ]);
    }),
  );

  test.concurrent.each([
    ["does not pass its self-test", "state/fail/self-test-0.3.0", "usr/sbin/towline-agent: line 7: syntax error\n"],
    [
      "dpkg cannot install",
      "state/fail/unpack-towline-agent-0.3.0",
      "E: Sub-process /usr/bin/dpkg returned an error code (1)\n",
    ],
  ])("takes the newest agent that passes its self-test in place of one that %s", (_, fault, text) =>
    withHost(undefined, ["1.0.0"], async (host) => {
      host.transport();
      host.candidates("towline-agent", ["0.3.0", "0.2.0", "0.1.0"]);
      host.write(fault, text);
      host.write("state/fail/self-test-0.2.0", "syntax error\n");
      const result = await install(host);
      expect(result.code).toBe(0);
      expect(result.stdout).toContain(
        "towline-install: took towline-agent 0.1.0, since what is newer does not pass its self-test\n",
      );
      expect(host.installed("towline-agent")).toBe("0.1.0");
      expect(calls(host).at(-1)).toBe("towline-agent boot");
    })(),
  );

  test.concurrent(
    "takes an agent older than the self-test where all of it parses",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.transport();
      host.candidates("towline-agent", ["0.3.0", "0.2.0"]);
      host.write("usr/lib/towline/poll.sh", "poll_main() { :; }\n");
      host.write("state/no-self-test/0.2.0", "");
      host.write("state/fail/self-test-0.3.0", "");
      expect((await install(host)).code).toBe(0);
      expect(host.installed("towline-agent")).toBe("0.2.0");
    }),
  );

  test.concurrent(
    "boots no agent where none passes, and says so",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.transport();
      host.write("state/fail/self-test-0.1.0", "syntax error\n");
      host.write("state/times/self-test-0.1.0", "1\n");
      const result = await install(host);
      expect(result.stdout).toContain("trying again: E: no towline-agent in the repository passes its self-test\n");
      expect(calls(host).filter((line) => line === "sleep 2")).toHaveLength(1);
    }),
  );

  test.concurrent(
    "is safe to run twice",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.transport();
      await install(host);
      expect((await install(host)).code).toBe(0);
      expect(calls(host).filter((line) => line === "towline-agent boot")).toHaveLength(2);
    }),
  );

  test.concurrent(
    "waits for a repository that is not there yet, saying why once",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.transport();
      host.write(
        "state/fail/update",
        "Ign:1 s3://towline-test stable InRelease\nE: The repository 's3://towline-test stable Release' does not have a Release file.\n",
      );
      host.write("state/times/update", "3\n");
      const result = await install(host);
      expect(result.code).toBe(0);
      expect(result.stdout.match(/trying again/g)).toHaveLength(1);
      expect(result.stdout).toContain(
        "trying again: E: The repository 's3://towline-test stable Release' does not have a Release file.\n",
      );
      expect(calls(host).filter((line) => line === "sleep 2")).toHaveLength(3);
      expect(calls(host).at(-1)).toBe("towline-agent boot");
    }),
  );

  test.concurrent(
    "looks ever more seldom for a repository that does not come: each look costs CPU",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.transport();
      host.write(
        "state/fail/update",
        "E: The repository 's3://towline-test stable Release' does not have a Release file.\n",
      );
      host.write("state/times/update", "30\n");
      expect((await install(host)).code).toBe(0);
      const pauses = calls(host).filter((line) => line.startsWith("sleep "));
      const times = (count: number, seconds: number) => Array<string>(count).fill(`sleep ${seconds}`);
      expect(pauses).toEqual([2, 3, 4, 5, 6, 7].flatMap((seconds) => times(4, seconds)).concat(times(6, 8)));
    }),
  );

  const NOW = Math.floor(Date.now() / 1000) * 1000;
  const iso = (milliseconds: number) => new Date(milliseconds).toISOString().replace(/\.\d+/, "");
  const see = (host: Host, at: string) =>
    host.write("state/seen.json", JSON.stringify({ suites: { "dists/stable/InRelease": at } }));

  test.concurrent(
    "takes no agent from an index that is older than one the group has seen",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.transport();
      see(host, iso(NOW - 3_600_000));
      host.sign(NOW - 7_200_000);
      host.candidates("towline-agent", ["0.0.1"]);
      host.writeLater(2, "state/lists/towline-test_dists_stable_InRelease", inRelease(NOW - 3_600_000));
      host.writeLater(2, "state/candidates/towline-agent", "0.1.0\n0.0.1\n");
      const result = await install(host);
      expect(result.code).toBe(0);
      expect(result.stdout).toContain(
        `trying again: E: the index dists/stable/InRelease is older than one of ${iso(NOW - 3_600_000)}, which the group has seen\n`,
      );
      expect(calls(host).filter((line) => line.startsWith("apt-get install"))).toHaveLength(1);
      expect(host.installed("towline-agent")).toBe("0.1.0");
    }),
  );

  test.concurrent.each([
    ["the same", iso(NOW - 7_200_000)],
    ["one of a time that is not there yet", "2090-01-01T00:00:00Z"],
    ["one of no time", "tomorrow"],
  ])("installs where the group has seen %s", (_, at) =>
    withHost(undefined, ["1.0.0"], async (host) => {
      host.transport();
      see(host, at);
      host.sign(NOW - 7_200_000);
      expect((await install(host)).code).toBe(0);
      expect(calls(host)).not.toContain("sleep 2");
    })(),
  );

  test.concurrent(
    "tries again where S3 does not say what the group has seen",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.transport();
      host.write("state/refused", "E: Failed to fetch s3://towline-test/seen.json  503  Slow Down\n");
      const result = await install(host);
      expect(result.code).toBe(0);
      expect(result.stdout).toContain("trying again: E: Failed to fetch s3://towline-test/seen.json  503  Slow Down\n");
    }),
  );

  test.concurrent(
    "takes the transport from Debian where the image has none, leaving out the source that needs it",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.transport();
      host.remove("usr/lib/apt/methods/s3");
      host.candidates("apt-transport-s3", ["2.2.1-1"]);
      host.write("etc/apt/sources.list.d/debian.sources", "Types: deb\n");
      expect((await install(host)).code).toBe(0);
      const [update, transport] = calls(host);
      expect(update).toMatch(/^apt-get update -q -o Dir::Etc::sourceparts=\S+ -o APT::Update::Error-Mode=any$/);
      expect(host.read("state/sourceparts")).toBe("debian.sources\n");
      expect(transport).toBe(
        "apt-get install -y -q --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 -o APT::Keep-Downloaded-Packages=true apt-transport-s3",
      );
    }),
  );

  test.concurrent(
    "says what is missing where the user data was not written",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.transport();
      host.remove("etc/towline/host.env");
      const result = await install(host);
      expect(result.code).toBe(1);
      expect(result.stderr).toBe(
        `towline-install: error: ${host.root}/etc/towline/host.env is missing: the user data writes it\n`,
      );
    }),
  );
});
