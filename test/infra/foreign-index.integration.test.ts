import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What the real apt of hosts of one architecture does with an index of another's, which a group's own `architecture` rests on. */

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "towline-foreign-"));
  const lists = join(root, "repo/dists/stable/main/binary-arm64");
  const folders = ["state/lists/partial", "cache/archives/partial", "etc/sources.list.d", "etc/preferences.d"];
  for (const folder of [lists, ...folders.map((each) => join(root, each))]) mkdirSync(folder, { recursive: true });
  const packages = [
    ["plain", "all"],
    ["native", "arm64"],
  ]
    .map(
      ([name, architecture]) =>
        `Package: towline-test-${name}\nVersion: 1.0\nArchitecture: ${architecture}\nFilename: pool/${name}.deb\nSize: 1\nSHA256: ${"0".repeat(64)}\n`,
    )
    .join("\n");
  writeFileSync(join(lists, "Packages"), packages);
  const sum = createHash("sha256").update(packages).digest("hex");
  writeFileSync(
    join(root, "repo/dists/stable/Release"),
    `Suite: stable\nCodename: stable\nDate: ${new Date().toUTCString().replace("GMT", "UTC")}\nComponents: main\nArchitectures: arm64\nSHA256:\n ${sum} ${packages.length} main/binary-arm64/Packages\n`,
  );
  const source = {
    Types: "deb",
    URIs: `copy:${root}/repo`,
    Suites: "stable",
    Components: "main",
    Architectures: "arm64",
    Trusted: "yes",
  };
  const lines = Object.entries(source).map(([key, value]) => `${key}: ${value}\n`);
  writeFileSync(join(root, "etc/sources.list.d/towline.sources"), lines.join(""));
  writeFileSync(join(root, "status"), "");
});
afterAll(() => rmSync(root, { recursive: true }));

function apt(program: string, ...args: string[]): string {
  const settings = {
    "Dir::Etc": join(root, "etc"),
    "Dir::State": join(root, "state"),
    "Dir::State::status": join(root, "status"),
    "Dir::Cache": join(root, "cache"),
    "APT::Architecture": "amd64",
    "APT::Architectures": "amd64",
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  const { stdout, stderr } = spawnSync(program, [...options, ...args], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  return stdout + stderr;
}

test("a package of no architecture is installable there, and one of the index's own is not to be found", () => {
  apt("apt-get", "update");
  expect(apt("apt-get", "--simulate", "install", "towline-test-plain")).toMatch(
    /^Inst towline-test-plain \(1\.0 .*\[all\]\)$/m,
  );
  expect(apt("apt-get", "--simulate", "install", "towline-test-native")).toContain(
    "Unable to locate package towline-test-native",
  );
});
