import { execFileSync, fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { deflateRawSync } from "node:zlib";
import { buildSync } from "esbuild";
import { bundleNotifier } from "../lambda/bundle";

/**
 * The notifier's size and cold import beside the least that could post (a bundle of bare fetch) and beside @slack/webhook 7;
 * its time per record; and 2,000 messages against a Slack that answers 429 to half.
 */

const ROOT = path.dirname(__dirname);
const RUNS = 15;
const MESSAGES = 2000;
const BATCH = 50;

const BARE = `exports.handler = async (event) => {
  for (const { Sns } of event.Records) {
    const response = await fetch(process.env.SLACK_WEBHOOK_URL, { method: "POST", body: JSON.stringify({ text: Sns.Message }) });
    if (!response.ok) throw new Error(String(response.status));
  }
};`;
const WEBHOOK_7 = `const { IncomingWebhook } = require("@slack/webhook");
exports.handler = async (event) => {
  for (const { Sns } of event.Records) await new IncomingWebhook(process.env.SLACK_WEBHOOK_URL).send({ text: Sns.Message });
};`;

async function main(): Promise<void> {
  const temporary = mkdtempSync(path.join(tmpdir(), "towline-bench-"));
  try {
    const notifier = path.join(bundleNotifier(ROOT), "index.js");
    const bundles = {
      notifier,
      "bare fetch": bundle(temporary, "bare", BARE),
      "@slack/webhook 7": webhook7(temporary),
    };
    const idle = coldMs(undefined);
    for (const [name, file] of Object.entries(bundles)) if (file) describe(name, file, idle);
    await perRecord(notifier);
    await load(notifier);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

function bundle(folder: string, name: string, source: string): string {
  const [entry, outfile] = [path.join(folder, `${name}.src.js`), path.join(folder, `${name}.js`)];
  writeFileSync(entry, source);
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node22",
    format: "cjs",
  });
  return outfile;
}

/** Version 7 is installed for this comparison only, where it disappears with the folder. */
function webhook7(folder: string): string | undefined {
  try {
    const arguments_ = [
      "install",
      "--prefix",
      folder,
      "--no-audit",
      "--no-fund",
      "--ignore-scripts",
      "@slack/webhook@7",
    ];
    execFileSync("npm", arguments_, { stdio: "ignore", timeout: 120_000 });
  } catch (error) {
    console.log(`@slack/webhook 7 could not be installed, and is left out: ${(error as Error).message}`);
    return undefined;
  }
  return bundle(folder, "webhook7", WEBHOOK_7);
}

function describe(name: string, file: string, idle: number): void {
  const archive = deflateRawSync(readFileSync(file)).length;
  const cold = Math.max(0, coldMs(file) - idle);
  console.log(
    `${name}: ${kilobytes(statSync(file).size)} minified, ${kilobytes(archive)} in the archive, cold import ${cold.toFixed(1)} ms`,
  );
}

/** Median of what a fresh process needs to load a file, in milliseconds by its own clock; of nothing, what the clock costs. */
function coldMs(file: string | undefined): number {
  const script =
    "const t = process.hrtime.bigint(); if (process.argv[1]) require(process.argv[1]); console.log(Number(process.hrtime.bigint() - t) / 1e6)";
  return median(
    Array.from({ length: RUNS }, () =>
      Number(execFileSync(process.execPath, ["-e", script, file ?? ""], { encoding: "utf8" })),
    ),
  );
}

function event(messages: readonly unknown[]) {
  const records = messages.map((message) => ({
    Sns: { TopicArn: "arn:aws:sns:eu-west-1:1:t", Message: JSON.stringify(message) },
  }));
  return { Records: records };
}

function launch(number: number) {
  const instance = `i-0${number.toString(16).padStart(16, "0")}`;
  return {
    Event: "autoscaling:EC2_INSTANCE_LAUNCH",
    AutoScalingGroupName: `towline-bench-${number}`,
    AutoScalingGroupARN: "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:0:autoScalingGroupName/x",
    EC2InstanceId: instance,
    Cause: `At 2026-03-04T05:06:07Z a user request explicitly set group desired capacity changing the desired capacity from 2 to 3.  At 2026-03-04T05:06:09Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 2 to 3.`,
    Details: { "Availability Zone": "eu-west-1a" },
  };
}

/** Slack on the loopback interface. `refuses` says whether it answers a post with 429. */
async function slack(refuses: (text: string) => boolean) {
  const taken = new Map<string, number>();
  let refused = 0;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { text } = JSON.parse(body) as { text: string };
    if (refuses(text)) {
      refused += 1;
      return void response.writeHead(429, { "retry-after": "0" }).end("rate_limited");
    }
    taken.set(text, (taken.get(text) ?? 0) + 1);
    response.end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/x`;
  return { url, taken, refused: () => refused, close: () => server.close() };
}

/** Runs the bundle over events one after the other, in a process of its own. @returns milliseconds of each */
function invoke(file: string, url: string, events: readonly unknown[]): Promise<number[]> {
  const script = path.join(ROOT, "bench", "notifier-host.js");
  const child = fork(script, [file], { execArgv: [], env: { SLACK_WEBHOOK_URL: url } });
  return new Promise((resolve, reject) => {
    child.once("message", (times) => resolve(times as number[]));
    child.once("exit", (code) => reject(new Error(`the notifier's process ended with ${code}`)));
    child.send(events);
  });
}

async function perRecord(file: string): Promise<void> {
  const stand = await slack(() => false);
  const times = await invoke(
    file,
    stand.url,
    Array.from({ length: 300 }, (_, number) => event([launch(number)])),
  );
  stand.close();
  console.log(
    `time per record, Slack on the same machine: first ${times[0]?.toFixed(1)} ms, median ${median(times).toFixed(2)} ms`,
  );
}

/** Every second message is refused the first time. */
async function load(file: string): Promise<void> {
  const known = new Set<string>();
  let turn = 0;
  const stand = await slack((text) => {
    if (known.has(text)) return false;
    known.add(text);
    turn += 1;
    return turn % 2 === 0;
  });
  const batches = Array.from({ length: MESSAGES / BATCH }, (_, batch) =>
    event(Array.from({ length: BATCH }, (_, index) => launch(batch * BATCH + index))),
  );
  const began = Date.now();
  await invoke(file, stand.url, batches);
  stand.close();
  const [lost, twice] = [MESSAGES - stand.taken.size, [...stand.taken.values()].filter((times) => times > 1).length];
  console.log(
    `${MESSAGES} messages, ${stand.refused()} answered 429: ${lost} lost, ${twice} twice, ${((Date.now() - began) / 1000).toFixed(1)} s`,
  );
  if (lost > 0 || twice > 0) throw new Error("messages were lost or sent twice");
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
