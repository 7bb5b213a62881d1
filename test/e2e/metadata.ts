import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "./hammer";

const ADDRESS = "169.254.169.254";

/** Has something answer where a host's metadata service does, out of the way of addresses of this machine's own. */
export async function standInForMetadata(): Promise<ChildProcess> {
  const ip = (...args: string[]) => execFileSync("ip", args);
  ip("netns", "add", "metadata");
  ip("link", "add", "imds", "type", "veth", "peer", "name", "imds", "netns", "metadata");
  ip("-n", "metadata", "addr", "add", ADDRESS, "dev", "imds");
  ip("-n", "metadata", "link", "set", "imds", "up");
  ip("-n", "metadata", "route", "add", "192.0.2.1", "dev", "imds");
  ip("addr", "add", "192.0.2.1/32", "dev", "imds");
  ip("link", "set", "imds", "up");
  ip("route", "add", ADDRESS, "dev", "imds", "src", "192.0.2.1");
  const server = spawn("ip", ["netns", "exec", "metadata", "python3", "-m", "http.server", "--bind", ADDRESS, "80"], {
    cwd: "/dev/shm",
    stdio: "ignore",
  });
  for (let tries = 0; tries < 2400; tries++) {
    if ((await ask(`http://${ADDRESS}/`).catch(() => undefined)) !== undefined) return server;
    await sleep(50);
  }
  throw new Error("nothing answers in the place of the metadata service");
}
