import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseProcfile } from "../../cli/deb/procfile";
import { type RenderedFile, renderFiles } from "../../cli/deb/render";

const PROCFILE = "web: echo \"$APP_NAME $APP_VERSION $PORT\"\n# comment\nworker: A='it''s' env\n";
// Notes every call; lists the units in $LOADED; calls every unit but those in $BROKEN active.
const SYSTEMCTL = `#!/bin/bash
echo "$*" >>"$CALLS"
case $1 in
  list-units) printf '%s' "$LOADED" ;;
  is-active) [[ " $BROKEN " == *" $3 "* ]] && { echo activating; exit 3; } || echo active ;;
esac
`;

let folder: string;
let files: RenderedFile[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "towline-test-"));
  files = await renderFiles({ name: "shop" }, "1.2.3~rc1", parseProcfile("Procfile", PROCFILE));
  for (const name of ["bin", "wanted", "opt"]) mkdirSync(join(folder, name));
  writeFileSync(join(folder, "bin", "systemctl"), SYSTEMCTL);
  writeFileSync(join(folder, "opt", "Procfile"), PROCFILE);
  // The same command, with its fixed paths below the test's folder.
  const command = rendered("usr/bin/shop")
    .replaceAll("'/opt/shop'", `'${join(folder, "opt")}'`)
    .replaceAll("/etc/systemd/system/multi-user.target.wants", join(folder, "wanted"));
  writeFileSync(join(folder, "bin", "shop"), command);
  for (const name of ["systemctl", "shop"]) chmodSync(join(folder, "bin", name), 0o755);
});

beforeEach(() => {
  rmSync(join(folder, "wanted"), { recursive: true });
  mkdirSync(join(folder, "wanted"));
  writeFileSync(join(folder, "calls"), "");
});

afterAll(() => rmSync(folder, { recursive: true }));

function rendered(path: string): string {
  const file = files.find((candidate) => candidate.path === path);
  if (file === undefined) throw new Error(`${path} is not rendered`);
  return file.content;
}

function shop(args: readonly string[], environment: Record<string, string> = {}) {
  const env = {
    PATH: `${join(folder, "bin")}:${process.env.PATH}`,
    CALLS: join(folder, "calls"),
    LOADED: "",
    BROKEN: "",
    ...environment,
  };
  const { status, stdout, stderr } = spawnSync(join(folder, "bin", "shop"), args, { env, encoding: "utf8" });
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
    [["run"], "shop: run needs a command; see 'shop help'\n"],
    [["bogus"], "shop: there is no command 'bogus'; see 'shop help'\n"],
    [[], "shop: a command is missing; see 'shop help'\n"],
  ])("%j is wrong usage and does nothing", (args, stderr) => {
    expect(shop(args)).toEqual({ status: 64, stdout: "", stderr, calls: [] });
  });
});

it("restart restarts what runs, of one process or all", () => {
  expect(shop(["restart", "worker"]).calls).toEqual(["try-restart -- shop-worker@*.service"]);
  expect(shop(["restart"]).calls.slice(1)).toEqual([
    "try-restart -- shop-web@*.service",
    "try-restart -- shop-worker@*.service",
  ]);
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

it("start-process runs the shell line of the Procfile with the port of the instance", () => {
  expect(shop(["start-process", "web", "3"]).stdout).toBe("shop 1.2.3~rc1 6002\n");
  expect(shop(["start-process", "worker", "1"]).stdout).toMatch(/^A=its$/m);
  expect(shop(["start-process", "worker", "1"]).stdout).toMatch(/^PORT=6100$/m);
});

it("the unit of each process runs it as the app's own user and never gives up", () => {
  const unit = rendered("usr/lib/systemd/system/shop-worker@.service").split("\n");
  expect(unit).toEqual(
    expect.arrayContaining([
      "ExecStart=/usr/bin/shop start-process worker %i",
      "EnvironmentFile=-/etc/default/shop",
      "User=shop",
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

const shellcheck = spawnSync("shellcheck", ["--version"]).status === 0 ? it : it.skip;
shellcheck("rendered scripts pass shellcheck", () => {
  const scripts = files.filter((file) => file.executable).map((file) => file.path);
  expect(scripts.sort()).toEqual(["DEBIAN/postinst", "DEBIAN/postrm", "DEBIAN/prerm", "usr/bin/shop"]);
  for (const script of scripts) {
    expect(spawnSync("shellcheck", ["-"], { input: rendered(script), encoding: "utf8" }).stdout).toBe("");
  }
});
