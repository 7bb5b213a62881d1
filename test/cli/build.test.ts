import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackage } from "../../cli/deb/build";
import { InputError } from "../../cli/errors";

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
      "-rwxr-xr-x root/root ./usr/lib/hello/fence",
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
      "Package: hello\nVersion: 1.0.0\nArchitecture: all\nDepends: python3, iproute2, systemd\n",
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

  const app = (files: Record<string, string | Buffer>) => {
    for (const [name, content] of Object.entries({ Procfile: "web: true\n", ...files })) {
      mkdirSync(join(folder, "app", name, ".."), { recursive: true });
      writeFileSync(join(folder, "app", name), content);
    }
    return join(folder, "app");
  };
  const packed = (path: string) => listing(path).flatMap((line) => /\.\/opt\/app\/(.+)/.exec(line)?.[1] ?? []);

  it("may link to what is the system's", async () => {
    app({});
    const links = [
      "/dev/stdout",
      "/etc/timezone",
      "/usr/share/zoneinfo/UTC",
      "/proc/self/fd/2",
      "/var/log",
      "Procfile",
    ];
    for (const [index, target] of links.entries()) symlinkSync(target, join(folder, "app", `link-${index}`));
    const deb = await buildPackage({ folder: join(folder, "app"), version: "1", out: folder });
    expect(packed(deb.path)).toEqual(["Procfile", ...links.map((target, index) => `link-${index} -> ${target}`)]);
  });

  it("is refused with a name that is not UTF-8", async () => {
    app({ "sub/x": "" });
    writeFileSync(Buffer.from(`${join(folder, "app/sub")}/caf\xe9.txt`, "latin1"), "");
    await expect(buildPackage({ folder: join(folder, "app"), version: "1", out: folder })).rejects.toThrow(
      new InputError(
        `${join(folder, "app/sub")}/caf\uFFFD.txt: its name is not UTF-8 and cannot be packaged; ` +
          "rename it ('convmv -f latin1 -t utf8' does)",
      ),
    );
  });

  it("is refused with a Git LFS pointer in the place of a file", async () => {
    const oid = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 12345\n`;
    app({ "assets/logo.png": pointer });
    await expect(buildPackage({ folder: join(folder, "app"), version: "1", out: folder })).rejects.toThrow(
      `${join(folder, "app/assets/logo.png")}: is a Git LFS pointer and not the file itself; run 'git lfs install'`,
    );
    app({ "assets/logo.png": "x", "docs/lfs.md": `${pointer}${"what a pointer looks like\n".repeat(50)}` });
    await buildPackage({ folder: join(folder, "app"), version: "1", out: folder });
  });

  it("reads past a byte order mark in what describes it", async () => {
    app({
      "package.json": '\uFEFF{"scripts":{"test":"x"}}',
      "towline.yaml": "\uFEFFname: marked\narchitecture: all\n",
      Procfile: "\uFEFFweb: true\n",
    });
    const deb = await buildPackage({ folder: join(folder, "app"), version: "1", out: folder });
    expect(deb.name).toBe("marked");
    expect(listing(deb.path).join("\n")).toContain("marked-web@.service");
  });

  it("leaves out what .slugignore names, before the build", async () => {
    app({
      ".slugignore": "# art\n*.psd\n/test\ndocs/*.pdf\r\nspec\n",
      "towline.yaml": "architecture: all\nbuild: find . -type f >built\n",
      ...{ "a.psd": "", "art/b.psd": "", "art/b.png": "", "test/t": "", "lib/test/kept": "", "docs/a.pdf": "" },
      ...{ "docs/sub/kept.pdf": "", "lib/spec/s": "", "specs/kept": "" },
    });
    const deb = await buildPackage({ folder: join(folder, "app"), version: "1", out: folder });
    const kept = packed(deb.path).filter((path) => !path.endsWith("/") && !/^\.|^built|^towline/.test(path));
    expect(kept).toEqual(["Procfile", "art/b.png", "docs/sub/kept.pdf", "lib/test/kept", "specs/kept"]);
    expect(dpkg("--fsys-tarfile", deb.path)).not.toContain("b.psd");
  });

  it("has its processes read .profile.d and .profile, as Heroku does", async () => {
    app({ ".profile.d/b.sh": "", ".profile.d/a'.sh": "", ".profile.d/README": "", ".profile": "" });
    const deb = await buildPackage({ folder: join(folder, "app"), version: "1", out: folder });
    execFileSync("dpkg-deb", ["-x", deb.path, join(folder, "unpacked")]);
    expect(readFileSync(join(folder, "unpacked/usr/lib/app/launch"), "utf8")).toContain(
      "\n  . '/opt/app/.profile.d/a'\\''.sh'\n  . '/opt/app/.profile.d/b.sh'\n  . '/opt/app/.profile'\n",
    );
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

  it("says aloud that a tracked .env stays out", async () => {
    write({ ...APP, "config/.env": "A=1" });
    git("add", "--force", ".");
    git("commit", "-q", "-m", "one");
    const said = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    const deb = await build();
    const lines = said.mock.calls.map(([text]) => text);
    said.mockRestore();
    expect(lines).toEqual([
      `warning: ${join(folder, "checkout/config/.env")} is left out of the package although git tracks it: it may hold secrets; ` +
        "set what it holds with 'towline env', and 'git rm --cached' it\n",
    ]);
    expect(dpkg("-c", deb.path)).not.toContain(".env");
  });

  it("is refused with a tracked name that is not UTF-8, which would be left out", async () => {
    write(APP);
    writeFileSync(Buffer.from(`${join(folder, "checkout")}/caf\xe9.txt`, "latin1"), "");
    git("add", ".");
    git("commit", "-q", "-m", "one");
    await expect(build()).rejects.toThrow("/checkout/caf\uFFFD.txt: its name is not UTF-8 and cannot be packaged");
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
