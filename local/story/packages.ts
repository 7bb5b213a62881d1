import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Job } from "../../infra/access/job-policy";
import { place } from "../region/place";
import { type Region, ROOT } from "../region/region";
import { run } from "../region/shell";

/** Commands that change packages; whoever promotes reads another stack, too, and all others are the operator's. */
const PUBLISHING = new Set(["channel", "key", "publish", "renew", "restore", "rollback", "wait", "withdraw"]);

/** Whose command it is: each runs with what `towline policy` prints for that job, and with nothing else. */
export function jobOf(args: readonly string[]): { job: Job; stack: string } | undefined {
  const [command = ""] = args;
  const given = (option: string) => (args.includes(option) ? args[args.indexOf(option) + 1] : undefined);
  const stack = given("--stack") ?? given("--to");
  if (stack === undefined) return undefined;
  if (command === "promote") return { job: "promoter", stack };
  return { job: PUBLISHING.has(command) ? "publisher" : "operator", stack };
}

/** Calls the command line as a person would, inside the region. */
export function towline(region: Region, ...args: string[]): Promise<string> {
  return run(join(ROOT, "bin", "towline"), args, { env: region.operator(jobOf(args)), cwd: ROOT });
}

/** The same with something to read on standard input, such as a secret. */
export function towlineWith(region: Region, input: string, ...args: string[]): Promise<string> {
  return run(join(ROOT, "bin", "towline"), args, { env: region.operator(jobOf(args)), cwd: ROOT, input });
}

/** Builds a version of the example app from its source and returns the package's path. */
export async function buildHello(region: Region, version: string): Promise<string> {
  return build(region, join(ROOT, "examples", "hello"), "--version", version);
}

/** The same app with a mistake: its health path answers 500. */
export async function buildBrokenHello(region: Region, version: string): Promise<string> {
  const source = place.file("source", "hello");
  await cp(join(ROOT, "examples", "hello"), source, { recursive: true });
  await edit(join(source, "server.py"), (code) => code.replace(/^HEALTH_STATUS = 200$/m, "HEALTH_STATUS = 500"));
  return build(region, source, "--version", version);
}

/** Another version of the host agent. @param change what is different in one of its files, below usr/lib/towline */
export async function buildOtherAgent(
  region: Region,
  version: string,
  change?: { readonly file: string; readonly edit: (code: string) => string },
): Promise<string> {
  const source = place.file("source", `agent-${version}`);
  await cp(join(ROOT, "userdata", "agent"), source, { recursive: true });
  await edit(join(source, "DEBIAN", "control"), (text) => text.replace(/^Version: .*$/m, `Version: ${version}`));
  if (change !== undefined) await edit(join(source, "usr", "lib", "towline", change.file), change.edit);
  return build(region, source);
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  const text = await readFile(file, "utf8");
  const changed = change(text);
  if (changed === text) throw new Error(`${file} lacks what is to be changed in it`);
  await writeFile(file, changed);
}

/** The host agent is a package like any other. */
export function buildAgent(region: Region): Promise<string> {
  return build(region, join(ROOT, "userdata", "agent"));
}

async function build(region: Region, source: string, ...args: string[]): Promise<string> {
  const printed = await towline(region, "build", source, ...args, "--out", place.file("packages"), "--json");
  return (JSON.parse(printed) as { path: string }).path;
}
