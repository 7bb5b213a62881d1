import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackage } from "../../cli/deb/build";

const HELLO = join(__dirname, "..", "..", "examples", "hello");
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

const dpkg = (...args: string[]) => execFileSync("dpkg-deb", args, { encoding: "utf8" });
const listing = (path: string) =>
  dpkg("-c", path)
    .trimEnd()
    .split("\n")
    .map((line) => line.split(/\s+/))
    .map(([mode, owner, , , , ...name]) => [mode, owner, ...name].join(" "));

describe("a folder with a Procfile", () => {
  it("gives the same bytes from two copies with other times, modes and umask", async () => {
    cpSync(HELLO, join(folder, "one", "hello"), { recursive: true });
    process.umask(0o077);
    cpSync(HELLO, join(folder, "two", "hello"), { recursive: true });
    for (const name of readdirSync(HELLO)) {
      utimesSync(join(folder, "two", "hello", name), 1, 1);
      chmodSync(join(folder, "two", "hello", name), 0o660);
    }
    mkdirSync(join(folder, "two", "hello", ".git"));
    const two = await buildPackage({ folder: join(folder, "two", "hello"), version: "1.0.0", out: join(folder, "b") });
    process.umask(0o002);
    const one = await buildPackage({ folder: join(folder, "one", "hello"), version: "1.0.0", out: join(folder, "a") });
    expect(two.sha256).toBe(one.sha256);
    expect(readdirSync(join(folder, "a"))).toEqual(["hello_1.0.0_all.deb"]);
  });

  it("holds the app and what runs it, all of it root's", async () => {
    const deb = await buildPackage({ folder: HELLO, version: "1.0.0", out: folder });
    expect(listing(deb.path)).toEqual([
      "drwxr-xr-x root/root ./",
      "drwxr-xr-x root/root ./etc/",
      "drwxr-xr-x root/root ./etc/default/",
      "-rw-r--r-- root/root ./etc/default/hello",
      "drwxr-xr-x root/root ./opt/",
      "drwxr-xr-x root/root ./opt/hello/",
      "-rw-r--r-- root/root ./opt/hello/Procfile",
      "-rw-r--r-- root/root ./opt/hello/README.md",
      "-rw-r--r-- root/root ./opt/hello/server.py",
      "-rw-r--r-- root/root ./opt/hello/towline.yaml",
      "drwxr-xr-x root/root ./usr/",
      "drwxr-xr-x root/root ./usr/bin/",
      "-rwxr-xr-x root/root ./usr/bin/hello",
      "drwxr-xr-x root/root ./usr/lib/",
      "drwxr-xr-x root/root ./usr/lib/systemd/",
      "drwxr-xr-x root/root ./usr/lib/systemd/system/",
      "-rw-r--r-- root/root ./usr/lib/systemd/system/hello-web@.service",
      "drwxr-xr-x root/root ./usr/lib/sysusers.d/",
      "-rw-r--r-- root/root ./usr/lib/sysusers.d/hello.conf",
    ]);
    expect(dpkg("--field", deb.path, "Package", "Version", "Architecture", "Depends")).toBe(
      "Package: hello\nVersion: 1.0.0\nArchitecture: all\nDepends: python3, init-system-helpers, systemd\n",
    );
    expect(dpkg("--info", deb.path, "conffiles")).toBe("/etc/default/hello\n");
    expect(dpkg("--info", deb.path, "prerm")).toContain("deb-systemd-invoke stop 'hello-web@*.service'");
    expect(deb).toMatchObject({
      name: "hello",
      version: "1.0.0",
      architecture: "all",
      path: join(folder, "hello_1.0.0_all.deb"),
    });
  });

  it("is refused when a link leads out of it", async () => {
    mkdirSync(join(folder, "app"));
    writeFileSync(join(folder, "app", "Procfile"), "web: true\n");
    symlinkSync("../../secret", join(folder, "app", "leak"));
    await expect(buildPackage({ folder: join(folder, "app"), version: "1", out: folder })).rejects.toThrow(
      `${join(folder, "app", "leak")}: links to ../../secret, outside the app, where hosts have no such file`,
    );
    expect(readdirSync(folder)).toEqual(["app"]);
  });
});

describe("a folder with DEBIAN/control", () => {
  const layOut = (control: string) => {
    mkdirSync(join(folder, "agent", "DEBIAN"), { recursive: true });
    mkdirSync(join(folder, "agent", "usr", "bin"), { recursive: true });
    writeFileSync(join(folder, "agent", "DEBIAN", "control"), control);
    writeFileSync(join(folder, "agent", "usr", "bin", "agent"), "#!/bin/sh\n", { mode: 0o700 });
    symlinkSync("/usr/bin/agent", join(folder, "agent", "usr", "bin", "alias"));
    return join(folder, "agent");
  };
  const CONTROL = "Package: agent\nVersion: 0.1.0\nArchitecture: all\nMaintainer: a <a@b>\nDescription: d\n";

  it("is packed as it is laid out", async () => {
    const deb = await buildPackage({ folder: layOut(CONTROL), out: folder });
    expect(deb.path).toBe(join(folder, "agent_0.1.0_all.deb"));
    expect(listing(deb.path)).toEqual([
      "drwxr-xr-x root/root ./",
      "drwxr-xr-x root/root ./usr/",
      "drwxr-xr-x root/root ./usr/bin/",
      "-rwxr-xr-x root/root ./usr/bin/agent",
      "lrwxrwxrwx root/root ./usr/bin/alias -> /usr/bin/agent",
    ]);
  });

  it("gets the version it is given", async () => {
    const deb = await buildPackage({ folder: layOut(CONTROL), version: "0.2.0", out: folder });
    expect(dpkg("--field", deb.path, "Version")).toBe("0.2.0\n");
  });
});

it("takes its version and time from git", async () => {
  const checkout = join(folder, "checkout");
  mkdirSync(checkout);
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", checkout, "-c", "user.name=a", "-c", "user.email=a@b", ...args], {
      env: { ...process.env, GIT_COMMITTER_DATE: "1700000000 +0000" },
    });
  writeFileSync(join(checkout, "Procfile"), "web: true\n");
  writeFileSync(join(checkout, "towline.yaml"), "name: app\narchitecture: all\n");
  git("init", "-q");
  git("add", ".");
  git("commit", "-q", "-m", "one");
  git("tag", "v2.1");
  git("commit", "-q", "--allow-empty", "-m", "two");
  const hash = git("rev-parse", "--short=7", "HEAD").toString().trim();
  const deb = await buildPackage({ folder: checkout, out: folder });
  expect(deb.version).toBe(`2.1.1.g${hash}`);
  expect(dpkg("-c", deb.path)).toContain("2023-11-14 22:13 ./opt/app/Procfile");
});

it.each([
  ["there is no such folder", "absent"],
  ["has neither a Procfile (an app) nor DEBIAN/control (a package laid out by hand)", "."],
])("says that a folder %s", async (message, name) => {
  const path = join(folder, name);
  await expect(buildPackage({ folder: path, version: "1", out: folder })).rejects.toThrow(`${path}: ${message}`);
});
