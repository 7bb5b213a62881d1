import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackage } from "../../cli/deb/build";

const HELLO = join(__dirname, "..", "..", "examples", "hello");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "towline-test-"));
  delete process.env.SOURCE_DATE_EPOCH;
});

afterEach(() => {
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
      "-rw-r--r-- root/root ./opt/hello/worker.py",
      "drwxr-xr-x root/root ./usr/",
      "drwxr-xr-x root/root ./usr/bin/",
      "-rwxr-xr-x root/root ./usr/bin/hello",
      "drwxr-xr-x root/root ./usr/lib/",
      "drwxr-xr-x root/root ./usr/lib/hello/",
      "-rwxr-xr-x root/root ./usr/lib/hello/config",
      "-rwxr-xr-x root/root ./usr/lib/hello/launch",
      "drwxr-xr-x root/root ./usr/lib/systemd/",
      "drwxr-xr-x root/root ./usr/lib/systemd/system/",
      "-rw-r--r-- root/root ./usr/lib/systemd/system/hello-web@.service",
      "-rw-r--r-- root/root ./usr/lib/systemd/system/hello-worker@.service",
      "drwxr-xr-x root/root ./usr/lib/sysusers.d/",
      "-rw-r--r-- root/root ./usr/lib/sysusers.d/hello.conf",
      "drwxr-xr-x root/root ./usr/share/",
      "drwxr-xr-x root/root ./usr/share/doc/",
      "drwxr-xr-x root/root ./usr/share/doc/hello/",
      "-rw-r--r-- root/root ./usr/share/doc/hello/changelog.gz",
      "-rw-r--r-- root/root ./usr/share/doc/hello/copyright",
      "drwxr-xr-x root/root ./usr/share/lintian/",
      "drwxr-xr-x root/root ./usr/share/lintian/overrides/",
      "-rw-r--r-- root/root ./usr/share/lintian/overrides/hello",
    ]);
    expect(dpkg("--field", deb.path, "Package", "Version", "Architecture", "Depends")).toBe(
      "Package: hello\nVersion: 1.0.0\nArchitecture: all\nDepends: python3, systemd\n",
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

  it("gets the version it is given, an epoch in its file's name left out as Debian does", async () => {
    const deb = await buildPackage({ folder: layOut(CONTROL), version: "1:0.2.0+5", out: folder });
    expect(dpkg("--field", deb.path, "Version")).toBe("1:0.2.0+5\n");
    expect(deb.path).toBe(join(folder, "agent_0.2.0+5_all.deb"));
  });
});

describe("a folder in a git checkout", () => {
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", join(folder, "checkout"), "-c", "user.name=a", "-c", "user.email=a@b", ...args], {
      env: { ...process.env, GIT_COMMITTER_DATE: "1700000000 +0000" },
    });
  const write = (files: Record<string, string>) => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(join(folder, "checkout", name, ".."), { recursive: true });
      writeFileSync(join(folder, "checkout", name), content);
    }
  };
  const build = () => buildPackage({ folder: join(folder, "checkout"), out: folder });
  const APP = { Procfile: "web: true\n", "towline.yaml": "name: app\narchitecture: all\n" };

  beforeEach(() => {
    mkdirSync(join(folder, "checkout"));
    git("init", "-q");
  });

  it("takes its version and time from git", async () => {
    write(APP);
    git("add", ".");
    git("commit", "-q", "-m", "one");
    git("tag", "v2.1");
    git("commit", "-q", "--allow-empty", "-m", "two");
    const hash = git("rev-parse", "--short=7", "HEAD").toString().trim();
    const deb = await build();
    expect(deb.version).toBe(`2.1.1.g${hash}`);
    expect(dpkg("-c", deb.path)).toContain("2023-11-14 22:13 ./opt/app/Procfile");
  });

  it("is packed with what git tracks, nothing of git's own and no secrets", async () => {
    write({ ...APP, "log/.gitkeep": "", ".gitignore": "x\n", ".github/ci.yaml": "", ".env": "A=1", "lib/a.py": "" });
    git("add", "--force", ".");
    git("commit", "-q", "-m", "one");
    write({ "scratch.txt": "", "x/y": "" });
    const deb = await build();
    expect(listing(deb.path).filter((line) => line.includes("/opt/app/"))).toEqual([
      "drwxr-xr-x root/root ./opt/app/",
      "-rw-r--r-- root/root ./opt/app/Procfile",
      "drwxr-xr-x root/root ./opt/app/lib/",
      "-rw-r--r-- root/root ./opt/app/lib/a.py",
      "drwxr-xr-x root/root ./opt/app/log/",
      "-rw-r--r-- root/root ./opt/app/towline.yaml",
    ]);
  });

  it("is refused while what describes it waits to be added", async () => {
    write(APP);
    git("add", "Procfile");
    git("commit", "-q", "-m", "one");
    await expect(build()).rejects.toThrow("towline.yaml: is not tracked by git, and only what git tracks is built");
  });
});

it.each([
  ["there is no such folder", "absent"],
  ["has no Procfile or Makefile (an app), nor DEBIAN/control (a package laid out by hand)", "."],
])("says that a folder %s", async (message, name) => {
  const path = join(folder, name);
  await expect(buildPackage({ folder: path, version: "1", out: folder })).rejects.toThrow(`${path}: ${message}`);
});
