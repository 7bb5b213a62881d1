import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MAKEFILE_PROCESS } from "../../cli/deb/makefile";
import type { RenderedFile } from "../../cli/deb/render";
import { renderShop, textOf } from "./render-app";

const PROCFILE = "web: echo \"$APP_NAME $APP_VERSION $PORT\"\n# comment\nworker: A='it''s' env\n";
// Notes every call; lists the units in $LOADED; calls every unit but those in $BROKEN active.
const SYSTEMCTL = `#!/bin/bash
echo "$*" >>"$CALLS"
case $1 in
  list-units) printf '%s' "$LOADED" ;;
  is-active) [[ " $BROKEN " == *" $3 "* ]] && { echo activating; exit 3; } || echo active ;;
esac
`;

const PRINT_ARGUMENTS = "#!/bin/bash\nprintf '%s\\n' \"$@\"\n";

let folder: string;
let files: RenderedFile[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "towline-test-"));
  files = await renderShop(PROCFILE);
  const socket = await renderShop(PROCFILE, { manifest: { name: "shop", socket: true, port: 6000 } });
  const makefile = await renderShop(PROCFILE, { processes: [MAKEFILE_PROCESS] });
  for (const name of ["bin", "wanted"]) mkdirSync(join(folder, name));
  const programs = {
    systemctl: SYSTEMCTL,
    // Runs nothing, but says what it would.
    journalctl: PRINT_ARGUMENTS,
    "systemd-run": PRINT_ARGUMENTS,
    // Fails where a test says so.
    fence: '#!/bin/bash\n[[ ! -v FENCE_FAULT ]] || { echo "$FENCE_FAULT" >&2; exit 1; }\n',
    shop: textOf(files, "usr/bin/shop"),
    "socket-shop": textOf(socket, "usr/bin/shop"),
    "makefile-shop": textOf(makefile, "usr/bin/shop"),
  };
  for (const [name, content] of Object.entries(programs)) {
    // The same command, with its fixed path below the test's folder.
    const here = content
      .replaceAll("/etc/systemd/system/multi-user.target.wants", join(folder, "wanted"))
      .replaceAll("/usr/lib/$app/fence", join(folder, "bin", "fence"));
    writeFileSync(join(folder, "bin", name), here, { mode: 0o755 });
  }
});

beforeEach(() => {
  rmSync(join(folder, "wanted"), { recursive: true });
  mkdirSync(join(folder, "wanted"));
  writeFileSync(join(folder, "calls"), "");
});

afterAll(() => rmSync(folder, { recursive: true }));

function shop(args: readonly string[], environment: Record<string, string> = {}, command = "shop") {
  const env = {
    PATH: `${join(folder, "bin")}:${process.env.PATH}`,
    CALLS: join(folder, "calls"),
    LOADED: "",
    BROKEN: "",
    ...environment,
  };
  const { status, stdout, stderr } = spawnSync(join(folder, "bin", command), args, { env, encoding: "utf8" });
  return { status, stdout, stderr, calls: readFileSync(join(folder, "calls"), "utf8").split("\n").filter(Boolean) };
}

function want(...units: string[]): void {
  for (const unit of units) writeFileSync(join(folder, "wanted", unit), "");
}

describe("shop scale", () => {
  it("starts instances up to the count", () => {
    expect(shop(["scale", "web=2", "worker=1"])).toMatchObject({
      status: 0,
      calls: [
        "list-units --all --full --plain --no-legend -- shop-web@*.service",
        "--quiet enable --now -- shop-web@1.service shop-web@2.service",
        "list-units --all --full --plain --no-legend -- shop-worker@*.service",
        "--quiet enable --now -- shop-worker@1.service",
      ],
    });
  });

  it("stops those beyond, whether they run or would at boot, and touches no other process", () => {
    want("shop-web@1.service", "shop-web@10.service", "shop-worker@3.service");
    const loaded = "shop-web@1.service loaded active running x\nshop-web@3.service loaded failed failed x\n";
    expect(shop(["scale", "web=1"], { LOADED: loaded }).calls.slice(1)).toEqual([
      "--quiet disable --now -- shop-web@3.service shop-web@10.service",
      "--quiet enable --now -- shop-web@1.service",
    ]);
  });

  it("stops all at zero", () => {
    want("shop-web@1.service");
    expect(shop(["scale", "web=0"]).calls.slice(1)).toEqual(["--quiet disable --now -- shop-web@1.service"]);
  });

  it.each([
    [["scale"], "shop: scale needs process=count, such as web=1; see 'shop help'\n"],
    [["scale", "web=1", "web=x"], "shop: 'web=x' is not process=count with a count from 0 to 99; see 'shop help'\n"],
    [["scale", "web=100"], "shop: 'web=100' is not process=count with a count from 0 to 99; see 'shop help'\n"],
    [["scale", "wob=1"], "shop: there is no process 'wob', only: web worker; see 'shop help'\n"],
    [
      ["scale", "x$(touch pwned)=1"],
      "shop: there is no process 'x$(touch pwned)', only: web worker; see 'shop help'\n",
    ],
    [["restart", "wob"], "shop: there is no process 'wob', only: web worker; see 'shop help'\n"],
    [["logs", "wob"], "shop: there is no process 'wob', only: web worker; see 'shop help'\n"],
    [["logs", "-n", "x"], "shop: -n needs a number of lines, such as -n 50; see 'shop help'\n"],
    [["run"], "shop: run needs a command; see 'shop help'\n"],
    [["bogus"], "shop: there is no command 'bogus'; see 'shop help'\n"],
    [[], "shop: a command is missing; see 'shop help'\n"],
  ])("%j is wrong usage and does nothing", (args, stderr) => {
    expect(shop(args)).toEqual({ status: 64, stdout: "", stderr, calls: [] });
  });
});

it("restart restarts what runs, of one process or all, the way the process wants it", () => {
  expect(shop(["restart", "worker"]).calls).toEqual(["try-reload-or-restart -- shop-worker@*.service"]);
  expect(shop(["restart"]).calls.slice(1)).toEqual([
    "try-reload-or-restart -- shop-web@*.service",
    "try-reload-or-restart -- shop-worker@*.service",
  ]);
});

it("knows a process by any of foreman's names", async () => {
  const command = textOf(await renderShop("celeryBeat: a\nweb_2: b\n"), "usr/bin/shop");
  writeFileSync(join(folder, "bin", "foreman-shop"), command, { mode: 0o755 });
  expect(shop(["scale", "celeryBeat=1", "web_2=1"], {}, "foreman-shop")).toMatchObject({
    status: 0,
    calls: [
      "list-units --all --full --plain --no-legend -- shop-celeryBeat@*.service",
      "--quiet enable --now -- shop-celeryBeat@1.service",
      "list-units --all --full --plain --no-legend -- shop-web_2@*.service",
      "--quiet enable --now -- shop-web_2@1.service",
    ],
  });
});

describe("shop logs", () => {
  const ALWAYS = ["--quiet", "--no-pager", "--output=short-iso"];
  it.each([
    [[], ["--lines=100", "--unit=shop-web@*.service", "--unit=shop-worker@*.service"]],
    [
      ["worker", "-n", "5"],
      ["--lines=5", "--unit=shop-worker@*.service"],
    ],
    [["--tail"], ["--lines=100", "--follow", "--unit=shop-web@*.service", "--unit=shop-worker@*.service"]],
  ])("%j reads the journal of its own units alone", (args, expected) => {
    expect(
      shop(["logs", ...args])
        .stdout.trimEnd()
        .split("\n"),
    ).toEqual([...ALWAYS, ...expected]);
  });
});

/** The lines of a unit that say what its processes may not. */
function sandboxOf(unit: string): string[] {
  const text = unit.split("\n");
  return text.slice(text.indexOf("NoNewPrivileges=yes"), text.indexOf("", text.indexOf("NoNewPrivileges=yes")));
}

it("run starts a command as the app's user, with its environment and nothing more than its units may", () => {
  expect(shop(["run", "echo", "$(id) a b"]).stdout.trimEnd().split("\n")).toEqual([
    "--quiet",
    "--collect",
    "--wait",
    "--pipe",
    "--uid=towline-shop",
    "--gid=towline-shop",
    "--property=EnvironmentFile=-/etc/towline/host.env",
    "--property=EnvironmentFile=-/etc/default/shop",
    "--property=EnvironmentFile=-/var/lib/towline/env/shop.env",
    "--property=StateDirectory=shop",
    "--property=StateDirectoryMode=0750",
    ...sandboxOf(textOf(files, "usr/lib/systemd/system/shop-worker@.service")).map((line) => `--property=${line}`),
    "--",
    "/usr/lib/shop/launch",
    "run",
    "echo",
    "$$(id) a b",
  ]);
});

it("run starts nothing where the metadata service cannot be kept from it", () => {
  expect(shop(["run", "echo"], { FENCE_FAULT: "no" })).toMatchObject({ status: 1, stdout: "", stderr: "no\n" });
});

it("the settings of the stack come last, so that they count more than those of the host", () => {
  const unit = textOf(files, "usr/lib/systemd/system/shop-worker@.service").split("\n");
  expect(unit.filter((line) => line.startsWith("EnvironmentFile="))).toEqual([
    "EnvironmentFile=-/etc/towline/host.env",
    "EnvironmentFile=-/etc/default/shop",
    "EnvironmentFile=-/var/lib/towline/env/shop.env",
  ]);
});

describe("an app with a socket", () => {
  it("has one port for all instances", () => {
    want("shop-web@1.service", "shop-web@2.service", "shop-worker@1.service");
    expect(shop(["status"], {}, "socket-shop").stdout).toBe(
      "web.1\tactive\t6000\nweb.2\tactive\t6000\nworker.1\tactive\t6100\n",
    );
  });

  it("stops listening, first of all, only when scaled to nothing", () => {
    want("shop-web@1.service", "shop-web@2.service");
    const calls = (count: string) =>
      shop(["scale", `web=${count}`], {}, "socket-shop").calls.filter((call) => call.includes("stop"));
    expect(calls("1")).toEqual([]);
    expect(calls("0")).toEqual(["--quiet stop -- shop-web.socket"]);
  });
});

it("an app with a Makefile runs once at the most", () => {
  expect(shop(["scale", "web=1"], {}, "makefile-shop").status).toBe(0);
  expect(shop(["scale", "web=2"], {}, "makefile-shop")).toMatchObject({
    status: 64,
    stderr: "shop: 'web=2' is more than 1, and web starts and stops its own processes; see 'shop help'\n",
  });
});

it("status lists scaled instances and fails unless all are active", () => {
  want("shop-web@1.service", "shop-web@2.service", "shop-worker@1.service");
  const all = shop(["status"]);
  expect([all.status, all.stdout]).toEqual([0, "web.1\tactive\t6000\nweb.2\tactive\t6001\nworker.1\tactive\t6100\n"]);
  const some = shop(["status"], { BROKEN: "shop-web@2.service" });
  expect([some.status, some.stdout]).toEqual([
    1,
    "web.1\tactive\t6000\nweb.2\tactivating\t6001\nworker.1\tactive\t6100\n",
  ]);
});

it("the unit of each process runs it as the app's own user and never gives up", () => {
  const unit = textOf(files, "usr/lib/systemd/system/shop-worker@.service").split("\n");
  expect(unit).toEqual(
    expect.arrayContaining([
      `ExecStart=/usr/lib/shop/launch start 6100 %i "A='it''s' env"`,
      "User=towline-shop",
      "WorkingDirectory=/opt/shop",
      "StateDirectory=shop",
      "Restart=always",
      "RestartSec=2",
      "StartLimitIntervalSec=0",
      "KillSignal=SIGTERM",
      "NoNewPrivileges=yes",
      "PrivateTmp=yes",
      "ProtectSystem=strict",
    ]),
  );
});
