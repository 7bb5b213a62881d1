import { controlField, renderControl, withVersion } from "../../cli/deb/control";
import { renderChangelog } from "../../cli/deb/documents";
import { sourceDateEpoch } from "../../cli/deb/epoch";
import { makefileTargets, missingTargets } from "../../cli/deb/makefile";
import { parseManifest } from "../../cli/deb/manifest";
import { firstPort, requirePorts, runningProcesses } from "../../cli/deb/process";
import { parseProcfile } from "../../cli/deb/procfile";
import { leftOut } from "../../cli/deb/tree";
import { InputError } from "../../cli/errors";

describe("Procfile", () => {
  it("keeps the order and the shell line of each process", () => {
    expect(parseProcfile("Procfile", "# app\r\nweb: A=1 run --port $PORT\n\nworker-2:  sh -c 'a: b'\r\n")).toEqual([
      { name: "web", command: "A=1 run --port $PORT" },
      { name: "worker-2", command: "sh -c 'a: b'" },
    ]);
  });

  it.each(["celeryBeat", "web_2", "2nd", "A", "_x", "a-"])("takes foreman's name %s", (name) => {
    expect(parseProcfile("Procfile", `${name}: run\n`)).toEqual([{ name, command: "run" }]);
  });

  it.each([
    ["web python3", "Procfile:1: 'web python3' is not 'name: command' with a name of letters, digits, '-' and '_'"],
    ["--tail: x", "Procfile:1: '--tail: x' is not 'name: command' with a name of letters, digits, '-' and '_'"],
    ["wéb: x", "Procfile:1: 'wéb: x' is not 'name: command' with a name of letters, digits, '-' and '_'"],
    ["web: a\nweb: b", "Procfile:2: the process 'web' is there twice; give each its own name"],
    ["# nothing\n", "Procfile: holds no process; add a line such as 'web: python3 server.py'"],
    ["release: a\n", "Procfile: holds no process but release; add a line such as 'web: python3 server.py'"],
  ])("refuses %j", (text, message) => {
    expect(() => parseProcfile("Procfile", text)).toThrow(new InputError(message));
  });
});

describe("the ports of an app", () => {
  const processes = parseProcfile("Procfile", "web: a\nworker: b\nclock: c\n");

  it("are a hundred for each process, in the order of the Procfile, from the manifest's port on", () => {
    expect(processes.map(({ name }) => firstPort(6000, processes, name))).toEqual([6000, 6100, 6200]);
    expect(processes.map(({ name }) => firstPort(80, processes, name))).toEqual([80, 180, 280]);
  });

  it.each([
    ["release: a\nweb: b\nworker: c\n", { web: 6000, worker: 6100 }],
    ["worker: c\nclock: d\nrelease: a\nweb: b\n", { web: 6000, worker: 6100, clock: 6200 }],
    ["worker: c\nrelease: a\nclock: d\n", { worker: 6000, clock: 6100 }],
  ])("of %j begin with web's, and Heroku's release phase has none", (text, ports) => {
    const declared = parseProcfile("Procfile", text);
    const running = runningProcesses(declared);
    expect(Object.fromEntries(running.map(({ name }) => [name, firstPort(6000, declared, name)]))).toEqual(ports);
    expect(() => requirePorts("t.yaml", 65536 - 100 * running.length, declared)).not.toThrow();
  });

  it("end at 65535 at the latest", () => {
    expect(() => requirePorts("t.yaml", 65236, processes)).not.toThrow();
    expect(() => requirePorts("t.yaml", 65237, processes)).toThrow(
      new InputError(
        "t.yaml: port: must be at most 65236, so that each process (3) has its hundred ports, but is 65237",
      ),
    );
  });
});

describe("Makefile", () => {
  it("names its targets, however its rules are written", () => {
    const text =
      ".PHONY: all\nVAR := 1\nOTHER::=2\nall: build\nbuild clean: x\n\techo: no target\nstart::\n\ttrue\n# stop: x\n";
    expect([...makefileTargets(text)].sort()).toEqual([".PHONY", "all", "build", "clean", "start"]);
  });

  it("is an app's with install, start, stop and restart", () => {
    expect(missingTargets(new Set(["install", "start", "stop", "restart", "x"]))).toEqual([]);
    expect(missingTargets(new Set(["install", "stop"]))).toEqual(["start", "restart"]);
  });
});

it("writes a changelog with the time of the release", () => {
  expect(renderChangelog({ name: "shop", maintainer: "A B <a@b.org>" }, "1.2", 1700000000)).toBe(
    "shop (1.2) stable; urgency=medium\n\n  * Version 1.2.\n\n -- A B <a@b.org>  Tue, 14 Nov 2023 22:13:20 +0000\n",
  );
});

describe("towline.yaml", () => {
  it("defaults to what the folder's name gives", () => {
    expect(parseManifest("towline.yaml", undefined, "hello")).toEqual({
      name: "hello",
      description: "hello and what runs it",
      maintainer: "hello <hello@packages.invalid>",
      depends: undefined,
      architecture: "amd64",
      build: undefined,
      buildDepends: [],
      paths: [],
      socket: false,
      port: 6000,
      role: undefined,
      sandbox: { writable: [], allow: [] },
    });
  });

  it("takes every key", () => {
    const text =
      "name: shop\ndescription: Sells\nmaintainer: A B <a@b.org>\ndepends: [python3, 'libpq5 (>= 15) | libpq6']\narchitecture: all\n" +
      "build: make assets\nbuildDepends: [libpq-dev]\npaths: [/etc/nginx/conf.d/shop.conf]\nsocket: true\nport: 80\n" +
      "role: true\nsandbox: {writable: [/srv/data], allow: [jit, devices]}\n";
    expect(parseManifest("towline.yaml", text, "x")).toEqual({
      name: "shop",
      description: "Sells",
      maintainer: "A B <a@b.org>",
      depends: ["python3", "libpq5 (>= 15) | libpq6"],
      architecture: "all",
      build: ["make assets"],
      buildDepends: ["libpq-dev"],
      paths: ["/etc/nginx/conf.d/shop.conf"],
      socket: true,
      port: 80,
      role: true,
      sandbox: { writable: ["/srv/data"], allow: ["jit", "devices"] },
    });
    expect(parseManifest("towline.yaml", "build: [a, b c]\n", "hello").build).toEqual(["a", "b c"]);
  });

  it.each([
    [
      "naem: hello",
      "t.yaml: unknown key 'naem'; allowed are name, description, maintainer, depends, architecture, build, buildDepends, paths, socket, port, role, sandbox",
    ],
    [
      "buildDepends: ['libpq-dev (>= 15)']",
      `t.yaml: buildDepends/0: must be the name of a Debian package such as 'libpq-dev', but is "libpq-dev (>= 15)"`,
    ],
    [
      "paths: [/etc/../root]",
      `t.yaml: paths/0: must be an absolute path without '..', such as '/etc/nginx/conf.d/shop.conf', but is "/etc/../root"`,
    ],
    ["name: Hello", `t.yaml: name: must be 2 to 31 lower-case letters, digits and '-', a letter first, but is "Hello"`],
    [
      "depends: ['a b']",
      `t.yaml: depends/0: must be a Debian package such as 'python3' or 'libpq5 (>= 15)', but is "a b"`,
    ],
    ["socket: yes please", `t.yaml: socket: must be true or false, but is "yes please"`],
    ["port: 0", "t.yaml: port: must be a whole number from 1 to 65535, such as 7000, but is 0"],
    ["port: 65536", "t.yaml: port: must be a whole number from 1 to 65535, such as 7000, but is 65536"],
    ["port: 80.5", "t.yaml: port: must be a whole number from 1 to 65535, such as 7000, but is 80.5"],
    ["port: '80'", `t.yaml: port: must be a whole number from 1 to 65535, such as 7000, but is "80"`],
    ["role: 1", "t.yaml: role: must be true or false, but is 1"],
    ["sandbox: false", "t.yaml: sandbox: must be a map such as {allow: [jit]}, but is false"],
    ["sandbox: {alow: [jit]}", "t.yaml: sandbox: unknown key 'alow'; allowed are writable, allow"],
    [
      "sandbox: {allow: [jit, root]}",
      't.yaml: sandbox/allow/1: must be one of devices, jit, namespaces, processes, realtime, setgid, sockets, syscalls, but is "root"',
    ],
    [
      "sandbox: {writable: /srv}",
      't.yaml: sandbox/writable: must be a list of paths such as [/srv/data], but is "/srv"',
    ],
    ...["srv/data", "/", "/srv//data", "/srv/../etc", "/srv/%h", "/srv/a b", ""].map((path) => [
      `sandbox: {writable: ['${path}']}`,
      "t.yaml: sandbox/writable/0: must be an absolute path of letters, digits, '.', '_', '-', '@' and '+', without '..', " +
        `such as /srv/data, but is ${JSON.stringify(path)}`,
    ]),
    ...[
      ["/etc/shop", "/etc"],
      ["/var/lib", "/var/lib/towline"],
      ["/run/towline/x", "/run/towline"],
      ["/home", "/home"],
    ].map(([path, owner]) => [
      `sandbox: {writable: [${path}]}`,
      `t.yaml: sandbox/writable/0: must not be or hold ${owner}, which is the system's, nor lie in it, but is "${path}"`,
    ]),
    ["build: 3", "t.yaml: build: must be a shell command or a list of them, but is 3"],
    ["build: ['']", `t.yaml: build/0: must be a shell command, but is ""`],
    ["maintainer: me", `t.yaml: maintainer: must look like 'Name <name@example.org>', but is "me"`],
    [
      'maintainer: "a <a@b>\\nX: y"',
      `t.yaml: maintainer: must look like 'Name <name@example.org>', but is "a <a@b>\\nX: y"`,
    ],
  ])("refuses %s", (text, message) => {
    expect(() => parseManifest("t.yaml", text, "hello")).toThrow(new InputError(message));
  });

  it("refuses what is not YAML and folders whose name is no package's", () => {
    expect(() => parseManifest("t.yaml", "a: [", "hello")).toThrow(/^t.yaml: is not YAML: /);
    expect(() => parseManifest("t.yaml", undefined, "shop@2")).toThrow(
      /the folder's name 'shop@2' cannot name a package/,
    );
  });

  test.each([
    ["My App", "my-app"],
    ["shop_api", "shop-api"],
    ["the-example.nodejs", "the-example-nodejs"],
  ])("makes a package's name of a folder that is called %s", (folder, name) => {
    expect(parseManifest("t.yaml", undefined, folder).name).toBe(name);
  });
});

describe("control", () => {
  const fields = {
    manifest: { name: "hello", maintainer: "A <a@b>", architecture: "all", description: "Greets.\n\nPolitely.\n" },
    version: "1.0",
    depends: ["python3", "libc6 (>= 2.34)", "python3"],
    processes: [
      { name: "web", command: "a" },
      { name: "worker", command: "b" },
    ],
    size: 12,
  } as const;

  it("renders every field, each relation once, the description folded", () => {
    expect(renderControl(fields)).toBe(
      "Package: hello\nVersion: 1.0\nArchitecture: all\nMaintainer: A <a@b>\nInstalled-Size: 12\n" +
        "Depends: python3, libc6 (>= 2.34), iproute2, systemd\nSection: misc\nPriority: optional\nDescription: Greets.\n .\n Politely.\n",
    );
  });

  it("describes the processes where the app says no more than a line", () => {
    const control = renderControl({ ...fields, manifest: { ...fields.manifest, description: "Greets" } });
    expect(control).toContain("Description: Greets\n The command hello runs and scales its processes: web, worker.\n");
  });

  it("gets its version replaced or added", () => {
    expect(withVersion("Package: a\nVersion: 1\nArchitecture: all\n", "2")).toBe(
      "Package: a\nVersion: 2\nArchitecture: all\n",
    );
    expect(withVersion("Package: a\nArchitecture: all\n", "2")).toBe("Package: a\nVersion: 2\nArchitecture: all\n");
  });

  it("is read by field, whatever its case", () => {
    expect(controlField("Package: a\nversion: 1.0 \n", "Version")).toBe("1.0");
    expect(controlField("Package: a\n", "Version")).toBeUndefined();
  });
});

it.each([
  ["a.py", false],
  ["lib/.git", true],
  [".env", true],
  [".gitignore", true],
  ["app/.github", true],
  ["digit", false],
  ["x/__pycache__", true],
  ["node_modules/left-pad", false],
  ["node_modules/.cache", true],
  ["hello_1.0_all.deb", true],
  ["vendor/dep.deb", false],
])("leaves %s out of packages: %s", (path, out) => {
  expect(leftOut(path)).toBe(out);
});

it("takes SOURCE_DATE_EPOCH when it is set and refuses nonsense in it", async () => {
  expect(await sourceDateEpoch("/", "1700000000")).toBe(1700000000);
  await expect(sourceDateEpoch("/", "yesterday")).rejects.toThrow("SOURCE_DATE_EPOCH is 'yesterday'");
});
