import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { need } from "../tools";

/** What the command line needs to use moto instead of AWS. */
export function awsEnvironment(endpoint: string): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: "AKIATEST",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "eu-west-1",
    AWS_ENDPOINT_URL: endpoint,
    AWS_MAX_ATTEMPTS: "1",
  };
}

/** scripts/setup fetches it where the machine has another version, or none. @throws Error where it has not */
function motoServer(): string {
  const cache = process.env.TOWLINE_CACHE ?? "/var/cache/towline";
  const own = globSync(join(cache, "moto-*", "bin", "moto_server"))[0];
  if (own === undefined) need("moto_server", "moto", "--help");
  return own ?? "moto_server";
}

/** moto's answers to the AWS APIs, on this machine's loopback. */
export class Moto {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(): Promise<Moto> {
    const port = await freePort();
    const child = spawn(motoServer(), ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
    const url = `http://127.0.0.1:${port}`;
    for (let attempt = 0; attempt < 2000; attempt++) {
      const answer = await fetch(`${url}/moto-api/`).catch(() => undefined);
      if (answer?.ok) return new Moto(url, child);
      if (child.exitCode !== null) throw new Error(`moto_server ended with ${child.exitCode}`);
      await sleep(100);
    }
    child.kill("SIGKILL");
    throw new Error("moto_server did not answer within 200 s");
  }

  async stop(): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await ended;
  }
}

/** A port of the loopback that nothing listens at. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
