import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sandbox } from "../../cli/deb/sandbox";
import { need } from "../tools";
import { renderShop, textOf } from "./render-app";

const NONE: Sandbox = { role: false, writable: [], allow: [] };
let folder: string;

beforeAll(() => {
  need("systemd-analyze", "systemd");
  folder = mkdtempSync(join(tmpdir(), "towline-test-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The exposure that systemd itself finds in a unit, from 0 to 10. */
function exposure(unit: string): number {
  const path = join(folder, "shop-web@1.service");
  writeFileSync(path, unit);
  const { stdout } = spawnSync("systemd-analyze", ["security", "--offline=true", path], { encoding: "utf8" });
  return Number(/Overall exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1] ?? Number.NaN);
}

/** That of the process `web` of an app. */
async function exposureOf(sandbox: Partial<Sandbox>, port = 6000): Promise<number> {
  const files = await renderShop("web: true\n", {
    sandbox: { ...NONE, ...sandbox },
    manifest: { name: "shop", socket: false, port },
  });
  return exposure(textOf(files, "usr/lib/systemd/system/shop-web@.service"));
}

it("systemd finds an ordinary app's process exposed to at most 3 of 10", async () => {
  expect(await exposureOf({})).toBeLessThanOrEqual(3);
  // What Node.js, Ruby and Java have.
  expect(await exposureOf({ allow: ["jit"] })).toBeLessThanOrEqual(3);
  // What asks for the role, and binds port 80.
  expect(await exposureOf({ role: true }, 80)).toBeLessThanOrEqual(3);
});

it("systemd counts each right that an app is given", async () => {
  const more = await Promise.all(
    (["devices", "namespaces", "sockets", "syscalls"] as const).map((right) => exposureOf({ allow: [right] })),
  );
  expect(Math.min(...more)).toBeGreaterThan(await exposureOf({}));
});

it("systemd knows every setting of the units", async () => {
  const files = await renderShop("web: true\n", {
    sandbox: { role: false, writable: ["/srv/data"], allow: ["namespaces"] },
    manifest: { name: "shop", socket: true, port: 80 },
  });
  const paths = ["shop-web@.service", "shop-web.socket"].map((name) => {
    writeFileSync(join(folder, name), textOf(files, `usr/lib/systemd/system/${name}`));
    return join(folder, name);
  });
  const { stderr } = spawnSync("systemd-analyze", ["verify", "--man=no", "--recursive-errors=no", ...paths], {
    encoding: "utf8",
  });
  // Those of a newer systemd, and what is not installed here.
  const faults = stderr
    .split("\n")
    .filter((line) => line !== "" && !/RestartSteps|RestartMaxDelaySec|not executable/.test(line));
  expect(faults).toEqual([]);
});
