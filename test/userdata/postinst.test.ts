import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { USERDATA } from "./host";

const WATCH = "towline-agent-watch.service";
const RELOAD = "systemctl --system daemon-reload";
const TIMER = "systemctl --system --no-block try-restart towline-agent-poll.timer";
const END = `systemctl --system kill --kill-whom=main ${WATCH}`;
const ENABLED = `systemctl --system --quiet is-enabled ${WATCH}`;

/** Notes its call. Only a watch that runs can be told to end. */
const NOTING = `#!/bin/sh
printf '%s\\n' "\${0##*/} $*" >>"$CALLS"
case "$*" in
  *--kill-whom=main*) [ "$ACTIVE" = yes ] ;;
  *is-enabled*) [ "$ENABLED" = yes ] ;;
esac
`;

/** What the package's script asks of systemd on a host, where its unit for the watch is in such a state. */
function configure(previous: string, state: { readonly active: boolean; readonly enabled: boolean }): string[] {
  const dir = mkdtempSync(join(tmpdir(), "towline-postinst-"));
  try {
    for (const name of ["systemctl", "deb-systemd-helper", "deb-systemd-invoke"]) {
      writeFileSync(join(dir, name), NOTING);
      chmodSync(join(dir, name), 0o755);
    }
    for (const name of ["booted", "state", "run"]) mkdirSync(join(dir, name));
    writeFileSync(join(dir, "run/quiet"), "");
    const script = readFileSync(join(USERDATA, "agent/DEBIAN/postinst"), "utf8");
    const { status, stderr } = spawnSync("sh", ["-s", "configure", previous], {
      input: script
        .replaceAll("/run/systemd/system", join(dir, "booted"))
        .replaceAll("/var/lib/towline", join(dir, "state"))
        .replaceAll("/run/towline", join(dir, "run")),
      encoding: "utf8",
      env: {
        PATH: `${dir}:/usr/bin:/bin`,
        CALLS: join(dir, "calls"),
        ACTIVE: state.active ? "yes" : "no",
        ENABLED: state.enabled ? "yes" : "no",
      },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    // What the host knows is none of its apps' business.
    expect(statSync(join(dir, "state")).mode & 0o777).toBe(0o700);
    // Another version may have to look at more.
    expect(readdirSync(join(dir, "run"))).toEqual([]);
    const calls = readFileSync(join(dir, "calls"), "utf8").trimEnd().split("\n");
    return calls.filter((line) => !line.startsWith("deb-systemd-helper "));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

describe("an upgrade of the agent", () => {
  test("waits for nothing, and has the watch end by itself, when what it is doing is done", () => {
    expect(configure("0.2.0", { active: true, enabled: true })).toEqual([RELOAD, TIMER, END]);
  });

  test("starts a watch that is new to the host, without waiting for it", () => {
    expect(configure("0.2.0", { active: false, enabled: true })).toEqual([
      RELOAD,
      TIMER,
      END,
      ENABLED,
      `systemctl --system --no-block start ${WATCH}`,
    ]);
  });

  test("leaves a watch alone that an operator has disabled", () => {
    expect(configure("0.2.0", { active: false, enabled: false })).toEqual([RELOAD, TIMER, END, ENABLED]);
  });
});

test("a first installation of the agent starts the timer alone", () => {
  expect(configure("", { active: false, enabled: true })).toEqual([
    RELOAD,
    "deb-systemd-invoke start towline-agent-poll.timer",
  ]);
});
