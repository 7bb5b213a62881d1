import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { waitFor } from "../../local/region/wait";
import { ask, Client, noFailures } from "../../local/story/traffic";
import { ownApp } from "./own-apps";

const ROOT = join(__dirname, "..", "..");
const PORT = 18481;
const ADDRESS = `http://127.0.0.1:${PORT}/`;
const env = { ...process.env, TOWLINE_PLACE: "5", NO_COLOR: "1" };
/** The last thing that npm start says of an app. */
const READY = "Ctrl-C ends it";

let work: string;
let region: ChildProcess | undefined;

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "towline-app-"));
});
afterEach(async () => {
  await endRegion();
  rmSync(work, { recursive: true });
});

test.each([
  ["npm", ""],
  ["pip", "ALLOWED_HOSTS=*\n"],
  ["bundler", ""],
])(
  "an app of %s goes from its folder to two hosts, and through an upgrade without a failed request",
  async (name, settings) => {
    const folder = ownApp(name, work);
    const file = join(work, "settings.env");
    writeFileSync(file, settings);
    await startRegion(["--app", folder, "--health", "/", ...(settings === "" ? [] : ["--env-file", file])]);
    const first = await targets();
    expect(first.size).toBe(2);
    const [before] = new Set(first.values()) as Set<string>;
    const client = new Client(ADDRESS);
    writeFileSync(join(folder, "changed"), "changed\n");
    await npmRunLocal("deploy", folder);
    const traffic = await client.stop();
    expect(noFailures(traffic)).toMatch(/^[1-9]\d* requests meanwhile, none failed, /);
    const second = await targets();
    expect(second.size).toBe(2);
    expect([...second.values()]).not.toContain(before);
    for (const body of second.values()) expect(body).toMatch(new RegExp(`^${name} 0\\.0\\.0\\.\\d{14}\\n$`));
  },
);

/** `npm start` in a terminal of its own, up to where it says how to go on. @throws Error with its last words where it ends before */
async function startRegion(args: readonly string[]): Promise<void> {
  let said = "";
  const started = spawn("local/start", [...args, "--port", String(PORT)], {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  region = started;
  for (const stream of [started.stdout, started.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  const ready = () => said.includes(READY) || started.exitCode !== null;
  await waitFor("npm start to be ready", ready, { timeout: 2_400_000, interval: 500 });
  if (!said.includes(READY)) throw new Error(`npm start ended with ${started.exitCode}: ${said.slice(-8000)}`);
}

async function endRegion(): Promise<void> {
  if (region === undefined || region.exitCode !== null) return;
  region.kill("SIGTERM");
  await once(region, "exit");
}

async function npmRunLocal(...args: string[]): Promise<string> {
  return (await promisify(execFile)("local/exec", args, { cwd: ROOT, env })).stdout;
}

/** What each host behind the load balancer says, by its place there. @throws Error for an answer other than 200 */
async function targets(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let requests = 0; requests < 8; requests++) {
    const { status, body, target } = await ask(ADDRESS);
    if (status !== 200) throw new Error(`${target} answered ${status}: ${body.slice(0, 500)}`);
    found.set(target, body);
  }
  return found;
}
