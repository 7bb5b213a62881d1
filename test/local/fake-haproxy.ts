import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** HAProxy's runtime API on a socket of its own: keeps commands, and answers `show stat` from `status` and `sessions`. */
export class FakeHaproxy {
  readonly run = mkdtempSync(join(tmpdir(), "towline-local-"));
  readonly commands: string[] = [];
  /** By `backend/server`; servers that are not here are `no check`. */
  readonly status = new Map<string, string>();
  readonly sessions = new Map<string, number>();
  /** What a command is answered with, by its beginning. */
  answers: Readonly<Record<string, string>> = {};
  private readonly server: Server = createServer((connection) => {
    connection.once("data", (chunk) => connection.end(`${this.answer(chunk.toString().trim())}\n`));
  });

  /** Starts it at the place where the balancer looks for it. */
  async start(): Promise<void> {
    process.env.TOWLINE_RUN = this.run;
    await new Promise<void>((resolve) => this.server.listen(join(this.run, "haproxy.sock"), resolve));
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.run, { recursive: true });
  }

  private answer(command: string): string {
    if (command.startsWith("show stat")) return this.statistics();
    this.commands.push(command);
    const refused = Object.keys(this.answers).find((beginning) => command.startsWith(beginning));
    if (refused) return this.answers[refused] as string;
    return command.includes(" addr ") ? "IP changed from '0.0.0.0' to '10.0.0.1' by 'stats socket command'" : "";
  }

  private statistics(): string {
    const rows = [...this.status].map(([name, status]) => {
      const [backend, server] = name.split("/");
      return `${backend},${server},${this.sessions.get(name) ?? 0},${status},`;
    });
    return ["# pxname,svname,scur,status,", ...rows].join("\n");
  }
}
