import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MAKEFILE_PROCESS } from "../../cli/deb/makefile";
import type { RenderedFile } from "../../cli/deb/render";
import { quote } from "../../cli/deb/unit";
import { NASTY } from "./nasty-values";
import { renderShop, textOf } from "./render-app";

let folder: string;
let launch: string;
let shopFiles: readonly RenderedFile[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "towline-test-"));
  launch = join(folder, "launch");
  shopFiles = await renderShop("web: true\n");
  const files = await renderShop("web: true\n", { environment: [`export PATH=${folder}/tools:$PATH`] });
  writeFileSync(launch, textOf(files, "usr/lib/shop/launch").replaceAll("/opt/shop", folder), { mode: 0o755 });
});

afterAll(() => rmSync(folder, { recursive: true }));

function start(line: string, environment: Record<string, string> = {}) {
  const env = { PATH: "/usr/bin:/bin", ...environment };
  // As systemd does; on a socket bash would take itself for a remote login.
  return spawnSync(launch, ["start", "6100", "3", line], { env, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
}

it("runs a shell line in the app's folder with its name, version, port and tools", () => {
  expect(start('echo "$APP_NAME $APP_VERSION $PORT $PWD $PATH"').stdout).toBe(
    `shop 1.2.3~rc1 6102 ${folder} ${folder}/tools:/usr/bin:/bin\n`,
  );
});

it("hands the whole environment on, whatever its names and values", () => {
  // Names a script might use itself, and one that bash would execute.
  const given = {
    ...NASTY,
    app: "a",
    home: "b",
    version: "c",
    line: "d",
    BASH_ENV: `$(touch ${folder}/pwned)`,
    x1: "$x",
  };
  const { stdout, status } = start("env --null", given);
  const seen = Object.fromEntries(
    stdout
      .split("\0")
      .filter(Boolean)
      .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
  );
  expect(status).toBe(0);
  expect(seen).toMatchObject(given);
  expect(existsSync(join(folder, "pwned"))).toBe(false);
});

it("becomes the process, so that its signals and the sockets passed to it (LISTEN_PID) are the process's", () => {
  const { stdout } = spawnSync(
    "/bin/sh",
    ["-c", `echo $$; exec "$0" start 6100 1 '/bin/sh -c "echo \\$\\$"'`, launch],
    {
      encoding: "utf8",
    },
  );
  const [before, after] = stdout.trim().split("\n");
  expect(after).toBe(before);
});

describe("Heroku's release phase", () => {
  const state = () => join(folder, "state");
  const release = (line: string, version = "1.0") => {
    const text = textOf(shopFiles, "usr/lib/shop/launch")
      .replaceAll("/opt/shop", folder)
      .replaceAll("/usr/lib/shop", join(folder, "lib"))
      .replace("1.2.3~rc1", version);
    mkdirSync(join(folder, "lib"), { recursive: true });
    writeFileSync(join(folder, "lib", "launch"), text, { mode: 0o755 });
    writeFileSync(join(folder, "lib", "release"), `#!/bin/bash -p\n${line}\n`, { mode: 0o755 });
    const env = { PATH: "/usr/bin:/bin", STATE_DIRECTORY: state(), A: "1", LISTEN_FDS: "1" };
    const { stdout, status } = spawnSync(
      join(folder, "lib", "launch"),
      ["start", "6000", "1", "echo web $LISTEN_FDS"],
      {
        ...{ env, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" },
      },
    );
    return { stdout, status };
  };

  beforeEach(() => mkdirSync(state()));
  afterEach(() => rmSync(state(), { recursive: true }));

  it("runs once for a version before its first process, with its environment and without its port and socket", () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
    const line = 'echo "$APP_NAME $APP_VERSION $A ${PORT-none} ${LISTEN_FDS-none}"';
    expect(release(line)).toEqual({ status: 0, stdout: "shop 1.0 1 none none\nweb 1\n" });
    expect(release(line)).toEqual({ status: 0, stdout: "web 1\n" });
    expect(release(line, "1.1")).toEqual({ status: 0, stdout: "shop 1.1 1 none none\nweb 1\n" });
  });

  it("keeps the process from starting while it fails, and is tried again", () => {
    expect(release("echo trying; exit 3")).toEqual({ status: 3, stdout: "trying\n" });
    expect(release("echo trying")).toEqual({ status: 0, stdout: "trying\nweb 1\n" });
  });

  it("is no process of the package's, and runs its line as the Procfile has it", async () => {
    const files = await renderShop("web: true\n", { release: `./migrate --now "$DATABASE_URL" && echo 100%` });
    expect(textOf(files, "usr/lib/shop/release")).toBe(
      `#!/bin/bash -p\n./migrate --now "$DATABASE_URL" && echo 100%\n`,
    );
    expect(files.map(({ path }) => path).filter((path) => path.includes("systemd"))).toEqual([
      "usr/lib/systemd/system/shop-web@.service",
    ]);
    expect(shopFiles.map(({ path }) => path)).not.toContain("usr/lib/shop/release");
  });
});

it("reads the app's profile before a process and a command, which need not bear strict mode", async () => {
  const files = await renderShop("web: true\n", { profile: [".profile.d/a.sh", ".profile"] });
  const place = join(folder, "profiled");
  mkdirSync(join(place, ".profile.d"), { recursive: true });
  writeFileSync(join(place, "launch"), textOf(files, "usr/lib/shop/launch").replaceAll("/opt/shop", place), {
    mode: 0o755,
  });
  writeFileSync(join(place, ".profile.d", "a.sh"), 'set -- x; false; export A="a$UNSET$PORT"\n');
  writeFileSync(join(place, ".profile"), 'export B="b$A"\n');
  const run = (...args: string[]) => spawnSync(join(place, "launch"), args, { encoding: "utf8", stdio: "pipe" }).stdout;
  expect(run("start", "6000", "2", "echo $A $B")).toBe("a6001 ba6001\n");
  expect(run("run", "printenv", "B")).toBe("ba\n");
});

it("runs a command as it is given", () => {
  const { stdout } = spawnSync(launch, ["run", "printf", "%s|", "$(id)", "a b", ""], { encoding: "utf8" });
  expect(stdout).toBe("$(id)|a b||");
});

describe("units", () => {
  it.each([
    ["plain", '"plain"'],
    ['say "hi" \\ there', '"say \\"hi\\" \\\\ there"'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
    ["echo $HOME ${A} 100% %i", '"echo $$HOME $${A} 100%% %%i"'],
    ["a\tb", '"a\\tb"'],
  ])("hold the shell line %j as %s", (line, expected) => {
    expect(quote(line)).toBe(expected);
  });

  it("start and stop an app that has a Makefile through it", async () => {
    const files = await renderShop("web: true\n", { processes: [MAKEFILE_PROCESS] });
    expect(textOf(files, "usr/lib/systemd/system/shop-web@.service").split("\n")).toEqual(
      expect.arrayContaining([
        "Type=forking",
        'ExecStart=/usr/lib/shop/launch start 6000 %i "make start"',
        'ExecReload=/usr/lib/shop/launch run /bin/bash -p -c "make restart"',
        'ExecStop=/usr/lib/shop/launch run /bin/bash -p -c "make stop"',
      ]),
    );
  });

  it("take their socket from systemd where the app wants that, the web process alone", async () => {
    const files = await renderShop("worker: true\nweb: true\n", {
      manifest: { name: "shop", socket: true, port: 6000 },
    });
    const units = "usr/lib/systemd/system";
    expect(textOf(files, `${units}/shop-web@.service`)).toContain("\nSockets=shop-web.socket\n");
    expect(textOf(files, `${units}/shop-worker@.service`)).not.toContain("Sockets=");
    expect(textOf(files, `${units}/shop-web.socket`)).toContain("\nListenStream=6000\n");
    expect(textOf(files, "DEBIAN/postinst")).toContain(
      "try-reload-or-restart 'shop-worker@*.service' 'shop-web@*.service' ||",
    );
    expect(textOf(files, "DEBIAN/prerm")).toContain(
      "deb-systemd-invoke stop 'shop-web.socket' 'shop-worker@*.service' 'shop-web@*.service'",
    );
  });

  describe("of an app with a port of its own", () => {
    const CAPABILITY = ["AmbientCapabilities=CAP_NET_BIND_SERVICE", "CapabilityBoundingSet=CAP_NET_BIND_SERVICE"];
    const PROCFILE = "web: true\nworker: true\n";
    const unitOf = (files: Awaited<ReturnType<typeof renderShop>>, unit: string) =>
      textOf(files, `usr/lib/systemd/system/${unit}`).split("\n");
    const capabilities = (lines: readonly string[]) => lines.filter((line) => line.includes("Capabilit"));

    it("count from there, in the sockets and for status too", async () => {
      const files = await renderShop(PROCFILE, { manifest: { name: "shop", socket: true, port: 7000 } });
      expect(unitOf(files, "shop-web@.service")).toContain('ExecStart=/usr/lib/shop/launch start 7000 %i "true"');
      expect(unitOf(files, "shop-worker@.service")).toContain('ExecStart=/usr/lib/shop/launch start 7100 %i "true"');
      expect(unitOf(files, "shop-web.socket")).toContain("ListenStream=7000");
      expect(textOf(files, "usr/bin/shop")).toContain("declare -rA ports=([web]=7000 [worker]=7100)\n");
    });

    it("may bind ports below 1024, and nothing else of root's, where the process's first is one", async () => {
      const files = await renderShop(PROCFILE, { manifest: { name: "shop", socket: false, port: 924 } });
      expect(capabilities(unitOf(files, "shop-web@.service"))).toEqual(CAPABILITY);
      expect(capabilities(unitOf(files, "shop-worker@.service"))).toEqual(["CapabilityBoundingSet="]);
    });

    it("may not where systemd binds it for the process", async () => {
      const files = await renderShop(PROCFILE, { manifest: { name: "shop", socket: true, port: 80 } });
      expect(capabilities(unitOf(files, "shop-web@.service"))).toEqual(["CapabilityBoundingSet="]);
      expect(capabilities(unitOf(files, "shop-worker@.service"))).toEqual(CAPABILITY);
    });
  });
});
