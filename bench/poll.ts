import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeFront } from "../local/region/front";
import { listen } from "../local/region/listen";
import { certificateFor } from "../test/local/certificate";
import { FakeAws, SECRETS } from "../test/userdata/fake-aws";
import { AGENT, HOST_ENV, Host } from "../test/userdata/host";
import { proxyTo } from "./lib/internet";
import { type Command, compared, measure } from "./lib/measure";
import { signedRepository } from "./lib/repository";

/**
 * A poll that finds nothing, for InRelease, control.json, policy.json and the settings of one app, over TLS on the loopback interface, beside
 * the least it could do (curl's conditional GET of InRelease) and beside apt's own look at the same source, with Debian's S3 transport.
 */

const REGION = HOST_ENV.TOWLINE_REGION as string;
const BUCKET = HOST_ENV.TOWLINE_BUCKET as string;
const IN_RELEASE = "dists/stable/InRelease";
const SETTINGS = "env/hello.env";
const TRANSPORT = "/usr/lib/apt/methods/s3";
const ROUNDS = 9;
const RUNS = 5;
/** How many times curl's CPU the poll may take. */
const GOAL = 1.7;

type Env = Readonly<Record<string, string>>;

async function main(): Promise<void> {
  const host = await Host.start("1.0.0", ["1.0.0"]);
  const aws = new FakeAws();
  const { certificate, folder } = await certificateFor(REGION);
  const http = await aws.start();
  const [moto, nothing] = [`http://127.0.0.1:${http}`, {}];
  const front = makeFront({
    certificate,
    moto,
    site: () => undefined,
    answers: nothing,
    afterwards: nothing,
    streamed: () => undefined,
  });
  const proxy = await proxyTo(await listen(front, 0, "127.0.0.1"), http);
  try {
    const { objects, aptConfig } = signedRepository(folder, `s3://${BUCKET}`);
    for (const [key, content] of Object.entries(objects)) aws.objects.set(key, content);
    for (const { objects: bucket } of [aws, host.aws]) bucket.set(SETTINGS, 'GREETING="hello"\n');
    host.env({ TOWLINE_SETTINGS: "env/" });
    await settle(host, objects[IN_RELEASE] as string);
    const env = { http_proxy: proxy.url, https_proxy: proxy.url, SSL_CERT_FILE: join(folder, "ca.pem"), LC_ALL: "C" };
    const commands: Record<string, Command> = {
      poll: poll(host, env),
      curl: curl(folder, objects[IN_RELEASE] as string, env),
    };
    if (existsSync(TRANSPORT)) commands.apt = update(aws, aptConfig, env);
    await compare(aws, commands);
  } finally {
    proxy.server.close();
    front.close();
    await Promise.all([aws.stop(), host.stop()]);
    rmSync(folder, { recursive: true });
  }
}

/** Two polls: after one the host knows its credentials and the repository as it is, and the other, which finds nothing, prepares the next. */
async function settle(host: Host, release: string): Promise<void> {
  host.publish(release);
  for (const which of ["first", "second"]) {
    const { code, stderr } = await host.agent("poll");
    if (code !== 0) throw new Error(`the ${which} poll failed: ${stderr}`);
  }
}

function poll(host: Host, env: Env): Command {
  return { command: [AGENT, "poll"], env: { ...env, PATH: "/usr/bin:/bin", TOWLINE_ROOT: host.root } };
}

function curl(folder: string, release: string, env: Env): Command {
  const config = join(folder, "curl.conf");
  const header = (text: string) => `header = ${JSON.stringify(text)}\n`;
  const condition =
    header(`If-None-Match: ${FakeAws.etag(release)}`) + header(`x-amz-security-token: ${SECRETS.token}`);
  writeFileSync(config, `user = "${SECRETS.key}:${SECRETS.secret}"\n${condition}`, { mode: 0o600 });
  const url = `https://${BUCKET}.s3.${REGION}.amazonaws.com/${IN_RELEASE}`;
  const options = ["--silent", "--show-error", "--config", config, "--aws-sigv4", `aws:amz:${REGION}:s3`];
  return {
    command: ["curl", ...options, "--fail", "--output", "/dev/null", url],
    env: { ...env, PATH: "/usr/bin:/bin" },
  };
}

/** The transport asks the metadata service for the region. */
function update(aws: FakeAws, aptConfig: string, env: Env): Command {
  aws.hook = ({ path }) =>
    path.endsWith("/instance-identity/document")
      ? { status: 200, body: JSON.stringify({ region: REGION }) }
      : undefined;
  const credentials = {
    AWS_ACCESS_KEY_ID: SECRETS.key,
    AWS_SECRET_ACCESS_KEY: SECRETS.secret,
    AWS_SESSION_TOKEN: SECRETS.token,
  };
  return {
    command: ["apt-get", "update", "-q"],
    env: { ...env, ...credentials, PATH: "/usr/bin:/bin:/usr/sbin:/sbin", APT_CONFIG: aptConfig },
  };
}

async function compare(aws: FakeAws, commands: Readonly<Record<string, Command>>): Promise<void> {
  // apt knows the repository from here on.
  await measure(commands, { rounds: 1 });
  const requests: Record<string, number> = {};
  for (const [name, command] of Object.entries(commands)) {
    aws.requests.length = 0;
    await measure({ [name]: command }, { rounds: 1 });
    requests[name] = aws.requests.length;
  }
  const { poll, ...others } = await measure(commands, { rounds: ROUNDS, runs: RUNS });
  if (aws.unexpected.length > 0) throw new Error(`unexpected requests: ${aws.unexpected.slice(0, 3).join("; ")}`);
  for (const kind of ["cpu", "wall"] as const) {
    const beside = Object.entries(others).map(([name, cost]) => [`${name}'s`, cost[kind]]);
    console.log(`${kind}: poll ${compared(poll?.[kind] ?? Number.NaN, Object.fromEntries(beside))}`);
  }
  const times = (poll?.cpu ?? Number.NaN) / (others.curl?.cpu ?? Number.NaN);
  console.log(`goal: at most ${GOAL.toFixed(2)} × curl's CPU: ${times <= GOAL ? "held" : "missed"}`);
  console.log(
    `requests: ${Object.entries(requests)
      .map(([name, count]) => `${name} ${count}`)
      .join(", ")}`,
  );
  if (!("apt" in commands)) console.log(`apt is left out: apt-transport-s3 is not installed (${TRANSPORT})`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
