import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readApp } from "../../cli/deb/app";
import { buildPackage } from "../../cli/deb/build";
import { WEB } from "../../cli/deb/process";
import { cleanRoot } from "../../cli/root/clean-root";
import { waitFor } from "../../local/region/wait";
import { ask } from "../../local/story/traffic";
import { freePort } from "../cli/moto";
import { need } from "../tools";
import { ownApp } from "./own-apps";

// Each toolchain's root, made for the first time where it is not there yet; it outlives the run.
let work: string;
let running: ChildProcess | undefined;

beforeAll(() => {
  need("mmdebstrap", "mmdebstrap");
  need("slirp4netns", "slirp4netns");
  need("gem", "ruby");
});
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "towline-toolchain-"));
});
afterEach(async () => {
  if (running) await end(running);
  running = undefined;
  rmSync(work, { recursive: true });
});

test.each(readdirSync(join(__dirname, "..", "apps"), { withFileTypes: true }).filter((entry) => entry.isDirectory()))(
  "an app of $name is built in its root, and answers from its package there",
  async ({ name }) => {
    const folder = ownApp(name, work);
    const deb = await buildPackage({ folder, version: "1.0", out: work, release: "trixie" });
    const { manifest, steps, processes } = await readApp(folder, folder);
    const { path } = await cleanRoot({
      ...{ release: "trixie", architecture: manifest.architecture, shown: folder },
      packages: [...steps.tools, ...manifest.buildDepends],
    });
    const port = await freePort();
    const line = processes.find((process) => process.name === WEB)?.command ?? "";
    running = start(path, deb.path, manifest.name, [String(port), "1", line]);
    const address = `http://127.0.0.1:${port}/`;
    const answer = () => ask(address).catch(() => undefined);
    const ended = () => running?.exitCode !== null;
    const found = await waitFor(`${name} to answer`, async () => (await answer()) ?? ended(), { timeout: 240_000 });
    expect(found).toMatchObject({ status: 200, body: `${name} 1.0\n` });
  },
);

/** Starts a process of a package as its unit would, in a root that the package lies in. */
function start(root: string, deb: string, name: string, process: readonly string[]): ChildProcess {
  const [upper, scratch, merged] = ["upper", "scratch", "merged"].map((folder) => join(work, folder));
  for (const folder of [upper, scratch, merged]) mkdirSync(folder as string);
  execFileSync("dpkg-deb", ["--extract", deb, upper as string]);
  const script = `mount -t overlay overlay -o "lowerdir=$1,upperdir=$2,workdir=$3" "$4"
mount -t proc proc "$4/proc" && mount -t tmpfs tmpfs "$4/tmp" && mount --bind /dev "$4/dev"
root=$4 && shift 4
exec chroot --userspec=60999:60999 "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/tmp STATE_DIRECTORY=/tmp "$@"`;
  const launch = [`/usr/lib/${name}/launch`, "start", ...process];
  const alone = ["--mount", "--pid", "--fork", "--kill-child", "--propagation", "private", "--"];
  return spawn("unshare", [...alone, "sh", "-euc", script, "sh", root, upper, scratch, merged, ...launch] as string[], {
    stdio: ["ignore", "inherit", "inherit"],
  });
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  process.kill("SIGKILL");
  await once(process, "exit");
}
