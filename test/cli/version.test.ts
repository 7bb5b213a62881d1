import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tagVersion } from "../../cli/deb/tag-version";
import { checkVersion, gitVersion, versionOf } from "../../cli/deb/version";
import { compareVersions } from "../../cli/deb/version-order";

const HASH = "deadbee";

describe("a commit's version", () => {
  it.each([
    [{ tag: "v1.2.3", distance: 57, hash: HASH }, "1.2.3.57.gdeadbee"],
    [{ tag: "1.2.3", distance: 0, hash: HASH }, "1.2.3"],
    [{ tag: undefined, distance: 4, hash: HASH }, "0.0.0.4.gdeadbee"],
    [{ tag: "v1.0.0-rc.1", distance: 3, hash: HASH }, "1.0.0~rc.1.3.gdeadbee"],
    [{ tag: "v1.0.0-rc", distance: 3, hash: HASH }, "1.0.0~rc0.3.gdeadbee"],
    [{ tag: "1.0.0+5", distance: 3, hash: HASH }, "1.0.0+5.3.gdeadbee"],
  ])("of %j is %s", (commit, version) => {
    expect(versionOf(commit)).toBe(version);
  });
});

describe("a tag's version", () => {
  it.each([
    ["v1.2.3", "1.2.3"],
    ["20.04", "20.04"],
    // Semantic versioning 2.0.0
    ["v1.0.0-rc.1", "1.0.0~rc.1"],
    ["1.0.0-alpha", "1.0.0~alpha"],
    ["1.0.0-0", "1.0.0~0"],
    ["1.0.0-0.3.7", "1.0.0~0.3.7"],
    ["1.0.0-x-y-z.4", "1.0.0~x.y.z.4"],
    ["v1.0.0+5", "1.0.0+5"],
    ["1.0.0-beta+exp.sha-5114f85", "1.0.0~beta+exp.sha.5114f85"],
    ["v2-beta", "2~beta"],
    ["v1.2-SNAPSHOT", "1.2~SNAPSHOT"],
    // PEP 440
    ["2.0.0rc1", "2.0.0~rc1"],
    ["2.0a1", "2.0~a1"],
    ["2.0b2.post345.dev456", "2.0~b2.post345~dev456"],
    ["2.0.dev1", "2.0~~dev1"],
    ["2.0.post1", "2.0.post1"],
    ["2.0.0-post1", "2.0.0.post1"],
    ["2.0-1", "2.0.post1"],
    ["2.0.post1.dev3", "2.0.post1~dev3"],
    ["2.0RC1", "2.0~rc1"],
    ["2.0_beta_2", "2.0~beta.2"],
    ["1!2.0rc1", "1:2.0~rc1"],
    ["2.0rc1+ubuntu-1", "2.0~rc1+ubuntu.1"],
    // RubyGems
    ["v7.1.0.rc1", "7.1.0~rc1"],
    ["7.1.0.beta.2", "7.1.0~beta.2"],
    ["3.0.pre", "3.0~pre"],
    ["1.0.racecar2", "1.0~racecar2"],
    // Later than what they name, in the projects that write so
    ["1.1.1w", "1.1.1w"],
    ["5.4.0.Final", "5.4.0.Final"],
    ["2024-05-01", "2024.05.01"],
    ["v1_2_3", "1.2.3"],
  ])("of %s is %s", (tag, version) => {
    expect(tagVersion(tag)).toBe(version);
    expect(checkVersion(version, "tag")).toBe(version);
  });

  // Each group from the oldest to the newest by its own specification, with commits after a tag among them.
  it.each([
    [
      "semantic versioning",
      ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1"],
      ["1.0.0", "1.0.0+5", "1.0.1-0", "1.0.1"],
    ],
    [
      "PEP 440",
      [
        "1.0.dev456",
        "1.0a1",
        "1.0a2.dev456",
        "1.0a12.dev456",
        "1.0a12",
        "1.0b1.dev456",
        "1.0b2",
        "1.0b2.post345.dev456",
      ],
      [
        "1.0b2.post345",
        "1.0rc1.dev456",
        "1.0rc1",
        "1.0",
        "1.0+abc.5",
        "1.0.post456.dev34",
        "1.0.post456",
        "1.1.dev1",
        "1!0.1",
      ],
    ],
    ["RubyGems", ["1.0.a1", "1.0.a.2", "1.0.b1", "1.0.pre2", "1.0.rc1", "1.0.rc2"], ["1.0", "1.0.1.pre", "1.0.1"]],
  ])("sorts as %s wants it, on every tag and between them", (_, before, after) => {
    const at = (tag: string, distance: number) => versionOf({ tag, distance, hash: HASH });
    // What lies between a release and the next tag's pre-release is for the tags to say.
    const ordered = [...before.flatMap((tag) => [at(tag, 0), at(tag, 3)]), ...after.map((tag) => at(tag, 0))];
    const misplaced = ordered.slice(1).filter((version, index) => compareVersions(ordered[index] ?? "", version) >= 0);
    expect(misplaced).toEqual([]);
  });
});

describe("the version of a checkout", () => {
  let folder: string;
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@b", ...args], { stdio: "pipe" });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "towline-test-"));
    git("init", "-q");
    git("commit", "-q", "--allow-empty", "-m", "one");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([
    ["the candidate's came last", ["v1.0.0", "v1.0.0-rc.1"]],
    ["the candidate's came first", ["v1.0.0-rc.1", "v1.0.0"]],
  ])("is the release's where its commit was a candidate too and %s", async (_, tags) => {
    for (const tag of tags) git("tag", "-a", "-m", tag, tag);
    expect(await gitVersion(folder)).toBe("1.0.0");
  });

  it("goes by the nearest tag that begins like a version", async () => {
    git("tag", "v1.0.0-rc.1");
    git("commit", "-q", "--allow-empty", "-m", "two");
    git("tag", "nightly");
    expect(await gitVersion(folder)).toMatch(/^1\.0\.0~rc\.1\.1\.g[0-9a-f]{7}$/);
  });
});

describe("a version that is given", () => {
  it.each(["1.2.3", "1.2.3~rc1", "1.2+5", "1:2.0", "0"])("may be %s", (version) => {
    expect(checkVersion(version, "--version")).toBe(version);
  });

  it.each([
    ["v1", "1"],
    ["1.2.3-rc.1", "1.2.3~rc.1"],
    ["1.2-3", "1.2.post3"],
  ])("is refused as %s, with %s to give instead", (version, instead) => {
    expect(() => checkVersion(version, "--version")).toThrow(
      `--version: '${version}' is not a Debian version without revision: letters, digits, '.', '+' and '~', a digit first, ` +
        `an epoch such as '1:' before it where needed; write ${instead}`,
    );
  });

  it.each(["", "1 2", "1\n", ":1", "1:", "1:2:3", "x:1"])("is refused as %j", (version) => {
    expect(() => checkVersion(version, "--version")).toThrow(
      /^--version: '.*' is not a Debian version .*, such as 1\.2\.3$/s,
    );
  });
});
