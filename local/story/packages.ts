import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { place } from "../region/place";
import { type Region, ROOT } from "../region/region";
import { run } from "../region/shell";

/** Calls the command line as a person would, inside the region. */
export function towline(region: Region, ...args: string[]): Promise<string> {
  return run(join(ROOT, "bin", "towline"), args, { env: region.operator(), cwd: ROOT });
}

/** The same with something to read on standard input, such as a secret. */
export function towlineWith(region: Region, input: string, ...args: string[]): Promise<string> {
  return run(join(ROOT, "bin", "towline"), args, { env: region.operator(), cwd: ROOT, input });
}

/** Builds a version of the example app from its source and returns the package's path. */
export async function buildHello(region: Region, version: string): Promise<string> {
  return build(region, join(ROOT, "examples", "hello"), "--version", version);
}

/** The same app with a mistake: its health path answers 500. */
export async function buildBrokenHello(region: Region, version: string): Promise<string> {
  const source = place.file("source", "hello");
  await cp(join(ROOT, "examples", "hello"), source, { recursive: true });
  const file = join(source, "server.py");
  const code = await readFile(file, "utf8");
  const broken = code.replace(/^HEALTH_STATUS = 200$/m, "HEALTH_STATUS = 500");
  if (broken === code) throw new Error("examples/hello/server.py has no line HEALTH_STATUS = 200 to break");
  await writeFile(file, broken);
  return build(region, source, "--version", version);
}

/** The host agent is a package like any other. */
export function buildAgent(region: Region): Promise<string> {
  return build(region, join(ROOT, "userdata", "agent"));
}

async function build(region: Region, source: string, ...args: string[]): Promise<string> {
  const printed = await towline(region, "build", source, ...args, "--out", place.file("packages"), "--json");
  return (JSON.parse(printed) as { path: string }).path;
}
