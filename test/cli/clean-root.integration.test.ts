import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildPackage } from "../../cli/deb/build";
import { need } from "../tools";

// One root for all of them, which outlives the run: the base, without any toolchain.
let folder: string;

beforeAll(() => {
  need("mmdebstrap", "mmdebstrap");
  need("slirp4netns", "slirp4netns");
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "towline-test-"));
  mkdirSync(join(folder, "app"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(folder, "app", name), text);
const build = async () => {
  const deb = await buildPackage({ folder: join(folder, "app"), version: "1.0", out: folder, release: "trixie" });
  execFileSync("dpkg-deb", ["-R", deb.path, join(folder, "unpacked")]);
  return deb;
};
const read = (path: string) => readFileSync(join(folder, "unpacked", path), "utf8");

describe("a build in a clean root", () => {
  it("sees its copy and Debian's release, and of this machine no file, process, variable, right or loopback", async () => {
    process.env.TOWLINE_TEST_SECRET = "secret";
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    write("Procfile", "web: true\n");
    write(
      "build.sh",
      `. /etc/os-release; echo "release=$VERSION_CODENAME"
       echo "here=$PWD"
       echo "user=$(id -u)"
       echo "environment=$(tr '\\0' '\\n' </proc/self/environ; tr '\\0' '\\n' </proc/1/environ 2>/dev/null)" | grep -c secret || true
       echo "machine=$(ls -d ${JSON.stringify(folder)} ${JSON.stringify(join(__dirname))} 2>/dev/null | wc -l)"
       echo "home=$(ls -A /root /home | tr '\\n' ' ')"
       echo "others=$(grep -l '[j]est' /proc/[0-9]*/cmdline 2>/dev/null | wc -l)"
       echo "rights=$(sed -n 's/^CapBnd:\\t//p; s/^NoNewPrivs:\\t/new=/p' /proc/self/status | tr '\\n' ' ')"
       echo "ways=$(tail -n +3 /proc/net/dev | sed 's/:.*//' | tr -d ' ' | sort | tr '\\n' ' ')"
       for address in 169.254.169.254/80 127.0.0.1/"$1" 10.0.2.2/"$1"; do
         timeout 5 bash -c "exec 3<>/dev/tcp/$address" 2>/dev/null && echo "reached $address"
       done
       touch /etc/x /usr/x /var/x /opt/x 2>/dev/null || echo "root=kept"
       (sleep 1000 &)
`,
    );
    write(
      "towline.yaml",
      "name: app\narchitecture: all\nbuild: bash build.sh PORT >seen\n".replace("PORT", String(port)),
    );
    await build();
    delete process.env.TOWLINE_TEST_SECRET;
    server.close();
    expect(read("opt/app/seen").trimEnd().split("\n")).toEqual([
      ...["release=trixie", "here=/opt/app", "user=60999", "0", "machine=0", "home=/home: build  /root: ", "others=0"],
      ...["rights=0000000000000000 new=1 ", "ways=lo tap0 ", "root=kept"],
    ]);
  });

  it("puts nothing but the app's folder into a package, whatever a dependency's script writes elsewhere", async () => {
    write("Procfile", "web: true\n");
    write(
      "evil.sh",
      `for root in "\${DESTDIR:-}" .. ../stage ../.. /package "$HOME"; do
         mkdir -p "$root/DEBIAN" "$root/etc/cron.d" && echo evil >"$root/DEBIAN/preinst" && echo evil >"$root/etc/cron.d/evil" || true
       done 2>/dev/null
       chmod u+s evil.sh
`,
    );
    write("towline.yaml", "name: app\narchitecture: all\nbuild: bash evil.sh\n");
    const deb = await build();
    expect(readdirSync(join(folder, "unpacked", "DEBIAN")).sort()).toEqual([
      "conffiles",
      "control",
      "postinst",
      "postrm",
      "prerm",
    ]);
    expect(readdirSync(join(folder, "unpacked", "etc"))).toEqual(["default"]);
    expect(execFileSync("dpkg-deb", ["-c", deb.path], { encoding: "utf8" })).not.toMatch(/^-..s/m);
  });

  it("runs the Makefile's install, and builds native code against the release's libraries", async () => {
    write(
      "Makefile",
      "install: app\n\tinstall -D app $(DESTDIR)/usr/lib/app/program\napp: main.c\n\tcc -o app main.c\nstart stop restart:\n\ttrue\n",
    );
    write("main.c", '#include <stdio.h>\nint main(void) { return puts("x") < 0; }\n');
    write("towline.yaml", "name: app\n");
    await build();
    expect(read("DEBIAN/control")).toMatch(/^Depends: make, libc6 \(>= 2\.[0-9]+\), iproute2, systemd$/m);
    expect(readdirSync(join(folder, "unpacked", "usr/lib/app"))).toContain("program");
  });
});

describe("the cache of roots", () => {
  // In the place of mmdebstrap: says that it was called, and is killed where it is told so.
  const FAKE = `#!/bin/bash
echo called >>"$FAKE_LOG"
mkdir -p "$FAKE_LOG.tree/usr" && : >"$FAKE_LOG.tree/usr/one" && : >"$FAKE_LOG.tree/usr/two"
if [ -e "$FAKE_LOG.kill" ]; then tar -c -C "$FAKE_LOG.tree" ./usr | head -c 700; kill -9 $$; fi
tar -c -C "$FAKE_LOG.tree" ./usr
`;
  const make = () => {
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, FAKE_LOG: join(folder, "log") };
    const script = join(__dirname, "../../cli/root/make-root");
    const args = [
      "--no-fork",
      "root.lock",
      script,
      "root",
      "trixie",
      "amd64",
      "gcc",
      join(folder, "inputs"),
      "14",
      "root",
    ];
    return promisify(execFile)("flock", args, { cwd: folder, env });
  };
  const calls = () => readFileSync(join(folder, "log"), "utf8").trim().split("\n").length;

  beforeEach(() => {
    mkdirSync(join(folder, "inputs"));
    writeFileSync(join(folder, "mmdebstrap"), FAKE, { mode: 0o755 });
  });

  it("makes one once, however many builds want it at the same time", async () => {
    await Promise.all([make(), make(), make()]);
    expect([calls(), readdirSync(join(folder, "root", "usr"))]).toEqual([1, ["one", "two"]]);
  });

  it("holds none that was not finished, and takes what a killed build left out of the way", async () => {
    writeFileSync(join(folder, "log.kill"), "");
    await expect(make()).rejects.toThrow();
    expect(existsSync(join(folder, "root"))).toBe(false);
    mkdirSync(join(folder, "root.partial", "usr", "rest"), { recursive: true });
    rmSync(join(folder, "log.kill"));
    await make();
    expect(readdirSync(join(folder, "root", "usr"))).toEqual(["one", "two"]);
    expect(existsSync(join(folder, "root.partial"))).toBe(false);
  });

  it("makes one anew that is older than two weeks", async () => {
    await make();
    execFileSync("touch", ["--date", "-15 days", join(folder, "root")]);
    await make();
    expect(calls()).toBe(2);
    await make();
    expect(calls()).toBe(2);
  });

  it("loses those that nobody has used for a month, and none that somebody is in", async () => {
    for (const name of ["unused", "busy", "used"]) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, `${name}.lock`), "");
      if (name !== "used") execFileSync("touch", ["--date", "-32 days", join(folder, `${name}.lock`)]);
    }
    const holder = spawn("flock", ["--shared", join(folder, "busy.lock"), "sh", "-c", "echo held; cat"], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    await once(holder.stdout, "data");
    await make();
    holder.stdin.end();
    const left = ["unused", "unused.lock", "busy", "used", "root"].filter((name) => existsSync(join(folder, name)));
    expect(left).toEqual(["busy", "used", "root"]);
  });
});
