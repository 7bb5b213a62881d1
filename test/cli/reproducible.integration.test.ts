import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackage } from "../../cli/deb/build";

// A build that would show its folder, its time, its umask and the order of its files, if it could see any that differ.
const FILES: Record<string, string> = {
  Procfile: "web: true\n",
  "towline.yaml":
    "name: app\narchitecture: all\nbuild:\n  - pwd >where\n  - tar -cf all.tar --exclude=all.tar --sort=name lib Procfile\n",
  "lib/one": "1",
  "lib/two": "2",
  "lib/three": "3",
};

let folder: string;
let umask: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "towline-test-"));
  umask = process.umask();
  delete process.env.SOURCE_DATE_EPOCH;
});

afterEach(() => {
  process.umask(umask);
  rmSync(folder, { recursive: true });
});

const git = (at: string, ...args: string[]) =>
  execFileSync("git", ["-C", at, "-c", "user.name=a", "-c", "user.email=a@b", ...args], {
    env: { ...process.env, GIT_COMMITTER_DATE: "1700000000 +0000", GIT_AUTHOR_DATE: "1700000000 +0000" },
    stdio: ["ignore", "pipe", "pipe"],
  });

function write(at: string, names: readonly string[]): string {
  for (const name of names) {
    mkdirSync(join(folder, at, name, ".."), { recursive: true });
    writeFileSync(join(folder, at, name), FILES[name] ?? "");
  }
  return join(folder, at);
}

async function sha256(at: string): Promise<string> {
  const deb = await buildPackage({ folder: at, version: "1.0", out: join(folder, "out") });
  return deb.sha256;
}

it("two checkouts give the same bytes, version included", async () => {
  const origin = write("origin", Object.keys(FILES));
  git(origin, "init", "-q");
  git(origin, "add", ".");
  git(origin, "commit", "-q", "-m", "one");
  git(folder, "clone", "-q", origin, "a-rather-longer-name");
  const builds = ["origin", "a-rather-longer-name"].map((name) =>
    buildPackage({ folder: join(folder, name), out: join(folder, "out", name) }),
  );
  const [one, two] = await Promise.all(builds);
  expect(two?.version).toMatch(/^0\.0\.0\.1\.g[0-9a-f]{7}$/);
  expect(two).toEqual({ ...one, path: two?.path });
});

it("two times give the same bytes", async () => {
  const app = write("app", Object.keys(FILES));
  const one = await sha256(app);
  for (const name of [".", ...Object.keys(FILES)]) utimesSync(join(app, name), 1, 1);
  // dpkg-deb and gzip count in seconds.
  await new Promise((resolve) => setTimeout(resolve, 1100));
  expect(await sha256(app)).toBe(one);
});

it("two umasks give the same bytes, in the checkout and in the build", async () => {
  process.umask(0o022);
  const one = await sha256(write("open", Object.keys(FILES)));
  process.umask(0o077);
  expect(await sha256(write("closed", Object.keys(FILES)))).toBe(one);
  process.umask(0o000);
  expect(await sha256(write("group", Object.keys(FILES)))).toBe(one);
});

it("two orders of creation give the same bytes", async () => {
  const one = await sha256(write("forward", Object.keys(FILES)));
  expect(await sha256(write("backward", Object.keys(FILES).reverse()))).toBe(one);
});

it("other modes of the same files give the same bytes, but for the owner's executable bit", async () => {
  const app = write("app", Object.keys(FILES));
  const one = await sha256(app);
  cpSync(app, join(folder, "copy"), { recursive: true });
  for (const name of readdirSync(join(folder, "copy", "lib"))) chmodSync(join(folder, "copy", "lib", name), 0o660);
  expect(await sha256(join(folder, "copy"))).toBe(one);
  chmodSync(join(folder, "copy", "lib", "one"), 0o700);
  expect(await sha256(join(folder, "copy"))).not.toBe(one);
});

it("other content gives other bytes", async () => {
  const app = write("app", Object.keys(FILES));
  const one = await sha256(app);
  writeFileSync(join(app, "lib", "one"), "2");
  expect(await sha256(app)).not.toBe(one);
});
