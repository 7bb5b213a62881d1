import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildPackage } from "../../cli/deb/build";
import { NASTY } from "../cli/nasty-values";
import { bootContainer, type Container } from "./container";
import { ask, hammer } from "./hammer";
import { standInForMetadata } from "./metadata";

// Run by test/e2e/package, which makes the namespaces. The tests tell one story and stand in its order.
const EXAMPLE = join(__dirname, "..", "..", "examples", "hello");
const WORKER = "worker: echo worker $APP_VERSION; exec sleep infinity\n";

let container: Container;
let work: string;

beforeAll(async () => {
  const { TOWLINE_GROUP, TOWLINE_IMAGE, TOWLINE_WORK } = process.env;
  if (TOWLINE_GROUP === undefined || TOWLINE_IMAGE === undefined || TOWLINE_WORK === undefined)
    throw new Error("run test/e2e/package, which prepares this");
  work = mkdtempSync(join(tmpdir(), "apps-"));
  container = await bootContainer(TOWLINE_IMAGE, TOWLINE_WORK, TOWLINE_GROUP);
}, 900_000);

afterAll(() => container?.stop());

/** A version of the example app, with other settings or processes where given. */
async function hello(version: string, { socket = false, procfile = "web: python3 server.py\n" } = {}): Promise<string> {
  const source = join(work, `hello-${version}`);
  cpSync(EXAMPLE, source, { recursive: true });
  writeFileSync(join(source, "Procfile"), procfile);
  if (socket)
    writeFileSync(join(source, "towline.yaml"), `${readFileSync(join(EXAMPLE, "towline.yaml"), "utf8")}socket: true\n`);
  return (await buildPackage({ folder: source, version, out: work })).path;
}

const lines = (text: string) => text.split("\n").filter((line) => line !== "");

/** Waits until the app answers on a port, and returns what. */
async function answer(port: number): Promise<string> {
  for (let tries = 0; tries < 2400; tries++) {
    const body = await ask(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (body !== undefined) return body;
    await sleep(50);
  }
  throw new Error(`nothing answers on port ${port}`);
}

/** Waits until `look` sees `expected`, and asserts it. */
async function eventually<T>(look: () => T, expected: T): Promise<void> {
  for (let tries = 0; tries < 2400 && JSON.stringify(look()) !== JSON.stringify(expected); tries++) await sleep(50);
  expect(look()).toEqual(expected);
}

/** The environment of a unit's main process. */
function environmentOf(unit: string): Record<string, string> {
  const pid = container.run("systemctl", "show", "--property=MainPID", "--value", unit).trim();
  return parseEnvironment(container.run("cat", `/proc/${pid}/environ`));
}

function parseEnvironment(text: string): Record<string, string> {
  const entries = text.split("\0").filter((entry) => entry !== "");
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
  );
}

const property = (unit: string, name: string) =>
  container.run("systemctl", "show", `--property=${name}`, "--value", unit).trim();
const starts = (unit: string) =>
  lines(
    container.run(
      "journalctl",
      "--quiet",
      "--output=cat",
      `UNIT=${unit}`,
      "MESSAGE_ID=39f53479d3a045ac8e11786248231fbf",
    ),
  ).length;

/** Every path of the system that is none of its records: packages, logs, caches, what runs. */
function systemFiles(): string[] {
  const skipped = [
    "/proc",
    "/sys",
    "/run",
    "/dev",
    "/tmp",
    "/root",
    "/var/log",
    "/var/cache",
    "/var/tmp",
    "/var/lib/dpkg",
    "/var/lib/systemd",
  ];
  const prune = skipped.flatMap((path) => ["-o", "-path", path]).slice(1);
  // The account files' own backups.
  const found = lines(container.run("find", "/", "(", ...prune, ")", "-prune", "-o", "-print"));
  return found.filter((path) => !/^\/etc\/(passwd|group|shadow|gshadow)-$|^\/etc\/\.pwd\.lock$/.test(path)).sort();
}

describe("an app's package", () => {
  let before: string[];

  it("installs the code for root, the account, and nothing that runs", async () => {
    before = systemFiles();
    container.install(await hello("1.0.0", { procfile: `web: python3 server.py\n${WORKER}` }));
    expect(container.run("find", "/opt/hello", "/usr/bin/hello", "/usr/lib/hello", "!", "-user", "root")).toBe("");
    expect(container.run("stat", "--format=%A %U:%G", "/etc/default/hello")).toBe("-rw-r----- root:towline-hello\n");
    expect(container.run("getent", "passwd", "towline-hello")).toMatch(
      /^towline-hello:[^:]*:\d+:\d+:hello app:\/var\/lib\/hello:\/usr\/sbin\/nologin\n$/,
    );
    expect(container.run("hello", "status")).toBe("");
  });

  it("scales processes, each instance with its port", async () => {
    container.run("hello", "scale", "web=2", "worker=1");
    expect(await answer(6000)).toBe("hello 1.0.0\n");
    expect(await answer(6001)).toBe("hello 1.0.0\n");
    expect(lines(container.run("hello", "status"))).toEqual([
      "web.1\tactive\t6000",
      "web.2\tactive\t6001",
      "worker.1\tactive\t6100",
    ]);
    expect(environmentOf("hello-worker@1.service")).toMatchObject({
      PORT: "6100",
      APP_NAME: "hello",
      APP_VERSION: "1.0.0",
    });
    expect(container.run("ps", "-o", "user:32=", "-p", property("hello-web@1.service", "MainPID")).trim()).toBe(
      "towline-hello",
    );
  });

  it("hands every value to the processes exactly and executes none", () => {
    const values = { ...NASTY, BASH_ENV: "$(touch /tmp/pwned)", PS4: "`touch /tmp/pwned`" };
    const given = Object.entries(values).map(([name, value]) => [name.toUpperCase(), value] as const);
    container.run("hello", "config:set", ...given.map(([name, value]) => `${name}=${value}`));
    container.run("hello", "restart", "worker");
    expect(environmentOf("hello-worker@1.service")).toMatchObject(Object.fromEntries(given));
    expect(parseEnvironment(container.run("hello", "run", "env", "--null"))).toMatchObject(Object.fromEntries(given));
    for (const [name, value] of given) expect(container.run("hello", "config:get", name)).toBe(`${value}\n`);
    expect(container.run("find", "/tmp", "/var/lib/hello", "-name", "pwned")).toBe("");
    expect(container.run("stat", "--format=%A %U:%G", "/etc/default/hello")).toBe("-rw-r----- root:towline-hello\n");
  });

  it("unsets one name alone", () => {
    container.run("hello", "config:set", "FOO=1", "FOOBAR=2");
    container.run(
      "hello",
      "config:unset",
      "FOO",
      ...Object.keys(NASTY).map((name) => name.toUpperCase()),
      "BASH_ENV",
      "PS4",
    );
    expect(container.run("hello", "config")).toBe("FOOBAR=2\n");
  });

  it("reads what people write into the file as systemd does", () => {
    const file = join(container.root, "etc/default/hello");
    const kept = readFileSync(file);
    const odd = [
      "# comment \\",
      "A=one\\",
      "two",
      '  B \t= \' single "$x\\\' "and `double` \\$ \\q"   tail ',
      "C=it's  \\ ",
      "; another",
      "D=\\'x\\' \\\\",
      "export E=1",
      "F=",
      'G="line\none" ',
      "H=1",
      "H=2",
      "I='unclosed",
      "to the end",
    ].join("\n");
    writeFileSync(file, `${odd}\n`);
    const names = ["A", "B", "C", "D", "F", "G", "H", "I"];
    const ours = Object.fromEntries(
      names.map((name) => [name, container.run("hello", "config:get", name).slice(0, -1)]),
    );
    const seen = parseEnvironment(container.run("hello", "run", "env", "--null"));
    expect(Object.fromEntries(names.map((name) => [name, seen[name]]))).toEqual(ours);
    expect(container.try(["hello", "config:get", "E"]).status).toBe(1);
    writeFileSync(file, kept);
  });

  it("is configured by root alone", () => {
    const asNobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "hello"];
    expect(container.try([...asNobody, "config:set", "A=1"])).toEqual({
      status: 1,
      stdout: "",
      stderr: "hello: /etc/default/hello cannot be changed by nobody; run it as root\n",
    });
    expect(container.try([...asNobody, "config"]).stderr).toBe(
      "hello: /etc/default/hello cannot be read by nobody; run it as root\n",
    );
  });

  it("runs a command once, as the app's user in its folder, and passes input, output and exit code on", () => {
    const script = 'id -un; pwd; cat; echo "$1" >&2; exit 7';
    expect(container.try(["hello", "run", "sh", "-c", script, "sh", "$(id) 'x'"], "input\n")).toEqual({
      status: 7,
      stdout: "towline-hello\n/opt/hello\ninput\n",
      stderr: "$(id) 'x'\n",
    });
    expect(container.try(["hello", "run", "touch", "/opt/hello/x"]).status).toBe(1);
    expect(container.try(["hello", "run", "touch", "/var/lib/hello/x"]).status).toBe(0);
  });

  it("shows the log of its own processes", () => {
    const shown = lines(container.run("hello", "logs", "worker"));
    expect(shown.filter((line) => !/ (hello-worker-1|systemd)\[\d+\]: /.test(line))).toEqual([]);
    expect(shown).toContainEqual(expect.stringMatching(/ hello-worker-1\[\d+\]: worker 1\.0\.0$/));
    expect(lines(container.run("hello", "logs", "worker", "-n", "1"))).toHaveLength(1);
  });

  it("upgrades: what runs is restarted, once, by the new units, and scaled and configured as it was", async () => {
    const units = ["hello-web@1.service", "hello-web@2.service", "hello-worker@1.service"];
    const startsBefore = units.map(starts);
    const procfile = `web: python3 server.py\n${WORKER.replace("echo worker", "echo new worker")}clock: exec sleep infinity\n`;
    container.install(await hello("2.0.0", { procfile }));
    expect([await answer(6000), await answer(6001)]).toEqual(["hello 2.0.0\n", "hello 2.0.0\n"]);
    expect(units.map((unit, index) => starts(unit) - (startsBefore[index] ?? 0))).toEqual([1, 1, 1]);
    expect(lines(container.run("hello", "status")).map((line) => line.split("\t")[0])).toEqual([
      "web.1",
      "web.2",
      "worker.1",
    ]);
    // systemd's own word on the start may come before it or after.
    const said = () =>
      lines(container.run("hello", "logs", "worker")).filter((line) => line.endsWith(": new worker 2.0.0"));
    await eventually(() => said().length, 1);
    expect(container.run("hello", "config")).toBe("FOOBAR=2\n");
    expect(container.run("stat", "--format=%A %U:%G", "/etc/default/hello")).toBe("-rw-r----- root:towline-hello\n");
  });

  it("stays stopped where it was stopped, and stops a process that the new version has no more", async () => {
    container.run("systemctl", "stop", "hello-web@2.service");
    container.install(await hello("3.0.0"));
    expect(await answer(6000)).toBe("hello 3.0.0\n");
    expect(container.try(["hello", "status"]).stdout).toBe("web.1\tactive\t6000\nweb.2\tinactive\t6001\n");
    expect(container.try(["systemctl", "is-active", "hello-worker@1.service"]).stdout.trim()).not.toBe("active");
    expect(container.run("ls", "/etc/systemd/system/multi-user.target.wants")).not.toContain("worker");
  });

  it("leaves nothing that runs when it is removed, and keeps what was configured", () => {
    container.run("dpkg", "-r", "hello");
    expect(container.run("systemctl", "list-units", "--state=active,activating,failed", "--no-legend", "hello-*")).toBe(
      "",
    );
    const left = systemFiles().filter((path) => !before.includes(path));
    expect(left).toEqual([
      "/etc/default/hello",
      "/etc/systemd/system/multi-user.target.wants/hello-web@1.service",
      "/etc/systemd/system/multi-user.target.wants/hello-web@2.service",
      "/var/lib/hello",
      "/var/lib/hello/x",
    ]);
  });

  it("leaves nothing at all when it is purged", () => {
    container.run("dpkg", "-P", "hello");
    expect(systemFiles()).toEqual(before);
    expect(container.try(["getent", "passwd", "hello", "towline-hello"]).stdout).toBe("");
    expect(container.try(["getent", "group", "hello", "towline-hello"]).stdout).toBe("");
    expect(container.try(["systemctl", "list-unit-files", "--no-legend", "hello*"]).stdout).toBe("");
  });
});

describe("an app whose socket systemd holds", () => {
  const restartTwice = async () => {
    for (let times = 0; times < 2; times++) {
      await container.start("hello", "restart");
      await sleep(500);
    }
  };

  it("without one loses connections over a restart, so that this test can tell", async () => {
    container.install(await hello("1.0.0"));
    container.run("hello", "scale", "web=1");
    await answer(6000);
    const { failed } = await hammer("http://127.0.0.1:6000/", restartTwice);
    expect(Object.values(failed).reduce((sum, times) => sum + times, 0)).toBeGreaterThan(0);
  });

  it("gets it by an upgrade, without a hand", async () => {
    container.install(await hello("2.0.0", { socket: true }));
    expect(await answer(6000)).toBe("hello 2.0.0\n");
    expect(property("hello-web.socket", "ActiveState")).toBe("active");
    expect(environmentOf("hello-web@1.service")).toMatchObject({
      LISTEN_FDS: "1",
      LISTEN_FDNAMES: "web",
      PORT: "6000",
    });
  });

  it("loses no connection over restarts and an upgrade, and never restarts the socket", async () => {
    const [installable = ""] = container.copyIn(await hello("3.0.0", { socket: true }));
    const since = property("hello-web.socket", "ActiveEnterTimestampMonotonic");
    const { bodies, failed } = await hammer("http://127.0.0.1:6000/", async () => {
      await restartTwice();
      await container.start("dpkg", "-i", installable);
      await sleep(500);
    });
    expect(failed).toEqual({});
    expect(Object.keys(bodies).sort()).toEqual(["hello 2.0.0\n", "hello 3.0.0\n"]);
    expect(bodies["hello 2.0.0\n"]).toBeGreaterThan(100);
    expect(property("hello-web.socket", "ActiveEnterTimestampMonotonic")).toBe(since);
  });

  it("shares it among its instances, whose restarts one after the other it survives too", async () => {
    container.run("hello", "scale", "web=2");
    expect(lines(container.run("hello", "status"))).toEqual(["web.1\tactive\t6000", "web.2\tactive\t6000"]);
    const { failed } = await hammer("http://127.0.0.1:6000/", restartTwice);
    expect(failed).toEqual({});
  });

  it("stops listening when it is scaled to nothing, and listens again when it is scaled up", async () => {
    container.run("hello", "scale", "web=0");
    await expect(ask("http://127.0.0.1:6000/")).rejects.toThrow("ECONNREFUSED");
    container.run("hello", "scale", "web=1");
    expect(await answer(6000)).toBe("hello 3.0.0\n");
  });

  it("gives the port back when a version without it follows, such as a rollback", async () => {
    container.install(join(work, "hello_1.0.0_all.deb"));
    expect(await answer(6000)).toBe("hello 1.0.0\n");
    expect(property("hello-web.socket", "ActiveState")).toBe("inactive");
  });

  it("leaves nothing behind either", async () => {
    container.install(join(work, "hello_3.0.0_all.deb"));
    container.run("dpkg", "-P", "hello");
    expect(container.run("systemctl", "list-units", "--all", "--plain", "--no-legend", "hello*")).toBe("");
    await expect(ask("http://127.0.0.1:6000/")).rejects.toThrow("ECONNREFUSED");
  });
});

describe("two apps on one host", () => {
  /** A second app: the same server under another name. */
  async function greet(version: string, settings: string): Promise<string> {
    const source = join(work, `greet-${version}`);
    cpSync(EXAMPLE, source, { recursive: true });
    writeFileSync(join(source, "Procfile"), "web: python3 server.py\n");
    writeFileSync(join(source, "towline.yaml"), `name: greet\narchitecture: all\n${settings}`);
    return (await buildPackage({ folder: source, version, out: work })).path;
  }
  const status = (app: string) => container.try([app, "status"]);

  it("collide on their port without one of their own: the second's status and log say so", async () => {
    container.install(join(work, "hello_1.0.0_all.deb"), await greet("1.0.0", ""));
    container.run("hello", "scale", "web=1");
    await answer(6000);
    container.run("greet", "scale", "web=1");
    await eventually(() => status("greet"), { status: 1, stdout: "web.1\tactivating\t6000\n", stderr: "" });
    expect(status("hello")).toEqual({ status: 0, stdout: "web.1\tactive\t6000\n", stderr: "" });
    expect(container.run("greet", "logs", "-n", "20")).toContain("Address already in use");
  });

  it("both answer once the second has its own, by an upgrade", async () => {
    container.install(await greet("2.0.0", "port: 7000\n"));
    expect([await answer(7000), await answer(6000)]).toEqual(["hello 2.0.0\n", "hello 1.0.0\n"]);
    expect(status("greet")).toEqual({ status: 0, stdout: "web.1\tactive\t7000\n", stderr: "" });
    expect(property("greet-web@1.service", "AmbientCapabilities")).toBe("");
  });

  it("read none of each other's settings, files and processes, nor what is the agent's", async () => {
    const towline = join(container.root, "var/lib/towline/env");
    mkdirSync(towline, { recursive: true });
    writeFileSync(join(towline, "hello.env"), "SECRET=s\n", { mode: 0o600 });
    container.run("hello", "run", "touch", "/var/lib/hello/own");
    container.run("hello", "restart");
    await answer(6000);
    expect(environmentOf("hello-web@1.service")).toMatchObject({ SECRET: "s" });
    expect(container.run("stat", "--format=%A", "/var/lib/hello", "/var/lib/hello/own")).toBe(
      "drwxr-x---\n-rw-r-----\n",
    );
    const process = `/proc/${property("hello-web@1.service", "MainPID")}`;
    const kept = [
      "/etc/default/hello",
      "/var/lib/hello",
      process,
      "/var/lib/towline",
      "/var/lib/towline/env/hello.env",
    ];
    const look = 'for path; do [ ! -r "$path" ] || echo "$path"; done';
    expect(container.run("greet", "run", "sh", "-c", look, "sh", ...kept)).toBe("");
    // Root of the host does, so that this test can tell.
    expect(lines(container.run("sh", "-c", look, "sh", ...kept))).toEqual(kept);
  });

  it("reach the metadata service of their host only where towline.yaml asks for the role", async () => {
    const metadata = await standInForMetadata();
    try {
      const connect = "import socket; print(socket.create_connection(('169.254.169.254', 80), 30).getpeername()[0])";
      expect(container.run("python3", "-c", connect)).toBe("169.254.169.254\n");
      for (const app of ["hello", "greet"])
        expect(container.try([app, "run", "python3", "-c", connect])).toMatchObject({
          status: 1,
          stderr: expect.stringContaining("PermissionError"),
        });
      container.install(await greet("2.1.0", "port: 7000\nrole: true\n"));
      await answer(7000);
      expect(container.run("greet", "run", "python3", "-c", connect)).toBe("169.254.169.254\n");
      expect(container.try(["hello", "run", "python3", "-c", connect]).status).toBe(1);
      container.install(await greet("2.2.0", "port: 7000\n"));
      await answer(7000);
      expect(container.try(["greet", "run", "python3", "-c", connect]).status).toBe(1);
    } finally {
      metadata.kill("SIGKILL");
    }
  });

  it("may take one below 1024, without being root and without any other right of root's", async () => {
    container.install(await greet("3.0.0", "port: 80\n"));
    expect(await answer(80)).toBe("hello 3.0.0\n");
    const pid = property("greet-web@1.service", "MainPID");
    expect(container.run("ps", "-o", "user:32=", "-p", pid).trim()).toBe("towline-greet");
    const sets = container.run("cat", `/proc/${pid}/status`).match(/^Cap\w+:\t\w+$/gm);
    const BIND = "0000000000000400";
    expect(sets).toEqual([`CapInh:\t${BIND}`, ...["Prm", "Eff", "Bnd", "Amb"].map((set) => `Cap${set}:\t${BIND}`)]);
    for (const app of ["greet", "hello"]) container.run("dpkg", "-P", app);
    expect(container.run("ip", "rule") + container.run("ip", "-6", "rule")).not.toContain("uidrange");
    container.run("rm", "-r", "/var/lib/towline");
  });
});

describe("an app whose runtime compiles while it runs", () => {
  async function app(name: string, files: Record<string, string>): Promise<string> {
    const source = join(work, name);
    mkdirSync(source);
    const all = { Procfile: "web: sleep infinity\n", "towline.yaml": "architecture: all\nbuild: []\n", ...files };
    for (const [file, text] of Object.entries(all)) writeFileSync(join(source, file), text);
    return (await buildPackage({ folder: source, version: "1.0", out: work })).path;
  }

  it("may, as its files say, and another may not", async () => {
    cpSync(process.execPath, join(container.root, "usr/local/bin/node"));
    container.install(await app("noded", { "package.json": "{}" }), await app("plain", {}));
    const script = [
      "/usr/local/bin/node",
      "-e",
      "let n = 0; for (let i = 0; i < 1e6; i++) n += i; console.log(n, require('os').cpus().length > 0)",
    ];
    expect(container.run("noded", "run", ...script)).toBe("499999500000 true\n");
    expect(container.try(["plain", "run", ...script]).status).not.toBe(0);
    container.run("rm", "/usr/local/bin/node");
    for (const name of ["noded", "plain"]) container.run("dpkg", "-P", name);
  });
});

describe("the account of an app", () => {
  /** As an older towline made it: the account is called like the package, and nothing keeps it from the metadata service. */
  async function older(version: string): Promise<string> {
    const tree = join(work, `older-${version}`);
    execFileSync("dpkg-deb", ["-R", await hello(version), tree]);
    const files = execFileSync("grep", ["-rl", "towline-hello", tree], { encoding: "utf8" });
    for (const file of lines(files))
      writeFileSync(file, readFileSync(file, "utf8").replaceAll("towline-hello", "hello"));
    rmSync(join(tree, "usr/lib/hello/fence"));
    for (const file of lines(execFileSync("grep", ["-rl", "/fence", tree], { encoding: "utf8" })))
      writeFileSync(file, readFileSync(file, "utf8").replace(/^.*\/fence.*$/gm, ":"));
    const deb = join(work, `older_${version}_all.deb`);
    execFileSync("dpkg-deb", ["--root-owner-group", "--build", tree, deb], { stdio: "ignore" });
    return deb;
  }
  const numbers = (name: string) =>
    container
      .try(["id", name])
      .stdout.replace(/\([^)]*\)/g, "")
      .trim();
  let before: string[];
  let old: string;

  it("is kept by an upgrade from an older towline, with what it owns, and by a rollback", async () => {
    before = systemFiles();
    old = await older("7.0.0");
    container.install(old);
    container.run("hello", "scale", "web=1");
    container.run("hello", "run", "touch", "/var/lib/hello/old");
    expect(await answer(6000)).toBe("hello 7.0.0\n");
    const number = numbers("hello");
    container.install(await hello("8.0.0"));
    expect(await answer(6000)).toBe("hello 8.0.0\n");
    expect([numbers("hello"), numbers("towline-hello")]).toEqual([number, number]);
    expect(property("hello-web@1.service", "User")).toBe("towline-hello");
    expect(container.run("ip", "rule")).toContain("to 169.254.169.254 uidrange");
    expect(container.run("ip", "-6", "rule")).toContain("to fd00:ec2::254 uidrange");
    container.run("hello", "run", "sh", "-c", "echo new >>/var/lib/hello/old");
    expect(container.run("stat", "--format=%G", "/etc/default/hello")).toMatch(/^(towline-)?hello\n$/);
    container.install(old);
    expect(await answer(6000)).toBe("hello 7.0.0\n");
    expect(container.run("ip", "rule")).not.toContain("uidrange");
    container.run("hello", "run", "sh", "-c", "echo back >>/var/lib/hello/old");
    expect(container.run("cat", "/var/lib/hello/old")).toBe("new\nback\n");
  });

  it("goes with a purge, under both names", async () => {
    container.install(join(work, "hello_8.0.0_all.deb"));
    container.run("dpkg", "-P", "hello");
    expect(systemFiles()).toEqual(before);
    expect(container.try(["getent", "passwd", "hello", "towline-hello"]).stdout).toBe("");
    expect(container.try(["getent", "group", "hello", "towline-hello"]).stdout).toBe("");
  });

  it("is never somebody else's of that name, which a purge leaves alone with its folder", async () => {
    container.run("useradd", "--system", "--user-group", "--home-dir", "/var/lib/hello", "--create-home", "hello");
    const number = numbers("hello");
    container.install(await hello("9.0.0"));
    expect(numbers("towline-hello")).not.toBe(number);
    container.run("dpkg", "-P", "hello");
    expect(numbers("hello")).toBe(number);
    expect(container.run("stat", "--format=%U", "/var/lib/hello")).toBe("hello\n");
    expect(numbers("towline-hello")).toBe("");
    container.run("userdel", "--remove", "hello");
  });
});

describe("Heroku's release phase", () => {
  const procfile =
    "release: echo $APP_VERSION $SECRET >>$STATE_DIRECTORY/released\nworker_2: sleep infinity\nweb: python3 server.py\n";
  const released = () => lines(container.run("cat", "/var/lib/hello/released"));

  it("runs once for a version, before the processes, which have foreman's names, and web the first port", async () => {
    container.install(await hello("4.0.0", { procfile }));
    container.run("hello", "config:set", "SECRET=s");
    container.run("hello", "scale", "web=2", "worker_2=1");
    expect([await answer(6000), await answer(6001)]).toEqual(["hello 4.0.0\n", "hello 4.0.0\n"]);
    expect(environmentOf("hello-worker_2@1.service")).toMatchObject({ PORT: "6100" });
    container.run("hello", "restart");
    expect(released()).toEqual(["4.0.0 s"]);
  });

  it("runs again for the next version, and keeps it from starting while it fails", async () => {
    container.install(await hello("5.0.0", { procfile: procfile.replace("release: ", "release: exit 1; ") }));
    await eventually(() => Number(property("hello-web@1.service", "NRestarts")) > 0, true);
    await expect(ask("http://127.0.0.1:6000/")).rejects.toThrow("ECONNREFUSED");
    expect(released()).toEqual(["4.0.0 s"]);
    container.install(await hello("6.0.0", { procfile }));
    expect(await answer(6000)).toBe("hello 6.0.0\n");
    expect(released()).toEqual(["4.0.0 s", "6.0.0 s"]);
    container.run("dpkg", "-P", "hello");
  });
});

describe("an app without a Procfile", () => {
  // Manages its process by itself, and writes down what it was asked to do.
  const MAKEFILE = `log = echo $@ $$APP_VERSION $$PORT >>$$STATE_DIRECTORY/calls
install:
	echo built >built
start:
	$(log)
	setsid sleep 9999 & echo $$! >$$STATE_DIRECTORY/pid
stop:
	$(log)
	kill $$(cat $$STATE_DIRECTORY/pid)
restart: stop start
	$(log)
`;
  const calls = () => lines(container.run("cat", "/var/lib/shop/calls"));

  async function shop(version: string): Promise<string> {
    const source = join(work, `shop-${version}`);
    mkdirSync(source);
    writeFileSync(join(source, "Makefile"), MAKEFILE);
    writeFileSync(join(source, "towline.yaml"), "name: shop\narchitecture: all\n");
    return (await buildPackage({ folder: source, version, out: work })).path;
  }

  it("is started, restarted by upgrades and stopped by its Makefile", async () => {
    container.install(makePackage(), await shop("1.0"));
    expect(readFileSync(join(container.root, "opt/shop/built"), "utf8")).toBe("built\n");
    container.run("shop", "scale", "web=1");
    expect(container.run("shop", "status")).toBe("web.1\tactive\t6000\n");
    expect(calls()).toEqual(["start 1.0 6000"]);
    container.run("shop", "restart");
    expect(calls().slice(1)).toEqual(["stop 1.0", "start 1.0", "restart 1.0"]);
    container.install(await shop("2.0"));
    expect(calls().slice(4)).toEqual(["stop 2.0", "start 2.0", "restart 2.0"]);
    expect(container.run("shop", "status")).toBe("web.1\tactive\t6000\n");
    container.run("shop", "scale", "web=0");
    expect(calls().slice(7)).toEqual(["stop 2.0"]);
    expect(container.try(["pgrep", "-x", "sleep"]).stdout).toBe("");
    container.run("dpkg", "-P", "shop");
    expect(existsSync(join(container.root, "var/lib/shop"))).toBe(false);
  });

  /** This machine's make, because the container has no network to get Debian's. */
  function makePackage(): string {
    const stage = join(work, "make");
    mkdirSync(join(stage, "DEBIAN"), { recursive: true });
    mkdirSync(join(stage, "usr/bin"), { recursive: true });
    cpSync("/usr/bin/make", join(stage, "usr/bin/make"));
    expect(statSync(join(stage, "usr/bin/make")).mode & 0o111).toBe(0o111);
    writeFileSync(
      join(stage, "DEBIAN/control"),
      "Package: make\nVersion: 1\nArchitecture: all\nMaintainer: a <a@b>\nDescription: stand-in\n",
    );
    execFileSync("dpkg-deb", ["--root-owner-group", "--build", stage, join(work, "make.deb")], { stdio: "ignore" });
    return join(work, "make.deb");
  }
});
