import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { STATUS } from "../userdata/fake-aws";
import { type Host, inRelease, withHost } from "../userdata/host";

/** An index that somebody has put back: a fresh host knows no newer one, and its signature is good. */
const SEEN = "rollout/web/seen.json";
const INDEX = "dists/stable/InRelease";
const HOUR = 3_600_000;
const NOW = Math.floor(Date.now() / 1000) * 1000;
const iso = (milliseconds: number) => new Date(milliseconds).toISOString().replace(/\.\d+/, "");

const see = (host: Host, milliseconds: number, suite = INDEX) =>
  host.aws.objects.set(SEEN, JSON.stringify({ suites: { [suite]: iso(milliseconds) }, by: "i-1" }));
const older = (is: number, than: number, who: string) =>
  `the index ${INDEX} is of ${iso(is)}, older than that of ${iso(than)}, which ${who}`;
/** It has reported that it serves. */
const serving = (host: Host) =>
  host.write(
    "var/lib/towline/status.json",
    `${JSON.stringify({ state: "serving", health: "healthy", since: iso(NOW - HOUR), packages: {}, error: "" })}\n`,
  );
const writes = (host: Host) => host.aws.s3().filter((request) => request === `PUT ${SEEN}`);

describe("a boot", () => {
  test.concurrent(
    "waits while the index is older than one that the group has seen, and takes the newest then",
    withHost(undefined, ["1.0.0"], async (host) => {
      see(host, NOW - HOUR);
      host.write(host.sign(NOW - 2 * HOUR), inRelease(NOW - 2 * HOUR));
      host.candidates("towline-archive-keyring", ["1"]);
      host.write("state/installed/towline-archive-keyring", "2\n");
      host.writeLater(1, "state/lists/towline-test_dists_stable_InRelease", inRelease(NOW - HOUR));
      host.writeLater(1, "state/candidates/hello", "1.1.0\n1.0.0\n");
      host.writeLater(1, "state/candidates/towline-archive-keyring", "2\n1\n");
      const result = await host.agent("boot");
      expect(result.code).toBe(0);
      expect(result.stdout).toContain(`waiting: ${older(NOW - 2 * HOUR, NOW - HOUR, "the group has seen")}\n`);
      expect(host.installed()).toBe("1.1.0");
      // Nor did the keys go back.
      expect(host.story().filter((line) => line.includes("install towline-archive-keyring"))).toEqual([]);
    }),
  );

  test.concurrent(
    "of which that is all there is fails, says why, and installs nothing",
    withHost(undefined, ["1.0.0"], async (host) => {
      see(host, NOW - HOUR);
      host.write(host.sign(NOW - 2 * HOUR), inRelease(NOW - 2 * HOUR));
      host.write("state/pause", "60");
      expect((await host.agent("boot")).code).toBe(1);
      const reason = `waited 480 s: ${older(NOW - 2 * HOUR, NOW - HOUR, "the group has seen")}`;
      expect(host.aws.json(STATUS)).toMatchObject({ state: "failed", error: reason });
      expect(host.events()).toMatchObject([{ outcome: "boot-failed", reason }]);
      expect(host.aws.queries("CompleteLifecycleAction")).toMatchObject([{ LifecycleActionResult: "ABANDON" }]);
      expect(host.story().filter((line) => line.startsWith("apt-get install"))).toEqual([]);
    }),
  );

  test.concurrent(
    "of a group with a channel waits for the channel's index as well",
    withHost(undefined, ["1.0.0"], async (host) => {
      host.channel(["2.0.0"]);
      see(host, NOW - HOUR, "dists/stable-feature-x/InRelease");
      host.write(host.sign(NOW - 2 * HOUR, "stable-feature-x"), inRelease(NOW - 2 * HOUR));
      host.writeLater(1, "state/lists/towline-test_dists_stable-feature-x_InRelease", inRelease(NOW - HOUR));
      const result = await host.agent("boot");
      expect(result.code).toBe(0);
      expect(result.stdout).toContain("waiting: the index dists/stable-feature-x/InRelease is of ");
    }),
  );

  test.concurrent.each([
    ["nothing", undefined],
    ["what is not JSON", "seen"],
    ["what is not of its form", '{"suites":["dists/stable/InRelease"]}'],
    ["what is no time", `{"suites":{"${INDEX}":"tomorrow"}}`],
    [
      "a time that is not there yet, by more than S3's clock may be wrong",
      `{"suites":{"${INDEX}":"2090-01-01T00:00:00Z"}}`,
    ],
    ["the time of this very index", `{"suites":{"${INDEX}":"${iso(NOW - HOUR)}"}}`],
  ])("goes on where the group has seen %s", (_, text) =>
    withHost(undefined, ["1.0.0"], async (host) => {
      if (text !== undefined) host.aws.objects.set(SEEN, text);
      host.write(host.sign(NOW - HOUR), inRelease(NOW - HOUR));
      expect((await host.agent("boot")).code).toBe(0);
      expect(writes(host)).toEqual([]);
    })(),
  );
});

describe("a host that runs", () => {
  test.concurrent(
    "says which index it has seen, where it is the first, and keeps what is said of other suites",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      see(host, NOW - HOUR, "dists/stable-feature-x/InRelease");
      host.sign(NOW - 2 * HOUR);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.json(SEEN)).toMatchObject({
        suites: { [INDEX]: iso(NOW - 2 * HOUR), "dists/stable-feature-x/InRelease": iso(NOW - HOUR) },
      });
      const put = host.aws.requests.find(({ method, path }) => method === "PUT" && path === `/${SEEN}`);
      expect(put?.headers["if-match"]).toBeDefined();
      // The others see that it was said.
      host.remove("var/lib/towline/inrelease.etag");
      expect((await host.agent("poll")).code).toBe(0);
      expect(writes(host)).toHaveLength(1);
      host.sign(NOW - HOUR);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.json(SEEN)).toMatchObject({ suites: { [INDEX]: iso(NOW - HOUR) } });
      expect(writes(host)).toHaveLength(2);
    }),
  );

  test.concurrent(
    "says nothing of an index that is ahead of S3's clock, and takes it",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      host.aws.clock = -3 * 3600;
      host.sign(NOW);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
      expect(writes(host)).toEqual([]);
    }),
  );

  test.concurrent(
    "reports once that the bucket serves an older index than it has, and until it does no more",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      serving(host);
      host.sign(NOW - HOUR);
      await host.agent("poll");
      host.sign(NOW - 2 * HOUR);
      for (let poll = 0; poll < 2; poll++) expect((await host.agent("poll")).code).toBe(0);
      const error = `repository: ${older(NOW - 2 * HOUR, NOW - HOUR, "this host has, and keeps")}`;
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", error });
      expect(host.aws.s3().filter((request) => request.startsWith("PUT hosts/"))).toHaveLength(1);
      expect(host.aws.json(SEEN)).toMatchObject({ suites: { [INDEX]: iso(NOW - HOUR) } });
      host.sign(NOW - HOUR / 2);
      await host.agent("poll");
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", error: "" });
    }),
  );

  test.concurrent(
    "that lost what apt knew takes nothing of an older index than the group has seen, and looks again after ten minutes",
    withHost("1.0.0", ["1.1.0", "1.0.0"], async (host) => {
      serving(host);
      see(host, NOW - HOUR);
      host.sign(NOW - 2 * HOUR);
      host.candidates("towline-archive-keyring", ["1"]);
      host.write("state/installed/towline-archive-keyring", "2\n");
      for (let poll = 0; poll < 2; poll++) expect((await host.agent("poll")).code).toBe(0);
      const error = `repository: ${older(NOW - 2 * HOUR, NOW - HOUR, "the group has seen")}`;
      expect(host.aws.json(STATUS)).toMatchObject({ state: "serving", error });
      expect(host.story().filter((line) => line.startsWith("apt-get install"))).toEqual([]);
      // Twice by the first poll: another one might just have been published.
      expect(host.story().filter((line) => line === "apt-get update")).toHaveLength(2);
      const remembered = host.read("var/lib/towline/inrelease.etag");
      expect(remembered).toMatch(/^wake \d+$/m);
      host.write("var/lib/towline/inrelease.etag", remembered.replace(/^wake .*$/m, "wake 1"));
      host.write("state/lists/towline-test_dists_stable_InRelease", inRelease(NOW - HOUR));
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.installed()).toBe("1.1.0");
    }),
  );

  test.concurrent(
    "believes the date that is signed, and none above it",
    withHost("1.0.0", ["1.0.0"], async (host) => {
      const path = host.sign(NOW - HOUR);
      const forged = host
        .read(`state/${path.replace("var/lib/apt/", "")}`)
        .replace("Hash: SHA512\n", "Hash: SHA512\nDate: Sat, 01 Jan 2050 00:00:00 UTC\n");
      host.write(`state/${path.replace("var/lib/apt/", "")}`, forged);
      expect((await host.agent("poll")).code).toBe(0);
      expect(host.aws.json(SEEN)).toMatchObject({ suites: { [INDEX]: iso(NOW - HOUR) } });
    }),
  );
});

test("apt keeps the index where the agent looks for it", () => {
  const folder = mkdtempSync(join(tmpdir(), "towline-apt-"));
  try {
    const suites = ["stable", "stable-feature-x", "a_b"];
    const source = join(folder, "towline.list");
    writeFileSync(source, suites.map((suite) => `deb [arch=amd64] s3://towline-test ${suite} main\n`).join(""));
    // A transport that is asked for nothing.
    const transport = "#!/bin/sh\nprintf '100 Capabilities\\nVersion: 1.0\\n\\n'\nexec cat >/dev/null\n";
    writeFileSync(join(folder, "s3"), transport, { mode: 0o755 });
    const options = [
      `Dir::Bin::methods=${folder}`,
      `Dir::Etc::sourcelist=${source}`,
      "Dir::Etc::sourceparts=-",
      `Dir::State::lists=${folder}`,
    ];
    const said = execFileSync("apt-get", ["update", "--print-uris", ...options.flatMap((one) => ["-o", one])], {
      encoding: "utf8",
    });
    expect(
      said
        .trim()
        .split("\n")
        .map((line) => line.split(" ")[1] ?? "")
        .filter((name) => name.endsWith("_InRelease")),
    ).toEqual(suites.map((suite) => `towline-test_dists_${suite.replaceAll("_", "%5f")}_InRelease`));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
