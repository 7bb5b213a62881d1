import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { aptPreference } from "../../infra/user-data";

// The real apt, with the stack's repository under one host name and Debian's under another. apt tells them apart by that.
const OURS = "127.0.0.1";
const DEBIANS = "localhost";
const run = promisify(execFile);

const stanza = (name: string, version: string, fields = "") =>
  `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: a <a@example.org>\nFilename: ./${name}_${version}.deb\nSize: 1\nSHA256: ${"0".repeat(64)}\n${fields}`;

const LISTS: Readonly<Record<string, readonly string[]>> = {
  [OURS]: [
    stanza("hello", "1.0", "Depends: libprivate\n"),
    stanza("towline-agent", "0.8.0"),
    stanza("libc6", "99"),
    stanza("jq", "99"),
    stanza("other", "3.0"),
    stanza("libprivate", "1"),
  ],
  [DEBIANS]: [stanza("hello", "2.10"), stanza("libc6", "2.41"), stanza("jq", "1.7"), stanza("towline-agent", "9")],
};

let folder: string;
let server: Server;
let policy: (name: string) => Promise<string | undefined>;
let simulated: (...names: string[]) => Promise<string>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "towline-preferences-"));
  server = createServer((request, response) => {
    const [name = ""] = (request.headers.host ?? "").split(":");
    const found = request.url?.endsWith("/Packages") ? LISTS[name] : undefined;
    response.writeHead(found ? 200 : 404).end(found?.join("\n"));
  });
  await new Promise<void>((resolve) => server.listen(0, OURS, resolve));
  const { port } = server.address() as AddressInfo;
  for (const each of ["lists/partial", "cache/archives/partial", "dpkg"])
    mkdirSync(join(folder, each), { recursive: true });
  writeFileSync(
    join(folder, "dpkg/status"),
    stanza("libc6", "2.41").replace("Filename", "Status: install ok installed\nX-Filename"),
  );
  writeFileSync(
    join(folder, "sources.list"),
    [OURS, DEBIANS].map((host) => `deb [trusted=yes] http://${host}:${port}/ ./\n`).join(""),
  );
  writeFileSync(join(folder, "preferences"), aptPreference({ TOWLINE_BUCKET: OURS, TOWLINE_PACKAGES: "hello" }));
  const settings = {
    "Dir::Etc::sourcelist": join(folder, "sources.list"),
    "Dir::Etc::sourceparts": "-",
    "Dir::Etc::preferences": join(folder, "preferences"),
    "Dir::Etc::preferencesparts": "-",
    "Dir::State": folder,
    "Dir::State::status": join(folder, "dpkg/status"),
    "Dir::Cache": join(folder, "cache"),
    "APT::Sandbox::User": "root",
    "APT::Architecture": "amd64",
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  const apt = async (program: string, ...args: string[]) =>
    (await run(program, [...options, ...args], { env: { ...process.env, LC_ALL: "C", http_proxy: "" } })).stdout;
  await apt("apt-get", "update");
  policy = async (name) => /Candidate: (\S+)/.exec(await apt("apt-cache", "policy", name))?.[1];
  simulated = (...names) => apt("apt-get", "install", "--simulate", "--quiet", ...names);
});

afterAll(() => {
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each([
  ["the group's package comes from the stack's repository, past Debian's newer one", "hello", "1.0"],
  ["so does the agent", "towline-agent", "0.8.0"],
  ["what Debian has is Debian's, whatever somebody published", "libc6", "2.41"],
  ["also where it is not installed yet", "jq", "1.7"],
  ["what Debian lacks is there for those that need it", "libprivate", "1"],
])("%s", async (_, name, version) => {
  expect(await policy(name)).toBe(version);
});

test("an installation of the group's package changes nothing of Debian's", async () => {
  const said = await simulated("hello");
  expect(
    [...said.matchAll(/^Inst (\S+) .*?\((\S+)/gm)].map(([, name, version]) => `${name} ${version}`).sort(),
  ).toEqual(["hello 1.0", "libprivate 1"]);
});
