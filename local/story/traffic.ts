import { Agent, get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Which target answered, as the load balancer's stand-in says. */
  readonly target: string;
}

export interface AskOptions {
  readonly agent?: Agent;
  /** Name of the host that is asked for. @default the address's own */
  readonly host?: string;
}

/** Milliseconds: longer than the load balancer waits for a target (60 s), so that it is its answer that tells of one that gives none. */
const PATIENCE = 65_000;

/** One request. @throws Error when the connection fails, or gives no answer for longer than the load balancer waits for one. */
export function ask(address: string, { agent, host }: AskOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = host === undefined ? {} : { host };
    const request = get(address, { agent, headers, timeout: PATIENCE }, (reply) => {
      let body = "";
      reply.setEncoding("utf8");
      reply.on("data", (chunk) => {
        body += chunk;
      });
      reply.once("error", reject);
      reply.once("end", () =>
        resolve({ status: reply.statusCode ?? 0, body, target: String(reply.headers["x-target"] ?? "") }),
      );
    });
    request.once("timeout", () => request.destroy(new Error(`no answer within ${PATIENCE / 1000} s`)));
    request.once("error", reject);
  });
}

export interface Traffic {
  readonly requests: number;
  /** What went wrong, and when; empty when every request was answered with 200. */
  readonly failures: readonly string[];
  /** Seconds that the slowest answer took: how busy the machine was, or what nobody wants to wait for. */
  readonly slowest: number;
}

/** A client that asks all the while, about 25 times a second, on kept and on fresh connections in turn. */
export class Client {
  private requests = 0;
  private readonly failures: string[] = [];
  private slowest = 0;
  private stopped = false;
  private readonly kept = new Agent({ keepAlive: true, maxSockets: 2 });
  private readonly running: Promise<void>;

  constructor(private readonly address: string) {
    this.running = this.loop();
  }

  /** Stops asking and tells how it went. */
  async stop(): Promise<Traffic> {
    this.stopped = true;
    await this.running;
    this.kept.destroy();
    return { requests: this.requests, failures: this.failures, slowest: this.slowest };
  }

  private async loop(): Promise<void> {
    while (!this.stopped) {
      const agent = this.requests % 2 === 0 ? this.kept : undefined;
      this.requests++;
      const asked = performance.now();
      try {
        const answer = await ask(this.address, { agent });
        if (answer.status !== 200) this.fail(`status ${answer.status} from ${answer.target || "the load balancer"}`);
      } catch (error) {
        this.fail((error as Error).message);
      }
      this.slowest = Math.max(this.slowest, (performance.now() - asked) / 1000);
      await sleep(40);
    }
  }

  private fail(what: string): void {
    this.failures.push(`${new Date().toISOString()} ${what}`);
  }
}

/** @returns a sentence for the progress. @throws Error naming the first failures. */
export function noFailures({ requests, failures, slowest }: Traffic): string {
  if (failures.length === 0)
    return `${requests} requests meanwhile, none failed, the slowest answered after ${slowest.toFixed(1)} s`;
  throw new Error(`${failures.length} of ${requests} requests failed:\n${failures.slice(0, 5).join("\n")}`);
}
